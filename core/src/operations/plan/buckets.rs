//! The retention buckets of a document's values. Each value is sealed under the key of the bucket
//! in which its retention ends.

use crate::ordered::OrderedMap;

use super::document::DocumentCall;
use super::subjects::Subjects;
use crate::json::Node;
use crate::schema::retention::{Retention, Start};
use crate::time::instant::utc_date;

const NO_START: &str =
    "the retention of this value counts from the call, which has no time: give `at` or `now`";
const NOWHERE: &str =
    "the start of this value's retention (`from`) is not in the document, or is no text";
const NO_FROM: &str = "the retention of this value counts from a date of its document: give `from`";
const NO_DATE: &str = "the start of this value's retention (`from`) is no date (RFC 3339)";
const TOO_LATE: &str = "the retention of this value ends after the year 9999";

/// The buckets of one document. Each start of a retention is evaluated once.
pub(super) struct Buckets<'r> {
    call: &'r DocumentCall<'r>,
    /// Bucket numbers by retention and the number of the start's text, which is `None` for the
    /// call's time.
    known: OrderedMap<(u32, Option<u32>), u32>,
}

impl<'r> Buckets<'r> {
    pub(super) fn new(call: &'r DocumentCall<'r>) -> Self {
        Buckets { call, known: OrderedMap::new() }
    }

    /// Returns the number of the bucket's reference for the value at `node`.
    ///
    /// # Errors
    /// The message that states what the call or the document lacks.
    pub(super) fn reference<'a>(
        &mut self,
        number: u32,
        node: Node<'a>,
        subjects: &mut Subjects<'a>,
    ) -> Result<u32, &'static str> {
        let rules: &[Retention] = &self.call.policy.plan().retentions;
        let rule = rules.get(number as usize).ok_or(NO_DATE)?;
        let text = match (&rule.from, &self.call.lone) {
            (Start::Created, _) => None,
            (Start::At(_), Some(lone)) => Some(subjects.named(lone.from.clone().ok_or(NO_FROM)?)),
            (Start::At(place), None) => {
                Some(subjects.text_at(number, place, node).map_err(|_| NOWHERE)?)
            }
        };
        if let Some(known) = self.known.get(&(number, text)) {
            return Ok(*known);
        }
        let start = match text {
            None => self.call.context.created(self.call.now).ok_or(NO_START)?,
            Some(text) => utc_date(subjects.text(text)).ok_or(NO_DATE)?,
        };
        let reference = subjects.named(rule.reference(start).ok_or(TOO_LATE)?);
        self.known.insert((number, text), reference);
        Ok(reference)
    }
}
