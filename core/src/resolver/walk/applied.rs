//! Determines the rules that apply to a value, without those that certainly do not.

use std::ops::Range;

use crate::json::{Node, Shape};
use crate::resolver::automaton::{Alive, StateId};
use crate::resolver::decide::{ChildKind, Depth, Evaluator, OPAQUE, PositionSet, Subject, Truth};
use crate::resolver::pattern::Match;
use crate::resolver::program::{Applicator, Branches, RuleId};

/// A rule that applies to a value.
#[derive(Clone, Copy)]
struct Applied {
    rule: RuleId,
    /// True if the rule passes in every conforming document.
    passes: bool,
}

/// The rules that apply to the values on the way from the root to the current value, in the order
/// of the way. A value's own rules are those from some index on.
pub(super) struct AppliedRules<'s> {
    pub(super) evaluator: Evaluator<'s>,
    list: Vec<Applied>,
    remaining: Vec<Remaining>,
    /// Scratch memory for the branches of one keyword.
    outcomes: Vec<(RuleId, Truth)>,
}

/// The memory of [`AppliedRules`] that are not used any more.
#[derive(Default)]
pub(super) struct RuleMemory {
    list: Vec<Applied>,
    remaining: Vec<Remaining>,
    outcomes: Vec<(RuleId, Truth)>,
}

/// An `unevaluated…` keyword and the members or elements that it does not apply to.
struct Remaining {
    target: RuleId,
    kind: ChildKind,
    /// The children that are certainly evaluated otherwise; `None` if this is unknown, so that the
    /// keyword may apply to each child.
    evaluated: Option<PositionSet>,
}

impl<'s> AppliedRules<'s> {
    /// Starts without rules.
    pub(super) fn new(evaluator: Evaluator<'s>, memory: RuleMemory) -> Self {
        let RuleMemory { mut list, remaining, outcomes } = memory;
        list.reserve(64);
        AppliedRules { evaluator, list, remaining, outcomes }
    }

    /// Forgets all rules and returns their memory.
    pub(super) fn into_memory(self) -> RuleMemory {
        let AppliedRules { mut list, mut remaining, mut outcomes, .. } = self;
        list.clear();
        remaining.clear();
        outcomes.clear();
        RuleMemory { list, remaining, outcomes }
    }

    /// Adds the rule of the root.
    pub(super) fn start(&mut self) {
        let root = self.evaluator.program.root;
        if self.evaluator.program.leads(root) {
            self.list.push(Applied { rule: root, passes: true });
        }
    }

    /// Returns the number of rules on the way.
    pub(super) const fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns the number of `unevaluated…` keywords on the way.
    pub(super) const fn remaining_len(&self) -> usize {
        self.remaining.len()
    }

    /// Forgets the rules from an index on.
    pub(super) fn truncate(&mut self, from: usize) {
        self.list.truncate(from);
    }

    /// Forgets the rules and the `unevaluated…` keywords from their indices on.
    pub(super) fn leave(&mut self, from: usize, remaining: usize) {
        self.list.truncate(from);
        self.remaining.truncate(remaining);
    }

    /// Returns the combined marker of the rules from `from` on, and true if their markers disagree.
    pub(super) fn decided(&self, from: usize) -> Option<(u32, bool)> {
        let rules = self.list.get(from..).unwrap_or_default();
        let mut all =
            rules.iter().filter_map(|applied| self.evaluator.program.rule(applied.rule)?.marker);
        let first = all.next()?;
        if all.all(|other| other == first) {
            return Some((first, false));
        }
        let numbers = self.markers(from);
        match numbers.as_slice() {
            [] => None,
            [one] => Some((*one, false)),
            many => Some(self.evaluator.automaton.merge(many)),
        }
    }

