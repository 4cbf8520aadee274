//! What a sealed document is worth, found with its keys: nothing of it is shown.

use std::borrow::{Borrow, Cow};

use zeroize::Zeroizing;

use super::asking::Asking;
use super::bound::Bound;
use super::check::{Inspected, Inspection, found};
use super::context::Context;
use super::fetching::Fetching;
use super::open::{ask_by_id, withheld};
use super::path::Paths;
use super::ring::{Ring, refused};
use super::seal::SLOW_PATTERN;
use super::site::marker;
use super::subject::{NOBODY, lacking};
use super::value::open_value;
use crate::envelope::{Fault, Workspace};
use crate::error::{Error, ErrorCode, OpenError};
use crate::evidence::{Code, Verdict};
use crate::export::validity::Validity;
use crate::json::{Splice, Tape};
use crate::keys::{Answer, KeySource, Refusal, Request};
use crate::policy::Policy;
use crate::resolver::walk::Resolution;
use crate::schema::subject::SubjectRef;
use crate::time::instant::Instant;

/// A sealed document that waits for the keys to be checked with: what [`Opening`](super::Opening)
/// is for opening.
pub struct Checking<'t, P, C = Context> {
    policy: P,
    context: C,
    work: Work<'t>,
}

/// All of it that is the same code whoever holds the policy and the context.
struct Work<'t> {
    now: Instant,
    tape: Tape<'t>,
    resolution: Resolution,
    sites: Vec<Inspected>,
    requests: Vec<Request>,
    fetching: Fetching,
}

impl Policy {
    /// The verdict of [`Policy::check`] with keys: each envelope is opened and what it holds is
    /// judged with the document, and nothing is handed out. An envelope that does not open is a
    /// fault `integrity`; one whose key is erased, restricted or denied is `withheld`, and the
    /// clear form is then not judged.
    ///
    /// # Errors
    /// `document`, `limit`; `context` when the call lacks a record or subject that values are bound
    /// to; `unavailable` when keys are.
    pub fn check_deep(
        &self,
        document: &[u8],
        context: &Context,
        keys: &mut dyn KeySource,
    ) -> Result<String, OpenError> {
        let checking = if keys.holds_keys() {
            Checking::begin_uncached(self, document, context)
        } else {
            Checking::begin(self, document, context)
        }?;
        let answers = ask_by_id(keys, checking.requests(), context.now);
        checking.finish(answers)
    }
}

impl<'t, P: Borrow<Policy>, C: Borrow<Context>> Checking<'t, P, C> {
    /// Reads the document and finds out which keys its envelopes name.
    pub fn begin(
        policy: P,
        document: impl Into<Cow<'t, [u8]>>,
        context: C,
    ) -> Result<Self, OpenError> {
        let mut begun = Checking::begin_uncached(policy, document, context)?;
        begun.work.fetching = Fetching::begin(
            begun.policy.borrow(),
            &begun.work.requests,
            begun.context.borrow().now,
        );
        Ok(begun)
    }

    /// The same for a key source that holds the keys itself: it is asked for all of them, and none
    /// is kept.
    pub fn begin_uncached(
        policy: P,
        document: impl Into<Cow<'t, [u8]>>,
        context: C,
    ) -> Result<Self, OpenError> {
        let work = Work::begin(policy.borrow(), document.into(), context.borrow())?;
        Ok(Checking { policy, context, work })
    }

    /// The keys to fetch, each once, in the order of the first envelope that names it: those that
    /// the policy's cache does not hold.
    pub fn requests(&self) -> &[Request] {
        self.work.fetching.missing(&self.work.requests)
    }

    /// The verdict under the answers to [`Checking::requests`], given in their order.
    pub fn finish(mut self, answers: Vec<Answer>) -> Result<String, OpenError> {
        let (rules, call) = (self.policy.borrow(), self.context.borrow());
        let fetching = std::mem::replace(&mut self.work.fetching, Fetching::bypassing());
        let latency = fetching.latency(rules);
        let mut ring = fetching.finish(rules, &self.work.requests, answers, call.now)?;
        let mut is_suspect = false;
        let verdict = self.work.verdict(rules, call, latency, &mut ring, &mut is_suspect);
        if is_suspect {
            // As when opening: if the host gave a wrong key it is asked again.
            rules.forget(&self.work.requests);
        }
        Ok(verdict?)
    }
}

impl<'t> Work<'t> {
    fn begin(rules: &Policy, document: Cow<'t, [u8]>, context: &Context) -> Result<Self, Error> {
        let now = context.examine()?;
        let tape = Tape::parse(document, &rules.plan().limits)?;
        let resolution = found(rules, &tape)?;
        let (sites, requests) =
            survey(&Inspection { rules, tape: &tape, resolution: &resolution }, context)?;
        Ok(Work { now, tape, resolution, sites, requests, fetching: Fetching::bypassing() })
    }

