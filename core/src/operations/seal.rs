//! Clear document in, sealed document out.

use std::borrow::{Borrow, Cow};

use zeroize::Zeroizing;

use super::bound::Bound;
use super::context::Context;
use super::path::Paths;
use super::results::Sealed;
use super::ring::{Ring, refused};
use super::site::{Site, conflict, demand, marker, protection, renumber};
use super::subject::{Subjects, lacking};
use super::wanted::{Wanted, distinct};
use crate::envelope::{self, KeyIds, Workspace};
use crate::error::{Error, ErrorCode, SealError};
use crate::evidence::{Code, Instant, SchemaName, Verdict};
use crate::json::{Node, Splice, Tape};
use crate::keys::{Answer, Entropy, Host, Key, KeySource, Operation, Request};
use crate::policy::{Nonconforming, Policy, Resolution, Sought, Validity};

/// A document read, judged and resolved, that waits for its keys. Between [`Sealing::begin`] and [`Sealing::finish`] an
/// asynchronous host fetches what [`Sealing::requests`] lists; other hosts call [`Policy::seal`].
pub struct Sealing<'t, P, C = Context> {
    policy: P,
    context: C,
    work: Work<'t>,
}

/// All of it that is the same code whoever holds the policy and the context.
struct Work<'t> {
    now: Instant,
    tape: Tape<'t>,
    resolution: Resolution,
    sites: Vec<Site>,
    requests: Vec<Request>,
    conformity: Code,
}

impl Policy {
    /// Seals every marked value of a clear document, or nothing.
    ///
    /// Draws 32 bytes of entropy for each sealed value, in document order, after everything that can refuse has been looked at.
    pub fn seal(&self, document: &[u8], context: &Context, keys: &mut dyn KeySource, entropy: &mut dyn Entropy) -> Result<Sealed, SealError> {
        let sealing = Sealing::begin(self, document, context)?;
        let answers = ask_current(keys, sealing.requests(), context.now, entropy);
        sealing.finish(answers, entropy)
    }
}

/// One question for all keys; none where no key is needed.
pub(super) fn ask_current(keys: &mut dyn KeySource, requests: &[Request], now: u64, entropy: &mut dyn Entropy) -> Vec<Answer> {
    if requests.is_empty() { Vec::new() } else { keys.current(requests, &mut Host { now, entropy }) }
}

impl<'t, P: Borrow<Policy>, C: Borrow<Context>> Sealing<'t, P, C> {
    /// Reads the document and finds out which keys its marked values need.
    pub fn begin(policy: P, document: impl Into<Cow<'t, [u8]>>, context: C) -> Result<Self, SealError> {
        let work = Work::begin(policy.borrow(), document.into(), context.borrow())?;
        Ok(Sealing { policy, context, work })
    }

    /// The keys to fetch, each once, in the order of the first value that needs it.
    pub fn requests(&self) -> &[Request] {
        &self.work.requests
    }

    pub(super) fn into_requests(self) -> Vec<Request> {
        self.work.requests
    }

    /// Seals under the answers to [`Sealing::requests`], given in their order.
    pub fn finish(self, answers: Vec<Answer>, entropy: &mut dyn Entropy) -> Result<Sealed, SealError> {
        let mut ring = Ring::new(&self.work.requests, answers)?;
        Ok(self.seal(&self.work.requests, &mut ring, entropy)?)
    }

    /// Points every value at its request among those of a whole batch, by the number that this document's own had.
    pub(super) fn join(&mut self, numbers: &[u32]) {
        renumber(&mut self.work.sites, numbers);
        self.work.requests.clear();
    }

    /// Seals with the answers to `requests`.
    pub(super) fn seal(&self, requests: &[Request], ring: &mut Ring, entropy: &mut dyn Entropy) -> Result<Sealed, Error> {
        self.work.seal(self.policy.borrow(), self.context.borrow(), requests, ring, entropy)
    }
}

