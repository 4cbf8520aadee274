//! Seals and opens single values whose document is not there, such as columns of a table.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::batch::{Batch, together};
use super::call::{Context, IndexValue, OpenOptions, Opened, Pending, Sealed};
use super::open::OpenPlan;
use super::plan::CallInput;
use super::seal::SealPlan;
use crate::error::{Error, ErrorCode, OpenError, SealError};
use crate::evidence::{AccessRecord, Verdict};
use crate::keys::{Answers, Entropy, KeyContext, KeySource};
use crate::policy::Policy;
use crate::resolver::place::Place;

/// One value without its document, and its place there. `Debug` omits the value.
#[derive(Clone)]
#[non_exhaustive]
pub struct ValueItem<'t> {
    /// The RFC 6901 pointer of the value in documents, such as `/customer/email`. The pointer of
    /// the marked schema also counts, if no other place has that schema.
    pub place: Cow<'t, str>,
    /// The value's JSON text to seal, or the envelope to open, without quotes.
    pub value: Cow<'t, [u8]>,
    /// The context of the call. Its subject stands for whatever a subject pointer names.
    pub context: Cow<'t, Context>,
    /// The date (RFC 3339) from which the retention counts, if it starts with a date of the
    /// document. Opening needs none.
    pub from: Option<Cow<'t, str>>,
}

impl<'t> ValueItem<'t> {
    /// Returns the value at a place, in a context.
    pub fn new(
        place: impl Into<Cow<'t, str>>,
        value: impl Into<Cow<'t, [u8]>>,
        context: impl Into<Cow<'t, Context>>,
    ) -> Self {
        let (place, value, context) = (place.into(), value.into(), context.into());
        ValueItem { place, value, context, from: None }
    }

    /// Returns the same value, whose retention counts from a date.
    #[must_use]
    pub fn with_from(self, date: impl Into<Cow<'t, str>>) -> Self {
        ValueItem { from: Some(date.into()), ..self }
    }

    fn borrowed(&self) -> ValueItem<'_> {
        ValueItem {
            place: Cow::Borrowed(&self.place),
            value: Cow::Borrowed(&self.value),
            context: Cow::Borrowed(&self.context),
            from: self.from.as_deref().map(Cow::Borrowed),
        }
    }
}

impl fmt::Debug for ValueItem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValueItem")
            .field("bytes", &self.value.len())
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

/// The envelope of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedValue {
    /// The envelope, or the token if the marker demands one, without quotes.
    pub envelope: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The index value, if the marker has an `index`; see [`Sealed::indexes`].
    pub indexes: Vec<IndexValue>,
}

/// One clear value. `Debug` omits the value.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedValue {
    /// The JSON text of the value, or of its placeholder if it is withheld.
    pub value: Vec<u8>,
    /// The verdict.
    pub verdict: Verdict,
    /// The access record.
    pub access: AccessRecord,
}

impl fmt::Debug for OpenedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedValue")
            .field("verdict", &self.verdict)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl From<Sealed> for SealedValue {
    fn from(sealed: Sealed) -> Self {
        let Sealed { document, verdict, indexes } = sealed;
        let mut envelope = String::from_utf8(document).unwrap_or_default();
        // White space around the value has stayed.
        envelope.truncate(envelope.rfind('"').unwrap_or_default());
        envelope.drain(..envelope.find('"').map_or(0, |quote| quote + 1));
        SealedValue { envelope, verdict, indexes }
    }
}

impl From<Opened> for OpenedValue {
    fn from(opened: Opened) -> Self {
        let Opened { document, verdict, access } = opened;
        OpenedValue { value: document, verdict, access }
    }
}

/// The plan of one value or of a batch.
pub struct ValuePlan<V>(V);

/// A clear value that waits for its keys; see [`PendingSeal`](super::PendingSeal).
pub type PendingSealValue<'t> = Pending<ValuePlan<SealPlan<'t>>>;

/// An envelope that waits for its keys; see [`PendingOpen`](super::PendingOpen).
pub type PendingOpenValue<'t> = Pending<ValuePlan<OpenPlan<'t>>>;

/// Clear values that wait for their keys.
pub type PendingSealValues<'t> = Pending<ValuePlan<Batch<SealPlan<'t>>>>;

/// Envelopes that wait for their keys.
pub type PendingOpenValues<'t> = Pending<ValuePlan<Batch<OpenPlan<'t>>>>;

