//! Transitions and markers of the states, for statements about a policy without a document.

use crate::ordered::OrderedSet;

use super::{Automaton, COMBINED, DEAD, Mark, Patterned, State, StateId};
use crate::resolver::program::Program;

impl State {
    /// Lists the states that a state leads to, each with the member name, or `None` for elements
    /// and for members found by a pattern or `additionalProperties`.
    pub(crate) fn steps<'p>(&self, program: &'p Program) -> Vec<(Option<&'p str>, StateId)> {
        let named = |entry: &super::NameEntry| (Some(program.names.text(entry.name)), entry.state);
        let mut steps: Vec<(Option<&'p str>, StateId)> = self.names.iter().map(named).collect();
        if let Some(patterned) = &self.patterns {
            steps.extend(
                patterned.states.iter().chain([&patterned.any]).map(|state| (None, *state)),
            );
        }
        steps.extend(
            self.prefix.iter().chain([&self.other, &self.rest]).map(|state| (None, *state)),
        );
        steps.retain(|(_, state)| *state != DEAD);
        steps
    }

    /// Returns the state of members that no schema names here and that match no pattern.
    pub(crate) fn unnamed(&self) -> StateId {
        self.other
    }

    /// Returns the states of members that no schema names here and that match the pattern.
    pub(crate) fn matching(&self, pattern: u32) -> Vec<StateId> {
        match &self.patterns {
            Some(patterned) => patterned.matching(pattern).unwrap_or_else(|| vec![self.other]),
            None => vec![self.other],
        }
    }

    /// Returns true if a marker can apply in elements, in all alike, and in no member.
    pub(crate) fn has_elements_alone(&self) -> bool {
        let mut members = self.names.iter().map(|entry| entry.state).chain([self.other]);
        members.all(|state| state == DEAD) && self.patterns.is_none() && self.prefix.is_empty()
    }

    /// Returns the states of all elements.
    pub(crate) fn all_elements(&self) -> impl Iterator<Item = StateId> {
        self.prefix.iter().copied().chain([self.rest])
    }
}

impl Patterned {
    fn matching(&self, pattern: u32) -> Option<Vec<StateId>> {
        let own = self.patterns.binary_search(&pattern).ok()?;
        let matched = |(code, state): (usize, &StateId)| {
            let holds = if self.patterns.len() <= COMBINED {
                code >> own & 1 == 1
            } else {
                code == own + 1
            };
            holds.then_some(*state)
        };
        Some(self.states.iter().enumerate().filter_map(matched).collect())
    }
}

impl Automaton {
    /// Returns, for each merged marker, the markers that it was merged from. An unmerged marker is
    /// its own origin.
    pub(crate) fn origins(&self) -> Vec<&[u32]> {
        let mut origins: Vec<&[u32]> = vec![&[]; self.markers.len()];
        for (numbers, merged) in self.merged.iter() {
            if let Some(origin) = origins.get_mut(*merged as usize) {
                *origin = numbers;
            }
        }
        origins
    }

    /// Returns the markers that some value can meet.
    pub(crate) fn reached(&self) -> OrderedSet<u32> {
        let origins = self.origins();
        let mut reached = OrderedSet::new();
        for state in &self.states {
            reached.extend(state.mark.numbers(&origins).iter().copied());
        }
        reached
    }
}

impl Mark {
    /// Returns the markers that it was merged from.
    pub(crate) fn numbers<'m>(&'m self, origins: &[&'m [u32]]) -> &'m [u32] {
        match self {
            Mark::None => &[],
            Mark::One(marker) => {
                origins.get(*marker as usize).copied().unwrap_or(std::slice::from_ref(marker))
            }
            Mark::Many(markers) => markers,
        }
    }
}
