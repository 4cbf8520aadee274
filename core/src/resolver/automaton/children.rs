//! All states that the members or elements of a value can have, for what is said of them without a
//! document.

use std::ops::BitOrAssign;

use super::{Automaton, COMBINED, Mark, Patterned, State, StateId};
use crate::resolver::pattern::Match;
use crate::resolver::program::Program;

/// What may stand in place of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SealedShape {
    pub(crate) envelope: bool,
    pub(crate) token: bool,
}

impl BitOrAssign for SealedShape {
    fn bitor_assign(&mut self, other: SealedShape) {
        self.envelope |= other.envelope;
        self.token |= other.token;
    }
}

impl State {
    /// The states of those members that `are_meant`: by their name, if a schema mentions it, and
    /// the patterns that match it.
    pub(crate) fn members(
        &self,
        program: &Program,
        are_meant: impl Fn(Option<&str>, &dyn Fn(u32) -> Match) -> bool,
    ) -> Vec<StateId> {
        let pattern = |pattern: u32, name: &str| {
            program.patterns.get(pattern as usize).map_or(Match::Maybe, |own| own.matches(name))
        };
        let mut states = Vec::new();
        for entry in &self.names {
            let name = program.names.text(entry.name);
            if are_meant(Some(name), &|number| pattern(number, name)) {
                states.push(entry.state);
            }
        }
        match &self.patterns {
            None if are_meant(None, &|_| Match::Maybe) => states.push(self.other),
            None => {}
            Some(patterned) => patterned.add(program, self.other, are_meant, &mut states),
        }
        states
    }

    /// The states of the elements from an index on.
    pub(crate) fn elements(&self, from: usize) -> impl Iterator<Item = StateId> {
        self.prefix.get(from..).unwrap_or_default().iter().copied().chain([self.rest])
    }
}

impl Patterned {
    fn add(
        &self,
        program: &Program,
        other: StateId,
        are_meant: impl Fn(Option<&str>, &dyn Fn(u32) -> Match) -> bool,
        states: &mut Vec<StateId>,
    ) {
        let combined = self.patterns.len() <= COMBINED;
        for (code, state) in self.states.iter().enumerate() {
            let holds = |bit: usize| if combined { code >> bit & 1 == 1 } else { code == bit + 1 };
            let matches = |pattern: u32| match self.patterns.binary_search(&pattern) {
                Ok(bit) if holds(bit) => Match::Yes,
                Ok(_) => Match::No,
                Err(_) => Match::Maybe,
            };
            if are_meant(None, &matches) {
                states.push(if code == 0 { other } else { *state });
            }
        }
        // For some names nothing is known, or too much to tell it apart.
        let always = |pattern: &u32| {
            program.patterns.get(*pattern as usize).is_some_and(super::Pattern::decides_every_name)
        };
        if !combined || !self.patterns.iter().all(always) {
            states.push(self.any);
        }
    }
}

impl Automaton {
    /// What may stand in place of a value in that state.
    pub(crate) fn may_stand(&self, id: StateId) -> SealedShape {
        let markers = match self.state(id).map(|state| &state.mark) {
            Some(Mark::One(marker)) => std::slice::from_ref(marker),
            Some(Mark::Many(markers)) => markers,
            Some(Mark::None) | None => &[],
        };
        let is_token = |number: &u32| {
            self.markers.get(*number as usize).is_some_and(|marker| marker.pseudonym.is_some())
        };
        SealedShape {
            envelope: markers.iter().any(|number| !is_token(number)),
            token: markers.iter().any(is_token),
        }
    }
}
