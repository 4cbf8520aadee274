//! What glances at the objects of a document have come to, as far as there is room.

use super::Tri;
use crate::resolver::program::RuleId;

/// A power of two.
const ROOM: usize = 64;

/// Each place holds the latest of those that share it. The rule is never 0 where there is one:
/// glances at that are known.
#[derive(Clone)]
pub(super) struct Glances([(RuleId, u32, Tri); ROOM]);

impl Default for Glances {
    fn default() -> Self {
        Glances([(0, 0, Tri::Unknown); ROOM])
    }
}

impl Glances {
    fn place(rule: RuleId, node: u32) -> usize {
        rule.wrapping_mul(31).wrapping_add(node.wrapping_mul(7)) as usize % ROOM
    }

    pub(super) fn find(&self, rule: RuleId, node: u32) -> Option<Tri> {
        self.0
            .get(Self::place(rule, node))
            .filter(|known| (known.0, known.1) == (rule, node))
            .map(|known| known.2)
    }

    pub(super) fn keep(&mut self, rule: RuleId, node: u32, outcome: Tri) {
        if let Some(place) = self.0.get_mut(Self::place(rule, node)) {
            *place = (rule, node, outcome);
        }
    }
}
