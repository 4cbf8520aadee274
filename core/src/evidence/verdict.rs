//! The verdict: the findings of a call about a document. It is a test oracle and, in production,
//! the proof that marked values were encrypted (V-05 … V-07).

use std::fmt;
use std::sync::Arc;

use fieldseal_json::canonical::Writer;

use super::bound::keep_below;
use super::code::{Codes, VerdictCode, VerdictLevel};
use super::places::Places;
use super::schema_name::SchemaName;
use super::tally::{Entry, Tally};
use crate::envelope::{Bind, Suite};
use crate::error::Error;
use crate::keys::{KeyId, KeyKind};
use crate::time::bucket;
use crate::time::instant::Instant;

/// The release that a verdict names.
const ENGINE: &str = concat!("fieldseal ", env!("CARGO_PKG_VERSION"));

/// The findings of a call about a document. A verdict holds no clear value and no key, and its
/// pointers contain no personal data: array indices and members that the schema does not declare
/// are written `*`.
///
/// The verdict keeps counts by place and writes its text on demand, so a host that drops it pays
/// for no text.
///
/// ```
/// use fieldseal::{Options, Policy, VerdictCode, VerdictLevel};
/// let schema = br#"{
///     "x-schema-family": "urn:example:order",
///     "properties": {"customer": {"x-protection": {"subject": "/customerId"}}}
/// }"#;
/// let policy = Policy::compile(schema, Options::default())?;
/// let verdict = policy.check(br#"{"customerId": "cust-7", "customer": "Ada"}"#)?;
/// assert_eq!(verdict.level(), VerdictLevel::Warn);
/// assert!(verdict.says(VerdictCode::NotSealed));
/// for fault in verdict.faults() {
///     assert_eq!(fault.code(), VerdictCode::NotSealed);
///     assert_eq!(fault.pointer(), "/customer");
/// }
/// assert!(verdict.to_json().contains(r#""codes":["nonconforming","not-sealed"]"#));
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Clone)]
pub struct Verdict {
    pub(super) operation: &'static str,
    pub(super) codes: Codes,
    pub(super) at: Option<Instant>,
    pub(super) sealed: Tally<Protection>,
    /// The keys that envelopes name, by the number of their entry in `sealed`: sorted, without
    /// duplicates.
    pub(super) key_ids: Vec<(u32, KeyId)>,
    pub(super) faults: Tally<VerdictCode>,
    pub(super) buckets: Vec<String>,
    pub(super) latency: u64,
    pub(super) verified: bool,
    pub(super) places: Places,
    pub(super) schema: Arc<SchemaName>,
}

/// The way in which an envelope or a pseudonym protects its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Protection {
    /// True for a pseudonym. The members for envelopes then have no meaning.
    pub(crate) pseudonym: bool,
    pub(crate) suite: Suite,
    pub(crate) bind: Bind,
    pub(crate) subject: bool,
    pub(crate) retention: bool,
    pub(crate) item: bool,
    /// The retention's number in the schema.
    pub(crate) class: Option<u32>,
    /// The number of the bucket's name in the verdict, if the call knows the bucket.
    pub(crate) bucket: Option<u32>,
}

impl Verdict {
    /// Returns the verb of the call: `seal`, `open` or `check`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the codes, in the order of [`VerdictCode::ALL`].
    pub fn codes(&self) -> impl Iterator<Item = VerdictCode> {
        self.codes.iter()
    }

    /// Returns true if the verdict has this code.
    pub fn says(&self, code: VerdictCode) -> bool {
        self.codes.contains(code)
    }

    /// Returns [`VerdictLevel::Warn`] if the verdict has any code besides
    /// [`VerdictCode::Conforming`] and [`VerdictCode::Withheld`].
    pub fn level(&self) -> VerdictLevel {
        self.codes.level()
    }

    /// Returns the time of the call by the host's clock, in milliseconds since
    /// 1970-01-01T00:00:00Z, or `None` if the call had no clock.
    pub fn at(&self) -> Option<u64> {
        self.at.map(Instant::millis)
    }

