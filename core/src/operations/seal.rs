//! Clear document in, sealed document out.

use std::borrow::{Borrow, Cow};

use zeroize::Zeroizing;

use super::bound::Bound;
use super::context::Context;
use super::fetching::Fetching;
use super::path::Paths;
use super::results::{IndexValue, Sealed};
use super::ring::{Ring, refused};
use super::site::{Site, demand, marker, protection, pseudonymised, renumber};
use super::survey::{Survey, clear};
use super::token::text_of;
use crate::envelope;
use crate::envelope::{Domain, Workspace};
use crate::error::{Error, ErrorCode, SealError};
use crate::evidence::{Code, SchemaName, Verdict};
use crate::export::validity::Validity;
use crate::json::{Shape, Splice, Tape};
use crate::keys::{Answer, Entropy, KeyContext, KeyKind, KeySource, KeyUse, Request};
use crate::policy::Policy;
use crate::resolver::walk::{Resolution, Sought};
use crate::schema::options::Nonconforming;
use crate::time::instant::Instant;

/// A document read, judged and resolved, that waits for its keys. Between [`Sealing::begin`] and
/// [`Sealing::finish`] an asynchronous host fetches what [`Sealing::requests`] lists; other hosts
/// call [`Policy::seal`].
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
    fetching: Fetching,
    conformity: Code,
}

impl Policy {
    /// Seals every marked value of a clear document, or nothing.
    ///
    /// Draws 32 bytes of entropy for each sealed value, in document order, after everything that
    /// can refuse has been looked at.
    pub fn seal(
        &self,
        document: &[u8],
        context: &Context,
        keys: &mut dyn KeySource,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, SealError> {
        let sealing = if keys.holds_keys() {
            Sealing::begin_uncached(self, document, context)
        } else {
            Sealing::begin(self, document, context)
        }?;
        let answers = ask_current(keys, sealing.requests(), context.now, entropy);
        sealing.finish(answers, entropy)
    }
}

/// One question for all keys; none where no key is needed.
pub(super) fn ask_current(
    keys: &mut dyn KeySource,
    requests: &[Request],
    now: u64,
    entropy: &mut dyn Entropy,
) -> Vec<Answer> {
    if requests.is_empty() {
        Vec::new()
    } else {
        keys.current(requests, &mut KeyContext { now, entropy })
    }
}

impl<'t, P: Borrow<Policy>, C: Borrow<Context>> Sealing<'t, P, C> {
    /// Reads the document and finds out which keys its marked values need.
    pub fn begin(
        policy: P,
        document: impl Into<Cow<'t, [u8]>>,
        context: C,
    ) -> Result<Self, SealError> {
        let mut begun = Sealing::begin_uncached(policy, document, context)?;
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
    ) -> Result<Self, SealError> {
        let work = Work::begin(policy.borrow(), document.into(), context.borrow())?;
        Ok(Sealing { policy, context, work })
    }

    /// The keys to fetch, each once, in the order of the first value that needs it: those that the
    /// policy's cache does not hold.
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