    /// Returns the distinct markers of the rules from `from` on.
    pub(super) fn markers(&self, from: usize) -> Vec<u32> {
        let rules = self.list.get(from..).unwrap_or_default();
        let mut numbers: Vec<u32> = Vec::new();
        for number in
            rules.iter().filter_map(|applied| self.evaluator.program.rule(applied.rule)?.marker)
        {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }

    fn push(&mut self, from: usize, rule: RuleId, passes: bool) {
        if self.evaluator.program.leads(rule) {
            self.evaluator.spend(1 + (self.list.len() - from) / 8);
            if !self.list.get(from..).unwrap_or_default().iter().any(|applied| applied.rule == rule)
            {
                self.list.push(Applied { rule, passes });
            }
        }
    }

    /// Adds all rules that the rules from `from` on apply to the same value.
    pub(super) fn close(&mut self, from: usize, node: Node<'_>, state: StateId) {
        let mut next = from;
        while let Some(applied) = self.list.get(next).copied() {
            next += 1;
            let Some(rule) = self.evaluator.program.rule(applied.rule) else { continue };
            for here in &rule.here {
                self.apply(from, here, node, state, applied.passes);
            }
        }
    }

    fn apply(
        &mut self,
        from: usize,
        here: &'s Applicator,
        node: Node<'_>,
        state: StateId,
        passes: bool,
    ) {
        let subject = Subject::Value(node, state);
        match here {
            Applicator::Always(target) => self.push(from, *target, passes),
            Applicator::Any(branches) => self.choose(from, branches, false, subject, passes),
            Applicator::One(branches) => self.choose(from, branches, true, subject, passes),
            Applicator::If { test, then, otherwise } => {
                let leads = |rule: &RuleId| self.evaluator.program.leads(*rule);
                if ![test, then, otherwise].into_iter().any(leads) {
                    return;
                }
                let decided = self.evaluator.test(*test, subject, Depth::Whole);
                if decided != Truth::Fail {
                    self.push(from, *test, decided == Truth::Pass);
                    self.side(from, *then, subject, passes && decided == Truth::Pass);
                }
                if decided != Truth::Pass {
                    self.side(from, *otherwise, subject, passes && decided == Truth::Fail);
                }
            }
            Applicator::Dependent(name, target) => {
                if self.evaluator.program.leads(*target) {
                    let name = self.evaluator.program.names.text(*name);
                    match self.evaluator.presence(subject, name) {
                        Some(false) => {}
                        present => {
                            self.side(from, *target, subject, passes && present == Some(true))
                        }
                    }
                }
            }
            Applicator::Not(_) | Applicator::Idle(_) => {}
        }
    }

    /// Adds a schema that applies unless it certainly fails.
    fn side(&mut self, from: usize, target: RuleId, subject: Subject<'_>, passes: bool) {
        if self.evaluator.program.leads(target)
            && (passes || self.evaluator.test(target, subject, Depth::Whole) != Truth::Fail)
        {
            self.push(from, target, passes);
        }
    }

    /// Adds the branches of `anyOf` or `oneOf` that may pass.
    ///
    /// If the schema around them passes and all branches but one certainly fail, that one passes.
    fn choose(
        &mut self,
        from: usize,
        branches: &'s Branches,
        one: bool,
        subject: Subject<'_>,
        passes: bool,
    ) {
        if !branches.iter().any(|branch| self.evaluator.program.leads(*branch)) {
            return;
        }
        let mut outcomes = std::mem::take(&mut self.outcomes);
        outcomes.clear();
        let mut candidates = self.evaluator.candidates(branches, subject);
        while let Some(branch) = self.evaluator.next_of(&mut candidates, subject) {
            // In `anyOf` no branch depends on another.
            let matters = one || passes || self.evaluator.program.leads(branch);
            if matters && self.evaluator.test(branch, subject, Depth::Shallow) != Truth::Fail {
                outcomes.push((branch, Truth::Unknown));
            }
        }
        self.weigh(from, &mut outcomes, one, subject, passes);
        self.outcomes = outcomes;
    }

    /// Adds the branches that shallow evaluation has left open and full evaluation does not
    /// exclude.
    fn weigh(
        &mut self,
        from: usize,
        outcomes: &mut Vec<(RuleId, Truth)>,
        one: bool,
        subject: Subject<'_>,
        passes: bool,
    ) {
        if let ([(last, _)], true) = (outcomes.as_slice(), passes) {
            return self.push(from, *last, true);
        }
        for (branch, outcome) in &mut *outcomes {
            *outcome = self.evaluator.test(*branch, subject, Depth::Whole);
        }
        outcomes.retain(|(_, outcome)| *outcome != Truth::Fail);
        if one && outcomes.iter().any(|(_, outcome)| *outcome == Truth::Pass) {
            outcomes.retain(|(_, outcome)| *outcome == Truth::Pass);
        }
        let only = outcomes.len() == 1 && passes;
        for (branch, outcome) in outcomes {
            self.push(from, *branch, only || *outcome == Truth::Pass);
        }
    }

    /// Adds the rules of a member from those of its object. A name without a number is not the name
    /// of a property from which a marker can be reached.
    pub(super) fn member(
        &mut self,
        rules: Range<usize>,
        remaining: Range<usize>,
        member: &Alive<'_>,
    ) {
        let from = self.list.len();
        let program = self.evaluator.program;
        for at in rules {
            let Some(applied) = self.list.get(at).copied() else { break };
            let Some(rule) = program.rule(applied.rule) else { continue };
            let mut kept_away = Match::No;
            if let Some(property) = member.known.and_then(|known| rule.numbered(member.key, known))
            {
                kept_away = Match::Yes;
                self.push(from, property.rule, applied.passes);
            }
            for (pattern, target) in &rule.patterns {
                let found = member.node.name().map_or(Match::Maybe, |name| {
                    self.evaluator.matches(*pattern, &name.unescaped())
                });
                if found != Match::No {
                    self.push(from, *target, applied.passes && found == Match::Yes);
                    kept_away = kept_away.or(found);
                }
            }
            if kept_away != Match::Yes
                && let Some(target) = rule.additional
            {
                self.push(from, target, applied.passes && kept_away == Match::No);
            }
        }
        self.rest(from, remaining, ChildKind::Members, member.position);
    }

    /// Adds the rules of an element from those of its array.
    pub(super) fn element(
        &mut self,
        rules: Range<usize>,
        remaining: Range<usize>,
        node: Node<'_>,
        state: StateId,
        hole: bool,
        index: usize,
    ) {
        let from = self.list.len();
        let program = self.evaluator.program;
        for at in rules {
            let Some(applied) = self.list.get(at).copied() else { break };
            let Some(rule) = program.rule(applied.rule) else { continue };
            if let Some(target) = rule.prefix.get(index).copied().or(rule.rest) {
                self.push(from, target, applied.passes);
            }
            if let Some(target) =
                rule.contains.map(|contains| contains.rule).filter(|target| program.leads(*target))
            {
                let below = if hole { OPAQUE } else { self.evaluator.below(state) };
                match self.evaluator.test(target, Subject::Value(node, below), Depth::Whole) {
                    Truth::Fail => {}
                    outcome => self.push(from, target, outcome == Truth::Pass),
                }
            }
        }
        self.rest(from, remaining, ChildKind::Elements, index);
    }

    fn rest(&mut self, from: usize, remaining: Range<usize>, kind: ChildKind, position: usize) {
        for at in remaining {
            let Some(own) = self.remaining.get(at) else { break };
            if own.kind == kind && !own.evaluated.as_ref().is_some_and(|bits| bits.has(position)) {
                let target = own.target;
                self.push(from, target, false);
            }
        }
    }

    /// Records the `unevaluated…` keywords of the rules from `from` on, and the children that they
    /// do not apply to.
    pub(super) fn find_remaining(&mut self, from: usize, node: Node<'_>, state: StateId) {
        let program = self.evaluator.program;
        for at in from..self.list.len() {
            let Some(rule) = self.list.get(at).and_then(|applied| program.rule(applied.rule))
            else {
                continue;
            };
            let (kind, target) = match node.shape() {
                Shape::Object => (ChildKind::Members, rule.unevaluated_properties),
                _ => (ChildKind::Elements, rule.unevaluated_items),
            };
            let Some(target) = target.filter(|target| program.leads(*target)) else { continue };
            let evaluated = if state == OPAQUE {
                None
            } else {
                Some(self.evaluator.evaluated(rule, node, state, kind).certain)
            };
            self.remaining.push(Remaining { target, kind, evaluated });
        }
    }
}
