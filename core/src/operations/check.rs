//! What a sealed document is worth, found without any key.

use std::collections::BTreeMap;

use super::context::Context;
use super::open::strangers;
use super::seal::SLOW_PATTERN;
use super::seal::name;
use super::site::{Site, holds_sealed, marker, protection, pseudonymised, taken};
use super::subject::Subjects;
use crate::envelope::{Envelope, Fault, Workspace, is_pseudonym};
use crate::error::{CheckError, Error, ErrorCode};
use crate::evidence::{Code, Verdict};
use crate::export::validity::Validity;
use crate::json::{Node, Shape, Tape, push_token};
use crate::policy::Policy;
use crate::resolver::walk::{Resolution, Sought};
use crate::schema::marker::Marker;
use crate::time::instant::Instant;

impl Policy {
    /// The verdict on a sealed document, RFC 8785 JSON: whether it fits the sealed schema, and
    /// whole envelopes that the policy accepts stand at the marked locations and nowhere else.
    /// Needs no key, and so proves nothing about what they hold ([`Policy::check_deep`] does). The
    /// lite build knows no schema, and its verdicts say `unvalidated`.
    ///
    /// # Errors
    /// `document` and `limit`; all else that is wrong is in the verdict.
    pub fn check(&self, document: &[u8]) -> Result<String, CheckError> {
        let tape = Tape::parse(document, &self.plan().limits)?;
        // Stands for the call that some day opens the document: what it names does not matter here.
        let anybody = Context { subject: Some("anybody".to_owned()), ..Context::default() };
        let resolution = found(self, &tape)?;
        let inspection = Inspection { rules: self, tape: &tape, resolution: &resolution };
        let sites = inspection.sites(&mut inspection.subjects(&anybody))?;
        let mut verdict = Verdict::new("check", sites.len());
        verdict.latency(self.shred_latency());
        for inspected in &sites {
            inspection.report(&inspected.site, inspected.outcome, &mut verdict);
            inspection.count(&inspected.site, inspected.outcome, &mut verdict)?;
        }
        Ok(inspection.finish(verdict, false, None)?)
    }
}

/// The locations that a check looks at. Where a value only may be marked, clear text is fine and an
/// envelope is a near miss.
pub(super) fn found(rules: &Policy, tape: &Tape<'_>) -> Result<Resolution, Error> {
    let mut resolution = rules.resolve(tape, Sought::Decided)?;
    resolution.keep(|location| location.decided || holds_sealed(rules, tape, location));
    Ok(resolution)
}

/// A sealed document that is looked at from outside.
pub(super) struct Inspection<'a> {
    pub(super) rules: &'a Policy,
    pub(super) tape: &'a Tape<'a>,
    pub(super) resolution: &'a Resolution,
}

/// A location, and whether an envelope that the policy accepts stands there.
pub(super) struct Inspected {
    pub(super) site: Site,
    pub(super) outcome: Result<(), Fault>,
    /// The number of the reference that the envelope binds, if it does.
    pub(super) reference: Option<u32>,
}

