//! Which rules apply to a value, after those that certainly do not are left out.

use std::ops::Range;

use super::{Applied, Walk};
use crate::json::{Node, Shape};
use crate::resolver::automaton::{Alive, StateId};
use crate::resolver::decide::{ChildKind, Depth, OPAQUE, PositionSet, Subject, Truth};
use crate::resolver::pattern::Match;
use crate::resolver::program::{Applicator, Branches, RuleId};

/// Where the members or elements lead that are not evaluated otherwise.
pub(super) struct Remaining {
    target: RuleId,
    kind: ChildKind,
    /// `None`: nothing is known, so each may be meant.
    evaluated: Option<PositionSet>,
}

impl<'s> Walk<'_, 's> {
    fn push(&mut self, from: usize, rule: RuleId, passes: bool) {
        if self.evaluator.program.leads(rule) {
            self.evaluator.spend(1 + (self.applied.len() - from) / 8);
            if !self
                .applied
                .get(from..)
                .unwrap_or_default()
                .iter()
                .any(|applied| applied.rule == rule)
            {
                self.applied.push(Applied { rule, passes });
            }
        }
    }

    /// Adds all that the rules from `from` on apply to the same value.
    pub(super) fn close(&mut self, from: usize, node: Node<'_>, state: StateId) {
        let mut next = from;
        while let Some(applied) = self.applied.get(next).copied() {
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

    /// A schema that applies unless it certainly fails.
    fn side(&mut self, from: usize, target: RuleId, subject: Subject<'_>, passes: bool) {
        if self.evaluator.program.leads(target)
            && (passes || self.evaluator.test(target, subject, Depth::Whole) != Truth::Fail)
        {
            self.push(from, target, passes);
        }
    }

    /// The branches of `anyOf` or `oneOf` that may pass. Where the schema around them passes and
    /// all but one certainly fail, that one does.
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
            // Of `anyOf` no branch depends on another.
            let matters = one || passes || self.evaluator.program.leads(branch);
            if matters && self.evaluator.test(branch, subject, Depth::Shallow) != Truth::Fail {
                outcomes.push((branch, Truth::Unknown));
            }
        }
        self.weigh(from, &mut outcomes, one, subject, passes);
        self.outcomes = outcomes;
    }

    /// The branches of which a glance left open whether they pass.
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

    /// The rules for a member, from those of the object. A name without a number is no property
    /// that matters.
    pub(super) fn member(
        &mut self,
        rules: Range<usize>,
        remaining: Range<usize>,
        member: &Alive<'_>,
    ) {
        let from = self.applied.len();
        let program = self.evaluator.program;
        for at in rules {
            let Some(applied) = self.applied.get(at).copied() else { break };
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

    /// The rules for an element, from those of the array.
    pub(super) fn element(
        &mut self,
        rules: Range<usize>,
        remaining: Range<usize>,
        node: Node<'_>,
        state: StateId,
        hole: bool,
        index: usize,
    ) {
        let from = self.applied.len();
        let program = self.evaluator.program;
        for at in rules {
            let Some(applied) = self.applied.get(at).copied() else { break };
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

    /// What the `unevaluated…` of the rules from `from` on do not apply to.
    pub(super) fn find_remaining(&mut self, from: usize, node: Node<'_>, state: StateId) {
        let program = self.evaluator.program;
        for at in from..self.applied.len() {
            let Some(rule) = self.applied.get(at).and_then(|applied| program.rule(applied.rule))
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