    /// Seals under the answers to [`Sealing::requests`], given in their order.
    pub fn finish(
        mut self,
        answers: Vec<Answer>,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, SealError> {
        let (rules, now) = (self.policy.borrow(), self.context.borrow().now);
        let fetching = std::mem::replace(&mut self.work.fetching, Fetching::bypassing());
        let latency = fetching.latency(rules);
        let mut ring = fetching.finish(rules, &self.work.requests, answers, now)?;
        Ok(self.seal(&self.work.requests, &mut ring, latency, entropy)?)
    }

    /// Points every value at its request among those of a whole batch, by the number that this
    /// document's own had.
    pub(super) fn join(&mut self, numbers: &[u32]) {
        renumber(&mut self.work.sites, numbers);
        self.work.requests.clear();
    }

    /// Seals with the answers to `requests`.
    pub(super) fn seal(
        &self,
        requests: &[Request],
        ring: &mut Ring,
        latency: u64,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, Error> {
        self.work.seal(
            self.policy.borrow(),
            self.context.borrow(),
            requests,
            ring,
            latency,
            entropy,
        )
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
            let is_token = marker(rules, location.marker)?.pseudonym.is_some();
            tape.node(location.node).map_or(Ok(()), |node| clear(node, is_token))?;
        }
        resolution.keep(|location| location.decided);
        let (sites, requests) =
            Survey { rules, tape: &tape, resolution: &resolution, context, now }.sites()?;
        Ok(Work {
            now,
            tape,
            resolution,
            sites,
            requests,
            fetching: Fetching::bypassing(),
            conformity,
        })
    }

    fn seal(
        &self,
        rules: &Policy,
        call: &Context,
        requests: &[Request],
        ring: &mut Ring,
        latency: u64,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, Error> {
        let limits = &rules.plan().limits;
        let (length, randomised) = self.measure(rules, call, ring)?;
        if length > limits.document_bytes as usize {
            return Err(Error::new(
                ErrorCode::Limit,
                "the sealed document would be longer than the limit",
            ));
        }

        let mut random = Zeroizing::new(vec![0_u8; 32 * randomised]);
        if !random.is_empty() {
            entropy.fill(&mut random);
        }
        let mut random = random.as_chunks::<32>().0.iter();
        let mut verdict = Verdict::new(KeyUse::Seal.as_str(), self.sites.len());
        verdict.say(self.conformity);
        verdict.latency(latency);
        let mut splice = Splice::new(self.tape.text(), length, limits);
        let mut paths = Paths::new(&self.tape);
        let mut bound = Bound::new(limits);
        let mut work = Workspace::new();
        let mut indexes = Vec::new();
        for site in &self.sites {
            let (node, marker) = (site.node(&self.tape)?, marker(rules, site.marker)?);
            if let Some(pseudonym) = &marker.pseudonym {
                let key = ring
                    .token(site.keys, KeyKind::Pseudonym, call.now)
                    .map_err(|no| refused(no.refusal))?;
                let (id, erasable) = (key.id, key.erasable);
                let domain = Domain {
                    tenant: &call.tenant,
                    name: &pseudonym.domain,
                    normalisation: pseudonym.normalisation,
                };
                let token = ring
                    .pseudonym(site.keys)
                    .map_err(refused)?
                    .token(&domain, &text_of(node)?)
                    .map_err(|error| error.at(node.pointer()))?;
                splice.replace(node.span(), |out| {
                    out.push(b'"');
                    out.extend_from_slice(token.as_bytes());
                    out.push(b'"');
                });
                verdict.envelope(site.pattern, pseudonymised(marker), [id]);
                if !erasable {
                    verdict.fault(site.pattern, Code::UnerasableKey);
                }
                continue;
            }
            let joined = ring.joined(site.keys, call.now).map_err(|no| refused(no.refusal))?;
            let demand = demand(marker, !site.unbound);
            let context = site.context(
                &call.binding(&rules.plan().family),
                requests,
                paths.field(node, marker.bind),
                &mut bound,
            )?;
            let derived = ring.derived(site.keys).map_err(refused)?;
            let random = if demand.suite.is_deterministic() { None } else { random.next() };
            let mut outcome = Ok(());
            splice.replace(node.span(), |out| {
                out.push(b'"');
                outcome = envelope::seal(
                    derived,
                    &demand,
                    marker.pad,
                    &joined.ids,
                    &context,
                    node.raw().as_bytes(),
                    random,
                    &mut work,
                    out,
                );
                out.push(b'"');
            });
            outcome.map_err(|error| error.at(node.pointer()))?;
            let ids = [joined.ids.subject, joined.ids.retention, joined.ids.item];
            verdict.envelope(site.pattern, protection(&demand, marker), ids.into_iter().flatten());
            if !joined.erasable {
                verdict.fault(site.pattern, Code::UnerasableKey);
            }
            if let Some(index) = &marker.index {
                let domain = Domain {
                    tenant: &call.tenant,
                    name: &index.name,
                    normalisation: index.normalisation,
                };
                let key = ring.index(site.keys).map_err(refused)?;
                let value = key
                    .token(&domain, &text_of(node)?, index.bits)
                    .map_err(|error| error.at(node.pointer()))?;
                indexes.push(IndexValue {
                    name: index.name.clone(),
                    pointer: paths.exact(node).to_owned(),
                    value,
                });
            }
        }
        let verdict = verdict.write(
            Some(self.now.stamp()),
            &name(rules),
            limits.record_bytes(),
            |pattern, out| self.resolution.patterns.write(pattern, out),
        )?;
        Ok(Sealed { document: splice.finish()?, verdict, indexes })
    }

    /// The bytes of the sealed document, and how many values draw entropy. All keys are looked at
    /// here, and all that tokens are made of, so that nothing is drawn for a call that fails.
    fn measure(
        &self,
        rules: &Policy,
        call: &Context,
        ring: &Ring,
    ) -> Result<(usize, usize), Error> {
        let (mut length, mut randomised) = (self.tape.text().len(), 0);
        for site in &self.sites {
            let (node, marker) = (site.node(&self.tape)?, marker(rules, site.marker)?);
            let of_token = |kind| {
                ring.token(site.keys, kind, call.now)
                    .map_err(|no| refused(no.refusal).at(node.pointer()))?;
                // Of a string there always is one.
                if node.shape() == Shape::String { Ok(()) } else { text_of(node).map(drop) }
            };
            let stored = if marker.pseudonym.is_some() {
                of_token(KeyKind::Pseudonym)?;
                envelope::PSEUDONYM_LEN
            } else {
                let joined = ring
                    .joined(site.keys, call.now)
                    .map_err(|no| refused(no.refusal).at(node.pointer()))?;
                if marker.index.is_some() {
                    of_token(KeyKind::Index)?;
                }
                randomised += usize::from(!marker.suite.is_deterministic());
                envelope::sealed_len(&joined.ids, marker.pad, node.raw().len())
            };
            length = (length - node.raw().len()).saturating_add(stored.saturating_add(2));
        }
        Ok((length, randomised))
    }
}

/// What a verdict says of the schema.
pub(super) fn name(rules: &Policy) -> SchemaName<'_> {
    let plan = rules.plan();
    let retentions = plan.retentions.iter().map(|retention| retention.name.as_str()).collect();
    SchemaName { json: &plan.schema_json, retentions }
}

pub(super) const SLOW_PATTERN: &str =
    "a regular expression of the schema took more steps than the limit allows";

/// What the schema says of a clear document that is to be sealed.
fn judge(rules: &Policy, tape: &Tape<'_>) -> Result<Code, Error> {
    match (rules.is_valid(tape), rules.plan().nonconforming) {
        (Validity::Valid, _) => Ok(Code::Conforming),
        (Validity::Unvalidated, _) => Ok(Code::Unvalidated),
        (Validity::Invalid, Nonconforming::Seal) => Ok(Code::Nonconforming),
        (Validity::Invalid, Nonconforming::Refuse) => {
            // What was sealed before mostly fits no clear schema, and that is what is wrong with
            // it.
            Err(sealed_before(rules, tape).unwrap_or_else(|| rules.misfit(tape)))
        }
        (Validity::Limit, _) => Err(Error::new(ErrorCode::Limit, SLOW_PATTERN)),
    }
}

/// The fault of a document that has an envelope already where a clear value may be marked.
fn sealed_before(rules: &Policy, tape: &Tape<'_>) -> Option<Error> {
    let resolution = rules.resolve(tape, Sought::All).ok()?;
    resolution.locations.iter().find_map(|location| {
        let is_token = marker(rules, location.marker).ok()?.pseudonym.is_some();
        clear(tape.node(location.node)?, is_token).err()
    })
}
