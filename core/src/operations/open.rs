//! Opens a sealed document.

mod memory;

use std::borrow::Cow;

use memory::{OpenMemory, Prepared};

use super::call::{Context, OpenOptions, Opened, Pending};
use super::plan::{
    CallInput, ContextBudget, DocumentCall, Opener, Paths, ProtectedValue, UnexpectedEnvelopes,
    at_fault, holds_sealed, open_values, protection, pseudonymised,
};
use crate::envelope::{Envelope, MARK, PSEUDONYM_MARK, SHORTEST};
use crate::error::{Error, ErrorCode, OpenError};
use crate::evidence::{
    AccessBuilder, Protection, VerdictBuilder, VerdictCode, Withheld, WithheldReason,
};
use crate::export::validity::Validity;
use crate::json::{Node, Splice, Tape, TapeMemory};
use crate::keys::{
    Answers, CallAnswers, CallKeys, EnvelopeKeys, KeyKind, KeySource, KeyUse, RefusalCode,
};
use crate::memory::Loan;
use crate::policy::Policy;
use crate::resolver::walk::{Location, Sought};
use crate::schema::marker::Marker;
use crate::schema::options::OnCleartext;

/// A sealed document that is read and resolved, and waits for its keys.
pub type PendingOpen<'t> = Pending<OpenPlan<'t>>;

/// The plan of a [`PendingOpen`].
pub struct OpenPlan<'t> {
    pub(super) call: DocumentCall<'t>,
    pub(super) values: Vec<ProtectedValue>,
    options: OpenOptions,
    /// The patterns of clear values that the policy passes.
    passed: Vec<u32>,
    unexpected: UnexpectedEnvelopes,
    loan: Loan<OpenMemory>,
}

impl Policy {
    /// Opens every envelope at a marked location. A value whose key is erased, restricted or denied
    /// becomes its placeholder, and the access record lists it.
    ///
    /// ```
    /// use fieldseal::{Context, Keyring, Options, Policy};
    /// # use fieldseal::Entropy;
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);
    /// # let schema = br#"{
    /// #     "x-schema-family": "urn:example:order",
    /// #     "properties": {"name": {"type": "string", "x-protection": {}}}
    /// # }"#;
    /// # let policy = Policy::compile(schema, Options::default())?;
    /// # let about = Context {
    /// #     record: Some("order-7".into()),
    /// #     subject: Some("cust-1".into()),
    /// #     ..Context::default()
    /// # };
    /// # let mut keys = Keyring::memory();
    /// # let document = br#"{"name": "Ada", "total": 3}"#;
    /// # let sealed = policy.seal(document, &about, &mut keys, &mut entropy)?;
    /// let opened = policy.open(&sealed.document, &about, &mut keys)?;
    /// assert_eq!(opened.document, br#"{"name": "Ada", "total": 3}"#);
    ///
    /// keys.erase(&"cust-1".into(), "request of 2026-10-01", Some(1_790_000_000_000))?;
    /// let opened = policy.open(&sealed.document, &about, &mut keys)?;
    /// assert_eq!(opened.document, br#"{"name": "", "total": 3}"#);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `document`, `limit`, `context`; `conflict` for markers that disagree about a value;
    /// `not-sealed` for clear text in place of an envelope; `unsupported` and `integrity` for an
    /// envelope that does not open; `not-found` and `unavailable` for keys; `internal` if the
    /// source's answers are invalid.
    pub fn open(
        &self,
        document: &[u8],
        context: &Context,
        keys: &mut dyn KeySource,
    ) -> Result<Opened, OpenError> {
        self.open_with(document, context, keys, OpenOptions::default())
    }

    /// Opens as [`Policy::open`] does, with these options.
    ///
    /// # Errors
    /// Those of [`Policy::open`]; with [`OpenOptions::strict`] also `erased`, `restricted` and
    /// `denied`.
    pub fn open_with(
        &self,
        document: &[u8],
        context: &Context,
        keys: &mut dyn KeySource,
        options: OpenOptions,
    ) -> Result<Opened, OpenError> {
        let input = CallInput::new(document, context).with_clock();
        let pending = OpenPlan::plan(self, input, options)?;
        let now = pending.plan().call.millis();
        let answers = pending.ask(|requests| keys.by_id(requests, now));
        Ok(pending.settle_with(keys, answers, |plan, keys| plan.apply(keys?))?)
    }

    /// Takes the first step of opening: reads the document and lists the keys that its envelopes
    /// name. An asynchronous host fetches them between this and
    /// [`PendingOpen::finish`](Pending::finish).
    ///
    /// # Errors
    /// Those of [`Policy::open_with`] that need no key.
    pub fn begin_open<'t>(
        &self,
        document: impl Into<Cow<'t, [u8]>>,
        context: impl Into<Cow<'t, Context>>,
        options: OpenOptions,
    ) -> Result<PendingOpen<'t>, OpenError> {
        Ok(OpenPlan::plan(self, CallInput::new(document, context), options)?)
    }
}

