//! A step as one line of JSON.

use serde_json::{Value, json};

use super::{Command, Outcome, Step};
use crate::hex;
use crate::records::{Answer, Owner, Request};

/// Returns the line of a step.
#[must_use]
pub fn line(step: &Step) -> Value {
    let mut line = match &step.command {
        Command::Current(requests) | Command::ById(requests) => {
            let requests: Value = requests.iter().map(Request::to_json).collect();
            json!({ "do": step.command.verb(), "requests": requests })
        }
        Command::Rotate(who, Some(least)) => {
            let mut line = verb(&step.command, who);
            line["minVersion"] = (*least).into();
            line
        }
        Command::Provision(who)
        | Command::Rotate(who, None)
        | Command::Restrict(who)
        | Command::Lift(who)
        | Command::Erase(who)
        | Command::Reopen(who)
        | Command::Destroy(who, false) => verb(&step.command, who),
        Command::Destroy(who, true) => {
            let mut line = verb(&step.command, who);
            line["early"] = true.into();
            line
        }
        Command::Due(at) => json!({ "do": "due", "at": at }),
    };
    line["now"] = step.now.into();
    match &step.outcome {
        Outcome::Keys(answers) => line["answers"] = answers.iter().map(answer).collect(),
        Outcome::Done(result, state) => {
            line["state"] = state.as_str().into();
            if let Err(code) = result {
                line["error"] = code.as_str().into();
            }
        }
        Outcome::Ended(result, state) => {
            line["state"] = state.as_str().into();
            match result {
                Ok(erased) => line["erased"] = erased.to_json(),
                Err(code) => line["error"] = code.as_str().into(),
            }
        }
        Outcome::Due(buckets) => line["due"] = crate::cases::due(buckets),
    }
    line
}

fn verb(command: &Command, who: &Owner) -> Value {
    json!({ "do": command.verb(), "who": { "kind": who.kind, "ref": who.reference, "tenant": who.tenant } })
}

fn answer(answer: &Answer) -> Value {
    match answer {
        Ok(key) => json!({ "id": hex(&key.id), "secret": hex(&key.secret) }),
        Err(code) => json!({ "code": code }),
    }
}
