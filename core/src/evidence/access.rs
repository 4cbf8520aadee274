//! The access record: the values that a call revealed and those that it withheld, with the reasons
//! (V-18, S-03).

use std::fmt;

use fieldseal_json::canonical::Writer;

use super::bound::keep_below;
use super::builder::BucketNames;
use super::places::Places;
use super::tally::{Entry, Tally};
use crate::error::Error;
use crate::keys::KeyKind;
use crate::time::instant::Instant;

/// The reason why a value was withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WithheldReason {
    /// A key of the value was destroyed.
    Erased,
    /// The processing of the person's data is restricted (GDPR Art. 18).
    Restricted,
    /// The key source refuses this purpose or caller.
    Denied,
}

impl WithheldReason {
    /// Returns the name that all language bindings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            WithheldReason::Erased => "erased",
            WithheldReason::Restricted => "restricted",
            WithheldReason::Denied => "denied",
        }
    }
}

/// The reason why a value was withheld, and the key that was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Withheld {
    pub(crate) reason: WithheldReason,
    pub(crate) kind: KeyKind,
    /// The number of the bucket's name in the record, if the answer names the bucket.
    pub(crate) bucket: Option<u32>,
}

/// The record of one call of `open`: the places whose values it revealed or withheld. It names no
/// person, except in the opaque `caller` of the host.
#[derive(Clone)]
pub struct AccessRecord {
    at: Option<Instant>,
    purpose: Option<String>,
    caller: Option<String>,
    revealed: Tally<()>,
    withheld: Tally<Withheld>,
    buckets: Vec<String>,
    places: Places,
}

impl AccessRecord {
    /// Returns the time of the call by the host's clock, in milliseconds since
    /// 1970-01-01T00:00:00Z, or `None` if the call had no clock.
    pub fn at(&self) -> Option<u64> {
        self.at.map(Instant::millis)
    }

    /// Returns the purpose of the call.
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// Returns the caller that the call named.
    pub fn caller(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    /// Returns the places whose values were revealed, in document order of the first of each.
    pub fn revealed(&self) -> impl Iterator<Item = RevealedPlace<'_>> {
        self.revealed.entries().iter().map(|entry| RevealedPlace { record: self, entry })
    }

    /// Returns the places whose values were withheld, by reason and key, in document order of the
    /// first of each.
    pub fn withheld(&self) -> impl Iterator<Item = WithheldPlace<'_>> {
        self.withheld.entries().iter().map(|entry| WithheldPlace { record: self, entry })
    }

    /// Writes the record as RFC 8785 JSON, in the same form as all language bindings.
    pub fn to_json(&self) -> String {
        // Only the limit can refuse, and this one is the greatest.
        self.write(u32::MAX).unwrap_or_default()
    }

    /// Refuses a record whose text would be longer than a record may be, as
    /// [`Verdict`](super::Verdict) does.
    fn within(self, most: u32) -> Result<Self, Error> {
        if self.most_bytes() > most as usize {
            self.write(most)?;
        }
        Ok(self)
    }

    /// Returns an upper bound of the text's length.
    fn most_bytes(&self) -> usize {
        let given = [&self.purpose, &self.caller].into_iter().flatten().map(String::len);
        let bucket = 6 * self.buckets.iter().map(String::len).max().unwrap_or_default();
        let revealed =
            self.revealed.entries().iter().map(|entry| 48 + self.places.most_bytes(entry.pattern));
        let withheld = self
            .withheld
            .entries()
            .iter()
            .map(|entry| 160 + bucket + self.places.most_bytes(entry.pattern));
        let rows = revealed.chain(withheld).fold(0, usize::saturating_add);
        given.fold(rows.saturating_add(128), |sum, given| {
            sum.saturating_add(given.saturating_mul(6))
        })
    }

    fn write(&self, most: u32) -> Result<String, Error> {
        let rows = self.revealed.entries().len() + 2 * self.withheld.entries().len();
        let mut json = Writer::with_capacity((128 + 64 * rows).min(most as usize));
        json.raw("{");
        let mut separator = "";
        if let Some(at) = self.at {
            json.raw("\"at\":\"");
            json.raw(at.stamp().as_str());
            json.raw("\"");
            separator = ",";
        }
        for (name, value) in [("\"caller\":\"", &self.caller), ("\"purpose\":\"", &self.purpose)] {
            if let Some(value) = value {
                json.raw(separator);
                json.raw(name);
                json.escaped(value);
                json.raw("\"");
                separator = ",";
            }
        }
        json.raw(separator);
        json.raw("\"revealed\":[");
        for place in self.revealed() {
            place.write(&mut json);
            keep_below(&json, most)?;
        }
        json.raw("],\"withheld\":[");
        for place in self.withheld() {
            place.write(&mut json);
            keep_below(&json, most)?;
        }
        json.raw("]}");
        keep_below(&json, most)?;
        let text = json.finish();
        debug_assert!(text.len() <= self.most_bytes(), "a bound that the text exceeds");
        Ok(text)
    }
}

