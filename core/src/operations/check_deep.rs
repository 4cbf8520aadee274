//! Checks a sealed document with its keys, without revealing any of it.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::call::{Context, Pending};
use super::check::{Inspected, finish, inspect, locations_to_check, subjects};
use super::open::withheld;
use super::plan::{
    CallInput, ContextBudget, DocumentCall, NOBODY, OpenKeyRequests, Opener, PathMemory, Paths,
    PlanMemory, lacking,
};
use super::seal::SLOW_PATTERN;
use crate::envelope::{Envelope, Fault, Scratch};
use crate::error::{Error, ErrorCode, OpenError};
use crate::evidence::{Verdict, VerdictBuilder, VerdictCode};
use crate::export::validity::Validity;
use crate::json::{Splice, Tape};
use crate::keys::{Answers, CallKeys, KeyKind, KeySource, RefusalCode, Request};
use crate::policy::Policy;
use crate::schema::subject::SubjectRef;

/// A sealed document that is read and resolved, and waits for the keys of its check.
pub type PendingCheck<'t> = Pending<CheckPlan<'t>>;

/// The plan of a [`PendingCheck`].
pub struct CheckPlan<'t> {
    call: DocumentCall<'t>,
    values: Vec<Inspected>,
}

impl Policy {
    /// Returns the verdict of [`Policy::check`] with keys: opens each envelope and judges its value
    /// with the document, without returning any value. An envelope that does not open is the fault
    /// `integrity`. A value whose key is erased, restricted or denied is `withheld`, and the clear
    /// document is then not judged.
    ///
    /// # Errors
    /// `document`, `limit`; `context` if the call lacks a record or a subject to which values are
    /// bound; `unavailable` if keys are unavailable.
    pub fn check_deep(
        &self,
        document: &[u8],
        context: &Context,
        keys: &mut dyn KeySource,
    ) -> Result<Verdict, OpenError> {
        let pending = CheckPlan::plan(self, CallInput::new(document, context).with_clock())?;
        let now = pending.plan().call.millis();
        let answers = pending.ask(|requests| keys.by_id(requests, now));
        Ok(pending.settle_with(keys, answers, |plan, keys| plan.apply(keys?))?)
    }

    /// Takes the first step of a deep check: reads the document and lists the keys that its
    /// envelopes name. An asynchronous host fetches them between this and
    /// [`PendingCheck::finish`](Pending::finish).
    ///
    /// # Errors
    /// Those of [`Policy::check_deep`] that need no key.
    pub fn begin_check<'t>(
        &self,
        document: impl Into<Cow<'t, [u8]>>,
        context: impl Into<Cow<'t, Context>>,
    ) -> Result<PendingCheck<'t>, OpenError> {
        Ok(CheckPlan::plan(self, CallInput::new(document, context))?)
    }
}

impl PendingCheck<'_> {
    /// Returns the verdict with the answers to [`Pending::requests`], given in their order.
    ///
    /// # Errors
    /// Those of [`Policy::check_deep`] that need keys.
    pub fn finish(self, answers: impl Into<Answers>) -> Result<Verdict, OpenError> {
        Ok(self.settle(answers.into(), |plan, keys| plan.apply(keys?))?)
    }
}

