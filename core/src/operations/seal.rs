//! Seals a clear document.

mod ahead;
mod memory;

use std::borrow::Cow;
use std::cell::RefCell;

use fieldseal_primitives::WipedBytes;

pub(super) use ahead::TOGETHER;
use ahead::{Ahead, AheadMemory, PreparedValue};
use memory::SealMemory;

use super::call::{Context, IndexValue, Pending, Sealed};
use super::plan::{
    CallInput, DocumentCall, PathMemory, Paths, ProtectedValue, TokenText, UnexpectedEnvelopes,
    clear, demand, protection, pseudonymised, seal_values,
};
use crate::envelope::{self, BoundValue, Domain, KeyIds};
use crate::error::{Error, ErrorCode, SealError};
use crate::evidence::{Protection, VerdictBuilder, VerdictCode};
use crate::export::validity::Validity;
use crate::json::{Node, Splice, Tape};
use crate::keys::{
    Answers, CallKeys, Entropy, EnvelopeKeys, KeyContext, KeyKind, KeySource, KeyUse,
};
use crate::memory::Loan;
use crate::policy::Policy;
use crate::resolver::place::Place;
use crate::resolver::walk::{Sought, WalkMemory};
use crate::schema::marker::{Index, Marker, Pseudonym};
use crate::schema::options::{Nonconforming, Verify};
use crate::time::bucket;

/// A clear document that is read, judged and resolved, and waits for its keys.
pub type PendingSeal<'t> = Pending<SealPlan<'t>>;

/// The plan of a [`PendingSeal`].
pub struct SealPlan<'t> {
    pub(super) call: DocumentCall<'t>,
    pub(super) values: Vec<ProtectedValue>,
    conformity: VerdictCode,
    unexpected: UnexpectedEnvelopes,
    loan: Loan<SealMemory>,
}

impl Policy {
    /// Seals every marked value of a clear document, or fails.
    ///
    /// Draws [as much entropy](crate::envelope::Suite::entropy_bytes) as the suite of each value
    /// takes, in document order, after every check that can fail.
    ///
    /// ```
    /// use fieldseal::{Context, Keyring, Options, Policy};
    /// # use fieldseal::Entropy;
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);                   // yours is `fieldseal::entropy::os()`
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
    /// let document = br#"{"name": "Ada", "total": 3}"#;
    /// let sealed = policy.seal(document, &about, &mut keys, &mut entropy)?;
    /// assert!(sealed.document.starts_with(br#"{"name": "Fs1"#));
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `document`, `limit`, `context`; `invalid` for a document that does not conform to its
    /// schema; `conflict` for markers that disagree about a value; `already-sealed` for an envelope
    /// in place of a clear value, `unsupported` for one that a later release made; `erased`, `restricted`, `denied`, `not-found`, `unavailable` for
    /// a key that the source refuses; `internal` if the source's answers are invalid.
    pub fn seal(
        &self,
        document: &[u8],
        context: &Context,
        keys: &mut dyn KeySource,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, SealError> {
        let pending = SealPlan::plan(self, CallInput::new(document, context).with_clock())?;
        let now = pending.plan().call.millis();
        let answers =
            pending.ask(|requests| keys.current(requests, &mut KeyContext { now, entropy }));
        Ok(pending.settle_with(keys, answers, |plan, keys| plan.apply(keys?, entropy))?)
    }

    /// Takes the first step of sealing: reads the document and lists the keys that its marked
    /// values need. An asynchronous host fetches them between this and
    /// [`PendingSeal::finish`](Pending::finish).
    ///
    /// # Errors
    /// Those of [`Policy::seal`] that need no key.
    pub fn begin_seal<'t>(
        &self,
        document: impl Into<Cow<'t, [u8]>>,
        context: impl Into<Cow<'t, Context>>,
    ) -> Result<PendingSeal<'t>, SealError> {
        Ok(SealPlan::plan(self, CallInput::new(document, context))?)
    }
}

impl PendingSeal<'_> {
    /// Seals with the answers to [`Pending::requests`], given in their order.
    ///
    /// # Errors
    /// Those of [`Policy::seal`] that need keys.
    pub fn finish(
        self,
        answers: impl Into<Answers>,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, SealError> {
        Ok(self.settle(answers.into(), |plan, keys| plan.apply(keys?, entropy))?)
    }
}

/// The values of a document with all their keys and tokens. Nothing refuses them any more.
struct Prepared {
    values: Vec<PreparedValue>,
    /// The length of the sealed document in bytes.
    length: usize,
    /// The bytes of entropy that the values take.
    entropy: usize,
}

