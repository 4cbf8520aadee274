//! The key host of a case.

use serde_json::Value;

use super::Unknown;
use crate::records::{Answer, Key, Request};
use crate::unhex;

const KINDS: [&str; 5] = ["subject", "retention", "item", "index", "pseudonym"];
const REFUSALS: [&str; 5] = ["erased", "restricted", "denied", "not-found", "unavailable"];

/// The rows that a case's key host answers from.
#[derive(Clone, Default)]
pub struct KeyHost {
    rows: Vec<Row>,
    fault: Option<Fault>,
}

#[derive(Clone)]
struct Row {
    kind: String,
    reference: String,
    tenant: String,
    /// A key, or the code that the row answers with.
    answer: Answer,
    id: [u8; 16],
}

/// A way in which a key host breaks the contract on purpose.
#[derive(Clone, Copy)]
enum Fault {
    Fewer,
    More,
}

impl KeyHost {
    /// Reads which of the file's rows the host has, and in which state.
    pub(super) fn read(case: &str, rows: &Value, states: &Value) -> Result<KeyHost, Unknown> {
        let mut host = KeyHost::default();
        for (name, state) in states.as_object().into_iter().flatten() {
            let unknown = || Unknown(format!("case `{case}`: no runner knows {state} of `{name}`"));
            let state = state.as_str().ok_or_else(unknown)?;
            if name == "fault" {
                host.fault = Some(match state {
                    "fewer" => Fault::Fewer,
                    "more" => Fault::More,
                    _ => return Err(unknown()),
                });
                continue;
            }
            host.rows.push(row(&rows[name], state).ok_or_else(unknown)?);
        }
        Ok(host)
    }

    /// Answers requests, in order.
    #[must_use]
    pub fn answer(&self, requests: &[Request]) -> Vec<Answer> {
        let mut answers: Vec<Answer> = requests.iter().map(|request| self.one(request)).collect();
        match self.fault {
            None => {}
            Some(Fault::Fewer) => drop(answers.pop()),
            Some(Fault::More) => answers.push(Err("denied".to_owned())),
        }
        answers
    }

    fn one(&self, request: &Request) -> Answer {
        let matches = |row: &&Row| {
            row.kind == request.kind
                && row.tenant == request.tenant
                && request.reference.as_ref().is_none_or(|reference| *reference == row.reference)
                && request.id.is_none_or(|id| id == row.id)
        };
        let row = self.rows.iter().find(matches);
        row.map_or_else(|| Err("not-found".to_owned()), |row| row.answer.clone())
    }
}

fn row(row: &Value, state: &str) -> Option<Row> {
    let member = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let (id, kind) = (unhex(&member("id")).try_into().ok()?, member("kind"));
    let key = Key {
        id,
        secret: unhex(&member("secret")).try_into().ok()?,
        expires: row["expires"].as_u64(),
        erasable: row["erasable"].as_bool().unwrap_or(true),
    };
    let answer = match state {
        "live" => Ok(key),
        code => Err(REFUSALS.into_iter().find(|refusal| *refusal == code)?.to_owned()),
    };
    KINDS.contains(&kind.as_str()).then(|| Row {
        kind,
        reference: member("ref"),
        tenant: member("tenant"),
        answer,
        id,
    })
}
