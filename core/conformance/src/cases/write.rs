//! Writes results as case files hold them.

use serde_json::{Map, Value, json};

use super::Outcome;
use crate::records::{Error, Opened, Owner, Request, Sealed};

pub(super) fn outcome(result: Result<Outcome, Error>) -> Value {
    match result {
        Err(error) => self::error(&error),
        Ok(Outcome::Sealed(document)) => sealed("document", document),
        Ok(Outcome::Opened(document)) => opened("document", document),
        Ok(Outcome::SealedValue(value)) => sealed("envelope", value),
        Ok(Outcome::OpenedValue(value)) => opened("value", value),
        Ok(Outcome::Verdict(verdict)) => json!({ "verdict": evidence(&verdict) }),
        Ok(Outcome::Requests(requests)) => json!({ "requests": self::requests(&requests) }),
        Ok(Outcome::Results(results)) => {
            json!({ "results": results.into_iter().map(outcome).collect::<Vec<_>>() })
        }
        Ok(Outcome::Tokens(tokens)) => json!({ "tokens": tokens }),
        Ok(Outcome::State(state)) => json!({ "state": state }),
        Ok(Outcome::Erased(erased, state)) => {
            json!({ "erased": erased.to_json(), "state": state })
        }
        Ok(Outcome::Due(buckets)) => json!({ "due": due(&buckets) }),
    }
}

pub(super) fn requests(requests: &[Request]) -> Value {
    requests.iter().map(Request::to_json).collect()
}

/// Writes buckets as a keyring gives them: all of one kind.
pub(crate) fn due(buckets: &[Owner]) -> Value {
    buckets
        .iter()
        .map(|bucket| json!({ "ref": bucket.reference, "tenant": bucket.tenant }))
        .collect()
}

/// Messages are for people and may change; everything else of an error is a contract.
pub(super) fn error(error: &Error) -> Value {
    let mut record = Map::new();
    record.insert("code".into(), error.code.as_str().into());
    record.extend(error.pointer.as_deref().map(|pointer| ("pointer".into(), pointer.into())));
    record.extend(error.offset.map(|offset| ("offset".into(), offset.into())));
    if !error.findings.is_empty() {
        let findings = error
            .findings
            .iter()
            .map(|f| json!({ "id": f.id, "severity": f.severity, "pointer": f.pointer }));
        record.insert("findings".into(), findings.collect());
    }
    json!({ "error": record })
}

/// Writes a sealed document or value, whose text is that member.
fn sealed(member: &str, sealed: Sealed) -> Value {
    let mut outcome =
        json!({ member: text(sealed.document), "verdict": evidence(&sealed.verdict) });
    if !sealed.indexes.is_empty() {
        let values = sealed.indexes.iter().map(
            |index| json!({ "name": index.name, "pointer": index.pointer, "value": index.value }),
        );
        outcome["indexes"] = values.collect();
    }
    outcome
}

/// Writes an opened document or value, whose text is that member.
fn opened(member: &str, opened: Opened) -> Value {
    json!({ member: text(opened.document), "verdict": evidence(&opened.verdict), "access": evidence(&opened.access) })
}

/// Evidence is RFC 8785 text: written again without a change, it must be the same.
fn evidence(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("evidence is JSON");
    assert_eq!(sorted(&value).to_string(), text, "evidence is RFC 8785 JSON");
    value
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            members.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(elements) => elements.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn text(document: Vec<u8>) -> String {
    String::from_utf8(document).expect("what comes out is UTF-8")
}