impl<'t> CheckPlan<'t> {
    fn plan(policy: &Policy, input: CallInput<'t>) -> Result<PendingCheck<'t>, Error> {
        let call = locations_to_check(policy, input)?;
        let (values, requests) = check_values(&call)?;
        Ok(Pending::new(CheckPlan { call, values }, requests))
    }

    fn apply(self, keys: &mut CallKeys) -> Result<Verdict, Error> {
        let call = &self.call;
        let (limits, now) = (call.limits(), call.millis());
        let mut verdict = VerdictBuilder::new("check", self.values.len());
        verdict.latency(keys.answers.shred_latency_ms());
        let mut splice = Splice::new(call.tape.text(), call.tape.text().len(), limits);
        let mut paths = Paths::new(call, PathMemory::default());
        let mut budget = ContextBudget::new(limits);
        let (mut decoded, mut work) = (Scratch::new(), Scratch::new());
        let mut is_whole = true;
        for inspected in &self.values {
            let value = &inspected.value;
            let mut outcome = inspected.outcome;
            let (node, _) = call.value(value)?;
            // A token cannot be opened, so the clear document cannot be judged.
            is_whole &= !value.pseudonym;
            if let (Ok(()), Some(acceptance)) = (outcome, value.acceptance) {
                match keys.answers.envelope(value.keys, now) {
                    Err(refused) if refused.code == RefusalCode::NotFound => {
                        outcome = Err(Fault::Integrity);
                    }
                    Err(refused) if withheld(refused.code).is_some() => {
                        is_whole = false;
                        verdict.say(VerdictCode::Withheld);
                    }
                    Err(refused) => {
                        return Err(keys.answers.error(value.keys, refused).at(node.pointer()));
                    }
                    Ok(own) => {
                        if !own.erasable {
                            verdict.fault(value.pattern, VerdictCode::UnerasableKey);
                        }
                        let demand = acceptance.demand();
                        let field = paths.field(node, demand.bind);
                        let opener = Opener {
                            demand,
                            prk: keys.derived.prk(&keys.answers, value.keys)?,
                            context: call.binding(value, &keys.answers, field, &mut budget)?,
                            depth: node.depth(),
                            limits,
                        };
                        let text = node.as_str().unwrap_or_default();
                        let mut opened = None;
                        splice.replace(node.span(), |out| {
                            let envelope = Envelope::decode(&text, &mut decoded);
                            opened = Some(
                                envelope
                                    .and_then(|envelope| opener.open(&envelope, &mut work, out)),
                            );
                        });
                        match opened {
                            Some(Ok(_)) => {}
                            Some(Err(fault)) => {
                                keys.suspects.extend(value.ids.all());
                                outcome = Err(fault);
                            }
                            // The document exceeds its limit already, as it will when it is opened.
                            None => {
                                return Err(Error::new(
                                    ErrorCode::Limit,
                                    "the opened document would be longer than the limit",
                                ));
                            }
                        }
                    }
                }
            }
            is_whole &= outcome.is_ok();
            inspected.report(outcome, &mut verdict);
            let bucket = keys.answers.owner(value.keys, KeyKind::Retention);
            inspected.count(call, outcome, bucket, &mut verdict)?;
        }
        let clear = Zeroizing::new(if is_whole { splice.finish()? } else { Vec::new() });
        let is_unfit = is_whole && !fits(&call.policy, &clear)?;
        finish(call, verdict, is_unfit)
    }
}

/// Returns false if an opened document is known not to conform to its schema. The fault has no
/// pointer, since that would reveal something of the document.
///
/// # Errors
/// `limit`.
fn fits(policy: &Policy, clear: &[u8]) -> Result<bool, Error> {
    let tape = Tape::parse(clear, &policy.plan().limits).map_err(|error| {
        Error::new(Error::from(error).code, "the opened document would be over a limit")
    })?;
    match policy.is_valid(&tape) {
        Validity::Valid | Validity::Unvalidated => Ok(true),
        Validity::Invalid => Ok(false),
        Validity::Limit => Err(Error::new(ErrorCode::Limit, SLOW_PATTERN)),
    }
}

/// Returns the locations, and the distinct keys that their envelopes name.
///
/// # Errors
/// `context` for a value that is bound to something that the call does not name; `limit`.
fn check_values(call: &DocumentCall<'_>) -> Result<(Vec<Inspected>, Vec<Request>), Error> {
    let memory = &mut PlanMemory::default();
    let mut subjects = subjects(call);
    let mut values = inspect(call, &mut subjects)?;
    let mut keys = OpenKeyRequests::new(call, memory);
    for (number, Inspected { value, outcome }) in values.iter().enumerate() {
        let (node, marker) = call.value(value)?;
        if marker.pseudonym.is_some() {
            continue;
        }
        keys.need_record(value, marker, node)?;
        if marker.subject == SubjectRef::Call && call.context.named_subject().is_none() {
            return Err(lacking(NOBODY, node));
        }
        let (Ok(()), Some(acceptance)) = (outcome, value.acceptance) else { continue };
        keys.envelope(number, value, &acceptance.demand(), node, &mut subjects)?;
    }
    let requests = keys.finish(&subjects, memory, |number, kind, request| {
        if let Some(Inspected { value, .. }) = values.get_mut(number) {
            value.keys.set(kind, request);
        }
    })?;
    Ok((values, requests))
}
