//! Sealed document in, clear document out.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;

use super::asking::Asking;
use super::bound::Bound;
use super::context::Context;
use super::fetching::Fetching;
use super::path::Paths;
use super::results::Opened;
use super::ring::{Ring, refused};
use super::seal::name;
use super::site::{
    Site, conflict, holds_sealed, marker, protection, pseudonymised, renumber, taken,
};
use super::subject::{Subjects, lacking};
use super::value::open_envelope;
use crate::envelope::{Envelope, Fault, MARK, PSEUDONYM_MARK, Workspace, is_pseudonym};
use crate::error::{Error, ErrorCode, OpenError};
use crate::evidence::{Access, Code, Verdict, Withheld};
use crate::export::validity::Validity;
use crate::json::{Node, Splice, Tape};
use crate::keys::{Answer, KeyId, KeySource, KeyUse, Refusal, Request};
use crate::policy::Policy;
use crate::resolver::walk::{Location, Resolution, Sought};
use crate::schema::marker::Marker;
use crate::schema::options::OnCleartext;
use crate::time::instant::Instant;

/// A sealed document read and resolved that waits for its keys: the counterpart of
/// [`Sealing`](super::Sealing).
pub struct Opening<'t, P, C = Context> {
    policy: P,
    context: C,
    work: Work<'t>,
}

/// So many bytes of envelopes are kept between finding out their keys and opening; what is beyond
/// is decoded again. Many documents wait for their keys together, and WebAssembly never gives
/// memory back.
const KEPT: usize = 1 << 16;

/// All of it that is the same code whoever holds the policy and the context.
struct Work<'t> {
    now: Instant,
    tape: Tape<'t>,
    resolution: Resolution,
    sites: Vec<Site>,
    /// The bytes of the first envelopes, up to [`KEPT`].
    envelopes: Vec<u8>,
    requests: Vec<Request>,
    fetching: Fetching,
    /// The patterns of clear values that the policy lets pass.
    passed: Vec<u32>,
}

impl Policy {
    /// Opens every envelope at a marked location. A value whose key is erased, restricted or denied
    /// becomes its placeholder and is listed in the access record; with `strict` the first such
    /// value is an error instead.
    pub fn open(
        &self,
        document: &[u8],
        context: &Context,
        strict: bool,
        keys: &mut dyn KeySource,
    ) -> Result<Opened, OpenError> {
        let opening = if keys.holds_keys() {
            Opening::begin_uncached(self, document, context)
        } else {
            Opening::begin(self, document, context)
        }?;
        let answers = ask_by_id(keys, opening.requests(), context.now);
        opening.finish(answers, strict)
    }
}

/// One question for all keys; none where no key is needed.
pub(super) fn ask_by_id(keys: &mut dyn KeySource, requests: &[Request], now: u64) -> Vec<Answer> {
    if requests.is_empty() { Vec::new() } else { keys.by_id(requests, now) }
}

impl<'t, P: Borrow<Policy>, C: Borrow<Context>> Opening<'t, P, C> {
    /// Reads the document and finds out which keys its envelopes name.
    pub fn begin(
        policy: P,
        document: impl Into<Cow<'t, [u8]>>,
        context: C,
    ) -> Result<Self, OpenError> {
        let mut begun = Opening::begin_uncached(policy, document, context)?;
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
        Ok(Opening { policy, context, work })
    }

    /// The keys to fetch, each once, in the order of the first envelope that names it: those that
    /// the policy's cache does not hold.
    pub fn requests(&self) -> &[Request] {
        self.work.fetching.missing(&self.work.requests)
    }

    /// All keys, cached or not.
    pub(super) fn all_requests(&self) -> &[Request] {
        &self.work.requests
    }

    pub(super) fn into_requests(self) -> Vec<Request> {
        self.work.requests
    }

    /// Opens under the answers to [`Opening::requests`], given in their order.
    pub fn finish(mut self, answers: Vec<Answer>, strict: bool) -> Result<Opened, OpenError> {
        let (rules, now) = (self.policy.borrow(), self.context.borrow().now);
        let fetching = std::mem::replace(&mut self.work.fetching, Fetching::bypassing());
        let latency = fetching.latency(rules);
        let mut ring = fetching.finish(rules, &self.work.requests, answers, now)?;
        let opened = self.open(&self.work.requests, &mut ring, latency, strict);
        if opened.as_ref().is_err_and(|error| error.code == ErrorCode::Integrity) {
            // If the host gave a wrong key it is asked again, not believed for as long as the cache
            // keeps it.
            self.policy.borrow().forget(&self.work.requests);
        }
        Ok(opened?)
    }

