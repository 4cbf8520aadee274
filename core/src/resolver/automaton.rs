//! A state machine that finds the values that markers may apply to.
//!
//! In phase 1 (docs/what-is-sealed.md) every branch counts, so the schemas that apply to a value
//! depend only on its path. Compiling builds the sets of schemas that can apply together, and a
//! traversal needs one state for each value.

mod build;
mod children;
mod evaluated;
mod nested;
mod steps;

pub(crate) use children::SealedShape;

use crate::ordered::OrderedMap;

use super::pattern::{Match, Pattern};
use super::program::{NameId, Places, Program, key};
use crate::json::{Members, Name, Node};
use crate::schema::marker::Marker;

/// An index into [`Automaton::states`].
pub(crate) type StateId = u32;

/// The state of values without a marker at or below them.
pub(crate) const DEAD: StateId = 0;

/// The combined markers of a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    None,
    /// One marker, as an index into [`Automaton::markers`].
    One(u32),
    /// Markers that disagree, as indices into [`Automaton::markers`].
    Many(Box<[u32]>),
}

/// A set of schemas that can apply to one value together.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) mark: Mark,
    /// True if a marker can apply further down.
    pub(crate) leads_on: bool,
    /// Number of rules in the set.
    pub(crate) rules: u32,
    /// True if no condition occurs below: once all rules of the set apply, location alone decides
    /// everything below.
    pub(crate) unconditional_below: bool,
    names: Box<[NameEntry]>,
    places: Places,
    patterns: Option<Box<Patterned>>,
    /// The state of members that are neither named nor matched by a pattern.
    other: StateId,
    prefix: Box<[StateId]>,
    rest: StateId,
}

/// A member name and its state.
///
/// Names are found without hashing: first by a key of their length and some bytes, then by their
/// text.
#[derive(Clone, Copy, Debug)]
struct NameEntry {
    key: u64,
    name: NameId,
    state: StateId,
}

/// A member at or below which a marker can apply.
pub(crate) struct Alive<'a> {
    pub(crate) node: Node<'a>,
    /// The key of its name.
    pub(crate) key: u64,
    /// Its position among the members of its object.
    pub(crate) position: usize,
    pub(crate) state: StateId,
    /// The number of its name, if a schema mentions the name here.
    pub(crate) known: Option<NameId>,
}

/// The states of members whose names match patterns.
#[derive(Debug)]
struct Patterned {
    /// Indices of the decidable patterns.
    patterns: Box<[u32]>,
    /// States by the bit set of matching patterns if the patterns are few, otherwise by single
    /// pattern.
    states: Box<[StateId]>,
    /// The state that supposes that every pattern might match. It applies if a pattern cannot be
    /// decided for the name, or if several of many patterns match.
    any: StateId,
}

/// The greatest number of patterns in one state for which all combinations get states.
const COMBINED: usize = 6;

/// All states, beginning with [`DEAD`], and their markers.
#[derive(Debug)]
pub(crate) struct Automaton {
    pub(crate) root: StateId,
    states: Vec<State>,
    pub(crate) markers: Vec<Marker>,
    /// Merged markers, by the sorted indices of markers that occur together and agree.
    merged: OrderedMap<Box<[u32]>, u32>,
    /// By a marker whose placeholder follows from its type: the same marker with `null` instead.
    nulls: OrderedMap<u32, u32>,
}

impl Automaton {
    #[inline]
    pub(crate) fn state(&self, id: StateId) -> Option<&State> {
        self.states.get(id as usize)
    }

    /// Returns the state of a member by its name and [`key`](super::program::key), and the number
    /// of the name if a schema mentions it here.
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

    /// Returns the next member that is not dead, and advances past it.
    ///
    /// A function of its own keeps the loop over dead members in registers.
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

    /// Returns the state of a member whose name a schema mentions.
    pub(crate) fn named(program: &Program, state: &State, name: NameId) -> StateId {
        Automaton::spelt(program, state, program.names.text(name)).0
    }

    /// Returns the state of a member by the text of its name, and the number of the name if a schema
    /// mentions it here.
    pub(crate) fn spelt(program: &Program, state: &State, text: &str) -> (StateId, Option<NameId>) {
        let at = state.places.find(
            &state.names,
            key(text),
            |entry| entry.key,
            |entry| program.names.text(entry.name) == text,
        );
        match (at.and_then(|at| state.names.get(at)), &state.patterns) {
            (Some(entry), _) => (entry.state, Some(entry.name)),
            (None, None) => (state.other, None),
            (None, Some(patterned)) => {
                (patterned.state(&program.patterns, text, state.other), None)
            }
        }
    }

    /// Returns the combined marker of a whole state, and true if its markers disagree.
    pub(crate) fn merged_of(&self, mark: &Mark) -> (u32, bool) {
        match mark {
            Mark::None => (u32::MAX, false),
            Mark::One(marker) => (*marker, false),
            Mark::Many(markers) => (markers.first().copied().unwrap_or(u32::MAX), true),
        }
    }

    /// Returns the combined marker of some markers of a state, and true if they disagree.
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

    /// Returns the state of the element at this index.
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
