//! The search for markers, decided ahead: which schemas apply to a value depends only on the way to
//! it (phase 1 of resolver.md: every branch counts), so the sets of schemas that can apply together
//! are made once, while compiling, and a document is walked with one state a value.

mod build;
#[cfg(feature = "validation")]
mod children;
mod evaluated;
mod summary;

#[cfg(feature = "validation")]
pub(crate) use children::SealedShape;

use std::collections::BTreeMap;

use super::pattern::{Match, Pattern};
use super::program::{NameId, Places, Program, key};
use crate::json::{Members, Name, Node};
use crate::schema::marker::Marker;

/// An index into the states.
pub(crate) type StateId = u32;

/// No marker is here or below.
pub(crate) const DEAD: StateId = 0;

/// What the markers at a location come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    None,
    /// An index into the markers.
    One(u32),
    /// They disagree.
    Many(Box<[u32]>),
}

/// A set of schemas that apply to one value.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) mark: Mark,
    /// Whether a marker can stand further down.
    pub(crate) leads_on: bool,
    /// How many rules that say something apply here.
    pub(crate) rules: u32,
    /// Where all these rules apply, whatever is below is decided by where it stands: no condition
    /// is there.
    pub(crate) unconditional_below: bool,
    names: Box<[NameEntry]>,
    places: Places,
    patterns: Option<Box<Patterned>>,
    /// For members that neither are named nor match.
    other: StateId,
    prefix: Box<[StateId]>,
    rest: StateId,
}

/// A member name, found without hashing: by a key of its length and some bytes first, and by its
/// text only then.
#[derive(Clone, Copy, Debug)]
struct NameEntry {
    key: u64,
    name: NameId,
    state: StateId,
}

/// A member at or below which a marker can stand.
pub(crate) struct Alive<'a> {
    pub(crate) node: Node<'a>,
    /// Of its name.
    pub(crate) key: u64,
    /// Among the members of its object.
    pub(crate) position: usize,
    pub(crate) state: StateId,
    /// The number of its name, if a schema mentions it here.
    pub(crate) known: Option<NameId>,
}

/// Where members go whose names match patterns.
#[derive(Debug)]
struct Patterned {
    /// Indices of decidable patterns.
    patterns: Box<[u32]>,
    /// By the bits of the patterns that match, if those are few; else for each pattern alone.
    states: Box<[StateId]>,
    /// If a pattern cannot be decided for the name, or several of many match: as if all might.
    any: StateId,
}

/// With more patterns in one state, combinations of two and more of them count as all.
const COMBINED: usize = 6;

/// The states, from the root's on.
#[derive(Debug)]
pub(crate) struct Automaton {
    pub(crate) root: StateId,
    states: Vec<State>,
    pub(crate) markers: Vec<Marker>,
    /// Sets of markers that are met together and agree, by their numbers: what they come to.
    merged: BTreeMap<Box<[u32]>, u32>,
    /// By the number of a marker whose placeholder follows from its type: the same with `null`.
    nulls: BTreeMap<u32, u32>,
    /// Of each marked schema that the document can meet: its pointer, the shortest pattern of its
    /// locations, its marker.
    pub(crate) coverage: Vec<Covered>,
}

/// A marked schema, and where in a document it applies.
#[derive(Debug)]
pub(crate) struct Covered {
    pub(crate) schema_pointer: String,
    pub(crate) pattern: String,
    pub(crate) marker: Marker,
}

impl Automaton {
    #[inline]
    pub(crate) fn state(&self, id: StateId) -> Option<&State> {
        self.states.get(id as usize)
    }