    /// Returns the release that made the verdict.
    pub fn engine(&self) -> &'static str {
        ENGINE
    }

    /// Returns the schema of the policy.
    pub fn schema(&self) -> &SchemaName {
        &self.schema
    }

    /// Returns the envelopes and pseudonyms of the document, counted by place and kind of
    /// protection, in document order of the first of each.
    pub fn sealed(&self) -> impl Iterator<Item = SealedPlace<'_>> {
        let mut rest = self.key_ids.as_slice();
        (0_u32..).zip(self.sealed.entries()).map(move |(number, entry)| {
            let own = rest.iter().take_while(|(owner, _)| *owner == number).count();
            let (key_ids, after) = rest.split_at_checked(own).unwrap_or_default();
            rest = after;
            SealedPlace { verdict: self, entry, key_ids }
        })
    }

    /// Returns the places to which codes apply, in document order of the first value of each.
    pub fn faults(&self) -> impl Iterator<Item = PlaceFault<'_>> {
        self.faults.entries().iter().map(|entry| PlaceFault { verdict: self, entry })
    }

    /// Returns the milliseconds for which a key that was destroyed elsewhere may still be used
    /// here.
    pub fn shred_latency_ms(&self) -> u64 {
        self.latency
    }

    /// Returns `sealed` if the call checked the sealed document against the sealed schema, and it
    /// fits.
    pub fn verified(&self) -> Option<&'static str> {
        self.verified.then_some("sealed")
    }

    /// Writes the verdict as RFC 8785 JSON, in the same form as all language bindings.
    pub fn to_json(&self) -> String {
        // Only the limit can refuse, and this one is the greatest.
        self.write(u32::MAX).unwrap_or_default()
    }

    /// Refuses a verdict whose text would be longer than a record may be. The text is written only
    /// if a cheap bound on its length exceeds that.
    ///
    /// # Errors
    /// `limit` above `most` bytes.
    pub(super) fn within(self, most: u32) -> Result<Self, Error> {
        if self.most_bytes() > most as usize {
            self.write(most)?;
        }
        Ok(self)
    }

    /// Returns an upper bound of the text's length.
    fn most_bytes(&self) -> usize {
        let buckets = self.buckets.iter().map(String::len).max().unwrap_or_default();
        let named = |kind: &Protection| {
            let class = kind.class.and_then(|number| self.schema.retention(number));
            6 * (class.map_or(0, str::len) + kind.bucket.map_or(0, |_| buckets))
        };
        let sealed = self
            .sealed
            .entries()
            .iter()
            .map(|entry| 288 + self.places.most_bytes(entry.pattern) + named(&entry.kind));
        let faults =
            self.faults.entries().iter().map(|entry| 80 + self.places.most_bytes(entry.pattern));
        let names = self.schema.to_json().len() + ENGINE.len();
        sealed.chain(faults).fold(768 + names + 35 * self.key_ids.len(), usize::saturating_add)
    }

    fn write(&self, most: u32) -> Result<String, Error> {
        let (rows, ids) = (self.sealed.entries().len(), self.key_ids.len());
        let mut json = Writer::with_capacity((640 + 192 * rows + 35 * ids).min(most as usize));
        json.raw("{");
        if let Some(at) = self.at {
            json.raw("\"at\":\"");
            json.raw(at.stamp().as_str());
            json.raw("\",");
        }
        json.raw("\"codes\":[");
        words(&mut json, self.codes().map(VerdictCode::as_str));
        json.raw("],\"engine\":\"");
        json.raw(ENGINE);
        json.raw("\",\"faults\":[");
        for fault in self.faults() {
            fault.write(&mut json);
            keep_below(&json, most)?;
        }
        json.raw("],\"level\":\"");
        json.raw(self.level().as_str());
        json.raw("\",\"operation\":\"");
        json.raw(self.operation);
        json.raw("\",\"schema\":");
        json.raw(self.schema.to_json());
        json.raw(",\"sealed\":[");
        for place in self.sealed() {
            place.write(&mut json);
            keep_below(&json, most)?;
        }
        json.raw("],\"shredLatencyMs\":");
        json.number(self.latency);
        if let Some(form) = self.verified() {
            json.raw(",\"verified\":\"");
            json.raw(form);
            json.raw("\"");
        }
        json.raw("}");
        keep_below(&json, most)?;
        let text = json.finish();
        debug_assert!(text.len() <= self.most_bytes(), "a bound that the text exceeds");
        Ok(text)
    }
}

/// Appends the elements of an array of words that need no escape.
fn words(json: &mut Writer, words: impl Iterator<Item = &'static str>) {
    for (number, word) in words.enumerate() {
        json.raw(if number == 0 { "\"" } else { ",\"" });
        json.raw(word);
        json.raw("\"");
    }
}

/// Two verdicts are equal if their texts are.
impl PartialEq for Verdict {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

impl Eq for Verdict {}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

/// The envelopes or pseudonyms of one kind at one place of a document.
#[derive(Clone, Copy)]
pub struct SealedPlace<'a> {
    verdict: &'a Verdict,
    entry: &'a Entry<Protection>,
    key_ids: &'a [(u32, KeyId)],
}

