//! The verdict: what a call found, as a test oracle and, in production, the proof of what was
//! encrypted (V-05 … V-07).

use super::canonical::Canonical;
use super::tally::Tally;
use crate::envelope::{Bind, Suite};
use crate::error::Error;
use crate::keys::{KeyId, KeyKind};
use crate::time::instant::Stamp;
use fieldseal_json::sort::sorted;

/// One thing a verdict says. Verdicts list them in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Code {
    Conforming,
    Nonconforming,
    Unvalidated,
    NearMiss,
    NotSealed,
    Integrity,
    Unsupported,
    UnexpectedEnvelope,
    AcceptedWeaker,
    UnerasableKey,
    Withheld,
    ClearPassed,
}

impl Code {
    const ALL: [Code; 12] = [
        Code::Conforming,
        Code::Nonconforming,
        Code::Unvalidated,
        Code::NearMiss,
        Code::NotSealed,
        Code::Integrity,
        Code::Unsupported,
        Code::UnexpectedEnvelope,
        Code::AcceptedWeaker,
        Code::UnerasableKey,
        Code::Withheld,
        Code::ClearPassed,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Code::Conforming => "conforming",
            Code::Nonconforming => "nonconforming",
            Code::Unvalidated => "unvalidated",
            Code::NearMiss => "near-miss",
            Code::NotSealed => "not-sealed",
            Code::Integrity => "integrity",
            Code::Unsupported => "unsupported",
            Code::UnexpectedEnvelope => "unexpected-envelope",
            Code::AcceptedWeaker => "accepted-weaker",
            Code::UnerasableKey => "unerasable-key",
            Code::Withheld => "withheld",
            Code::ClearPassed => "clear-passed",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// How an envelope in the document protects its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Protection {
    /// A token, and no envelope: what else is here is of none.
    pub(crate) pseudonym: bool,
    pub(crate) suite: Suite,
    pub(crate) bind: Bind,
    pub(crate) subject: bool,
    pub(crate) retention: bool,
    pub(crate) item: bool,
    /// The retention's number among [`SchemaName::retentions`].
    pub(crate) class: Option<u32>,
}

/// A verdict under construction.
pub(crate) struct Verdict {
    operation: &'static str,
    codes: u16,
    sealed: Tally<Protection>,
    /// Number of an entry in `sealed`, and a key that its envelopes name.
    key_ids: Vec<(u32, KeyId)>,
    faults: Tally<Code>,
    latency: u64,
}

/// What a verdict says of the schema.
pub(crate) struct SchemaName<'a> {
    /// Its digest, family and id, an object in RFC 8785 JSON.
    pub(crate) json: &'a str,
    /// The names of its retentions, by their numbers.
    pub(crate) retentions: Vec<&'a str>,
}

impl Verdict {
    /// `values`: how many envelopes at most will be counted.
    pub(crate) fn new(operation: &'static str, values: usize) -> Self {
        Verdict {
            operation,
            codes: 0,
            sealed: Tally::new(),
            key_ids: Vec::with_capacity(values),
            faults: Tally::new(),
            latency: 0,
        }
    }

    /// How long after a key was destroyed elsewhere it may still be used here, in milliseconds.
    pub(crate) fn latency(&mut self, millis: u64) {
        self.latency = millis;
    }

    /// Says `code` of the document as a whole.
    pub(crate) fn say(&mut self, code: Code) {
        self.codes |= code.bit();
    }

    /// Counts `code` at a pattern, and says it.
    pub(crate) fn fault(&mut self, pattern: u32, code: Code) {
        self.say(code);
        self.faults.add(pattern, code);
    }

    /// Whether anything stands where it must not, or does not stand where it must.
    pub(crate) fn is_at_fault(&self) -> bool {
        let faults = [
            Code::NearMiss,
            Code::NotSealed,
            Code::Integrity,
            Code::Unsupported,
            Code::UnexpectedEnvelope,
        ];
        faults.into_iter().any(|fault| self.codes & fault.bit() != 0)
    }

    /// Counts an envelope.
    pub(crate) fn envelope(
        &mut self,
        pattern: u32,
        protection: Protection,
        key_ids: impl IntoIterator<Item = KeyId>,
    ) {
        let entry = self.sealed.add(pattern, protection);
        self.key_ids.extend(key_ids.into_iter().map(|id| (entry, id)));
    }