impl<'a> Inspection<'a> {
    /// Whose values they are, to be found once for all.
    pub(super) fn subjects(&self, context: &'a Context) -> Subjects<'a> {
        Subjects::new(self.tape, &self.resolution.locations, context, false)
    }

    /// What stands at each location.
    pub(super) fn sites(&self, subjects: &mut Subjects<'a>) -> Result<Vec<Inspected>, Error> {
        let mut work = Workspace::new();
        let mut sites = Vec::with_capacity(self.resolution.locations.len());
        for location in &self.resolution.locations {
            let mut inspected = Inspected {
                site: Site::new(location),
                outcome: Err(Fault::Integrity),
                reference: None,
            };
            if !location.disputed {
                inspected.outcome = self.look(subjects, &mut inspected, &mut work)?;
            }
            sites.push(inspected);
        }
        // All values of one person carry one key (envelope.md, flag b6).
        let whole = |inspected: &Inspected| inspected.outcome.is_ok();
        for node in strangers(
            sites.iter().map(|inspected| Some(&inspected.site).filter(|_| whole(inspected))),
        ) {
            let place = sites.partition_point(|inspected| inspected.site.node < node);
            if let Some(inspected) = sites.get_mut(place) {
                inspected.outcome = Err(Fault::Integrity);
            }
        }
        Ok(sites)
    }

    /// Counts what stands at a location, if it is what the policy accepts.
    pub(super) fn count(
        &self,
        site: &Site,
        outcome: Result<(), Fault>,
        verdict: &mut Verdict,
    ) -> Result<(), Error> {
        let marker = marker(self.rules, site.marker)?;
        match (outcome, site.taken) {
            (Ok(()), Some((demand, _))) => {
                let ids = [site.ids.subject, site.ids.retention, site.ids.item];
                verdict.envelope(
                    site.pattern,
                    protection(&demand, marker),
                    ids.into_iter().flatten(),
                );
            }
            (Ok(()), None) if site.pseudonym => {
                verdict.envelope(site.pattern, pseudonymised(marker), [])
            }
            _ => {}
        }
        Ok(())
    }

    /// Says what is wrong at a location.
    pub(super) fn report(&self, site: &Site, outcome: Result<(), Fault>, verdict: &mut Verdict) {
        if let Err(fault) = outcome {
            verdict.fault(site.pattern, code(fault));
        } else if site.taken.is_some_and(|(_, weaker)| weaker) {
            verdict.fault(site.pattern, Code::AcceptedWeaker);
        }
        if !site.decided {
            verdict.fault(site.pattern, Code::NearMiss);
        }
    }

    /// The verdict's text, once it is known what stands at each location; `is_unfit`: the clear
    /// document is known not to conform.
    pub(super) fn finish(
        &self,
        mut verdict: Verdict,
        is_unfit: bool,
        at: Option<Instant>,
    ) -> Result<String, Error> {
        let strays = self.strays(&mut verdict)?;
        verdict.say(match self.rules.is_valid_sealed(self.tape) {
            Validity::Unvalidated => Code::Unvalidated,
            Validity::Limit => return Err(Error::new(ErrorCode::Limit, SLOW_PATTERN)),
            Validity::Valid if !is_unfit && !verdict.is_at_fault() => Code::Conforming,
            Validity::Valid | Validity::Invalid => Code::Nonconforming,
        });
        verdict.write(at.map(Instant::stamp), &name(self.rules), self.most(), |pattern, out| {
            match pattern.checked_sub(self.patterns()) {
                None => self.resolution.patterns.write(pattern, out),
                Some(stray) => out.push_str(strays.get(stray as usize).map_or("", String::as_str)),
            }
        })
    }

    /// The bytes that a record may have.
    fn most(&self) -> u32 {
        self.rules.plan().limits.record_bytes()
    }

    /// How many patterns the resolution numbers; those of strays come after them.
    fn patterns(&self) -> u32 {
        u32::try_from(self.resolution.patterns.len()).unwrap_or(u32::MAX)
    }

    /// What stands at a marked location.
    fn look(
        &self,
        subjects: &mut Subjects<'a>,
        inspected: &mut Inspected,
        work: &mut Workspace,
    ) -> Result<Result<(), Fault>, Error> {
        let site = &mut inspected.site;
        let (node, marker): (_, &Marker) =
            (site.node(self.tape)?, marker(self.rules, site.marker)?);
        let Some(text) = node.as_str() else { return Ok(Err(Fault::NotSealed)) };
        if marker.pseudonym.is_some() {
            site.pseudonym = true;
            return Ok(if is_pseudonym(&text) { Ok(()) } else { Err(Fault::NotSealed) });
        }
        let envelope = match Envelope::decode(&text, work) {
            Ok(envelope) => envelope,
            Err(fault) => return Ok(Err(fault)),
        };
        // Nobody's value opens for no call.
        let Ok(subject) = subjects.of(site.marker, marker, node) else {
            return Ok(Err(Fault::Integrity));
        };
        site.identity = subject.identity;
        inspected.reference = subject.reference;
        site.taken = taken(&envelope, marker, subject.identity.is_none());
        let Some((demand, _)) = site.taken else { return Ok(Err(Fault::Integrity)) };
        site.unbound = !demand.subject_bound;
        site.ids = envelope.ids();
        // A reference that is sealed itself cannot be bound again.
        Ok(if demand.subject && demand.subject_bound && subject.reference.is_none() {
            Err(Fault::Integrity)
        } else {
            Ok(())
        })
    }

    /// Whole envelopes outside all marked locations, counted by pointer; the pointers by number,
    /// after the resolution's patterns.
    fn strays(&self, verdict: &mut Verdict) -> Result<Vec<String>, Error> {
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let mut left = self.most() as usize;
        let mut locations = self.resolution.locations.iter().peekable();
        let mut at = 0;
        while let Some(node) = self.tape.node(at).or_else(|| self.tape.node(at + 1)) {
            // A member's name is no value: its value comes next.
            at = node.index();
            if locations.next_if(|location| location.node == at).is_some() {
                at = node.subtree_end();
                continue;
            }
            at += 1;
            if node.shape() == Shape::String
                && may_be_envelope(node.raw())
                && node.as_str().is_some_and(|text| Envelope::is_whole(&text))
            {
                let pointer = self.stray_pointer(node);
                let number = match numbers.get(&pointer) {
                    Some(number) => *number,
                    None => {
                        let message =
                            "envelopes stand at more different places than one record can list";
                        left = left
                            .checked_sub(pointer.len())
                            .ok_or_else(|| Error::new(ErrorCode::Limit, message))?;
                        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                        numbers.insert(pointer, next);
                        next
                    }
                };
                verdict.fault(self.patterns() + number, Code::UnexpectedEnvelope);
            }
        }
        let mut pointers = vec![String::new(); numbers.len()];
        for (pointer, number) in numbers {
            if let Some(slot) = pointers.get_mut(number as usize) {
                *slot = pointer;
            }
        }
        Ok(pointers)
    }

    /// Array elements are `*`, and so is every member whose name the schema does not write: it may
    /// be somebody's.
    fn stray_pointer(&self, node: Node<'_>) -> String {
        let mut ways = Vec::new();
        let mut at = Some(node);
        while let Some(node) = at {
            ways.push(node);
            at = node.parent();
        }
        let mut pointer = String::new();
        for node in ways.iter().rev().skip(1) {
            match node.name().and_then(|name| self.rules.plan().declared.find(name)) {
                Some(name) => push_token(&mut pointer, &name),
                None => pointer.push_str("/*"),
            }
        }
        pointer
    }
}

/// A cheap look at the raw text of a string: an envelope starts with `Fs1`, though any of that may
/// be escaped.
fn may_be_envelope(raw: &str) -> bool {
    raw.starts_with("\"Fs1") || raw.bytes().take(4).any(|byte| byte == b'\\')
}

const fn code(fault: Fault) -> Code {
    match fault {
        Fault::NotSealed => Code::NotSealed,
        Fault::Unsupported => Code::Unsupported,
        _ => Code::Integrity,
    }
}