impl<'a> SealedPlace<'a> {
    /// Returns the RFC 6901 pointer of the place, with `*` for array indices and for members that
    /// the schema does not declare.
    pub fn pointer(&self) -> String {
        self.verdict.places.pointer(self.entry.pattern)
    }

    /// Returns the number of envelopes or pseudonyms.
    pub fn count(&self) -> u64 {
        self.entry.count
    }

    /// Returns the suite of the envelopes, or `None` for pseudonyms.
    pub fn suite(&self) -> Option<Suite> {
        (!self.entry.kind.pseudonym).then_some(self.entry.kind.suite)
    }

    /// Returns the bind profile.
    pub fn bind(&self) -> Bind {
        self.entry.kind.bind
    }

    /// Returns the kinds of key that are needed together.
    pub fn keys(&self) -> impl Iterator<Item = KeyKind> {
        let Protection { pseudonym, subject, retention, item, .. } = self.entry.kind;
        let kinds = [
            (subject, KeyKind::Subject),
            (retention, KeyKind::Retention),
            (item, KeyKind::Item),
            (pseudonym, KeyKind::Pseudonym),
        ];
        kinds.into_iter().filter(|(present, _)| *present).map(|(_, kind)| kind)
    }

    /// Returns the ids of the keys, sorted and without duplicates.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> + use<'a> {
        self.key_ids.iter().map(|(_, id)| *id)
    }

    /// Returns the name of the retention in `x-retention`.
    pub fn retention(&self) -> Option<&'a str> {
        self.verdict.schema.retention(self.entry.kind.class?)
    }

    /// Returns the name of the retention bucket, if the call knows it.
    pub fn bucket(&self) -> Option<&'a str> {
        self.verdict.buckets.get(self.entry.kind.bucket? as usize).map(String::as_str)
    }

    /// Returns the end of the bucket, in milliseconds since 1970-01-01T00:00:00Z. `None` without a
    /// bucket, and for a bucket that ends with the year 9999.
    pub fn ends(&self) -> Option<u64> {
        self.end().map(Instant::millis)
    }

    fn end(&self) -> Option<Instant> {
        Instant::from_millis(bucket::end(self.bucket()?)?)
    }

    fn write(&self, json: &mut Writer) {
        json.open('{');
        json.raw("\"bind\":\"");
        json.raw(self.bind().as_str());
        if let Some(bucket) = self.bucket() {
            json.raw("\",\"bucket\":\"");
            json.escaped(bucket);
        }
        json.raw("\",\"count\":");
        json.number(self.count());
        if let Some(end) = self.end() {
            json.raw(",\"ends\":\"");
            json.raw(end.stamp().as_str());
            json.raw("\"");
        }
        json.raw(",\"keyIds\":[");
        for (number, id) in self.key_ids().enumerate() {
            json.raw(if number == 0 { "\"" } else { ",\"" });
            json.raw(str::from_utf8(id.digits().as_flattened()).unwrap_or_default());
            json.raw("\"");
        }
        json.raw("],\"keys\":[");
        words(json, self.keys().map(KeyKind::as_str));
        json.raw("]");
        self.verdict.places.write_member(self.entry.pattern, json);
        if let Some(class) = self.retention() {
            json.raw(",\"retention\":");
            json.string(class);
        }
        json.raw(",\"suite\":\"");
        json.raw(self.suite().map_or("pseudonym", Suite::as_str));
        json.raw("\"}");
    }
}

impl fmt::Debug for SealedPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = Writer::default();
        self.write(&mut json);
        f.write_str(&json.finish())
    }
}

/// A place of a document to which a code applies.
#[derive(Clone, Copy)]
pub struct PlaceFault<'a> {
    verdict: &'a Verdict,
    entry: &'a Entry<VerdictCode>,
}

impl PlaceFault<'_> {
    /// Returns the code.
    pub fn code(&self) -> VerdictCode {
        self.entry.kind
    }

    /// Returns the number of values at the place to which the code applies.
    pub fn count(&self) -> u64 {
        self.entry.count
    }

    /// Returns the RFC 6901 pointer of the place, with `*` for array indices and for members that
    /// the schema does not declare.
    pub fn pointer(&self) -> String {
        self.verdict.places.pointer(self.entry.pattern)
    }

    fn write(&self, json: &mut Writer) {
        json.open('{');
        json.raw("\"code\":\"");
        json.raw(self.code().as_str());
        json.raw("\",\"count\":");
        json.number(self.count());
        self.verdict.places.write_member(self.entry.pattern, json);
        json.close('}');
    }
}

impl fmt::Debug for PlaceFault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = Writer::default();
        self.write(&mut json);
        f.write_str(&json.finish())
    }
}
