//! The access record: which values a call revealed, and which it withheld and why (V-18, S-03).

use super::canonical::Canonical;
use super::tally::Tally;
use super::verdict::write_pointer;
use crate::error::Error;
use crate::keys::KeyKind;
use crate::time::instant::Stamp;

/// Why a value was withheld, and the kind of key that was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Withheld {
    /// `erased`, `restricted` or `denied`.
    pub(crate) reason: &'static str,
    pub(crate) kind: KeyKind,
}

/// An access record under construction.
pub(crate) struct Access {
    revealed: Tally<()>,
    withheld: Tally<Withheld>,
}

impl Access {
    pub(crate) fn new() -> Self {
        Access { revealed: Tally::new(), withheld: Tally::new() }
    }

    pub(crate) fn reveal(&mut self, pattern: u32) {
        self.revealed.add(pattern, ());
    }

    pub(crate) fn withhold(&mut self, pattern: u32, why: Withheld) {
        self.withheld.add(pattern, why);
    }

    pub(crate) fn withheld_any(&self) -> bool {
        !self.withheld.is_empty()
    }

    /// The record's RFC 8785 text. `pointer` writes the pointer of a pattern.
    ///
    /// # Errors
    /// `limit` above `most` bytes.
    pub(crate) fn write(
        &self,
        at: Stamp,
        purpose: Option<&str>,
        caller: Option<&str>,
        most: u32,
        pointer: impl Fn(u32, &mut String),
    ) -> Result<String, Error> {
        let mut json = Canonical::with_capacity(
            (128 + 64 * (self.revealed.entries().len() + 2 * self.withheld.entries().len()))
                .min(most as usize),
        );
        json.raw("{\"at\":\"");
        json.raw(at.as_str());
        json.raw("\"");
        for (name, value) in [(",\"caller\":", caller), (",\"purpose\":", purpose)] {
            if let Some(value) = value {
                json.raw(name);
                json.string(value);
            }
        }
        json.raw(",\"revealed\":[");
        for entry in self.revealed.entries() {
            json.open('{');
            json.raw("\"count\":");
            json.number(entry.count);
            write_pointer(&mut json, entry.pattern, &pointer);
            json.close('}');
            json.keep_below(most)?;
        }
        json.raw("],\"withheld\":[");
        for entry in self.withheld.entries() {
            json.open('{');
            json.raw("\"count\":");
            json.number(entry.count);
            json.raw(",\"kind\":\"");
            json.raw(entry.kind.kind.as_str());
            json.raw("\",\"masked\":false");
            write_pointer(&mut json, entry.pattern, &pointer);
            json.raw(",\"reason\":\"");
            json.raw(entry.kind.reason);
            json.raw("\"}");
            json.keep_below(most)?;
        }
        json.raw("]}");
        Ok(json.finish())
    }
}
