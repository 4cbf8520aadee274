//! Phase 2 (docs/what-is-sealed.md): finds the branches that certainly do not apply to a document.
//!
//! Evaluation is three-valued and does not read values that may be marked. The clear and the sealed
//! document are therefore decided alike, and opening finds the values that sealing marked. An
//! unknown branch is never pruned.

mod candidates;
mod check;
mod children;
mod equal;
mod evaluated;
mod number;
mod shallow_memo;
#[cfg(test)]
pub(crate) mod trap;
mod truth;

pub(in crate::resolver) use evaluated::{ChildKind, PositionSet};
pub(in crate::resolver) use number::WrittenNumber;
pub(crate) use truth::Truth;

use shallow_memo::ShallowMemo;

use super::automaton::{Automaton, DEAD, Mark, StateId};
use super::pattern::Match;
use super::program::{Applicator, Check, FALSE, NameId, Program, Rule, RuleId, TRUE, UNKNOWN};
use crate::json::{Name, Node, Shape};

/// The state of a value at or below a place of the may-mark set, which must not be read.
pub(crate) const OPAQUE: StateId = StateId::MAX;

/// The greatest nesting of schemas that is evaluated. Deeper ones are unknown, which bounds the
/// recursion to a small stack.
const NESTING: u32 = 512;

/// The value or name that a schema is evaluated on.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'t> {
    Value(Node<'t>, StateId),
    /// The name of a member, for `propertyNames`.
    Name(&'t str),
}

/// The extent of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The value itself and the members that distinguish branches.
    Shallow,
    /// The value and everything below it.
    Whole,
}

/// The evaluation of schemas on one document.
pub(crate) struct Evaluator<'p> {
    pub(crate) program: &'p Program,
    pub(crate) automaton: &'p Automaton,
    /// The steps that the document may still take.
    steps: u64,
    nesting: u32,
    /// The greatest nesting since it was last reset.
    deepest: u32,
    /// The rules under evaluation that can return to themselves, with their values.
    around: Vec<(RuleId, usize)>,
    shallow_memo: ShallowMemo,
}

impl<'p> Evaluator<'p> {
    pub(crate) fn new(program: &'p Program, automaton: &'p Automaton, steps: u64) -> Self {
        Evaluator {
            program,
            automaton,
            steps,
            nesting: 0,
            deepest: 0,
            around: Vec::new(),
            shallow_memo: ShallowMemo::default(),
        }
    }

    /// Returns true if the steps have sufficed. Once they are used up, every test is unknown.
    pub(crate) fn is_within(&self) -> bool {
        self.steps > 0
    }

