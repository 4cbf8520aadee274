//! The access record: which values a call revealed, and which it withheld and why (V-18, S-03).

use super::canonical::Canonical;
use super::instant::Instant;
use super::tally::Tally;
use super::verdict::write_pointer;
use crate::error::Error;
use crate::keys::Kind;

/// Why a value was withheld, and the kind of key that was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Withheld {
    /// `erased`, `restricted` or `denied`.
    pub(crate) reason: &'static str,
    pub(crate) kind: Kind,
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
        at: Instant,
        purpose: Option<&str>,
        caller: Option<&str>,
        most: u32,
        pointer: impl Fn(u32, &mut String),
    ) -> Result<String, Error> {
        let mut json = Canonical::with_capacity((128 + 64 * (self.revealed.entries().len() + 2 * self.withheld.entries().len())).min(most as usize));
        let mut text = String::new();
        json.open('{');
        json.name("at");
        json.plain(at);
        for (name, value) in [("caller", caller), ("purpose", purpose)] {
            if let Some(value) = value {
                json.name(name);
                json.string(value);
            }
        }
        json.name("revealed");
        json.open('[');
        for entry in self.revealed.entries() {
            json.open('{');
            json.name("count");
            json.number(entry.count);
            write_pointer(&mut json, &mut text, entry.pattern, &pointer);
            json.close('}');
            json.keep_below(most)?;
        }
        json.close(']');
        json.name("withheld");
        json.open('[');
        for entry in self.withheld.entries() {
            json.open('{');
            json.name("count");
            json.number(entry.count);
            json.name("kind");
            json.string(entry.kind.kind.as_str());
            json.name("masked");
            json.boolean(false);
            write_pointer(&mut json, &mut text, entry.pattern, &pointer);
            json.name("reason");
            json.string(entry.kind.reason);
            json.close('}');
            json.keep_below(most)?;
        }
        json.close(']');
        json.close('}');
        Ok(json.finish())
    }
}
