//! Finds the members or elements of a value that are evaluated, for `unevaluatedProperties` and
//! `unevaluatedItems`.
//!
//! Supposes that the schema that holds the keyword passes (docs/what-is-sealed.md).

use super::{Depth, Evaluator, Subject, Truth, program_name};
use crate::json::{Node, Shape};
use crate::resolver::automaton::StateId;
use crate::resolver::pattern::Match;
use crate::resolver::program::{Applicator, Rule, RuleId};

/// The kind of children: members or elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::resolver) enum ChildKind {
    Members,
    Elements,
}

/// A set of members or elements by position.
#[derive(Clone, Debug, Default)]
pub(in crate::resolver) struct PositionSet(Vec<u64>);

impl PositionSet {
    pub(in crate::resolver) fn none(count: usize) -> PositionSet {
        PositionSet(vec![0; count.div_ceil(64)])
    }

    fn all(count: usize) -> PositionSet {
        PositionSet(vec![u64::MAX; count.div_ceil(64)])
    }

    pub(in crate::resolver) fn has(&self, position: usize) -> bool {
        self.0.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    pub(in crate::resolver) fn fill(&mut self) {
        self.0.fill(u64::MAX);
    }

    pub(in crate::resolver) fn insert(&mut self, position: usize) {
        if let Some(word) = self.0.get_mut(position / 64) {
            *word |= 1 << (position % 64);
        }
    }

    fn union(&mut self, other: &PositionSet) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    fn intersect(&mut self, other: &PositionSet) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }
}

/// The children that are certainly evaluated, and those that may be.
#[derive(Clone, Debug)]
pub(in crate::resolver) struct Evaluated {
    pub(in crate::resolver) certain: PositionSet,
    pub(in crate::resolver) possible: PositionSet,
}

impl Evaluated {
    fn none(count: usize) -> Evaluated {
        Evaluated { certain: PositionSet::none(count), possible: PositionSet::none(count) }
    }

    fn all(count: usize) -> Evaluated {
        Evaluated { certain: PositionSet::all(count), possible: PositionSet::all(count) }
    }

    fn union(&mut self, other: &Evaluated) {
        self.certain.union(&other.certain);
        self.possible.union(&other.possible);
    }

    fn insert(&mut self, position: usize, outcome: Match) {
        if outcome != Match::No {
            self.possible.insert(position);
        }
        if outcome == Match::Yes {
            self.certain.insert(position);
        }
    }
}

impl<'p> Evaluator<'p> {
    /// Returns the children that the keywords beside `unevaluated…` of `holder` evaluate in a
    /// readable value.
    pub(in crate::resolver) fn evaluated(
        &mut self,
        holder: &'p Rule,
        node: Node<'_>,
        state: StateId,
        kind: ChildKind,
    ) -> Evaluated {
        let mut found = self.adjacent(holder, node, state, kind);
        self.applied(holder, node, state, kind, &mut found, &mut Vec::new());
        found
    }

    fn adjacent(
        &mut self,
        rule: &'p Rule,
        node: Node<'_>,
        state: StateId,
        kind: ChildKind,
    ) -> Evaluated {
        let count = node.len() as usize;
        self.spend(count / 8);
        let mut found = Evaluated::none(count);
        match kind {
            ChildKind::Members if node.shape() == Shape::Object && rule.additional.is_some() => {
                Evaluated::all(count)
            }
            ChildKind::Members if node.shape() == Shape::Object => {
                if rule.properties.is_empty() && rule.patterns.is_empty() {
                    return found;
                }
                for (position, (name, _)) in node.members().enumerate() {
                    self.spend(1 + rule.patterns.len());
                    if rule.property(&self.program.names, name.key(), name).is_some() {
                        found.insert(position, Match::Yes);
                    }
                    for (pattern, _) in &rule.patterns {
                        let outcome = self.matches(*pattern, &name.unescaped());
                        found.insert(position, outcome);
                    }
                }
                found
            }
            ChildKind::Elements if node.shape() == Shape::Array && rule.rest.is_some() => {
                Evaluated::all(count)
            }
            ChildKind::Elements if node.shape() == Shape::Array => {
                (0..count.min(rule.prefix.len())).for_each(|index| found.insert(index, Match::Yes));
                if let Some(contains) = rule.contains {
                    for (index, value) in node.elements().enumerate() {
                        let below = self.element_state(state, index);
                        match self.test(contains.rule, Subject::Value(value, below), Depth::Whole) {
                            Truth::Pass if contains.evaluates => found.insert(index, Match::Yes),
                            // Before 2020-12 `contains` evaluates nothing, but some validators,
                            // including the one used here, count the item as evaluated.
                            Truth::Pass => found.insert(index, Match::Maybe),
                            Truth::Unknown => found.insert(index, Match::Maybe),
                            Truth::Fail => {}
                        }
                    }
                }
                found
            }
            _ => found,
        }
    }