    /// `is_suspect` becomes true when a value did not open with its keys.
    fn verdict(
        &self,
        rules: &Policy,
        call: &Context,
        latency: u64,
        ring: &mut Ring,
        is_suspect: &mut bool,
    ) -> Result<String, Error> {
        let inspection = Inspection { rules, tape: &self.tape, resolution: &self.resolution };
        let limits = &rules.plan().limits;
        let mut verdict = Verdict::new("check", self.sites.len());
        verdict.latency(latency);
        let mut splice = Splice::new(self.tape.text(), self.tape.text().len(), limits);
        let mut paths = Paths::new(&self.tape);
        let mut bound = Bound::new(limits);
        let mut work = Workspace::new();
        let mut is_whole = true;
        for Inspected { site, outcome, .. } in &self.sites {
            let mut outcome = *outcome;
            let node = site.node(&self.tape)?;
            // A token stays, so that the clear form cannot be judged.
            is_whole &= !site.pseudonym;
            if let (Ok(()), Some((demand, _))) = (outcome, site.taken) {
                match ring.joined(site.keys, call.now).map_err(|no| no.refusal) {
                    Err(Refusal::NotFound) => outcome = Err(Fault::Integrity),
                    Err(refusal) if withheld(refusal).is_some() => {
                        is_whole = false;
                        verdict.say(Code::Withheld);
                    }
                    Err(refusal) => return Err(refused(refusal).at(node.pointer())),
                    Ok(joined) => {
                        if !joined.erasable {
                            verdict.fault(site.pattern, Code::UnerasableKey);
                        }
                        let context = site.context(
                            &call.binding(&rules.plan().family),
                            &self.requests,
                            paths.field(node, demand.bind),
                            &mut bound,
                        )?;
                        let derived = ring.derived(site.keys).map_err(refused)?;
                        let text = node.as_str().unwrap_or_default();
                        let mut opened = None;
                        splice.replace(node.span(), |out| {
                            opened = Some(open_value(
                                &text,
                                &demand,
                                derived,
                                &context,
                                node.depth(),
                                limits,
                                &mut work,
                                out,
                            ));
                        });
                        match opened {
                            Some(Ok(_)) => {}
                            Some(Err(fault)) => {
                                *is_suspect = true;
                                outcome = Err(fault);
                            }
                            // Over its limit already, as it will be when it is opened.
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
            inspection.report(site, outcome, &mut verdict);
            inspection.count(site, outcome, &mut verdict)?;
        }
        let clear = Zeroizing::new(if is_whole { splice.finish()? } else { Vec::new() });
        let is_unfit = is_whole && !fits(rules, &clear)?;
        inspection.finish(verdict, is_unfit, Some(self.now))
    }
}

/// Whether an opened document fits its schema, as far as this build knows. What is wrong with it is
/// told without a place: that would show something of it.
fn fits(rules: &Policy, clear: &[u8]) -> Result<bool, Error> {
    let tape = Tape::parse(clear, &rules.plan().limits)
        .map_err(|error| Error::new(error.code, "the opened document would be over a limit"))?;
    match rules.is_valid(&tape) {
        Validity::Valid | Validity::Unvalidated => Ok(true),
        Validity::Invalid => Ok(false),
        Validity::Limit => Err(Error::new(ErrorCode::Limit, SLOW_PATTERN)),
    }
}

/// The locations with what each needs.
fn survey(
    inspection: &Inspection<'_>,
    context: &Context,
) -> Result<(Vec<Inspected>, Vec<Request>), Error> {
    let mut subjects = inspection.subjects(context);
    let mut inspected = inspection.sites(&mut subjects)?;
    let mut asking = Asking::new(inspection.rules, inspection.tape, context, inspected.len());
    for (number, Inspected { site, outcome, reference }) in inspected.iter().enumerate() {
        let marker = marker(inspection.rules, site.marker)?;
        if marker.pseudonym.is_some() {
            continue;
        }
        let node = site.node(inspection.tape)?;
        asking.record(site, marker, node)?;
        if marker.subject == SubjectRef::Call && context.named_subject().is_none() {
            return Err(lacking(NOBODY, node));
        }
        let (Ok(()), Some((demand, _))) = (outcome, site.taken) else { continue };
        asking.keys(number, site, &demand, *reference, node, &mut subjects)?;
    }
    let requests = asking.requests(&subjects, |site, kind, number| {
        if let Some(Inspected { site, .. }) = inspected.get_mut(site) {
            site.keys.set(kind, number);
        }
    })?;
    Ok((inspected, requests))
}
