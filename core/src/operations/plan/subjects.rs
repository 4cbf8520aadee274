//! The data subjects of a document's values, and the rule for binding their reference.

use crate::ordered::OrderedMap;
use std::borrow::Cow;

use super::document::DocumentCall;
use super::pointer_cache::{ArrayStep, PointerCache};
use crate::error::{Error, ErrorCode};
use crate::json::{Node, Reached, Tape};
use crate::memory::recycled;
use crate::operations::Context;
use crate::resolver::place::Place;
use crate::resolver::walk::Location;
use crate::schema::marker::Marker;
use crate::schema::subject::SubjectRef;

/// The data subject of a location, before a key is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The number of the reference, for [`Subjects::text`]. `None` if the reference is sealed
    /// itself.
    pub(crate) reference: Option<u32>,
    /// The number of the marked location that contains the target of the pointer. The reference is
    /// then not bound, since opening cannot read it (docs/envelope.md, flag b6).
    pub(crate) identity: Option<u32>,
}

/// The result of a subject pointer from one place, for all values that share it.
type Outcome = Result<Subject, &'static str>;

/// Up to this number of references, a linear search is as fast as a map.
const FEW: usize = 8;

pub(crate) const NOBODY: &str = "the call names no data subject for this value";
const NOWHERE: &str = "the subject pointer leads nowhere in this document";
const NO_REFERENCE: &str =
    "the subject pointer leads to something else than a non-empty string or an integer";

/// The data subjects of one document's locations, requested in document order. Values that share a
/// subject share one traversal and one copy of its reference.
pub(crate) struct Subjects<'a> {
    tape: &'a Tape<'a>,
    locations: &'a [Location],
    context: &'a Context,
    /// The place of a value whose document is not there.
    place: Option<&'a Place>,
    /// True if the document holds clear values at its marked locations.
    clear: bool,
    texts: Vec<Cow<'a, str>>,
    /// The numbers of the texts, as soon as their count exceeds [`FEW`].
    numbers: OrderedMap<Cow<'a, str>, u32>,
    /// The subject of the call, after its first use.
    call: Option<Outcome>,
    /// One cache for each marker.
    pointers: Vec<PointerCache<Outcome>>,
    /// One cache for each retention, for the places of its start.
    starts: Vec<PointerCache<Outcome>>,
}

/// The memory of [`Subjects`] that are not used any more, for those of another document.
#[derive(Default)]
pub(crate) struct SubjectMemory {
    texts: Vec<Cow<'static, str>>,
    pointers: Vec<PointerCache<Outcome>>,
    starts: Vec<PointerCache<Outcome>>,
}

impl<'a> Subjects<'a> {
    pub(crate) fn new(call: &'a DocumentCall<'_>, clear: bool, memory: SubjectMemory) -> Self {
        let SubjectMemory { texts, pointers, starts } = memory;
        Subjects {
            place: call.place(),
            texts: recycled(texts),
            pointers,
            starts,
            ..Subjects::of_locations(&call.tape, &call.resolution.locations, &call.context, clear)
        }
    }

    /// Forgets all references and returns their memory.
    pub(crate) fn into_memory(self) -> SubjectMemory {
        let Subjects { texts, mut pointers, mut starts, .. } = self;
        forget(&mut pointers);
        forget(&mut starts);
        SubjectMemory { texts: recycled(texts), pointers, starts }
    }

    fn of_locations(
        tape: &'a Tape<'a>,
        locations: &'a [Location],
        context: &'a Context,
        clear: bool,
    ) -> Self {
        let (texts, numbers, pointers, starts) =
            (Vec::new(), OrderedMap::new(), Vec::new(), Vec::new());
        let (place, call) = (None, None);
        Subjects { tape, locations, context, place, clear, texts, numbers, call, pointers, starts }
    }

    /// Returns a reference by its number.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }

    /// Starts again at the beginning of the document.
    pub(crate) fn rewind(&mut self) {
        self.pointers.iter_mut().for_each(PointerCache::clear);
    }

    /// Returns the number of the location that contains `node`.
    fn covering(&self, node: Node<'_>) -> Option<u32> {
        let after = self.locations.partition_point(|location| location.node <= node.index());
        let number = after.checked_sub(1)?;
        let end = self.tape.node(self.locations.get(number)?.node)?.subtree_end();
        if node.index() < end { u32::try_from(number).ok() } else { None }
    }