impl<'t> SealPlan<'t> {
    pub(super) fn plan(policy: &Policy, input: CallInput<'t>) -> Result<PendingSeal<'t>, Error> {
        let mut conformity = VerdictCode::Unvalidated;
        let mut call = DocumentCall::read(policy, input, |tape, place| {
            conformity = judge(policy, tape, place)?;
            // Unless the document is known to conform, no branch is pruned
            // (docs/what-is-sealed.md).
            let conforms = conformity == VerdictCode::Conforming;
            Ok(if conforms { Sought::Decided } else { Sought::All })
        })?;
        for location in call.resolution.locations.iter().filter(|location| !location.decided) {
            let is_token = call.marker(location.marker)?.pseudonym.is_some();
            call.tape.node(location.node).map_or(Ok(()), |node| clear(node, is_token))?;
        }
        call.resolution.keep(|location| location.decided);
        let mut loan: Loan<SealMemory> = call.borrow();
        let (values, requests) = seal_values(&call, &mut loan.memory().plan)?;
        let unexpected = UnexpectedEnvelopes::find(&call)?;
        Ok(Pending::new(SealPlan { call, values, conformity, unexpected, loan }, requests))
    }

    /// Seals with the keys of the call.
    pub(super) fn apply(
        self,
        keys: &mut CallKeys,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, Error> {
        let ready = self.ready(keys, entropy)?;
        ready.write(ready.ahead(), keys)
    }

    /// Seals several documents, whose first values derive their keys together.
    pub(super) fn apply_all(
        plans: impl Iterator<Item = Result<Self, Error>>,
        keys: &mut CallKeys,
        entropy: &mut dyn Entropy,
    ) -> Vec<Result<Sealed, Error>> {
        let all: Vec<Result<Ready<'t>, Error>> =
            plans.map(|plan| plan?.ready(keys, entropy)).collect();
        let mut bound = Vec::with_capacity(all.len());
        for ready in &all {
            bound.push(ready.as_ref().map_err(Error::clone).and_then(|ready| {
                let mut ahead = ready.ahead();
                match ahead.bind_next(0, &ready.prepared.values, keys) {
                    Ok(()) => Ok((ready, ahead)),
                    Err(error) => Err(ready.plan.call.located(error)),
                }
            }));
        }
        BoundValue::derive_all(bound.iter_mut().flatten().flat_map(|(_, ahead)| ahead.bound()));
        bound
            .into_iter()
            .map(|bound| bound.and_then(|(ready, ahead)| ready.write(ahead, keys)))
            .collect()
    }

    /// Checks the keys of all values and draws their entropy.
    fn ready(mut self, keys: &mut CallKeys, entropy: &mut dyn Entropy) -> Result<Ready<'t>, Error> {
        let SealMemory { prepared, random, ahead, .. } = self.loan.memory();
        let (prepared, random) = (std::mem::take(prepared), std::mem::take(random));
        let ahead = RefCell::new(std::mem::take(ahead));
        let prepared = self.prepare(keys, prepared).map_err(|error| self.call.located(error))?;
        let mut random = WipedBytes::zeros_in(random, prepared.entropy);
        if !random.is_empty() {
            entropy.fill(&mut random);
        }
        Ok(Ready { plan: self, prepared, random, ahead })
    }
}

/// A document that nothing refuses any more, and the entropy of its values.
struct Ready<'t> {
    plan: SealPlan<'t>,
    prepared: Prepared,
    random: WipedBytes,
    /// The memory of [`Ready::ahead`].
    ahead: RefCell<AheadMemory>,
}

/// Returns the memory of the plan and of its values.
impl Drop for Ready<'_> {
    fn drop(&mut self) {
        let Ready { plan: SealPlan { values, loan, .. }, prepared, random, ahead } = self;
        loan.give_back(|memory| {
            memory.plan.take_back(values);
            memory.prepared = std::mem::take(&mut prepared.values);
            memory.prepared.clear();
            memory.random = random.take_memory();
            memory.ahead = ahead.take();
        });
    }
}