/// Two records are equal if their texts are.
impl PartialEq for AccessRecord {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

impl Eq for AccessRecord {}

/// `Debug` omits the caller and the purpose.
impl fmt::Debug for AccessRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessRecord")
            .field("at", &self.at())
            .field("revealed", &self.revealed().collect::<Vec<_>>())
            .field("withheld", &self.withheld().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// A place whose values were revealed.
#[derive(Clone, Copy)]
pub struct RevealedPlace<'a> {
    record: &'a AccessRecord,
    entry: &'a Entry<()>,
}

impl RevealedPlace<'_> {
    /// Returns the RFC 6901 pointer of the place, with `*` for array indices and for members that
    /// the schema does not declare.
    pub fn pointer(&self) -> String {
        self.record.places.pointer(self.entry.pattern)
    }

    /// Returns the number of values.
    pub fn count(&self) -> u64 {
        self.entry.count
    }

    fn write(&self, json: &mut Writer) {
        json.open('{');
        json.raw("\"count\":");
        json.number(self.count());
        self.record.places.write_member(self.entry.pattern, json);
        json.close('}');
    }
}

impl fmt::Debug for RevealedPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = Writer::default();
        self.write(&mut json);
        f.write_str(&json.finish())
    }
}

/// A place whose values were withheld.
#[derive(Clone, Copy)]
pub struct WithheldPlace<'a> {
    record: &'a AccessRecord,
    entry: &'a Entry<Withheld>,
}

impl<'a> WithheldPlace<'a> {
    /// Returns the RFC 6901 pointer of the place, with `*` for array indices and for members that
    /// the schema does not declare.
    pub fn pointer(&self) -> String {
        self.record.places.pointer(self.entry.pattern)
    }

    /// Returns the number of values.
    pub fn count(&self) -> u64 {
        self.entry.count
    }

    /// Returns the reason.
    pub fn reason(&self) -> WithheldReason {
        self.entry.kind.reason
    }

    /// Returns the kind of the key that was refused.
    pub fn kind(&self) -> KeyKind {
        self.entry.kind.kind
    }

    /// Returns the name of the retention bucket whose key was refused, if the answer names it.
    pub fn bucket(&self) -> Option<&'a str> {
        self.record.buckets.get(self.entry.kind.bucket? as usize).map(String::as_str)
    }

    fn write(&self, json: &mut Writer) {
        json.open('{');
        if let Some(bucket) = self.bucket() {
            json.raw("\"bucket\":");
            json.string(bucket);
            json.raw(",");
        }
        json.raw("\"count\":");
        json.number(self.count());
        json.raw(",\"kind\":\"");
        json.raw(self.kind().as_str());
        json.raw("\",\"masked\":false");
        self.record.places.write_member(self.entry.pattern, json);
        json.raw(",\"reason\":\"");
        json.raw(self.reason().as_str());
        json.raw("\"}");
    }
}

impl fmt::Debug for WithheldPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = Writer::default();
        self.write(&mut json);
        f.write_str(&json.finish())
    }
}

/// An access record under construction.
pub(crate) struct AccessBuilder {
    revealed: Tally<()>,
    withheld: Tally<Withheld>,
    buckets: BucketNames,
}

impl AccessBuilder {
    /// Returns an empty record. `values` is the greatest number of values that will be counted.
    pub(crate) fn new(values: usize) -> Self {
        AccessBuilder {
            revealed: Tally::expecting(values),
            withheld: Tally::new(),
            buckets: BucketNames::default(),
        }
    }

    pub(crate) fn reveal(&mut self, pattern: u32) {
        self.revealed.add(pattern, ());
    }

    pub(crate) fn withhold(&mut self, pattern: u32, why: Withheld) {
        self.withheld.add(pattern, why);
    }

    /// Returns the number of a bucket for [`Withheld::bucket`]. Equal names have equal numbers.
    pub(crate) fn bucket(&mut self, name: &str) -> u32 {
        self.buckets.number(name)
    }

    pub(crate) fn withheld_any(&self) -> bool {
        !self.withheld.is_empty()
    }

    /// Completes the record.
    ///
    /// # Errors
    /// `limit` if the record's text would have more than `most` bytes.
    pub(crate) fn finish(
        self,
        at: Option<Instant>,
        purpose: Option<&str>,
        caller: Option<&str>,
        places: Places,
        most: u32,
    ) -> Result<AccessRecord, Error> {
        let AccessBuilder { revealed, withheld, buckets } = self;
        let record = AccessRecord {
            at,
            purpose: purpose.map(str::to_owned),
            caller: caller.map(str::to_owned),
            revealed,
            withheld,
            buckets: buckets.names,
            places,
        };
        record.within(most)
    }
}
