//! Which rules apply to a value, after those that certainly do not are left out.

use std::ops::Range;

use super::{Applied, Walk};
use crate::json::{Node, Shape};
use crate::resolver::automaton::{Alive, StateId};
use crate::resolver::decide::{Bits, Depth, HOLE, Kind, Subject, Tri};
use crate::resolver::pattern::Match;
use crate::resolver::program::{Branches, Here, RuleId};

/// Where the members or elements lead that are not evaluated otherwise.
pub(super) struct Remaining {
    target: RuleId,
    kind: Kind,
    /// `None`: nothing is known, so each may be meant.
    evaluated: Option<Bits>,
}

impl<'s> Walk<'_, 's> {
    fn push(&mut self, from: usize, rule: RuleId, passes: bool) {
        if self.judge.program.leads(rule) {
            self.judge.spend(1 + (self.applied.len() - from) / 8);
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
            let Some(rule) = self.judge.program.rule(applied.rule) else { continue };
            for here in &rule.here {
                self.apply(from, here, node, state, applied.passes);
            }
        }
    }

    fn apply(&mut self, from: usize, here: &'s Here, node: Node<'_>, state: StateId, passes: bool) {
        let subject = Subject::Value(node, state);
        match here {
            Here::Always(target) => self.push(from, *target, passes),
            Here::Any(branches) => self.choose(from, branches, false, subject, passes),
            Here::One(branches) => self.choose(from, branches, true, subject, passes),
            Here::If { test, then, otherwise } => {
                let leads = |rule: &RuleId| self.judge.program.leads(*rule);
                if ![test, then, otherwise].into_iter().any(leads) {
                    return;
                }
                let decided = self.judge.test(*test, subject, Depth::Whole);
                if decided != Tri::Fail {
                    self.push(from, *test, decided == Tri::Pass);
                    self.side(from, *then, subject, passes && decided == Tri::Pass);
                }
                if decided != Tri::Pass {
                    self.side(from, *otherwise, subject, passes && decided == Tri::Fail);
                }
            }
            Here::Dependent(name, target) => {
                if self.judge.program.leads(*target) {
                    let name = self.judge.program.names.text(*name);
                    match self.judge.presence(subject, name) {
                        Some(false) => {}
                        present => {
                            self.side(from, *target, subject, passes && present == Some(true))
                        }
                    }
                }
            }
            Here::Not(_) | Here::Idle(_) => {}
        }
    }

    /// A schema that applies unless it certainly fails.
    fn side(&mut self, from: usize, target: RuleId, subject: Subject<'_>, passes: bool) {
        if self.judge.program.leads(target)
            && (passes || self.judge.test(target, subject, Depth::Whole) != Tri::Fail)
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
        if !branches.iter().any(|branch| self.judge.program.leads(*branch)) {
            return;
        }
        let mut outcomes = std::mem::take(&mut self.outcomes);
        outcomes.clear();
        let mut survivors = self.judge.survivors(branches, subject);
        while let Some(branch) = self.judge.next_of(&mut survivors, subject) {
            // Of `anyOf` no branch depends on another.
            let matters = one || passes || self.judge.program.leads(branch);
            if matters && self.judge.test(branch, subject, Depth::Glance) != Tri::Fail {
                outcomes.push((branch, Tri::Unknown));
            }
        }
        self.weigh(from, &mut outcomes, one, subject, passes);
        self.outcomes = outcomes;
    }

    /// The branches of which a glance left open whether they pass.
    fn weigh(
        &mut self,
        from: usize,
        outcomes: &mut Vec<(RuleId, Tri)>,
        one: bool,
        subject: Subject<'_>,
        passes: bool,
    ) {
        if let ([(last, _)], true) = (outcomes.as_slice(), passes) {
            return self.push(from, *last, true);
        }
        for (branch, outcome) in &mut *outcomes {
            *outcome = self.judge.test(*branch, subject, Depth::Whole);
        }
        outcomes.retain(|(_, outcome)| *outcome != Tri::Fail);
        if one && outcomes.iter().any(|(_, outcome)| *outcome == Tri::Pass) {
            outcomes.retain(|(_, outcome)| *outcome == Tri::Pass);
        }
        let only = outcomes.len() == 1 && passes;
        for (branch, outcome) in outcomes {
            self.push(from, *branch, only || *outcome == Tri::Pass);
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
        let program = self.judge.program;
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
                let found = member
                    .node
                    .name()
                    .map_or(Match::Maybe, |name| self.judge.matches(*pattern, &name.unescaped()));
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
        self.rest(from, remaining, Kind::Members, member.position);
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
        let program = self.judge.program;
        for at in rules {
            let Some(applied) = self.applied.get(at).copied() else { break };
            let Some(rule) = program.rule(applied.rule) else { continue };
            if let Some(target) = rule.prefix.get(index).copied().or(rule.rest) {
                self.push(from, target, applied.passes);
            }
            if let Some(target) =
                rule.contains.map(|contains| contains.rule).filter(|target| program.leads(*target))
            {
                let below = if hole { HOLE } else { self.judge.below(state) };
                match self.judge.test(target, Subject::Value(node, below), Depth::Whole) {
                    Tri::Fail => {}
                    outcome => self.push(from, target, outcome == Tri::Pass),
                }
            }
        }
        self.rest(from, remaining, Kind::Elements, index);
    }

    fn rest(&mut self, from: usize, remaining: Range<usize>, kind: Kind, position: usize) {
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
        let program = self.judge.program;
        for at in from..self.applied.len() {
            let Some(rule) = self.applied.get(at).and_then(|applied| program.rule(applied.rule))
            else {
                continue;
            };
            let (kind, target) = match node.shape() {
                Shape::Object => (Kind::Members, rule.unevaluated_properties),
                _ => (Kind::Elements, rule.unevaluated_items),
            };
            let Some(target) = target.filter(|target| program.leads(*target)) else { continue };
            let evaluated = if state == HOLE {
                None
            } else {
                Some(self.judge.evaluated(rule, node, state, kind).certain)
            };
            self.remaining.push(Remaining { target, kind, evaluated });
        }
    }
}