    /// Returns the subject of the value at `node` by its marker, which has that number.
    ///
    /// # Errors
    /// The message that states why no subject is found.
    pub(crate) fn of(&mut self, number: u32, marker: &Marker, node: Node<'a>) -> Outcome {
        if marker.subject == SubjectRef::Call {
            return self.of_call();
        }
        if let Some(place) = self.place.filter(|_| marker.subject != SubjectRef::Nobody) {
            return self.in_place_of_pointer(place);
        }
        let mut cache = take_out(&mut self.pointers, number);
        let outcome = self.follow(&mut cache, &marker.subject, node);
        put_back(&mut self.pointers, number, cache);
        outcome
    }

    /// Returns the subject of the call in place of what a subject pointer names in a document that
    /// is not there.
    fn in_place_of_pointer(&mut self, place: &Place) -> Outcome {
        let identity = place.unbound.then_some(u32::MAX);
        if identity.is_some() && !self.clear {
            return Ok(Subject { reference: None, identity });
        }
        Ok(Subject { identity, ..self.of_call()? })
    }

    /// Returns the number of the text that starts the retention of that number, for the value at
    /// `node`.
    ///
    /// # Errors
    /// The message that states why no text is found.
    pub(crate) fn text_at(
        &mut self,
        retention: u32,
        place: &SubjectRef,
        node: Node<'a>,
    ) -> Result<u32, &'static str> {
        let mut cache = take_out(&mut self.starts, retention);
        let outcome = self.follow(&mut cache, place, node);
        put_back(&mut self.starts, retention, cache);
        outcome?.reference.ok_or(NOWHERE)
    }

    /// Returns the number of a reference that the call itself composes.
    pub(crate) fn named(&mut self, reference: String) -> u32 {
        self.number(Cow::Owned(reference))
    }

    fn follow(
        &mut self,
        cache: &mut PointerCache<Outcome>,
        subject: &SubjectRef,
        node: Node<'a>,
    ) -> Outcome {
        match subject {
            SubjectRef::Nobody => Ok(Subject { reference: None, identity: None }),
            SubjectRef::Call => self.of_call(),
            SubjectRef::Pointer(pointer) => {
                cache.once(self.tape.root(), node, |root| self.outcome(pointer.reach(root)))
            }
            SubjectRef::Relative(relative) => {
                let from = (0..relative.levels())
                    .try_fold(node, |node, _| node.parent())
                    .ok_or(NOWHERE)?;
                let (shift, tail) = (relative.shift(), relative.tail());
                let in_array = from.name().is_none() && from.parent().is_some();
                match tail {
                    Some(tail) if !relative.is_shifted() => {
                        cache.once(from, node, |from| self.outcome(tail.reach(from)))
                    }
                    None if !in_array && !relative.is_shifted() => {
                        cache.once(from, node, |from| match from.name() {
                            Some(name) => self.outcome(Reached::Name(name.unescaped())),
                            None => Err(NOWHERE),
                        })
                    }
                    _ if !in_array => Err(NOWHERE),
                    tail => cache.along(from, shift, node, |step| match (step, tail) {
                        (ArrayStep { target: Some(target), .. }, Some(tail)) => {
                            self.outcome(tail.reach(target))
                        }
                        (ArrayStep { target: Some(_), position }, None) => {
                            self.outcome(Reached::Position(position))
                        }
                        (ArrayStep { target: None, .. }, _) => Err(NOWHERE),
                    }),
                }
            }
        }
    }

    fn of_call(&mut self) -> Outcome {
        if let Some(known) = self.call {
            return known;
        }
        let outcome = self.context.named_subject().ok_or(NOBODY);
        let outcome = outcome.map(|reference| Subject {
            reference: Some(self.number(Cow::Borrowed(reference))),
            identity: None,
        });
        *self.call.insert(outcome)
    }

    fn outcome(&mut self, reached: Reached<'a>) -> Outcome {
        match reached {
            Reached::Value(target) => {
                let identity = self.covering(target);
                if identity.is_some() && !self.clear {
                    return Ok(Subject { reference: None, identity });
                }
                let reference = reference(target).ok_or(NO_REFERENCE)?;
                Ok(Subject { reference: Some(self.number(reference)), identity })
            }
            Reached::Name(name) if !name.is_empty() => {
                Ok(Subject { reference: Some(self.number(name)), identity: None })
            }
            Reached::Position(position) => Ok(Subject {
                reference: Some(self.number(Cow::Owned(position.to_string()))),
                identity: None,
            }),
            // The sealed text replaces the object into which the pointer continues.
            Reached::Short(target) if !self.clear => match self.covering(target) {
                Some(identity) => Ok(Subject { reference: None, identity: Some(identity) }),
                None => Err(NOWHERE),
            },
            Reached::Name(_) | Reached::Short(_) | Reached::Nowhere => Err(NOWHERE),
        }
    }

    /// Returns the same number for equal references, so that they are compared only once.
    fn number(&mut self, reference: Cow<'a, str>) -> u32 {
        let known = if self.texts.len() <= FEW {
            self.texts
                .iter()
                .position(|text| *text == reference)
                .and_then(|at| u32::try_from(at).ok())
        } else {
            self.numbers.get(&reference).copied()
        };
        if let Some(number) = known {
            return number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        if self.texts.len() > FEW {
            self.numbers.insert(reference.clone(), number);
        } else if self.texts.len() == FEW {
            // Not `collect`, whose sort would be compiled for this type alone.
            for (text, number) in self.texts.iter().chain([&reference]).zip(0..) {
                self.numbers.insert(text.clone(), number);
            }
        }
        self.texts.push(reference);
        number
    }
}