impl Policy {
    /// Seals one value as [`Policy::seal`] seals it at its place in a document: with the same
    /// context, each envelope opens in the place of the other.
    ///
    /// The subject of the call stands for whatever the marker's subject pointer names, and
    /// [`ValueItem::from`] for the start of its retention. The decision is that for an unknown
    /// document: the value is sealed if any document has a marked value at that place. The schemas
    /// that apply there in every document judge the value.
    ///
    /// ```
    /// use fieldseal::{Context, Keyring, Options, Policy, ValueItem};
    /// # use fieldseal::Entropy;
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);
    /// let schema = br#"{
    ///     "x-schema-family": "urn:example:order",
    ///     "properties": {"name": {"type": "string", "x-protection": {}}}
    /// }"#;
    /// let policy = Policy::compile(schema, Options::default())?;
    /// let about = Context {
    ///     record: Some("order-7".into()),
    ///     subject: Some("cust-1".into()),
    ///     ..Context::default()
    /// };
    /// let mut keys = Keyring::memory();
    /// let name = ValueItem::new("/name", br#""Ada""#, &about);
    /// let column = policy.seal_value(&name, &mut keys, &mut entropy)?.envelope;
    /// assert!(column.starts_with("Fs1"));
    ///
    /// let column = ValueItem::new("/name", column.as_bytes(), &about);
    /// assert_eq!(policy.open_value(&column, &mut keys)?.value, br#""Ada""#);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Policy::seal`]; `context` also for a place at which no value can be marked, that
    /// the pointer does not determine or that lies in a value sealed as a whole, and for a missing
    /// subject or `from`.
    pub fn seal_value(
        &self,
        value: &ValueItem<'_>,
        keys: &mut dyn KeySource,
        entropy: &mut dyn Entropy,
    ) -> Result<SealedValue, SealError> {
        let pending =
            self.plan_seal(value.borrowed(), CallInput::with_clock, &mut Places::new())?;
        let now = pending.plan().call.millis();
        let answers =
            pending.ask(|requests| keys.current(requests, &mut KeyContext { now, entropy }));
        let sealed = pending.settle_with(keys, answers, |plan, keys| plan.apply(keys?, entropy))?;
        Ok(sealed.into())
    }

    /// Takes the first step of sealing one value; see [`Policy::begin_seal`].
    ///
    /// # Errors
    /// Those of [`Policy::seal_value`] that need no key.
    pub fn begin_seal_value<'t>(
        &self,
        value: ValueItem<'t>,
    ) -> Result<PendingSealValue<'t>, SealError> {
        Ok(self.plan_seal(value, |input| input, &mut Places::new())?.map(ValuePlan))
    }

    /// Opens the envelope of one value, which a document may have held, as [`Policy::open`] opens
    /// it at its place. A value whose key is erased, restricted or denied becomes its placeholder.
    ///
    /// # Errors
    /// Those of [`Policy::open`]; `context` also for a place as in [`Policy::seal_value`], and for
    /// a missing subject.
    pub fn open_value(
        &self,
        value: &ValueItem<'_>,
        keys: &mut dyn KeySource,
    ) -> Result<OpenedValue, OpenError> {
        self.open_value_with(value, keys, OpenOptions::default())
    }

    /// Opens as [`Policy::open_value`] does, with these options.
    ///
    /// # Errors
    /// Those of [`Policy::open_value`]; with [`OpenOptions::strict`] also `erased`, `restricted`
    /// and `denied`.
    pub fn open_value_with(
        &self,
        value: &ValueItem<'_>,
        keys: &mut dyn KeySource,
        options: OpenOptions,
    ) -> Result<OpenedValue, OpenError> {
        let places = &mut Places::new();
        let pending = self.plan_open(value.borrowed(), CallInput::with_clock, options, places)?;
        let now = pending.plan().call.millis();
        let answers = pending.ask(|requests| keys.by_id(requests, now));
        Ok(pending.settle_with(keys, answers, |plan, keys| plan.apply(keys?))?.into())
    }

    /// Takes the first step of opening one value; see [`Policy::begin_open`].
    ///
    /// # Errors
    /// Those of [`Policy::open_value_with`] that need no key.
    pub fn begin_open_value<'t>(
        &self,
        value: ValueItem<'t>,
        options: OpenOptions,
    ) -> Result<PendingOpenValue<'t>, OpenError> {
        Ok(self.plan_open(value, |input| input, options, &mut Places::new())?.map(ValuePlan))
    }

    /// Seals values with one question to the key source, each at its own place and in its own
    /// context. Returns one result or error per value, in order. A value that is refused does not
    /// stop the others.
    ///
    /// # Errors
    /// Each value has those of [`Policy::seal_value`]. All values fail with `internal` if the
    /// source's answers are invalid.
    pub fn seal_values(
        &self,
        values: &[ValueItem<'_>],
        keys: &mut dyn KeySource,
        entropy: &mut dyn Entropy,
    ) -> Vec<Result<SealedValue, SealError>> {
        let mut places = Places::new();
        let pending = together(
            values
                .iter()
                .map(|value| self.plan_seal(value.borrowed(), CallInput::with_clock, &mut places)),
        );
        let now = pending.plan().now;
        let answers =
            pending.ask(|requests| keys.current(requests, &mut KeyContext { now, entropy }));
        all(pending.settle_with(keys, answers, |batch, keys| batch.seal(keys, entropy)))
    }

    /// Takes the first step of sealing values.
    pub fn begin_seal_values<'t>(
        &self,
        values: impl IntoIterator<Item = ValueItem<'t>>,
    ) -> PendingSealValues<'t> {
        let mut places = Places::new();
        let values = values.into_iter();
        together(values.map(|value| self.plan_seal(value, |input| input, &mut places)))
            .map(ValuePlan)
    }

    /// Opens envelopes of values with one question to the key source, each at its own place and in
    /// its own context. Returns one result or error per value, in order. A value that is refused
    /// does not stop the others.
    ///
    /// # Errors
    /// Each value has those of [`Policy::open_value_with`]. All values fail with `internal` if the
    /// source's answers are invalid.
    pub fn open_values(
        &self,
        values: &[ValueItem<'_>],
        keys: &mut dyn KeySource,
        options: OpenOptions,
    ) -> Vec<Result<OpenedValue, OpenError>> {
        let mut places = Places::new();
        let pending = together(values.iter().map(|value| {
            self.plan_open(value.borrowed(), CallInput::with_clock, options, &mut places)
        }));
        let now = pending.plan().now;
        let answers = pending.ask(|requests| keys.by_id(requests, now));
        all(pending.settle_with(keys, answers, |batch, keys| {
            batch.apply(keys, |plan, keys| plan.apply(keys))
        }))
    }

    /// Takes the first step of opening values.
    pub fn begin_open_values<'t>(
        &self,
        values: impl IntoIterator<Item = ValueItem<'t>>,
        options: OpenOptions,
    ) -> PendingOpenValues<'t> {
        let mut places = Places::new();
        let values = values.into_iter();
        together(values.map(|value| self.plan_open(value, |input| input, options, &mut places)))
            .map(ValuePlan)
    }

    fn plan_seal<'t>(
        &self,
        value: ValueItem<'t>,
        clock: Clock<'t>,
        places: &mut Places,
    ) -> Result<Pending<SealPlan<'t>>, Error> {
        self.plan_seal_call(value.into(), clock, places)
    }

    fn plan_open<'t>(
        &self,
        value: ValueItem<'t>,
        clock: Clock<'t>,
        options: OpenOptions,
        places: &mut Places,
    ) -> Result<Pending<OpenPlan<'t>>, Error> {
        let text = std::str::from_utf8(&value.value)
            .map_err(|_| Error::new(ErrorCode::Document, "an envelope is a text in UTF-8"))?;
        let mut quoted = String::with_capacity(text.len() + 2);
        fieldseal_json::canonical::string(text, &mut quoted);
        let call = PlacedCall { document: quoted.into_bytes().into(), ..value.into() };
        self.plan_open_call(call, clock, options, places)
    }

    pub(crate) fn plan_seal_call<'t>(
        &self,
        call: PlacedCall<'t>,
        clock: Clock<'t>,
        places: &mut Places,
    ) -> Result<Pending<SealPlan<'t>>, Error> {
        let (input, place) = self.input(call, clock, places)?;
        SealPlan::plan(self, input).map_err(|error| located(place.as_deref(), error))
    }

    pub(crate) fn plan_open_call<'t>(
        &self,
        call: PlacedCall<'t>,
        clock: Clock<'t>,
        options: OpenOptions,
        places: &mut Places,
    ) -> Result<Pending<OpenPlan<'t>>, Error> {
        let (input, place) = self.input(call, clock, places)?;
        OpenPlan::plan(self, input, options).map_err(|error| located(place.as_deref(), error))
    }

    fn input<'t>(
        &self,
        call: PlacedCall<'t>,
        clock: Clock<'t>,
        places: &mut Places,
    ) -> Result<(CallInput<'t>, Option<Arc<Place>>), Error> {
        let PlacedCall { document, context, place, from } = call;
        let input = clock(CallInput::new(document, context));
        let Some(place) = place else { return Ok((input, None)) };
        let place = places.find(self, &place)?;
        Ok((input.at(Arc::clone(&place), from.map(Cow::into_owned)), Some(place)))
    }
}

