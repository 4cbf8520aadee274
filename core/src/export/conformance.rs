//! Decides whether the documents of one form conform to their schema.

use super::validity::Validity;
use crate::json::Tape;
use crate::limits::Limits;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::{Program, RuleId};
use crate::resolver::validity::{Fault, Validation};
#[cfg(feature = "validation")]
use crate::schema::registry::NodeId;

/// The engine that validates the documents of one form.
#[derive(Debug)]
pub(crate) enum Conformance {
    /// The evaluator, by the rules of the schema.
    Evaluator,
    /// The validator crate, since these schemas have keywords that the evaluator cannot decide.
    #[cfg(feature = "validation")]
    Crate(Box<super::validator::Validator>, Box<[NodeId]>),
    /// Nothing validates (option `validation`).
    Off,
}

/// The rules that the evaluator applies, and its limits.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'p> {
    pub(crate) program: &'p Program,
    /// Any automaton: no state but the first, which marks nothing, is used.
    pub(crate) automaton: &'p Automaton,
    pub(crate) limits: &'p Limits,
    /// The rules that apply to the root: that of the program, or those that certainly apply to a
    /// value without its document.
    pub(crate) roots: &'p [RuleId],
}

impl<'p> Rules<'p> {
    fn validation(self, tape: &Tape<'_>) -> Validation<'p> {
        Validation::new(self.program, self.automaton, tape, self.limits)
    }

    /// Returns true if a whole document is meant. The validator crate judges nothing else.
    #[cfg(feature = "validation")]
    fn is_whole(self) -> bool {
        self.roots == [self.program.root]
    }
}

impl Conformance {
    /// Returns the name of the engine, as coverage states it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Conformance::Evaluator => "evaluator",
            #[cfg(feature = "validation")]
            Conformance::Crate(..) => "crate",
            Conformance::Off => "off",
        }
    }

    /// Returns true if it decides these rules for every value without its document. The evaluator
    /// does so for the crate where it can.
    pub(crate) fn decides(&self, program: &Program, rules: &[RuleId]) -> bool {
        #[cfg(not(feature = "validation"))]
        let _ = (program, rules);
        match self {
            Conformance::Evaluator => true,
            #[cfg(feature = "validation")]
            Conformance::Crate(_, undecided) => {
                rules == [program.root] || program.decides(rules, undecided)
            }
            Conformance::Off => false,
        }
    }

    pub(crate) fn judge(&self, rules: Rules<'_>, tape: &Tape<'_>) -> Validity {
        match self {
            #[cfg(feature = "validation")]
            Conformance::Crate(validator, _) if rules.is_whole() => validator.is_valid(tape),
            Conformance::Off => Validity::Unvalidated,
            _ => match rules.validation(tape).conforms(tape, rules.roots) {
                Some(true) => Validity::Valid,
                Some(false) => Validity::Invalid,
                None => Validity::Limit,
            },
        }
    }

    /// Returns the first fault of a document that does not conform, or `None` if finding it would
    /// take too long.
    pub(crate) fn first_fault(&self, rules: Rules<'_>, tape: &Tape<'_>) -> Option<Fault> {
        match self {
            #[cfg(feature = "validation")]
            Conformance::Crate(validator, _) if rules.is_whole() => {
                validator.first_fault(tape).map(Fault::from)
            }
            Conformance::Off => None,
            _ => rules.validation(tape).first_fault(tape, rules.roots),
        }
    }
}

#[cfg(feature = "validation")]
impl From<fieldseal_validation::Misfit> for Fault {
    fn from(misfit: fieldseal_validation::Misfit) -> Fault {
        let fieldseal_validation::Misfit { pointer, keyword, missing, expected } = misfit;
        Fault { pointer, keyword: keyword.into(), missing, expected }
    }
}

/// Lets tests choose the validator crate where the evaluator decides, to compare both.
#[cfg(all(test, feature = "validation"))]
pub(crate) mod peer {
    use std::cell::Cell;

    thread_local! {
        static CHOSEN: Cell<bool> = const { Cell::new(false) };
    }

    /// Returns true if the evaluator is passed over.
    pub(crate) fn is_chosen() -> bool {
        CHOSEN.get()
    }

    /// Has the validator crate judge all policies that `run` compiles and all forms that it derives.
    pub(crate) fn with<T>(run: impl FnOnce() -> T) -> T {
        CHOSEN.set(true);
        let result = run();
        CHOSEN.set(false);
        result
    }
}

/// Returns true if the evaluator validates where it decides every keyword.
#[cfg(not(all(test, feature = "validation")))]
pub(crate) const fn is_evaluator_first() -> bool {
    true
}

#[cfg(all(test, feature = "validation"))]
pub(crate) fn is_evaluator_first() -> bool {
    !peer::is_chosen()
}
