//! Decides whether a document conforms to its schema, by the rules that also decide what is sealed.
//!
//! Every value is read here, so that each rule passes or fails. Compiling lists the keywords that
//! cannot be decided ([`Program::undecided`]); a program that has any is never evaluated here.

mod check;
mod children;
mod equal;
mod evaluated;
mod fault;
mod memo;
mod metaschema;

pub(crate) use fault::Fault;

use std::cell::Cell;

use memo::Memo;

use super::automaton::{Automaton, DEAD};
use super::decide::{Evaluator, Subject};
use super::program::{Applicator, Branches, FALSE, Program, Rule, RuleId, TRUE, UNKNOWN};
use crate::json::{Node, Shape, Tape};
use crate::limits::Limits;

/// The value or name that a rule is evaluated on.
#[derive(Clone, Copy)]
enum Instance<'t> {
    Value(Node<'t>),
    /// The name of a member, for `propertyNames`.
    Name(&'t str),
}

impl<'t> Instance<'t> {
    fn of_shape(self, shape: Shape) -> Option<Node<'t>> {
        match self {
            Instance::Value(node) if node.shape() == shape => Some(node),
            _ => None,
        }
    }
}

/// The evaluation of one document.
pub(crate) struct Validation<'p> {
    program: &'p Program,
    /// Prunes the branches of `anyOf` and `oneOf`.
    pruner: Evaluator<'p>,
    unmarked: &'p Automaton,
    memo: Memo,
    /// The steps that the document may still take. The outcome is unknown once they are used up.
    steps: Cell<u64>,
}

impl<'p> Validation<'p> {
    /// Prepares the evaluation of a document. `unmarked` is an automaton without a state.
    pub(crate) fn new(
        program: &'p Program,
        unmarked: &'p Automaton,
        tape: &Tape<'_>,
        limits: &Limits,
    ) -> Self {
        let steps =
            u64::from(limits.expansions) + 64 * u64::from(tape.values()) + tape.text().len() as u64;
        Validation {
            program,
            pruner: Evaluator::new(program, unmarked, u64::MAX),
            unmarked,
            memo: Memo::after(steps / 2),
            steps: Cell::new(steps),
        }
    }

    /// Returns true if the document conforms to all `rules`, or `None` if deciding takes more steps
    /// than a document of this size may cost.
    pub(crate) fn conforms(&mut self, tape: &Tape<'_>, rules: &[RuleId]) -> Option<bool> {
        let outcome = rules.iter().all(|rule| self.passes(*rule, Instance::Value(tape.root())));
        (self.steps.get() > 0).then_some(outcome)
    }

    /// Evaluates a rule. The outcome has no meaning once the steps are used up.
    ///
    /// Schemas nest thousands deep, so the functions that lie between two calls of this one keep
    /// little on the stack.
    fn passes(&mut self, id: RuleId, instance: Instance<'_>) -> bool {
        match id {
            TRUE => return true,
            FALSE | UNKNOWN => return false,
            _ => {}
        }
        self.steps.set(self.steps.get().saturating_sub(1));
        if self.steps.get() == 0 {
            return false;
        }
        if self.memo.is_kept(self.steps.get()) {
            return self.passes_once(id, instance);
        }
        self.passes_rule(id, instance)
    }

    /// Evaluates a rule on a value once, however often it is applied there.
    #[inline(never)]
    fn passes_once(&mut self, id: RuleId, instance: Instance<'_>) -> bool {
        let place = match instance {
            Instance::Value(node) if !node.is_empty() => node.index(),
            _ => return self.passes_rule(id, instance),
        };
        self.memo.find(id, place).unwrap_or_else(|| {
            let outcome = self.passes_rule(id, instance);
            self.memo.keep(id, place, outcome);
            outcome
        })
    }

    fn passes_rule(&mut self, id: RuleId, instance: Instance<'_>) -> bool {
        let Some(rule) = self.program.rule(id) else { return false };
        if !self.checks(rule, instance) || !self.children(rule, instance) {
            return false;
        }
        for here in &rule.here {
            let passes = match here {
                Applicator::Always(target) if *target != UNKNOWN => self.passes(*target, instance),
                other => self.applicator(rule, other, instance),
            };
            if !passes {
                return false;
            }
        }
        true
    }

    #[inline(never)]
    fn applicator(&mut self, rule: &Rule, here: &'p Applicator, instance: Instance<'_>) -> bool {
        match here {
            Applicator::Always(UNKNOWN) => self.conforms_to_metaschema(rule, instance),
            Applicator::Always(target) => self.passes(*target, instance),
            Applicator::Not(target) => !self.passes(*target, instance),
            Applicator::Any(branches) => self.passing(branches, instance, 1) == 1,
            Applicator::One(branches) => self.passing(branches, instance, 2) == 1,
            Applicator::If { test, then, otherwise } => {
                let next = if self.passes(*test, instance) { then } else { otherwise };
                self.passes(*next, instance)
            }
            Applicator::Idle(_) => true,
            Applicator::Dependent(name, target) => {
                !self.has(instance, self.program.names.text(*name))
                    || self.passes(*target, instance)
            }
        }
    }

    /// Counts the branches that pass, up to `most`.
    #[inline(never)]
    fn passing(&mut self, branches: &'p Branches, instance: Instance<'_>, most: u32) -> u32 {
        let subject = match instance {
            Instance::Value(node) => Subject::Value(node, DEAD),
            Instance::Name(name) => Subject::Name(name),
        };
        let mut passed = 0;
        if branches.indexes().is_empty() {
            for branch in branches.iter() {
                passed += u32::from(self.passes(*branch, instance));
                if passed == most {
                    break;
                }
            }
            return passed;
        }
        let mut candidates = self.pruner.candidates(branches, subject);
        while passed < most
            && let Some(branch) = self.pruner.next_of(&mut candidates, subject)
        {
            passed += u32::from(self.passes(branch, instance));
        }
        passed
    }

    fn has(&self, instance: Instance<'_>, name: &str) -> bool {
        instance.of_shape(Shape::Object).is_some_and(|node| node.member(name).is_some())
    }
}