impl PendingOpen<'_> {
    /// Opens with the answers to [`Pending::requests`], given in their order.
    ///
    /// # Errors
    /// Those of [`Policy::open_with`] that need keys.
    pub fn finish(self, answers: impl Into<Answers>) -> Result<Opened, OpenError> {
        Ok(self.settle(answers.into(), |plan, keys| plan.apply(keys?))?)
    }
}

impl<'t> OpenPlan<'t> {
    pub(super) fn plan(
        policy: &Policy,
        input: CallInput<'t>,
        options: OpenOptions,
    ) -> Result<PendingOpen<'t>, Error> {
        let passing = policy.plan().clear == OnCleartext::Pass;
        let sought = if passing { Sought::Present } else { Sought::Decided };
        let mut call = DocumentCall::read(policy, input, |_, _| Ok(sought))?;
        let passes = |tape: &Tape<'_>, location: &Location| {
            passing && location.decided && !seems_sealed(policy, tape, location)
        };
        let DocumentCall { tape, resolution, .. } = &mut call;
        let locations = resolution.locations.iter();
        let passed: Vec<u32> = locations
            .filter(|location| passes(tape, location))
            .map(|location| location.pattern)
            .collect();
        resolution.keep(|location| {
            if location.decided {
                !passes(tape, location)
            } else {
                holds_sealed(policy, tape, location)
            }
        });
        let mut loan: Loan<OpenMemory> = call.borrow();
        let OpenMemory { plan, envelopes, .. } = loan.memory();
        let (values, requests) = open_values(&call, plan, envelopes)?;
        let unexpected = UnexpectedEnvelopes::find(&call)?;
        let plan = OpenPlan { call, values, options, passed, unexpected, loan };
        Ok(Pending::new(plan, requests))
    }

    /// Opens with the keys of the call.
    pub(super) fn apply(mut self, keys: &mut CallKeys) -> Result<Opened, Error> {
        let mut memory = self.loan.take();
        let opened = self.open(keys, &mut memory).map_err(|error| self.call.located(error))?;
        memory.plan.take_back(&mut self.values);
        memory.clear();
        self.loan.end(memory);
        Ok(opened)
    }

    fn open(&self, keys: &mut CallKeys, memory: &mut OpenMemory) -> Result<Opened, Error> {
        let call = &self.call;
        let limits = call.limits();
        // The keys of the whole document come first: a destroyed key is never a fault of integrity.
        let OpenMemory { envelopes, prepared, paths, scratch, changes, tape, .. } = memory;
        self.prepare(&keys.answers, prepared)?;
        let mut verdict = VerdictBuilder::new(KeyUse::Open.as_str(), self.values.len());
        verdict.latency(keys.answers.shred_latency_ms());
        let mut access = AccessBuilder::new(self.values.len());
        let mut splice = Splice::new(call.tape.text(), self.most_bytes(prepared)?, limits);
        let mut own_paths = Paths::new(call, std::mem::take(paths));
        let mut budget = ContextBudget::new(limits);
        scratch.begin(self.values.len());
        let mut values = u64::from(call.tape.values());
        for pattern in &self.passed {
            verdict.fault(*pattern, VerdictCode::ClearPassed);
        }
        for (value, prepared) in self.values.iter().zip(prepared.iter()) {
            let (node, marker) = call.value(value)?;
            if !value.decided {
                verdict.fault(value.pattern, VerdictCode::NearMiss);
            }
            if value.pseudonym {
                // A token is never opened, so it stays.
                verdict.envelope(value.pattern, pseudonymised(marker), []);
                continue;
            }
            let acceptance = value.acceptance.ok_or_else(not_looked_at)?;
            let demand = acceptance.demand();
            let bucket = keys.answers.owner(value.keys, KeyKind::Retention);
            let protection = Protection {
                bucket: bucket.map(|name| verdict.bucket(name)),
                ..protection(&demand, marker)
            };
            verdict.envelope(value.pattern, protection, value.ids.all());
            if acceptance.is_weaker() {
                verdict.fault(value.pattern, VerdictCode::AcceptedWeaker);
            }
            match *prepared {
                Prepared::Withheld(reason, kind) => {
                    values += u64::from(withhold(call, marker, node, &mut splice)?);
                    let bucket = bucket.filter(|_| kind == KeyKind::Retention);
                    let bucket = bucket.map(|name| access.bucket(name));
                    access.withhold(value.pattern, Withheld { reason, kind, bucket });
                    verdict.say(VerdictCode::Withheld);
                }
                Prepared::Opens { erasable } => {
                    if !erasable {
                        verdict.fault(value.pattern, VerdictCode::UnerasableKey);
                    }
                    let (start, end) = value.envelope;
                    let bytes = envelopes.get(start as usize..end as usize);
                    let envelope = Envelope::read(bytes.unwrap_or_default())
                        .map_err(|fault| at_fault(fault, node))?;
                    let field = own_paths.field(node, demand.bind);
                    let opener = Opener {
                        demand,
                        prk: keys.derived.prk(&keys.answers, value.keys)?,
                        context: call.binding(value, &keys.answers, field, &mut budget)?,
                        depth: call.depth(node),
                        limits,
                    };
                    let mut opened = None;
                    splice.replace(node.span(), |out| {
                        opened = Some(opener.open(&envelope, scratch, out));
                        changes.push((value.node, out.len() as i64 - node.span().end as i64));
                    });
                    match opened {
                        Some(Ok(inside)) => values += u64::from(inside.saturating_sub(1)),
                        Some(Err(fault)) => {
                            keys.suspects.extend(value.ids.all());
                            return Err(at_fault(fault, node));
                        }
                        // The document exceeds its limit already, as `finish` will report.
                        None => break,
                    }
                    access.reveal(value.pattern);
                }
            }
        }
        *paths = own_paths.into_memory();
        let document = splice.finish()?;
        if values > u64::from(limits.values) {
            return Err(Error::new(
                ErrorCode::Limit,
                "the opened document would hold more values than the limit allows",
            ));
        }
        verdict.say(self.judge(&document, access.withheld_any(), changes, tape));
        let places = self.unexpected.report(call, &mut verdict);
        let access = access.finish(
            call.now,
            call.context.purpose.as_deref(),
            call.context.caller.as_deref(),
            places.clone(),
            limits.record_bytes(),
        )?;
        Ok(Opened { document, verdict: call.verdict(verdict, places)?, access })
    }

    /// Returns an upper bound of the opened document's length, with the padding of its values. Clear
    /// text is written once and not moved.
    fn most_bytes(&self, prepared: &[Prepared]) -> Result<usize, Error> {
        let mut most = self.call.tape.text().len();
        for (value, prepared) in self.values.iter().zip(prepared) {
            let (node, marker) = self.call.value(value)?;
            let text = match prepared {
                _ if value.pseudonym => continue,
                Prepared::Withheld(..) => marker.erased().text.len(),
                Prepared::Opens { .. } => {
                    let (start, end) = value.envelope;
                    // The shortest envelope holds one byte.
                    end.saturating_sub(start).saturating_sub(SHORTEST * 3 / 4 - 1) as usize
                }
            };
            most = most.saturating_sub(node.raw().len()).saturating_add(text);
        }
        Ok(most)
    }

    /// Checks the keys of all values.
    ///
    /// # Errors
    /// The first refusal that fails the call. With [`OpenOptions::strict`], every refusal does.
    fn prepare(&self, answers: &CallAnswers, prepared: &mut Vec<Prepared>) -> Result<(), Error> {
        let now = self.call.millis();
        prepared.reserve(self.values.len());
        for value in &self.values {
            let refused = match answers.envelope(value.keys, now) {
                Ok(EnvelopeKeys { erasable, .. }) => {
                    prepared.push(Prepared::Opens { erasable });
                    continue;
                }
                Err(refused) => refused,
            };
            let Some(reason) = withheld(refused.code).filter(|_| !self.options.strict) else {
                let (node, _) = self.call.value(value)?;
                return Err(answers.error(value.keys, refused).at(node.pointer()));
            };
            prepared.push(Prepared::Withheld(reason, refused.kind));
        }
        Ok(())
    }

    /// Judges an opened document by its schema, or by the sealed schema if it has placeholders. The
    /// result never prevents the document from being read. `changes` are the values that were
    /// opened; a document in which all of them are scalars is not read again.
    fn judge(
        &self,
        document: &[u8],
        is_withheld: bool,
        changes: &[(u32, i64)],
        memory: &mut TapeMemory,
    ) -> VerdictCode {
        let DocumentCall { policy, tape: sealed, .. } = &self.call;
        let place = self.call.place();
        let keeps_sealed = is_withheld || self.values.iter().any(|value| value.pseudonym);
        let validity = if !keeps_sealed {
            let opened = sealed.with_changes(std::mem::take(memory), document, changes);
            match opened.map_or_else(|| Tape::parse(document, self.call.limits()), Ok) {
                Ok(mut tape) => {
                    let validity = policy.is_valid_at(&tape, place);
                    *memory = tape.take_memory();
                    validity
                }
                Err(_) => Validity::Unvalidated,
            }
        } else if !self.passed.is_empty() {
            // Passed clear values belong to neither form.
            Validity::Unvalidated
        } else {
            match place {
                // The sealed form of a value is any envelope or token that the marker demands.
                Some(place) if place.is_judged && place.is_complete => Validity::Valid,
                Some(_) => Validity::Unvalidated,
                None => policy.is_valid_sealed(sealed),
            }
        };
        match validity {
            Validity::Valid => VerdictCode::Conforming,
            Validity::Invalid => VerdictCode::Nonconforming,
            Validity::Unvalidated | Validity::Limit => VerdictCode::Unvalidated,
        }
    }
}