/// Up to this number, caches keep their memory from one document to the next.
const KEPT: usize = 64;

fn forget(caches: &mut Vec<PointerCache<Outcome>>) {
    caches.truncate(KEPT);
    caches.iter_mut().for_each(PointerCache::clear);
}

/// Takes the cache of that number, which [`put_back`] returns later.
fn take_out(caches: &mut Vec<PointerCache<Outcome>>, number: u32) -> PointerCache<Outcome> {
    let slot = number as usize;
    if caches.len() <= slot {
        caches.resize_with(slot + 1, PointerCache::default);
    }
    caches.get_mut(slot).map(std::mem::take).unwrap_or_default()
}

fn put_back(caches: &mut [PointerCache<Outcome>], number: u32, cache: PointerCache<Outcome>) {
    if let Some(slot) = caches.get_mut(number as usize) {
        *slot = cache;
    }
}

/// Returns the error of a call that lacks something for the value at `node`.
pub(crate) fn lacking(message: &'static str, node: Node<'_>) -> Error {
    Error::new(ErrorCode::Context, message).at(node.pointer())
}

/// Does what [`lacking`] does, and names the pointer of the marker, which is text of the schema.
pub(crate) fn lacking_subject(
    message: &'static str,
    subject: &SubjectRef,
    node: Node<'_>,
) -> Error {
    let text = match subject {
        SubjectRef::Pointer(pointer) if message == NOWHERE => pointer.to_string(),
        SubjectRef::Relative(relative) if message == NOWHERE => relative.to_string(),
        _ => return lacking(message, node),
    };
    // A pointer may be as long as the schema.
    if text.len() > LONGEST {
        return lacking(message, node);
    }
    let message = format!("the subject pointer `{text}` leads nowhere in this document");
    Error::new(ErrorCode::Context, message).at(node.pointer())
}

/// Bytes of a pointer that a message repeats.
const LONGEST: usize = 200;