impl Ready<'_> {
    fn ahead(&self) -> Ahead<'_> {
        let SealPlan { call, values, .. } = &self.plan;
        Ahead::new(call, values, &self.random, self.ahead.take())
    }

    /// Writes the sealed document.
    fn write(&self, mut ahead: Ahead<'_>, keys: &mut CallKeys) -> Result<Sealed, Error> {
        let sealed = self.write_with(&mut ahead, keys);
        self.ahead.replace(ahead.into_memory());
        sealed.map_err(|error| self.plan.call.located(error))
    }

    fn write_with(&self, ahead: &mut Ahead<'_>, keys: &mut CallKeys) -> Result<Sealed, Error> {
        let Ready { plan, prepared: Prepared { values, length, .. }, .. } = self;
        let call = &plan.call;
        let limits = call.limits();
        let mut verdict = VerdictBuilder::new(KeyUse::Seal.as_str(), values.len());
        verdict.say(plan.conformity);
        verdict.latency(keys.answers.shred_latency_ms());
        let mut splice = Splice::new(call.tape.text(), *length, limits);
        let mut paths = Paths::new(call, PathMemory::default());
        let mut buckets = DueBuckets { now: call.millis(), due: Vec::new() };
        let mut indexes = Vec::new();
        for (at, value) in plan.values.iter().enumerate() {
            let (node, marker) = call.value(value)?;
            if !value.pseudonym {
                ahead.reach(at, values, keys)?;
            }
            let Some(PreparedValue { keys: own, token, token_id }) = values.get(at) else {
                break;
            };
            let EnvelopeKeys { ids, erasable, stale } = *own;
            if !erasable {
                verdict.fault(value.pattern, VerdictCode::UnerasableKey);
            }
            if stale {
                verdict.fault(value.pattern, VerdictCode::StaleKey);
            }
            if value.pseudonym {
                splice.replace(node.span(), |out| {
                    out.push(b'"');
                    out.extend_from_slice(token.as_deref().unwrap_or_default().as_bytes());
                    out.push(b'"');
                });
                verdict.envelope(value.pattern, pseudonymised(marker), *token_id);
                continue;
            }
            let mut outcome = Ok(());
            splice.replace(node.span(), |out| {
                out.push(b'"');
                outcome = ahead.write(out);
                out.push(b'"');
            });
            outcome.map_err(|error| error.at(node.pointer()))?;
            let bucket = keys.answers.named(value.keys, KeyKind::Retention);
            let bucket = bucket.map(|name| buckets.number(name, &mut verdict));
            if bucket.is_some_and(|number| buckets.is_due(number)) {
                verdict.fault(value.pattern, VerdictCode::BucketDue);
            }
            let demand = demand(marker, !value.unbound);
            let protection = Protection { bucket, ..protection(&demand, marker) };
            verdict.envelope(value.pattern, protection, ids.all());
            if let (Some(index), Some(value)) = (&marker.index, token.clone()) {
                let (name, pointer) = (index.name.clone(), paths.exact(node).to_owned());
                indexes.push(IndexValue { name, pointer, value });
            }
        }
        let document = splice.finish()?;
        if call.policy.plan().verify == Verify::Sealed && call.lone.is_none() {
            plan.verify(&document, &mut verdict)?;
        }
        let places = plan.unexpected.report(call, &mut verdict);
        Ok(Sealed { document, verdict: call.verdict(verdict, places)?, indexes })
    }
}