/// Writes the placeholder of a value, and returns the number of values that it adds.
///
/// # Errors
/// `limit` if the placeholder would nest too deeply.
fn withhold(
    call: &DocumentCall<'_>,
    marker: &Marker,
    node: Node<'_>,
    splice: &mut Splice<'_>,
) -> Result<u32, Error> {
    let erased = marker.erased();
    if call.depth(node) + erased.depth > call.limits().depth {
        let message = "a placeholder would nest deeper than the limit allows";
        return Err(Error::new(ErrorCode::Limit, message).at(node.pointer()));
    }
    splice.replace(node.span(), |out| out.extend_from_slice(erased.text.as_bytes()));
    Ok(erased.values.saturating_sub(1))
}

/// Returns the reason to withhold a value, if the refusal withholds one. Other refusals fail the
/// call.
pub(super) const fn withheld(code: RefusalCode) -> Option<WithheldReason> {
    match code {
        RefusalCode::Erased => Some(WithheldReason::Erased),
        RefusalCode::Restricted => Some(WithheldReason::Restricted),
        RefusalCode::Denied => Some(WithheldReason::Denied),
        RefusalCode::NotFound | RefusalCode::Unavailable => None,
    }
}

fn not_looked_at() -> Error {
    Error::new(ErrorCode::Internal, "an envelope that was not looked at")
}

/// Returns true if the text at a location begins like an envelope, or like a token if the marker
/// demands one. As in sealing, an envelope in place of a token is not clear text either.
fn seems_sealed(policy: &Policy, tape: &Tape<'_>, location: &Location) -> bool {
    let is_token = location.disputed
        || policy
            .markers()
            .get(location.marker as usize)
            .is_some_and(|marker| marker.pseudonym.is_some());
    let text = tape.node(location.node).and_then(|node| node.as_str());
    text.is_some_and(|text| text.starts_with(MARK) || is_token && text.starts_with(PSEUDONYM_MARK))
}
