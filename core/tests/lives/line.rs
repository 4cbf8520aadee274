//! A step as one line of JSON.

use fieldseal::keys::Reference;
use fieldseal::{ErrorCode, RefusalCode, Request};
use serde_json::{Map, Value, json};

use super::{Deed, Outcome, Step, Told};

/// The line of a step.
pub fn line(step: &Step) -> Value {
    let mut line = match &step.deed {
        Deed::Current(requests) => {
            json!({ "do": "current", "requests": requests.iter().map(request).collect::<Vec<_>>() })
        }
        Deed::ById(requests) => {
            json!({ "do": "by-id", "requests": requests.iter().map(request).collect::<Vec<_>>() })
        }
        Deed::Provision(who) => verb("provision", who),
        Deed::Rotate(who, least) => {
            let mut line = verb("rotate", who);
            if let Some(least) = least {
                line["minVersion"] = (*least).into();
            }
            line
        }
        Deed::Restrict(who) => verb("restrict", who),
        Deed::Lift(who) => verb("lift", who),
        Deed::Erase(who) => verb("erase", who),
        Deed::Reopen(who) => verb("reopen", who),
        Deed::Destroy(who) => verb("destroy", who),
        Deed::Due(at) => json!({ "do": "due", "at": at }),
    };
    line["now"] = step.now.into();
    match &step.outcome {
        Outcome::Keys(answers) => line["answers"] = answers.iter().map(answer).collect(),
        Outcome::Done(result, state) => {
            line["state"] = state.as_str().into();
            if let Err(code) = result {
                line["error"] = ErrorCode::as_str(*code).into();
            }
        }
        Outcome::Due(buckets) => {
            line["due"] = buckets
                .iter()
                .map(|bucket| json!({ "ref": bucket.reference, "tenant": bucket.tenant }))
                .collect()
        }
    }
    line
}

fn verb(name: &str, who: &Reference) -> Value {
    json!({ "do": name, "who": { "kind": who.kind.as_str(), "ref": who.reference, "tenant": who.tenant } })
}

fn request(request: &Request) -> Value {
    let mut record = Map::new();
    record.insert("kind".into(), request.kind.as_str().into());
    record.extend(request.reference.as_deref().map(|reference| ("ref".into(), reference.into())));
    record.insert("tenant".into(), request.tenant.as_str().into());
    record.insert("operation".into(), request.operation.as_str().into());
    record.extend(request.purpose.as_deref().map(|purpose| ("purpose".into(), purpose.into())));
    record.extend(request.caller.as_deref().map(|caller| ("caller".into(), caller.into())));
    record.extend(request.id.map(|id| ("id".into(), id.to_string().into())));
    record.into()
}

fn answer(told: &Told) -> Value {
    match told {
        Ok((id, secret)) => json!({ "id": hex(id), "secret": hex(secret) }),
        Err(RefusalCode::Erased) => json!({ "code": "erased" }),
        Err(RefusalCode::Restricted) => json!({ "code": "restricted" }),
        Err(RefusalCode::Denied) => json!({ "code": "denied" }),
        Err(RefusalCode::NotFound) => json!({ "code": "not-found" }),
        Err(RefusalCode::Unavailable) => json!({ "code": "unavailable" }),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