impl SealPlan<'_> {
    /// Judges the sealed document by the sealed schema.
    ///
    /// # Errors
    /// `internal` if a document that conformed to its schema does not conform to the sealed schema;
    /// `limit`.
    fn verify(&self, document: &[u8], verdict: &mut VerdictBuilder) -> Result<(), Error> {
        let tape = Tape::parse(document, self.call.limits())?;
        match self.call.policy.is_valid_sealed(&tape) {
            Validity::Invalid if self.conformity == VerdictCode::Conforming => {
                let message = "the sealed document does not fit the sealed schema";
                return Err(Error::new(ErrorCode::Internal, message));
            }
            Validity::Limit => return Err(Error::new(ErrorCode::Limit, SLOW_PATTERN)),
            Validity::Valid => verdict.verified(),
            // The clear document did not conform either, which the verdict says.
            Validity::Invalid | Validity::Unvalidated => {}
        }
        Ok(())
    }

    /// Checks all keys and makes all tokens, so that a call that fails draws no entropy.
    fn prepare(
        &self,
        keys: &mut CallKeys,
        mut values: Vec<PreparedValue>,
    ) -> Result<Prepared, Error> {
        let call = &self.call;
        let (mut length, mut entropy) = (call.tape.text().len(), 0);
        values.reserve(self.values.len());
        for value in &self.values {
            let (node, marker) = call.value(value)?;
            let (prepared, characters) =
                self.prepare_value(value, node, marker, keys).map_err(|error| {
                    match error.pointer {
                        Some(_) => error,
                        None => error.at(node.pointer()),
                    }
                })?;
            length = (length - node.raw().len()).saturating_add(characters.saturating_add(2));
            entropy += if value.pseudonym { 0 } else { marker.suite.entropy_bytes() };
            values.push(prepared);
        }
        if length > call.limits().document_bytes as usize {
            let message = "the sealed document would be longer than the limit";
            return Err(Error::new(ErrorCode::Limit, message));
        }
        Ok(Prepared { values, length, entropy })
    }

    /// Returns one value and the number of characters that replace it, without quotes.
    fn prepare_value(
        &self,
        value: &ProtectedValue,
        node: Node<'_>,
        marker: &Marker,
        keys: &mut CallKeys,
    ) -> Result<(PreparedValue, usize), Error> {
        let CallKeys { answers, derived, .. } = keys;
        let now = self.call.millis();
        let refused = |refused| answers.error(value.keys, refused);
        let tenant = self.call.context.tenant.as_str();
        if let Some(Pseudonym { domain, normalisation, .. }) = &marker.pseudonym {
            let key = answers.token(value.keys, KeyKind::Pseudonym, now).map_err(refused)?;
            let domain = Domain { tenant, name: domain, normalisation: *normalisation };
            let token = derived
                .pseudonym(answers, value.keys)?
                .token(&domain, TokenText::of(node)?.value())?;
            let (erasable, stale) = (key.erasable, key.stale);
            let keys = EnvelopeKeys { ids: KeyIds::default(), erasable, stale };
            let (token_id, characters) = (Some(key.id), token.len());
            return Ok((PreparedValue { keys, token: Some(token), token_id }, characters));
        }
        let mut own = answers.envelope(value.keys, now).map_err(refused)?;
        let token = match &marker.index {
            Some(Index { name, normalisation, bits, .. }) => {
                let key = answers.token(value.keys, KeyKind::Index, now).map_err(refused)?;
                own.stale |= key.stale;
                let domain = Domain { tenant, name, normalisation: *normalisation };
                let index = derived.index(answers, value.keys)?;
                Some(index.token(&domain, TokenText::of(node)?.value(), *bits)?)
            }
            None => None,
        };
        let characters = envelope::sealed_len(marker.suite, &own.ids, marker.pad, node.raw().len());
        Ok((PreparedValue { keys: own, token, token_id: None }, characters))
    }
}

/// The retention buckets of a document's values, by their numbers in the verdict, each with a flag
/// that is true if the bucket has ended.
struct DueBuckets {
    now: Option<u64>,
    due: Vec<bool>,
}

impl DueBuckets {
    fn number(&mut self, name: &str, verdict: &mut VerdictBuilder) -> u32 {
        let number = verdict.bucket(name);
        if number as usize == self.due.len() {
            let has_ended = bucket::end(name).zip(self.now).is_some_and(|(end, now)| end <= now);
            self.due.push(has_ended);
        }
        number
    }

    fn is_due(&self, number: u32) -> bool {
        self.due.get(number as usize).copied().unwrap_or_default()
    }
}

pub(super) const SLOW_PATTERN: &str =
    "a regular expression of the schema took more steps than the limit allows";

/// Judges a clear document before it is sealed.
///
/// # Errors
/// `invalid` and `limit`; `already-sealed` for a document with an envelope in place of a clear
/// value.
fn judge(policy: &Policy, tape: &Tape<'_>, place: Option<&Place>) -> Result<VerdictCode, Error> {
    match (policy.is_valid_at(tape, place), policy.plan().nonconforming) {
        (Validity::Valid, _) => Ok(VerdictCode::Conforming),
        (Validity::Unvalidated, _) => Ok(VerdictCode::Unvalidated),
        (Validity::Invalid, Nonconforming::Seal) => Ok(VerdictCode::Nonconforming),
        (Validity::Invalid, Nonconforming::Refuse) => {
            // A document that is sealed already seldom conforms to the clear schema. Its error is
            // `already-sealed`.
            Err(sealed_before(policy, tape, place).unwrap_or_else(|| policy.misfit(tape, place)))
        }
        (Validity::Limit, _) => Err(Error::new(ErrorCode::Limit, SLOW_PATTERN)),
    }
}

/// Returns the error of a document that has an envelope where a clear value may be marked.
fn sealed_before(policy: &Policy, tape: &Tape<'_>, place: Option<&Place>) -> Option<Error> {
    let resolution = match place {
        Some(place) => policy.resolve_value(tape, place, &mut WalkMemory::default()),
        None => policy.resolve(tape, Sought::All),
    };
    let resolution = resolution.ok()?;
    resolution.locations.iter().find_map(|location| {
        let marker = policy.markers().get(location.marker as usize)?;
        clear(tape.node(location.node)?, marker.pseudonym.is_some()).err()
    })
}
