//! Builds a verdict during a call.

use crate::ordered::OrderedMap;
use std::sync::Arc;

use super::code::{Codes, VerdictCode};
use super::places::Places;
use super::schema_name::SchemaName;
use super::tally::Tally;
use super::verdict::{Protection, Verdict};
use crate::error::Error;
use crate::keys::KeyId;
use crate::time::instant::Instant;
use fieldseal_json::sort::sorted;

/// A verdict under construction.
pub(crate) struct VerdictBuilder {
    operation: &'static str,
    codes: Codes,
    sealed: Tally<Protection>,
    /// The number of an entry in `sealed`, and a key that its envelopes name.
    key_ids: Vec<(u32, KeyId)>,
    faults: Tally<VerdictCode>,
    buckets: BucketNames,
    latency: u64,
    verified: bool,
}

impl VerdictBuilder {
    /// Returns an empty verdict. `values` is the greatest number of envelopes that will be counted.
    pub(crate) fn new(operation: &'static str, values: usize) -> Self {
        VerdictBuilder {
            operation,
            codes: Codes::default(),
            sealed: Tally::expecting(values),
            key_ids: Vec::with_capacity(values),
            faults: Tally::new(),
            buckets: BucketNames::default(),
            latency: 0,
            verified: false,
        }
    }

    /// Sets the milliseconds for which a key that was destroyed elsewhere may still be used here.
    pub(crate) fn latency(&mut self, millis: u64) {
        self.latency = millis;
    }

    /// Records that the sealed document was checked against the sealed schema, and fits it.
    pub(crate) fn verified(&mut self) {
        self.verified = true;
    }

    /// Adds `code` for the document as a whole.
    pub(crate) fn say(&mut self, code: VerdictCode) {
        self.codes.insert(code);
    }

    /// Adds `code`, and counts it at a pattern.
    pub(crate) fn fault(&mut self, pattern: u32, code: VerdictCode) {
        self.say(code);
        self.faults.add(pattern, code);
    }

    /// Returns true if a sealed value is missing or faulty, or stands at a wrong place.
    pub(crate) fn is_at_fault(&self) -> bool {
        self.codes.is_at_fault()
    }

    /// Returns the number of a bucket for [`Protection::bucket`]. Equal names have equal numbers.
    pub(crate) fn bucket(&mut self, name: &str) -> u32 {
        self.buckets.number(name)
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

    /// Completes the verdict.
    ///
    /// # Errors
    /// `limit` if the verdict's text would have more than `most` bytes.
    pub(crate) fn finish(
        self,
        at: Option<Instant>,
        schema: &Arc<SchemaName>,
        places: Places,
        most: u32,
    ) -> Result<Verdict, Error> {
        let VerdictBuilder { operation, codes, sealed, faults, buckets, latency, verified, .. } =
            self;
        let mut key_ids = self.key_ids;
        key_ids.dedup();
        // Places come in the order of their entries, and most have one key.
        if !key_ids.is_sorted() {
            key_ids = sorted(key_ids, Ord::cmp);
            key_ids.dedup();
        }
        let verdict = Verdict {
            operation,
            codes,
            at,
            sealed,
            key_ids,
            faults,
            buckets: buckets.names,
            latency,
            verified,
            places,
            schema: Arc::clone(schema),
        };
        verdict.within(most)
    }
}

/// The names of buckets by their numbers, without duplicates.
#[derive(Default)]
pub(super) struct BucketNames {
    pub(super) names: Vec<String>,
    /// The numbers of the names, as soon as their count exceeds [`FEW`].
    numbers: OrderedMap<String, u32>,
}

/// Up to this number of names, a linear search is as fast.
const FEW: usize = 8;

impl BucketNames {
    pub(super) fn number(&mut self, name: &str) -> u32 {
        let known = if self.names.len() <= FEW {
            let place = self.names.iter().position(|known| known == name);
            place.and_then(|place| u32::try_from(place).ok())
        } else {
            self.numbers.get(name).copied()
        };
        known.unwrap_or_else(|| self.add(name))
    }

    fn add(&mut self, name: &str) -> u32 {
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        if self.names.len() > FEW + 1 {
            self.numbers.insert(name.to_owned(), number);
        } else if self.names.len() == FEW + 1 {
            // Not `collect`, whose sort would be compiled for this type alone.
            for (name, number) in self.names.iter().zip(0..) {
                self.numbers.insert(name.clone(), number);
            }
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::{BucketNames, FEW};

    #[test]
    fn equal_names_have_one_number_whether_few_or_many() {
        for count in [1, FEW, FEW + 1, FEW + 2, 10 * FEW] {
            let mut names = BucketNames::default();
            for _ in 0..3 {
                for number in 0..count {
                    assert_eq!(names.number(&format!("contract/{number:04}")), number as u32);
                }
            }
            assert_eq!(names.names.len(), count);
        }
    }
}
