//! A small cache of shallow evaluations of the objects of a document.

use super::truth::Truth;
use crate::resolver::program::RuleId;

/// Number of slots, a power of two.
const ROOM: usize = 64;

/// A slot holds the latest of the outcomes that share it. Rule 0 marks an empty slot: its outcome
/// is known without a test.
#[derive(Clone)]
pub(super) struct ShallowMemo([(RuleId, u32, Truth); ROOM]);

impl Default for ShallowMemo {
    fn default() -> Self {
        ShallowMemo([(0, 0, Truth::Unknown); ROOM])
    }
}

impl ShallowMemo {
    fn place(rule: RuleId, node: u32) -> usize {
        rule.wrapping_mul(31).wrapping_add(node.wrapping_mul(7)) as usize % ROOM
    }

    pub(super) fn find(&self, rule: RuleId, node: u32) -> Option<Truth> {
        self.0
            .get(Self::place(rule, node))
            .filter(|known| (known.0, known.1) == (rule, node))
            .map(|known| known.2)
    }

    pub(super) fn keep(&mut self, rule: RuleId, node: u32, outcome: Truth) {
        if let Some(place) = self.0.get_mut(Self::place(rule, node)) {
            *place = (rule, node, outcome);
        }
    }
}