impl<'t> Work<'t> {
    fn begin(rules: &Policy, document: Cow<'t, [u8]>, context: &Context) -> Result<Self, Error> {
        let now = context.examine()?;
        let tape = Tape::parse(document, &rules.plan().limits)?;
        let conformity = judge(rules, &tape)?;
        // Without knowing that the document conforms, no branch is left out (resolver.md).
        let sought = if conformity == Code::Conforming { Sought::Decided } else { Sought::All };
        let mut resolution = rules.resolve(&tape, sought)?;
        for location in resolution.locations.iter().filter(|location| !location.decided) {
            tape.node(location.node).map_or(Ok(()), clear)?;
        }
        resolution.keep(|location| location.decided);
        let (sites, requests) = Survey { rules, tape: &tape, resolution: &resolution, context }.sites()?;
        Ok(Work { now, tape, resolution, sites, requests, conformity })
    }

    fn seal(&self, rules: &Policy, call: &Context, requests: &[Request], ring: &mut Ring, entropy: &mut dyn Entropy) -> Result<Sealed, Error> {
        let limits = &rules.plan().limits;
        let mut length = self.tape.text().len();
        for site in &self.sites {
            let node = site.node(&self.tape)?;
            let ids = ring.answer(site.request, call.now).map(ids_of).map_err(|refusal| refused(refusal).at(node.pointer()))?;
            let marker = marker(rules, site.marker)?;
            let quoted = envelope::sealed_len(&ids, marker.pad, node.raw().len()).saturating_add(2);
            length = (length - node.raw().len()).saturating_add(quoted);
        }
        if length > limits.document_bytes as usize {
            return Err(Error::new(ErrorCode::Limit, "the sealed document would be longer than the limit"));
        }

        let mut random = Zeroizing::new(vec![0_u8; 32 * self.sites.len()]);
        if !random.is_empty() {
            entropy.fill(&mut random);
        }
        let mut verdict = Verdict::new(Operation::Seal.as_str(), self.sites.len());
        verdict.say(self.conformity);
        let mut splice = Splice::new(self.tape.text(), length, limits);
        let mut paths = Paths::new(&self.tape);
        let mut bound = Bound::new(limits);
        let mut work = Workspace::new();
        for (site, random) in self.sites.iter().zip(random.as_chunks::<32>().0) {
            let (node, marker) = (site.node(&self.tape)?, marker(rules, site.marker)?);
            let key = ring.answer(site.request, call.now).map_err(refused)?;
            let (ids, erasable) = (ids_of(key), key.erasable);
            let demand = demand(marker, !site.unbound);
            let context = site.context(&call.binding(&rules.plan().family), requests, paths.field(node, marker.bind), &mut bound)?;
            let derived = ring.derived(site.request).map_err(refused)?;
            let mut outcome = Ok(());
            splice.replace(node.span(), |out| {
                out.push(b'"');
                outcome = envelope::seal(derived, &demand, marker.pad, &ids, &context, node.raw().as_bytes(), Some(random), &mut work, out);
                out.push(b'"');
            });
            outcome.map_err(|error| error.at(node.pointer()))?;
            verdict.envelope(site.pattern, protection(&demand), ids.subject);
            if !erasable {
                verdict.fault(site.pattern, Code::UnerasableKey);
            }
        }
        let verdict =
            verdict.write(Some(self.now), &name(rules), limits.record_bytes(), |pattern, out| self.resolution.patterns.write(pattern, out))?;
        Ok(Sealed { document: splice.finish()?, verdict, indexes: Vec::new() })
    }
}

/// What a verdict says of the schema.
pub(super) fn name(rules: &Policy) -> SchemaName<'_> {
    SchemaName { family: &rules.plan().family, id: rules.plan().id.as_deref(), digest: &rules.plan().digest }
}

/// The ids that an envelope under this key carries.
fn ids_of(key: &Key) -> KeyIds {
    KeyIds { subject: Some(key.id), ..KeyIds::default() }
}

pub(super) const SLOW_PATTERN: &str = "a regular expression of the schema took more steps than the limit allows";

