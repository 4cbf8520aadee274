//! The search for markers, decided ahead: which schemas apply to a value depends only on the way to it (phase 1 of resolver.md:
//! every branch counts), so the sets of schemas that can apply together are made once, while compiling, and a document is walked
//! with one state a value.

mod build;
mod survey;

use std::sync::Arc;

use super::graph::{NameId, Names};
use super::marker::Marker;
use super::pattern::{Match, Pattern};

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
    names: Box<[Entry]>,
    patterns: Option<Box<Patterned>>,
    /// For members that neither are named nor match.
    other: StateId,
    prefix: Box<[StateId]>,
    rest: StateId,
}

/// A member name, found without hashing: by a key of its length and some bytes first, and by its text only then.
#[derive(Clone, Copy, Debug)]
struct Entry {
    key: u64,
    name: NameId,
    state: StateId,
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
    patterns: Vec<Pattern>,
    pub(crate) names: Arc<Names>,
    pub(crate) markers: Vec<Marker>,
    /// Of each marked schema that the document can meet: its pointer, the shortest pattern of its locations, its marker.
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

    /// The state of the member of that name, and the name's number if a schema mentions it.
    #[inline]
    pub(crate) fn member(&self, state: &State, name: &str) -> (StateId, Option<NameId>) {
        let key = key(name);
        let mut at = state.names.partition_point(|entry| entry.key < key);
        while let Some(entry) = state.names.get(at).filter(|entry| entry.key == key) {
            if self.names.text(entry.name) == name {
                return (entry.state, Some(entry.name));
            }
            at += 1;
        }
        match &state.patterns {
            None => (state.other, None),
            Some(patterned) => (patterned.state(&self.patterns, name, state.other), None),
        }
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

/// Length, the first three and the last four bytes.
#[inline]
fn key(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let length = bytes.len().min(255) as u64;
    let start = bytes.iter().take(3).fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    let end = bytes.iter().rev().take(4).fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    length << 56 | start << 32 | end
}