/// Returns the text that names a person: a non-empty string, or an integer as `-?(0|[1-9][0-9]*)`
/// writes it, but not `-0`. `7` and `"7"` are one person.
fn reference(node: Node<'_>) -> Option<Cow<'_, str>> {
    if let Some(text) = node.as_str() {
        return Some(text).filter(|text| !text.is_empty());
    }
    let raw = node.raw();
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    let integer =
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && raw != "-0";
    integer.then_some(Cow::Borrowed(raw))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use proptest::prelude::*;

    use super::*;
    use crate::Limits;
    use crate::json::Relative;

    /// Documents of nested objects and arrays, with the few names that the pointers below use.
    fn document() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![Just("1"), Just("\"\""), Just("\"x\""), Just("null"), Just("-0")]
            .prop_map(str::to_owned);
        leaf.prop_recursive(5, 60, 5, |inner| {
            let members = prop::collection::btree_map("[ab]{0,2}", inner.clone(), 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..5)
                    .prop_map(|elements| format!("[{}]", elements.join(","))),
                members.prop_map(|all| {
                    let members: Vec<String> =
                        all.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
    }

    /// References have one number each, whether they are few or many.
    #[test]
    fn references_have_one_number_each_however_many_there_are() {
        let tape = Tape::parse(b"1".as_slice(), &Limits::default()).unwrap();
        let context = Context::default();
        for count in [1, FEW - 1, FEW, FEW + 1, FEW + 2, 10 * FEW] {
            let mut subjects = Subjects::of_locations(&tape, &[], &context, true);
            for round in 0..3 {
                for number in 0..count {
                    let reference = format!("person {number}");
                    assert_eq!(
                        subjects.named(reference.clone()),
                        number as u32,
                        "round {round} of {count}"
                    );
                    assert_eq!(subjects.text(number as u32), reference);
                }
            }
            assert_eq!(subjects.texts.len(), count);
        }
    }

    /// The pointer is text of the schema, and the message names it unless it is very long.
    #[test]
    fn a_pointer_that_leads_nowhere_is_named() {
        let tape = Tape::parse(br#"{"a":"Ada"}"#.as_slice(), &Limits::default()).unwrap();
        let node = tape.node(2).unwrap();
        let message = |pointer: &str, message| {
            let subject = SubjectRef::parse(pointer).unwrap();
            let error = lacking_subject(message, &subject, node);
            assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Context, Some("/a")));
            error.message.to_string()
        };
        for pointer in ["1/id", "/person/id", "2#", "0+1/x"] {
            let expected =
                format!("the subject pointer `{pointer}` leads nowhere in this document");
            assert_eq!(message(pointer, NOWHERE), expected);
            assert_eq!(message(pointer, NO_REFERENCE), NO_REFERENCE);
        }
        assert_eq!(message(&format!("/{}", "a".repeat(LONGEST)), NOWHERE), NOWHERE);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: fieldseal_conformance::counts::SUBJECT_WALKS.get(), failure_persistence: None, ..ProptestConfig::default() })]

        /// The cached result equals the result of a traversal from each value.
        #[test]
        fn v10_remembered_ways_lead_where_each_walk_does(
            text in document(),
            pointers in prop::collection::vec("([0-4]([+-][0-3])?(#|(/(a|b|ab|0|1|2)?){0,3}))|((/(a|b|0|1)){0,3})", 1..4),
            skipped in any::<u64>(),
        ) {
            let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
            let context = Context::default();
            let mut subjects = Subjects::of_locations(&tape, &[], &context, true);
            let all: Vec<SubjectRef> = pointers.iter().map(|pointer| SubjectRef::parse(pointer).unwrap()).collect();
            let mut caches: Vec<PointerCache<Outcome>> = all.iter().map(|_| PointerCache::default()).collect();
            let mut at = 0;
            while let Some(node) = tape.node(at).or_else(|| tape.node(at + 1)) {
                at = node.index() + 1;
                if skipped >> (at % 64) & 1 == 1 {
                    continue;
                }
                for (subject, cache) in all.iter().zip(&mut caches) {
                    let reached = match subject {
                        SubjectRef::Pointer(pointer) => pointer.reach(tape.root()),
                        SubjectRef::Relative(relative) => Relative::reach(relative, node),
                        SubjectRef::Call | SubjectRef::Nobody => Reached::Nowhere,
                    };
                    let expected = match reached {
                        Reached::Value(target) => reference(target).map(Cow::into_owned).ok_or(NO_REFERENCE),
                        Reached::Name(name) if !name.is_empty() => Ok(name.into_owned()),
                        Reached::Position(position) => Ok(position.to_string()),
                        _ => Err(NOWHERE),
                    };
                    let found = subjects.follow(cache, subject, node);
                    let found = found.map(|subject| subjects.text(subject.reference.unwrap()).to_owned());
                    prop_assert_eq!(found, expected, "{:?} from {} in {}", subject, node.pointer(), text);
                }
            }
        }
    }
}