/// What the schema says of a clear document that is to be sealed.
fn judge(rules: &Policy, tape: &Tape<'_>) -> Result<Code, Error> {
    match (rules.is_valid(tape), rules.plan().nonconforming) {
        (Validity::Valid, _) => Ok(Code::Conforming),
        (Validity::Unvalidated, _) => Ok(Code::Unvalidated),
        (Validity::Invalid, Nonconforming::Seal) => Ok(Code::Nonconforming),
        (Validity::Invalid, Nonconforming::Refuse) => {
            let error = Error::new(ErrorCode::Invalid, "the document does not conform to its schema");
            Err(error.at(rules.first_fault(tape)))
        }
        (Validity::Limit, _) => Err(Error::new(ErrorCode::Limit, SLOW_PATTERN)),
    }
}

/// A clear document on its way to a list of sites.
struct Survey<'a> {
    rules: &'a Policy,
    tape: &'a Tape<'a>,
    resolution: &'a Resolution,
    context: &'a Context,
}

impl Survey<'_> {
    /// The marked values with what each needs; the first fault in document order otherwise.
    fn sites(&self) -> Result<(Vec<Site>, Vec<Request>), Error> {
        conflict(self.resolution, self.tape)?;
        let locations = &self.resolution.locations;
        let mut subjects = Subjects::new(self.tape, locations, self.context, true);
        let mut sites = Vec::with_capacity(locations.len());
        let mut wanted = Vec::with_capacity(locations.len());
        for location in locations {
            let mut site = Site::new(location);
            let (node, marker) = (site.node(self.tape)?, marker(self.rules, site.marker)?);
            clear(node)?;
            if marker.bind.needs_record() && self.context.named_record().is_none() {
                return Err(Error::new(ErrorCode::Context, "the call names no record, and this value is bound to one").at(node.pointer()));
            }
            let subject = subjects.of(site.marker, marker, node).map_err(|message| lacking(message, node))?;
            site.unbound = subject.identity.is_some();
            site.identity = subject.identity;
            wanted.push(Wanted { id: None, reference: subject.reference });
            sites.push(site);
        }
        for node in self.resolution.absorbed.iter().filter_map(|node| self.tape.node(*node)) {
            clear(node)?;
        }
        self.agree(&mut subjects, &sites, &wanted)?;
        let (requests, numbers) = distinct(&wanted, &subjects, self.context, Operation::Seal, &self.rules.plan().limits)?;
        for (site, number) in sites.iter_mut().zip(numbers) {
            site.request = number;
        }
        Ok((sites, requests))
    }

    /// Whoever points into a marked location must name the person that the location itself belongs to, and so must a marker
    /// that a marked ancestor absorbs.
    fn agree<'a>(&'a self, subjects: &mut Subjects<'a>, sites: &[Site], wanted: &[Wanted]) -> Result<(), Error> {
        let conflict = |node: u32, message| {
            let pointer = self.tape.node(node).map(|node| node.pointer()).unwrap_or_default();
            Err(Error::new(ErrorCode::Conflict, message).at(pointer))
        };
        for (site, want) in sites.iter().zip(wanted) {
            let Some(identity) = site.identity else { continue };
            if wanted.get(identity as usize).is_none_or(|own| own.reference != want.reference) {
                return conflict(site.node, "the sealed value that names this value's subject belongs to somebody else");
            }
        }
        subjects.rewind();
        for dispute in &self.resolution.disputes {
            let (Some(node), Some(outer)) = (self.tape.node(dispute.node), wanted.get(dispute.outer as usize)) else { continue };
            let inner = subjects.of(dispute.marker, marker(self.rules, dispute.marker)?, node).map_err(|message| lacking(message, node))?;
            if inner.reference != outer.reference {
                return conflict(dispute.node, "a marked value lies in another one that belongs to somebody else");
            }
        }
        Ok(())
    }
}

/// Refuses a value that is a whole envelope; one that only begins like it is an ordinary string.
fn clear(node: Node<'_>) -> Result<(), Error> {
    if node.as_str().is_some_and(|text| envelope::Envelope::is_whole(&text)) {
        return Err(Error::new(ErrorCode::AlreadySealed, "this value is an envelope already").at(node.pointer()));
    }
    Ok(())
}
