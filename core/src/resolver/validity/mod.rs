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

pub(crate) use fault::Fault;

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
    memo: Memo,
    /// The steps that the document may still take. The outcome is unknown once they are used up.
    steps: u64,
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
            memo: Memo::after(steps / 2),
            steps,
        }
    }

    /// Returns true if the document conforms, or `None` if deciding takes more steps than a
    /// document of this size may cost.
    pub(crate) fn conforms(&mut self, tape: &Tape<'_>) -> Option<bool> {
        let outcome = self.passes(self.program.root, Instance::Value(tape.root()));
        (self.steps > 0).then_some(outcome)
    }

    /// Evaluates a rule. The outcome has no meaning once the steps are used up.
    fn passes(&mut self, id: RuleId, instance: Instance<'_>) -> bool {
        match id {
            TRUE => return true,
            FALSE | UNKNOWN => return false,
            _ => {}
        }
        let program = self.program;
        let Some(rule) = program.rule(id) else { return false };
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 {
            return false;
        }
        if let (true, Instance::Value(node)) = (self.memo.is_kept(self.steps), instance)
            && !node.is_empty()
        {
            if let Some(known) = self.memo.find(id, node.index()) {
                return known;
            }
            let outcome = self.passes_rule(rule, instance);
            self.memo.keep(id, node.index(), outcome);
            return outcome;
        }
        self.passes_rule(rule, instance)
    }

    fn passes_rule(&mut self, rule: &'p Rule, instance: Instance<'_>) -> bool {
        rule.checks.iter().all(|check| self.check(rule, check, instance))
            && self.children(rule, instance)
            && rule.here.iter().all(|here| self.applicator(here, instance))
    }

    fn applicator(&mut self, here: &'p Applicator, instance: Instance<'_>) -> bool {
        match here {
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
    fn passing(&mut self, branches: &'p Branches, instance: Instance<'_>, most: u32) -> u32 {
        let subject = match instance {
            Instance::Value(node) => Subject::Value(node, DEAD),
            Instance::Name(name) => Subject::Name(name),
        };
        let mut candidates = self.pruner.candidates(branches, subject);
        let mut passed = 0;
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
