//! Reads steps as calls, and refuses what the format does not have.

use serde_json::{Map, Value};

use super::{Call, Source, Unknown};
use crate::keyring_model::Command;
use crate::records::{Context, Document, NOW, Owner, PlacedValue};
use crate::unhex;

/// Reads the steps of one case.
pub(super) struct Reader<'a> {
    /// Its name, for messages.
    pub(super) case: &'a str,
    pub(super) source: Source,
    /// The context of steps that give none.
    pub(super) context: &'a Value,
}

/// The members of a step beside those that its verb takes.
const ALWAYS: [&str; 2] = ["do", "expect"];

impl Reader<'_> {
    pub(super) fn unknown(&self, what: &str) -> Unknown {
        Unknown(format!("case `{}`: this runner does not know {what}", self.case))
    }

    /// Refuses members that are not among those known.
    pub(super) fn only(
        &self,
        of: &str,
        members: Option<&Map<String, Value>>,
        known: &[&str],
    ) -> Result<(), Unknown> {
        let mut names = members.into_iter().flatten().map(|(name, _)| name.as_str());
        match names.find(|name| !known.contains(name)) {
            Some(name) => Err(self.unknown(&format!("the member `{name}` of {of}"))),
            None => Ok(()),
        }
    }

    pub(super) fn call(&self, step: &Value) -> Result<Call, Unknown> {
        let verb = step["do"].as_str().unwrap_or_default();
        let (text, bytes) = ("document", "documentHex");
        let known: &[&str] = match verb {
            "seal" | "check-deep" | "reseal" => &[text, bytes, "context"],
            "open" => &[text, bytes, "context", "strict"],
            "check" => &[text, bytes],
            "required-keys" => &[text, bytes, "context", "operation"],
            "seal-many" => &["calls"],
            "open-many" => &["calls", "strict"],
            "index-values" => &["name", "value", "context"],
            "seal-value" => &["place", "value", "from", "context"],
            "open-value" => &["place", "envelope", "context", "strict"],
            "seal-values" => &["values"],
            "open-values" => &["values", "strict"],
            "provision" | "restrict" | "lift" | "erase" | "reopen" => &["who", "now"],
            "destroy" => &["who", "now", "early"],
            "rotate" => &["who", "now", "minVersion"],
            "due" => &["at", "now"],
            _ => return Err(self.unknown(&format!("the verb {}", step["do"]))),
        };
        self.only(&format!("the verb `{verb}`"), step.as_object(), &[known, &ALWAYS].concat())?;
        let strict = step["strict"].as_bool().unwrap_or_default();
        Ok(match verb {
            "seal" => Call::Seal(self.document(step)?),
            "open" => Call::Open(self.document(step)?, strict),
            "check" => Call::Check(self.bytes(step)?),
            "check-deep" => Call::CheckDeep(self.document(step)?),
            "reseal" => Call::Reseal(self.document(step)?),
            "required-keys" => Call::RequiredKeys(self.document(step)?, self.operation(step)?),
            "seal-many" => Call::SealMany(self.documents(step)?),
            "open-many" => Call::OpenMany(self.documents(step)?, strict),
            "seal-value" => Call::SealValue(self.placed(step, "value")?),
            "open-value" => Call::OpenValue(self.placed(step, "envelope")?, strict),
            "seal-values" => Call::SealValues(self.all_placed(step, "value")?),
            "open-values" => Call::OpenValues(self.all_placed(step, "envelope")?, strict),
            "index-values" => Call::IndexValues(
                self.text(step, "name")?,
                self.text(step, "value")?,
                self.context(step)?,
            ),
            _ => Call::Keyring(step["now"].as_u64().unwrap_or(NOW), self.command(verb, step)?),
        })
    }

    fn command(&self, verb: &str, step: &Value) -> Result<Command, Unknown> {
        if self.source != Source::Keyring {
            let kind = self.source.kind();
            return Err(self.unknown(&format!("the verb `{verb}` of the source kind `{kind}`")));
        }
        if verb == "due" {
            return Ok(Command::Due(step["at"].as_u64().unwrap_or(NOW)));
        }
        let who: Owner = serde_json::from_value(step["who"].clone())
            .map_err(|error| self.unknown(&format!("an owner: {error}")))?;
        Ok(match verb {
            "provision" => Command::Provision(who),
            "rotate" => {
                let least = step["minVersion"].as_u64().map(u32::try_from).transpose();
                Command::Rotate(who, least.map_err(|_| self.unknown("such a version"))?)
            }
            "restrict" => Command::Restrict(who),
            "lift" => Command::Lift(who),
            "erase" => Command::Erase(who),
            "reopen" => Command::Reopen(who),
            _ => Command::Destroy(who, step["early"].as_bool().unwrap_or_default()),
        })
    }

    fn operation(&self, step: &Value) -> Result<String, Unknown> {
        match step["operation"].as_str() {
            Some(operation @ ("seal" | "open" | "reseal")) => Ok(operation.to_owned()),
            _ => Err(self.unknown(&format!("the operation {}", step["operation"]))),
        }
    }

    fn text(&self, step: &Value, member: &str) -> Result<String, Unknown> {
        let text = step[member].as_str().map(str::to_owned);
        text.ok_or_else(|| self.unknown(&format!("{} as `{member}`", step[member])))
    }

    fn bytes(&self, step: &Value) -> Result<Vec<u8>, Unknown> {
        match (&step["document"], &step["documentHex"]) {
            (Value::String(text), Value::Null) => Ok(text.clone().into_bytes()),
            (Value::Null, Value::String(digits)) => Ok(unhex(digits)),
            _ => Err(self.unknown("a step with no document, or with two")),
        }
    }

    fn context(&self, step: &Value) -> Result<Context, Unknown> {
        let given = step.get("context").unwrap_or(self.context);
        serde_json::from_value(given.clone())
            .map_err(|error| self.unknown(&format!("this context: {error}")))
    }

    fn document(&self, step: &Value) -> Result<Document, Unknown> {
        Ok(Document { bytes: self.bytes(step)?, context: self.context(step)? })
    }

    fn documents(&self, step: &Value) -> Result<Vec<Document>, Unknown> {
        let calls =
            step["calls"].as_array().ok_or_else(|| self.unknown("a batch without calls"))?;
        let one = |call: &Value| {
            let known = ["document", "documentHex", "context"];
            self.only("a call of a batch", call.as_object(), &known)?;
            self.document(call)
        };
        calls.iter().map(one).collect()
    }

    /// Reads a value whose text is that member.
    fn placed(&self, step: &Value, member: &str) -> Result<PlacedValue, Unknown> {
        let from = step.get("from").map(|_| self.text(step, "from")).transpose()?;
        Ok(PlacedValue {
            place: self.text(step, "place")?,
            text: self.text(step, member)?,
            context: self.context(step)?,
            from,
        })
    }

    fn all_placed(&self, step: &Value, member: &str) -> Result<Vec<PlacedValue>, Unknown> {
        let values =
            step["values"].as_array().ok_or_else(|| self.unknown("a batch without values"))?;
        let from = if member == "value" { "from" } else { "place" };
        let one = |value: &Value| {
            let known = ["place", member, "context", from];
            self.only("a value of a batch", value.as_object(), &known)?;
            self.placed(value, member)
        };
        values.iter().map(one).collect()
    }
}