    /// Returns the steps that are left.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    pub(crate) fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps as u64);
    }

    /// Returns the state of a member below a value with this state.
    pub(crate) fn member_state(&self, state: StateId, name: Name<'_>) -> StateId {
        match self.automaton.state(state) {
            _ if state == DEAD || state == OPAQUE => state,
            Some(own) => self.below(Automaton::member(self.program, own, name, name.key()).0),
            None => DEAD,
        }
    }

    /// Returns the state of a member whose name a schema mentions.
    fn named_state(&self, state: StateId, name: NameId) -> StateId {
        match self.automaton.state(state) {
            _ if state == DEAD || state == OPAQUE => state,
            Some(own) => self.below(Automaton::named(self.program, own, name)),
            None => DEAD,
        }
    }

    /// Returns the state of an element below a value with this state.
    pub(crate) fn element_state(&self, state: StateId, index: usize) -> StateId {
        match self.automaton.state(state) {
            _ if state == DEAD || state == OPAQUE => state,
            Some(own) => self.below(Automaton::element(own, index)),
            None => DEAD,
        }
    }

    /// Returns the state, or [`OPAQUE`] if a value with this state must not be read.
    pub(crate) fn below(&self, state: StateId) -> StateId {
        #[cfg(test)]
        if trap::is_set(trap::Trap::ReadsClearValues) {
            return state;
        }
        if self.automaton.state(state).is_some_and(|own| own.mark != Mark::None) {
            OPAQUE
        } else {
            state
        }
    }

    /// Evaluates a rule on a value or name.
    pub(crate) fn test(&mut self, id: RuleId, subject: Subject<'_>, depth: Depth) -> Truth {
        match id {
            TRUE => return Truth::Pass,
            FALSE => return Truth::Fail,
            UNKNOWN => return Truth::Unknown,
            _ => {}
        }
        let program = self.program;
        let Some(rule) = program.rule(id).filter(|_| self.nesting < NESTING && self.steps > 0)
        else {
            return Truth::Unknown;
        };
        // Nested keywords evaluate the same branches again, and branches share subschemas, so
        // shallow outcomes are kept. Within a rule that can return to itself, and deep in the
        // nesting, an outcome depends on the path and is not kept.
        if depth == Depth::Shallow
            && let Subject::Value(node, state) = subject
            && state != OPAQUE
            && node.shape() == Shape::Object
            && self.around.is_empty()
            && self.nesting < NESTING / 2
        {
            self.spend(1);
            if let Some(known) = self.shallow_memo.find(id, node.index()) {
                return known;
            }
            let above = std::mem::replace(&mut self.deepest, self.nesting);
            let outcome = self.enter(id, rule, subject, depth);
            // Keeps outcomes that took less than half of the nesting. They are used in the other
            // half, so the bound on nesting never decides them.
            if self.deepest - self.nesting < NESTING / 2 {
                self.shallow_memo.keep(id, node.index(), outcome);
            }
            self.deepest = self.deepest.max(above);
            return outcome;
        }
        self.enter(id, rule, subject, depth)
    }

    fn enter(&mut self, id: RuleId, rule: &'p Rule, subject: Subject<'_>, depth: Depth) -> Truth {
        self.spend(1 + rule.checks.len() + rule.here.len());
        let place = match subject {
            Subject::Value(node, _) => node.index() as usize,
            Subject::Name(name) => name.as_ptr().addr(),
        };
        if rule.returns {
            if self.around.contains(&(id, place)) {
                return Truth::Unknown;
            }
            self.around.push((id, place));
        }
        self.nesting += 1;
        self.deepest = self.deepest.max(self.nesting);
        let outcome = self.evaluator(rule, subject, depth);
        self.nesting -= 1;
        if rule.returns {
            self.around.pop();
        }
        outcome
    }

    fn evaluator(&mut self, rule: &'p Rule, subject: Subject<'_>, depth: Depth) -> Truth {
        let mut outcome = Truth::Pass;
        let mut looked = false;
        for check in &rule.checks {
            outcome = outcome.and(match (check, rule.closed, subject) {
                (Check::Required(_), Some(required), Subject::Value(node, state))
                    if depth == Depth::Shallow
                        && state != OPAQUE
                        && node.shape() == Shape::Object =>
                {
                    looked = true;
                    self.glance_closed(rule, required, node, state)
                }
                _ => self.check(check, subject),
            });
            if outcome == Truth::Fail {
                return outcome;
            }
        }
        if let Subject::Value(node, state) = subject
            && state != OPAQUE
            && node.shape() == Shape::Object
            && !looked
        {
            for (name, target) in &rule.telling {
                let Some(member) = node.member(program_name(self.program, *name)) else { continue };
                self.spend(4);
                let state = self.named_state(state, *name);
                if self.test(*target, Subject::Value(member, state), Depth::Shallow) == Truth::Fail
                {
                    return Truth::Fail;
                }
            }
        }
        for here in &rule.here {
            outcome = outcome.and(self.test_here(here, subject, depth));
            if outcome == Truth::Fail {
                return outcome;
            }
        }
        if looked {
            return Truth::Unknown;
        }
        outcome.and(self.test_children(rule, subject, depth))
    }

    fn test_here(&mut self, here: &'p Applicator, subject: Subject<'_>, depth: Depth) -> Truth {
        match here {
            Applicator::Always(target) => self.test(*target, subject, depth),
            Applicator::Not(target) => match depth {
                Depth::Whole => self.test(*target, subject, depth).not(),
                Depth::Shallow => Truth::Unknown,
            },
            Applicator::Any(branches) => {
                let mut all = Truth::Fail;
                let mut candidates = self.candidates(branches, subject);
                while let Some(branch) = self.next_of(&mut candidates, subject) {
                    match self.test(branch, subject, depth) {
                        Truth::Pass => return Truth::Pass,
                        Truth::Unknown => all = Truth::Unknown,
                        Truth::Fail => {}
                    }
                    if depth == Depth::Shallow && all == Truth::Unknown {
                        return all;
                    }
                }
                all
            }
            Applicator::One(branches) => {
                let (mut passed, mut unknown) = (0, 0);
                let mut candidates = self.candidates(branches, subject);
                while let Some(branch) = self.next_of(&mut candidates, subject) {
                    match self.test(branch, subject, depth) {
                        Truth::Pass => passed += 1,
                        Truth::Unknown => unknown += 1,
                        Truth::Fail => {}
                    }
                    if passed > 1 {
                        return Truth::Fail;
                    }
                    if depth == Depth::Shallow && passed + unknown > 0 {
                        return Truth::Unknown;
                    }
                }
                match (passed, unknown) {
                    (0, 0) => Truth::Fail,
                    (1, 0) => Truth::Pass,
                    _ => Truth::Unknown,
                }
            }
            Applicator::If { test, then, otherwise } => {
                if depth == Depth::Shallow {
                    return Truth::Unknown;
                }
                match self.test(*test, subject, depth) {
                    Truth::Pass => self.test(*then, subject, depth),
                    Truth::Fail => self.test(*otherwise, subject, depth),
                    Truth::Unknown => match (
                        self.test(*then, subject, depth),
                        self.test(*otherwise, subject, depth),
                    ) {
                        (Truth::Pass, Truth::Pass) => Truth::Pass,
                        (Truth::Fail, Truth::Fail) => Truth::Fail,
                        _ => Truth::Unknown,
                    },
                }
            }
            Applicator::Idle(_) => Truth::Pass,
            Applicator::Dependent(name, target) => {
                match self.presence(subject, program_name(self.program, *name)) {
                    Some(false) => Truth::Pass,
                    Some(true) => self.test(*target, subject, depth),
                    None if self.test(*target, subject, depth) == Truth::Pass => Truth::Pass,
                    None => Truth::Unknown,
                }
            }
        }
    }

    /// Returns true if the value is an object with this member, or `None` if it must not be read.
    pub(crate) fn presence(&mut self, subject: Subject<'_>, name: &str) -> Option<bool> {
        match subject {
            Subject::Value(_, OPAQUE) => None,
            Subject::Value(node, _) if node.shape() == Shape::Object => {
                self.spend(node.len() as usize / 8);
                Some(node.member(name).is_some())
            }
            _ => Some(false),
        }
    }

    pub(crate) fn matches(&mut self, pattern: u32, text: &str) -> Match {
        self.spend(text.len() / 16);
        self.program.patterns.get(pattern as usize).map_or(Match::Maybe, |own| own.matches(text))
    }
}

pub(crate) fn program_name(program: &Program, name: u32) -> &str {
    program.names.text(name)
}
