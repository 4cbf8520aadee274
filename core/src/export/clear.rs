//! The engine that validates clear documents.

use super::conformance::{Conformance, is_evaluator_first};
#[cfg(feature = "validation")]
use super::validator::{self, Validator, dialect};
#[cfg(feature = "validation")]
use super::{forms, plaintext};
use crate::error::Error;
use crate::limits::Limits;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::{Program, Undecided};
use crate::schema::base::Base;
#[cfg(feature = "validation")]
use crate::schema::draft::Draft;
use crate::schema::finding::{Budget, Findings};
use crate::schema::options::Formats;
use crate::schema::registry::Registry;

/// The schema of clear documents and the settings of its validation.
#[cfg_attr(
    not(feature = "validation"),
    allow(dead_code, reason = "the validator crate needs what the evaluator does not")
)]
pub(crate) struct ClearSchema<'a, 's> {
    pub(crate) bases: &'a [Base],
    pub(crate) registry: &'a Registry<'s>,
    pub(crate) program: &'a Program,
    pub(crate) automaton: &'a Automaton,
    pub(crate) formats: Formats,
    pub(crate) limits: &'a Limits,
}

impl ClearSchema<'_, '_> {
    /// Chooses the engine: the evaluator wherever it can decide every document.
    ///
    /// # Errors
    /// `limit` if the validator crate is needed, and the schema is too large for it.
    pub(crate) fn conformance(
        &self,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<Conformance, Error> {
        let undecided = self.program.undecided(self.registry);
        if undecided.is_empty() && is_evaluator_first() {
            return Ok(Conformance::Evaluator);
        }
        // A malformed pattern is undecided as well, and no build takes it.
        #[cfg(not(feature = "validation"))]
        if findings.has_errors() {
            return Ok(Conformance::Off);
        }
        self.without_evaluator(&undecided, budget, findings)
    }

    #[cfg(not(feature = "validation"))]
    fn without_evaluator(
        &self,
        undecided: &[Undecided],
        _: &mut Budget,
        findings: &mut Findings,
    ) -> Result<Conformance, Error> {
        for Undecided { node, keyword } in undecided {
            findings.error_with_fix(
                "validator-needed",
                crate::schema::finding::below(&self.registry.pointer(*node), keyword),
                "this build cannot validate this keyword as it is written here",
                "use `fieldseal/full`, or compile with `validation: \"off\"`",
            );
        }
        Ok(Conformance::Off)
    }

    #[cfg(feature = "validation")]
    fn without_evaluator(
        &self,
        undecided: &[Undecided],
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<Conformance, Error> {
        let validator = self.validator(budget, findings)?;
        let conformance = |own| Conformance::Crate(Box::new(own), undecided.into());
        Ok(validator.map_or(Conformance::Off, conformance))
    }

    /// Compiles the schema of clear documents with the validator crate.
    ///
    /// Compiles the author's own text if it refers to no other, so that faults are found at their
    /// places; otherwise one schema that holds all texts. A fault of the schema is a finding, and
    /// the result is then `None`.
    ///
    /// # Errors
    /// `limit` if the combined schema exceeds the budget, or a regular expression is too large.
    #[cfg(feature = "validation")]
    pub(crate) fn validator(
        &self,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<Option<Validator>, Error> {
        let formats = self.formats;
        if let [main] = self.bases
            && !self.registry.refers_freely()
            && !dialect::is_needed(&main.value)
        {
            let mut clear = plaintext::of(main, self.registry);
            // The validator reports the first fault, in the order of the members.
            clear.sort_all_objects();
            return Validator::build(&clear, main.dialect.draft, formats, self.limits, findings);
        }
        validator::examine(self.bases, findings);
        if findings.has_errors() {
            return Ok(None);
        }
        let mut bundle = forms::bundle(self.registry, self.program, self.automaton, budget)?;
        let named = bundle
            .get("$schema")
            .and_then(serde_json::Value::as_str)
            .and_then(Draft::named)
            .unwrap_or(Draft::TwentyTwenty);
        dialect::translate(&mut bundle, named);
        bundle.sort_all_objects();
        Validator::build(&bundle, named, formats, self.limits, findings)
    }
}