    /// Points every value at its request among those of a whole batch, by the number that this
    /// document's own had.
    pub(super) fn join(&mut self, numbers: &[u32]) {
        renumber(&mut self.work.sites, numbers);
        self.work.requests.clear();
    }

    /// Opens with the answers to `requests`.
    pub(super) fn open(
        &self,
        requests: &[Request],
        ring: &mut Ring,
        latency: u64,
        strict: bool,
    ) -> Result<Opened, Error> {
        self.work.open(self.policy.borrow(), self.context.borrow(), requests, ring, latency, strict)
    }
}

impl<'t> Work<'t> {
    fn begin(rules: &Policy, document: Cow<'t, [u8]>, context: &Context) -> Result<Self, Error> {
        let now = context.examine()?;
        let tape = Tape::parse(document, &rules.plan().limits)?;
        let passing = rules.plan().clear == OnCleartext::Pass;
        let mut resolution =
            rules.resolve(&tape, if passing { Sought::Present } else { Sought::Decided })?;
        let marked = |location: &Location| {
            let is_token = location.disputed
                || rules
                    .markers()
                    .get(location.marker as usize)
                    .is_some_and(|marker| marker.pseudonym.is_some());
            let text = tape.node(location.node).and_then(|node| node.as_str());
            // Where a token comes an envelope is no clear text either, as when sealing.
            text.is_some_and(|text| {
                text.starts_with(MARK) || is_token && text.starts_with(PSEUDONYM_MARK)
            })
        };
        let passes = |location: &Location| passing && location.decided && !marked(location);
        let passed = resolution
            .locations
            .iter()
            .filter(|location| passes(location))
            .map(|location| location.pattern)
            .collect();
        resolution.keep(|location| {
            if location.decided { !passes(location) } else { holds_sealed(rules, &tape, location) }
        });
        let mut envelopes = Vec::new();
        let (sites, requests) = survey(rules, &tape, &resolution, context, &mut envelopes)?;
        Ok(Work {
            now,
            tape,
            resolution,
            sites,
            envelopes,
            requests,
            fetching: Fetching::bypassing(),
            passed,
        })
    }