/// A document, or a value with its place: for bindings whose verbs share the code of both.
pub struct PlacedCall<'t> {
    /// The JSON text of the document or value. An envelope to open is a JSON string.
    pub document: Cow<'t, [u8]>,
    /// The context of the call.
    pub context: Cow<'t, Context>,
    /// The place of a value.
    pub place: Option<Cow<'t, str>>,
    /// See [`ValueItem::from`].
    pub from: Option<Cow<'t, str>>,
}

impl<'t> From<ValueItem<'t>> for PlacedCall<'t> {
    fn from(value: ValueItem<'t>) -> Self {
        let ValueItem { place, value, context, from } = value;
        PlacedCall { document: value, context, place: Some(place), from }
    }
}

/// Reads the clock, or leaves the input as it is.
type Clock<'t> = fn(CallInput<'t>) -> CallInput<'t>;

fn located(place: Option<&Place>, error: Error) -> Error {
    match place {
        Some(place) => place.locate(error),
        None => error,
    }
}

impl PendingSealValue<'_> {
    /// Seals with the answers to [`Pending::requests`], given in their order.
    ///
    /// # Errors
    /// Those of [`Policy::seal_value`] that need keys.
    pub fn finish(
        self,
        answers: impl Into<Answers>,
        entropy: &mut dyn Entropy,
    ) -> Result<SealedValue, SealError> {
        Ok(self.settle(answers.into(), |ValuePlan(plan), keys| plan.apply(keys?, entropy))?.into())
    }
}

