//! Outcomes of rules on values, so that schemas that apply one another in turn take time in
//! proportion to the document.

use crate::ordered::OrderedMap;

use crate::resolver::program::RuleId;

/// The greatest number of outcomes that are kept. They are dropped when it is reached.
const MOST: usize = 1 << 20;

/// The outcomes of one document. Few documents take the steps after which they are kept.
pub(super) struct Memo {
    /// Outcomes are kept once this many steps or fewer are left.
    from: u64,
    outcomes: OrderedMap<(RuleId, u32), bool>,
}

impl Memo {
    pub(super) fn after(from: u64) -> Memo {
        Memo { from, outcomes: OrderedMap::new() }
    }

    pub(super) fn from(&self) -> u64 {
        self.from
    }

    #[inline]
    pub(super) fn is_kept(&self, steps: u64) -> bool {
        steps <= self.from
    }

    pub(super) fn find(&self, rule: RuleId, value: u32) -> Option<bool> {
        self.outcomes.get(&(rule, value)).copied()
    }

    pub(super) fn keep(&mut self, rule: RuleId, value: u32, outcome: bool) {
        if self.outcomes.len() >= MOST {
            self.outcomes.clear();
        }
        self.outcomes.insert((rule, value), outcome);
    }
}