    fn open(
        &self,
        rules: &Policy,
        call: &Context,
        requests: &[Request],
        ring: &mut Ring,
        latency: u64,
        strict: bool,
    ) -> Result<Opened, Error> {
        let limits = &rules.plan().limits;
        // Keys first, for the whole document: a key that was destroyed is never a fault of
        // integrity.
        for site in &self.sites {
            if let Err(no) = ring.joined(site.keys, call.now)
                && (strict || withheld(no.refusal).is_none())
            {
                return Err(refused(no.refusal).at(site.node(&self.tape)?.pointer()));
            }
        }
        let mut verdict = Verdict::new(KeyUse::Open.as_str(), self.sites.len());
        verdict.latency(latency);
        let mut access = Access::new();
        let mut splice = Splice::new(self.tape.text(), self.tape.text().len(), limits);
        let mut paths = Paths::new(&self.tape);
        let mut bound = Bound::new(limits);
        let mut work = Workspace::new();
        let mut values = u64::from(self.tape.values());
        for pattern in &self.passed {
            verdict.fault(*pattern, Code::ClearPassed);
        }
        for site in &self.sites {
            let (node, marker) = (site.node(&self.tape)?, marker(rules, site.marker)?);
            if !site.decided {
                verdict.fault(site.pattern, Code::NearMiss);
            }
            if site.pseudonym {
                // Nobody opens it: it stays.
                verdict.envelope(site.pattern, pseudonymised(marker), []);
                continue;
            }
            let (demand, weaker) = site.taken.ok_or_else(|| {
                Error::new(ErrorCode::Internal, "an envelope that was not looked at")
            })?;
            let ids = [site.ids.subject, site.ids.retention, site.ids.item];
            verdict.envelope(site.pattern, protection(&demand, marker), ids.into_iter().flatten());
            if weaker {
                verdict.fault(site.pattern, Code::AcceptedWeaker);
            }
            match ring.joined(site.keys, call.now) {
                Err(no) => {
                    let erased = marker.erased();
                    if node.depth() + erased.depth > limits.depth {
                        let message = "a placeholder would nest deeper than the limit allows";
                        return Err(Error::new(ErrorCode::Limit, message).at(node.pointer()));
                    }
                    values += u64::from(erased.values.saturating_sub(1));
                    splice
                        .replace(node.span(), |out| out.extend_from_slice(erased.text.as_bytes()));
                    access.withhold(
                        site.pattern,
                        Withheld {
                            reason: withheld(no.refusal).unwrap_or("denied"),
                            kind: no.kind,
                        },
                    );
                    verdict.say(Code::Withheld);
                }
                Ok(joined) => {
                    if !joined.erasable {
                        verdict.fault(site.pattern, Code::UnerasableKey);
                    }
                    let context = site.context(
                        &call.binding(&rules.plan().family),
                        requests,
                        paths.field(node, demand.bind),
                        &mut bound,
                    )?;
                    let derived = ring.derived(site.keys).map_err(refused)?;
                    let text = node.as_str().unwrap_or_default();
                    let envelope = match site
                        .envelope
                        .and_then(|(start, end)| self.envelopes.get(start as usize..end as usize))
                    {
                        Some(bytes) => Envelope::read(bytes),
                        None => Envelope::decode(&text, &mut work),
                    };
                    let envelope = envelope.map_err(|fault| at_fault(fault, node))?;
                    let mut opened = None;
                    splice.replace(node.span(), |out| {
                        opened = Some(open_envelope(
                            &envelope,
                            &demand,
                            derived,
                            &context,
                            node.depth(),
                            limits,
                            out,
                        ));
                    });
                    // Not called: the document is over its limit already, as `finish` will say.
                    let Some(opened) = opened else { break };
                    values +=
                        u64::from(opened.map_err(|fault| at_fault(fault, node))?.saturating_sub(1));
                    access.reveal(site.pattern);
                }
            }
        }
        let document = splice.finish()?;
        if values > u64::from(limits.values) {
            return Err(Error::new(
                ErrorCode::Limit,
                "the opened document would hold more values than the limit allows",
            ));
        }
        verdict.say(self.judge(
            rules,
            &document,
            access.withheld_any() || self.sites.iter().any(|site| site.pseudonym),
        ));
        let pointer = |pattern, out: &mut String| self.resolution.patterns.write(pattern, out);
        let at = self.now.stamp();
        let access = access.write(
            at,
            call.purpose.as_deref(),
            call.caller.as_deref(),
            limits.record_bytes(),
            pointer,
        )?;
        let verdict = verdict.write(Some(at), &name(rules), limits.record_bytes(), pointer)?;
        Ok(Opened { document, verdict, access })
    }

    /// What the schema says of an opened document, and where placeholders stand, of the sealed one.
    /// A schema never keeps a document from being read.
    fn judge(&self, rules: &Policy, document: &[u8], withheld: bool) -> Code {
        if !cfg!(feature = "validation") {
            return Code::Unvalidated;
        }
        let validity = match Tape::parse(document, &rules.plan().limits) {
            // Clear values that were let pass are no part of either form.
            Ok(_) if withheld && !self.passed.is_empty() => Validity::Unvalidated,
            Ok(_) if withheld => rules.is_valid_sealed(&self.tape),
            Ok(tape) => rules.is_valid(&tape),
            Err(_) => Validity::Unvalidated,
        };
        match validity {
            Validity::Valid => Code::Conforming,
            Validity::Invalid => Code::Nonconforming,
            Validity::Unvalidated | Validity::Limit => Code::Unvalidated,
        }
    }
}

/// The name of a refusal that withholds one value; the others fail the call.
pub(super) const fn withheld(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::Erased => Some("erased"),
        Refusal::Restricted => Some("restricted"),
        Refusal::Denied => Some("denied"),
        Refusal::NotFound | Refusal::Unavailable => None,
    }
}

