//! `accept`: weaker envelopes that `open` also accepts during a migration.

use serde_json::Value;

use crate::envelope::{Bind, Suite};
use crate::schema::finding::{Findings, below};

/// A kind of envelope that `open` also accepts. A member left out must be as the marker demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accept {
    pub(crate) suite: Option<Suite>,
    pub(crate) bind: Option<Bind>,
    pub(crate) keys: Option<Kinds>,
    pub(crate) subject_bound: Option<bool>,
}

/// The kinds of key that seal an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds {
    pub(crate) subject: bool,
    pub(crate) retention: bool,
    pub(crate) item: bool,
}

const FORMS: &str = "an entry of `accept` takes a `suite`, a `bind` profile, a list of `keys`, and \
    `subjectBound` true or false";

const KEYS: &str = "`keys` must list some of subject, retention, item, and one of the first two";

const MEMBERS: [&str; 4] = ["suite", "bind", "keys", "subjectBound"];

impl Accept {
    /// Reads one entry. Each fault is a finding at its member.
    pub(super) fn read(value: &Value, at: &str, findings: &mut Findings) -> Option<Accept> {
        let Value::Object(members) = value else {
            findings.error("marker-malformed", at, "an entry of `accept` must be an object");
            return None;
        };
        let mut accept = Accept { suite: None, bind: None, keys: None, subject_bound: None };
        for (name, value) in members {
            let at = below(at, name);
            match (name.as_str(), value) {
                ("suite", Value::String(text)) if Suite::named(text).is_some() => {
                    accept.suite = Suite::named(text);
                }
                ("bind", Value::String(text)) if Bind::named(text).is_some() => {
                    accept.bind = Bind::named(text);
                }
                ("subjectBound", Value::Bool(bound)) => accept.subject_bound = Some(*bound),
                ("keys", Value::Array(list)) => match Kinds::read(list) {
                    Some(kinds) => accept.keys = Some(kinds),
                    None => findings.error("marker-malformed", at, KEYS),
                },
                ("suite" | "bind" | "subjectBound" | "keys", _) => {
                    findings.error("marker-malformed", at, FORMS);
                }
                (name, _) => findings.unknown("unknown-member", at, "member", name, &MEMBERS),
            }
        }
        Some(accept)
    }
}

impl Kinds {
    fn read(list: &[Value]) -> Option<Kinds> {
        let mut kinds = Kinds { subject: false, retention: false, item: false };
        for kind in list {
            match kind.as_str()? {
                "subject" => kinds.subject = true,
                "retention" => kinds.retention = true,
                "item" => kinds.item = true,
                _ => return None,
            }
        }
        (kinds.subject || kinds.retention).then_some(kinds)
    }
}