    /// The verdict's RFC 8785 text. `pointer` writes the pointer of a pattern.
    ///
    /// # Errors
    /// `limit` above `most` bytes.
    pub(crate) fn write(
        mut self,
        at: Option<Stamp>,
        schema: &SchemaName<'_>,
        most: u32,
        pointer: impl Fn(u32, &mut String),
    ) -> Result<String, Error> {
        self.key_ids.dedup();
        if self.key_ids.len() > 1 {
            self.key_ids = sorted(self.key_ids, Ord::cmp);
            self.key_ids.dedup();
        }
        let mut json = Canonical::with_capacity(
            (640 + 192 * self.sealed.entries().len() + 35 * self.key_ids.len()).min(most as usize),
        );
        json.raw("{");
        if let Some(at) = at {
            json.raw("\"at\":\"");
            json.raw(at.as_str());
            json.raw("\",");
        }
        json.raw("\"codes\":");
        json.strings(
            Code::ALL.into_iter().filter(|code| self.codes & code.bit() != 0).map(Code::as_str),
        );
        json.raw(concat!(",\"engine\":\"fieldseal ", env!("CARGO_PKG_VERSION"), "\",\"faults\":["));
        for fault in self.faults.entries() {
            json.open('{');
            json.raw("\"code\":");
            json.string(fault.kind.as_str());
            json.raw(",\"count\":");
            json.number(fault.count);
            write_pointer(&mut json, fault.pattern, &pointer);
            json.close('}');
            json.keep_below(most)?;
        }
        let fine = Code::Conforming.bit() | Code::Withheld.bit();
        json.raw(if self.codes & !fine == 0 {
            "],\"level\":\"info\""
        } else {
            "],\"level\":\"warn\""
        });
        json.raw(",\"operation\":\"");
        json.raw(self.operation);
        json.raw("\",\"schema\":");
        json.raw(schema.json);
        json.raw(",\"sealed\":[");
        let mut key_ids = self.key_ids.iter().peekable();
        for (number, entry) in (0..).zip(self.sealed.entries()) {
            let Protection { pseudonym, suite, bind, subject, retention, item, class } = entry.kind;
            json.open('{');
            json.raw("\"bind\":\"");
            json.raw(bind.as_str());
            json.raw("\",\"count\":");
            json.number(entry.count);
            json.raw(",\"keyIds\":[");
            while let Some((_, id)) = key_ids.next_if(|(entry, _)| *entry == number) {
                json.string(str::from_utf8(id.digits().as_flattened()).unwrap_or_default());
            }
            json.raw("],\"keys\":");
            let kinds = [
                (subject, KeyKind::Subject),
                (retention, KeyKind::Retention),
                (item, KeyKind::Item),
                (pseudonym, KeyKind::Pseudonym),
            ];
            json.strings(
                kinds.into_iter().filter(|(present, _)| *present).map(|(_, kind)| kind.as_str()),
            );
            write_pointer(&mut json, entry.pattern, &pointer);
            if let Some(class) = class.and_then(|number| schema.retentions.get(number as usize)) {
                json.raw(",\"retention\":");
                json.string(class);
            }
            json.raw(",\"suite\":\"");
            json.raw(if pseudonym { "pseudonym" } else { suite.as_str() });
            json.raw("\"}");
            json.keep_below(most)?;
        }
        json.raw("],\"shredLatencyMs\":");
        json.number(self.latency);
        json.raw("}");
        Ok(json.finish())
    }
}

/// The member `pointer` of a location count, after others.
pub(super) fn write_pointer(
    json: &mut Canonical,
    pattern: u32,
    pointer: &impl Fn(u32, &mut String),
) {
    json.raw(",\"pointer\":");
    json.written(|out| pointer(pattern, out));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::Code;

    /// Codes that docs/codes.json explains before the core says them.
    const ANNOUNCED: [&str; 2] = ["stale-key", "bucket-due"];

    /// docs/codes.json explains every code, in the order of verdicts.
    #[test]
    fn every_code_is_explained() {
        let table: serde_json::Value =
            serde_json::from_str(include_str!("../../../docs/codes.json")).unwrap();
        let said = Code::ALL.map(Code::as_str);
        let explained = table["codes"].as_array().unwrap().iter().filter_map(|code| {
            let name = code["code"].as_str().filter(|_| code["kind"] == "verdict")?;
            (said.contains(&name) || !ANNOUNCED.contains(&name)).then_some(name)
        });
        assert_eq!(explained.collect::<Vec<_>>(), said);
    }
}