impl PendingOpenValue<'_> {
    /// Opens with the answers to [`Pending::requests`], given in their order.
    ///
    /// # Errors
    /// Those of [`Policy::open_value_with`] that need keys.
    pub fn finish(self, answers: impl Into<Answers>) -> Result<OpenedValue, OpenError> {
        Ok(self.settle(answers.into(), |ValuePlan(plan), keys| plan.apply(keys?))?.into())
    }
}

impl PendingSealValues<'_> {
    /// Seals with the answers to [`Pending::requests`], given in their order. Returns one result or
    /// error per value, in order.
    pub fn finish(
        self,
        answers: impl Into<Answers>,
        entropy: &mut dyn Entropy,
    ) -> Vec<Result<SealedValue, SealError>> {
        all(self.settle(answers.into(), |ValuePlan(batch), keys| batch.seal(keys, entropy)))
    }
}

impl PendingOpenValues<'_> {
    /// Opens with the answers to [`Pending::requests`], given in their order. Returns one result or
    /// error per value, in order.
    pub fn finish(self, answers: impl Into<Answers>) -> Vec<Result<OpenedValue, OpenError>> {
        all(self.settle(answers.into(), |ValuePlan(batch), keys| {
            batch.apply(keys, |plan, keys| plan.apply(keys))
        }))
    }
}

fn all<T, V: From<T>, E>(results: Vec<Result<T, E>>) -> Vec<Result<V, E>> {
    results.into_iter().map(|result| result.map(V::from)).collect()
}

/// The places of a batch, each found once as long as they are few.
pub(crate) struct Places(Vec<(String, Arc<Place>)>);

impl Places {
    const FEW: usize = 32;

    pub(crate) const fn new() -> Self {
        Places(Vec::new())
    }

    fn find(&mut self, policy: &Policy, text: &str) -> Result<Arc<Place>, Error> {
        if let Some((_, found)) = self.0.iter().find(|(known, _)| known == text) {
            return Ok(Arc::clone(found));
        }
        let found = Arc::new(policy.place(text)?);
        if self.0.len() < Places::FEW {
            self.0.push((text.to_owned(), Arc::clone(&found)));
        }
        Ok(found)
    }
}