    /// The state of the member of that name and [`key`](super::program::key), and the name's number
    /// if a schema mentions it here.
    #[cfg_attr(feature = "validation", inline(always))]
    pub(crate) fn member(
        program: &Program,
        state: &State,
        name: Name<'_>,
        key: u64,
    ) -> (StateId, Option<NameId>) {
        let at = state.places.find(
            &state.names,
            key,
            |entry| entry.key,
            |entry| program.names.is(entry.name, key, name),
        );
        if let Some(entry) = at.and_then(|at| state.names.get(at)) {
            return (entry.state, Some(entry.name));
        }
        match &state.patterns {
            None => (state.other, None),
            Some(patterned) => {
                (patterned.state(&program.patterns, &name.unescaped(), state.other), None)
            }
        }
    }

    /// The next member that is not dead, its position, its state and the number of its name. A
    /// function of its own, so that a loop over what is dead stays in registers.
    #[inline(never)]
    pub(crate) fn next_member<'a>(
        program: &Program,
        state: &State,
        members: &mut Members<'a>,
        position: &mut usize,
    ) -> Option<Alive<'a>> {
        let (mut left, mut at) = (members.clone(), *position);
        let mut found = None;
        for (name, node) in left.by_ref() {
            let key = name.key();
            let (state, known) = Automaton::member(program, state, name, key);
            at += 1;
            if state != DEAD {
                found = Some(Alive { node, key, position: at - 1, state, known });
                break;
            }
        }
        (*members, *position) = (left, at);
        found
    }

    /// The state of the member of a name that the schema writes.
    pub(crate) fn named(program: &Program, state: &State, name: NameId) -> StateId {
        let text = program.names.text(name);
        let at = state.places.find(
            &state.names,
            key(text),
            |entry| entry.key,
            |entry| entry.name == name,
        );
        match (at.and_then(|at| state.names.get(at)), &state.patterns) {
            (Some(entry), _) => entry.state,
            (None, None) => state.other,
            (None, Some(patterned)) => patterned.state(&program.patterns, text, state.other),
        }
    }

    /// The marker that a whole state comes to, and whether its markers disagree.
    pub(crate) fn merged_of(&self, mark: &Mark) -> (u32, bool) {
        match mark {
            Mark::None => (u32::MAX, false),
            Mark::One(marker) => (*marker, false),
            Mark::Many(markers) => (markers.first().copied().unwrap_or(u32::MAX), true),
        }
    }

    /// What some of the markers of a state come to, and whether they disagree.
    pub(crate) fn merge(&self, numbers: &[u32]) -> (u32, bool) {
        let first = numbers.first().copied().unwrap_or(u32::MAX);
        if let Some(known) = self.merged.get(numbers) {
            return (*known, false);
        }
        let markers: Vec<&Marker> =
            numbers.iter().filter_map(|number| self.markers.get(*number as usize)).collect();
        let Ok(Some(merged)) = Marker::merge(&markers) else { return (first, true) };
        let is_it = |number: &u32| {
            self.markers.get(*number as usize).is_some_and(|own| own.erased() == merged.erased())
        };
        let candidates = numbers
            .iter()
            .copied()
            .chain(numbers.iter().filter_map(|number| self.nulls.get(number).copied()));
        (candidates.into_iter().find(is_it).unwrap_or(first), false)
    }

    /// The state of the element at that index.
    #[inline]
    pub(crate) fn element(state: &State, index: usize) -> StateId {
        state.prefix.get(index).copied().unwrap_or(state.rest)
    }
}

impl Patterned {
    fn state(&self, patterns: &[Pattern], name: &str, other: StateId) -> StateId {
        let combined = self.patterns.len() <= COMBINED;
        let mut code = 0usize;
        for (bit, pattern) in self.patterns.iter().enumerate() {
            match patterns.get(*pattern as usize).map(|pattern| pattern.matches(name)) {
                Some(Match::Yes) if combined => code |= 1 << bit,
                Some(Match::Yes) if code == 0 => code = bit + 1,
                Some(Match::No) => {}
                _ => return self.any,
            }
        }
        if code == 0 { other } else { self.states.get(code).copied().unwrap_or(self.any) }
    }
}