    /// Adds the children evaluated by the schemas that the rule applies to the same value.
    fn applied(
        &mut self,
        rule: &'p Rule,
        node: Node<'_>,
        state: StateId,
        kind: ChildKind,
        found: &mut Evaluated,
        around: &mut Vec<RuleId>,
    ) {
        let subject = Subject::Value(node, state);
        for here in &rule.here {
            match here {
                Applicator::Always(target) => {
                    let own = self.by(*target, node, state, kind, around);
                    found.union(&own);
                }
                Applicator::Any(branches) | Applicator::One(branches) => {
                    let one = matches!(here, Applicator::One(_));
                    let mut outcomes: Vec<(RuleId, Truth)> = Vec::with_capacity(branches.len());
                    for branch in branches.iter() {
                        let outcome = self.test(*branch, subject, Depth::Whole);
                        outcomes.push((*branch, outcome));
                    }
                    if one && outcomes.iter().any(|(_, outcome)| *outcome == Truth::Pass) {
                        outcomes.retain(|(_, outcome)| *outcome == Truth::Pass);
                    }
                    self.sides(&outcomes, node, state, kind, found, around);
                }
                Applicator::If { test, then, otherwise } => {
                    let decided = self.test(*test, subject, Depth::Whole);
                    let (mut holds, mut fails) = (decided, decided.not());
                    if decided == Truth::Unknown {
                        // A side that cannot pass decides the condition.
                        if self.test(*then, subject, Depth::Whole) == Truth::Fail {
                            (holds, fails) = (Truth::Fail, Truth::Unknown);
                        } else if self.test(*otherwise, subject, Depth::Whole) == Truth::Fail {
                            (holds, fails) = (Truth::Unknown, Truth::Fail);
                        }
                    }
                    let mut first = self.by(*test, node, state, kind, around);
                    let then = self.by(*then, node, state, kind, around);
                    first.union(&then);
                    let second = self.by(*otherwise, node, state, kind, around);
                    join(&[(holds, first), (fails, second)], found);
                }
                Applicator::Dependent(name, target) => {
                    let present = self.presence(subject, program_name(self.program, *name));
                    if present != Some(false) {
                        let own = self.by(*target, node, state, kind, around);
                        found.possible.union(&own.possible);
                        if present == Some(true) {
                            found.certain.union(&own.certain);
                        }
                    }
                }
                Applicator::Not(_) | Applicator::Idle(_) => {}
            }
        }
    }

    fn sides(
        &mut self,
        outcomes: &[(RuleId, Truth)],
        node: Node<'_>,
        state: StateId,
        kind: ChildKind,
        found: &mut Evaluated,
        around: &mut Vec<RuleId>,
    ) {
        let sides: Vec<(Truth, Evaluated)> = outcomes
            .iter()
            .map(|(branch, outcome)| (*outcome, self.by(*branch, node, state, kind, around)))
            .collect();
        join(&sides, found);
    }

    fn by(
        &mut self,
        id: RuleId,
        node: Node<'_>,
        state: StateId,
        kind: ChildKind,
        around: &mut Vec<RuleId>,
    ) -> Evaluated {
        let program = self.program;
        let count = node.len() as usize;
        self.spend(1 + count / 64);
        let Some(rule) = program
            .rule(id)
            .filter(|_| !around.contains(&id) && around.len() < 256 && self.is_within())
        else {
            return Evaluated::none(count);
        };
        let remaining = match kind {
            ChildKind::Members => {
                rule.unevaluated_properties.is_some() && node.shape() == Shape::Object
            }
            ChildKind::Elements => rule.unevaluated_items.is_some() && node.shape() == Shape::Array,
        };
        if remaining {
            return Evaluated::all(count);
        }
        let mut found = self.adjacent(rule, node, state, kind);
        around.push(id);
        self.applied(rule, node, state, kind, &mut found, around);
        around.pop();
        found
    }
}

/// Combines the sides of a choice. A child is certainly evaluated if a side that certainly passes
/// evaluates it, or if every side does that is not pruned. If all sides are pruned, all count.
fn join(sides: &[(Truth, Evaluated)], found: &mut Evaluated) {
    #[cfg(test)]
    if crate::resolver::decide::trap::is_set(super::trap::Trap::TakesPossibleForEvaluated) {
        sides.iter().for_each(|(_, side)| {
            found.certain.union(&side.possible);
            found.possible.union(&side.possible);
        });
        return;
    }
    let none_left = sides.iter().all(|(outcome, _)| *outcome == Truth::Fail);
    let mut every: Option<PositionSet> = None;
    for (outcome, side) in sides {
        if *outcome == Truth::Fail && !none_left {
            continue;
        }
        found.possible.union(&side.possible);
        if *outcome == Truth::Pass {
            found.certain.union(&side.certain);
        }
        match &mut every {
            Some(every) => every.intersect(&side.certain),
            None => every = Some(side.certain.clone()),
        }
    }
    if let Some(every) = every {
        found.certain.union(&every);
    }
}
