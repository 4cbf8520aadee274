//! What a sealed document is worth, found without any key.

use std::collections::BTreeMap;

use super::context::Context;
use super::seal::name;
use super::site::{Site, holds_envelope, marker, protection, taken};
use super::subject::Subjects;
use crate::envelope::{Demand, Envelope, Fault, KeyIds, Workspace};
use crate::error::{CheckError, Error, ErrorCode};
use crate::evidence::{Code, Verdict};
use crate::json::{Node, Shape, Tape, push_token};
use crate::policy::{Marker, Policy, Resolution, Sought};

impl Policy {
    /// The verdict on a sealed document, RFC 8785 JSON: whether whole envelopes that the policy accepts stand at the marked
    /// locations and nowhere else. Needs no key, and so proves nothing about what they hold.
    ///
    /// The sealed form is not held against a schema yet, so every verdict says `unvalidated`.
    pub fn check(&self, document: &[u8]) -> Result<String, CheckError> {
        let tape = Tape::parse(document, &self.plan().limits)?;
        let mut resolution = self.resolve(&tape, Sought::Decided)?;
        // Where a value only may be marked, clear text is fine and an envelope is a near miss.
        resolution.keep(|location| location.decided || holds_envelope(&tape, location));
        let anybody = Context { subject: Some("anybody".to_owned()), ..Context::default() };
        Ok(Inspection { rules: self, tape: &tape, resolution: &resolution, anybody }.verdict()?)
    }
}

struct Inspection<'a> {
    rules: &'a Policy,
    tape: &'a Tape<'a>,
    resolution: &'a Resolution,
    /// Stands for the call that some day opens the document: what it names does not matter here.
    anybody: Context,
}

impl Inspection<'_> {
    fn verdict(&self) -> Result<String, Error> {
        let locations = &self.resolution.locations;
        let mut subjects = Subjects::new(self.tape, locations, &self.anybody, false);
        let mut verdict = Verdict::new("check", locations.len());
        verdict.say(Code::Unvalidated);
        let mut work = Workspace::new();
        let mut sites = Vec::with_capacity(locations.len());
        let mut fine = Vec::with_capacity(locations.len());
        for location in locations {
            let mut site = Site::new(location);
            let outcome = if location.disputed { Err(Fault::Integrity) } else { self.look(&mut subjects, &mut site, &mut work)? };
            if let Err(fault) = outcome {
                verdict.fault(site.pattern, code(fault));
            }
            if !site.decided {
                verdict.fault(site.pattern, Code::NearMiss);
            }
            fine.push(outcome.ok());
            sites.push(site);
        }
        for (site, demand) in sites.iter().zip(&fine) {
            let Some((demand, weaker)) = demand else { continue };
            let own = site.identity.and_then(|identity| sites.get(identity as usize));
            if own.is_some_and(|own| own.key_id.is_some() && own.key_id != site.key_id) {
                verdict.fault(site.pattern, Code::Integrity);
            } else {
                verdict.envelope(site.pattern, protection(demand), site.key_id);
                if *weaker {
                    verdict.fault(site.pattern, Code::AcceptedWeaker);
                }
            }
        }
        let strays = self.strays(&mut verdict)?;
        verdict.write(None, &name(self.rules), self.most(), |pattern, out| match pattern.checked_sub(self.patterns()) {
            None => self.resolution.patterns.write(pattern, out),
            Some(stray) => out.push_str(strays.get(stray as usize).map_or("", String::as_str)),
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

    /// What stands at a marked location: what it is taken as, and whether only because the marker accepts that too; or its fault.
    fn look<'a>(&'a self, subjects: &mut Subjects<'a>, site: &mut Site, work: &mut Workspace) -> Result<Result<(Demand, bool), Fault>, Error> {
        let (node, marker) = (site.node(self.tape)?, marker(self.rules, site.marker)?);
        let Ok(subject) = subjects.of(site.marker, marker, node) else {
            // Nobody's value: it opens for no call, but clear text is still clear text.
            let decoded = node.as_str().ok_or(Fault::NotSealed).and_then(|text| Envelope::decode(&text, work).map(|_| ()));
            return Ok(Err(decoded.err().unwrap_or(Fault::Integrity)));
        };
        site.identity = subject.identity;
        Ok(examine(node, marker, subject.identity.is_none(), work).map(|(ids, taken)| {
            site.key_id = ids.subject;
            taken
        }))
    }

    /// Whole envelopes outside all marked locations, counted by pointer; the pointers by number, after the resolution's patterns.
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
            if node.shape() == Shape::String && may_be_envelope(node.raw()) && node.as_str().is_some_and(|text| Envelope::is_whole(&text)) {
                let pointer = self.stray_pointer(node);
                let number = match numbers.get(&pointer) {
                    Some(number) => *number,
                    None => {
                        let message = "envelopes stand at more different places than one record can list";
                        left = left.checked_sub(pointer.len()).ok_or_else(|| Error::new(ErrorCode::Limit, message))?;
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

    /// Array elements are `*`, and so is every member whose name the schema does not write: it may be somebody's.
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

/// A cheap look at the raw text of a string: an envelope starts with `Fs1`, though any of that may be escaped.
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

/// The keys that the text at a marked location names, if it is an envelope that its policy accepts there, and what it is taken as.
fn examine(node: Node<'_>, marker: &Marker, subject_bound: bool, work: &mut Workspace) -> Result<(KeyIds, (Demand, bool)), Fault> {
    let text = node.as_str().ok_or(Fault::NotSealed)?;
    let envelope = Envelope::decode(&text, work)?;
    taken(&envelope, marker, subject_bound).map(|taken| (envelope.ids(), taken)).ok_or(Fault::Integrity)
}