/// A fault of an envelope as the error of a call.
pub(super) fn at_fault(fault: Fault, node: Node<'_>) -> Error {
    let message = match fault {
        Fault::NotSealed => "clear text stands where an envelope must",
        Fault::Unsupported => {
            "this envelope is of a suite or format that this release does not know"
        }
        _ => "this envelope does not open here",
    };
    Error::new(fault.code(), message).at(node.pointer())
}

/// All envelopes whose subject pointer leads to one marked location carry one subject-key id, that
/// location's own included where it is under a person's key. The values that do not, by their
/// places on the tape; `None` stands for a value that is at fault already.
pub(super) fn strangers<'s>(sites: impl Iterator<Item = Option<&'s Site>> + Clone) -> Vec<u32> {
    if sites.clone().flatten().all(|site| site.identity.is_none()) {
        return Vec::new();
    }
    let mut known: BTreeMap<u32, KeyId> = BTreeMap::new();
    let all: Vec<Option<&Site>> = sites.collect();
    let mut strangers = Vec::new();
    for site in all.iter().flatten() {
        let (Some(identity), Some(id)) = (site.identity, site.ids.subject) else { continue };
        let own = all.get(identity as usize).copied().flatten().and_then(|own| own.ids.subject);
        if *known.entry(identity).or_insert(own.unwrap_or(id)) != id {
            strangers.push(site.node);
        }
    }
    strangers
}

/// The envelopes with what each needs; the first fault in document order otherwise.
fn survey(
    rules: &Policy,
    tape: &Tape<'_>,
    resolution: &Resolution,
    context: &Context,
    envelopes: &mut Vec<u8>,
) -> Result<(Vec<Site>, Vec<Request>), Error> {
    conflict(resolution, tape)?;
    let locations = &resolution.locations;
    let mut subjects = Subjects::new(tape, locations, context, false);
    let mut asking = Asking::new(rules, tape, context, locations.len());
    let mut work = Workspace::new();
    let mut sites: Vec<Site> = Vec::with_capacity(locations.len());
    for location in locations {
        let mut site = Site::new(location);
        let (node, marker): (_, &Marker) = (site.node(tape)?, marker(rules, site.marker)?);
        // Clear text, unknown formats and malformed envelopes are told apart from what the call
        // lacks.
        let text = node.as_str().ok_or(Fault::NotSealed).map_err(|fault| at_fault(fault, node))?;
        if marker.pseudonym.is_some() {
            if !is_pseudonym(&text) {
                return Err(at_fault(Fault::NotSealed, node));
            }
            site.pseudonym = true;
            sites.push(site);
            continue;
        }
        let envelope = if envelopes.len() + text.len() <= KEPT {
            Envelope::decode_after(&text, envelopes).map(|(envelope, place)| {
                site.envelope = u32::try_from(place.start).ok().zip(u32::try_from(place.end).ok());
                envelope
            })
        } else {
            Envelope::decode(&text, &mut work)
        };
        let envelope = envelope.map_err(|fault| at_fault(fault, node))?;
        let subject = subjects.of(site.marker, marker, node);
        site.identity = subject.ok().and_then(|subject| subject.identity);
        site.taken = taken(&envelope, marker, site.identity.is_none());
        asking.record(&site, marker, node)?;
        let subject = subject.map_err(|message| lacking(message, node))?;
        let demand = match site.taken {
            // A reference that is sealed itself cannot be bound again.
            Some((demand, _))
                if demand.subject && demand.subject_bound && subject.reference.is_none() =>
            {
                return Err(at_fault(Fault::Integrity, node));
            }
            Some((demand, _)) => demand,
            None => return Err(at_fault(Fault::Integrity, node)),
        };
        site.unbound = !demand.subject_bound;
        site.ids = envelope.ids();
        asking.keys(sites.len(), &site, &demand, subject.reference, node, &mut subjects)?;
        sites.push(site);
    }
    if let Some(node) = strangers(sites.iter().map(Some)).first().and_then(|node| tape.node(*node))
    {
        return Err(at_fault(Fault::Integrity, node));
    }
    let requests = asking.requests(&subjects, |site, kind, number| {
        if let Some(site) = sites.get_mut(site) {
            site.keys.set(kind, number);
        }
    })?;
    Ok((sites, requests))
}
