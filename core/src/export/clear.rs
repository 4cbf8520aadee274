//! The engine that validates clear documents.

use super::conformance::{Conformance, is_evaluator_first};
use super::coverage::UndecidedKeyword;
#[cfg(feature = "validation")]
use super::validator::{self, Validator, dialect};
#[cfg(feature = "validation")]
use super::{forms, plaintext};
#[cfg(feature = "validation")]
use serde_json::Value;

use crate::error::Error;
use crate::limits::Limits;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
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
    pub(crate) engines: Engines,
}

/// The engines that may validate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engines {
    /// All of the build.
    All,
    /// The evaluator alone, as in a build that has no other.
    Evaluator,
}

impl ClearSchema<'_, '_> {
    /// Lists the keywords that the evaluator cannot decide.
    pub(crate) fn undecided(&self) -> Vec<UndecidedKeyword> {
        let all = self.program.undecided(self.registry).into_iter();
        all.map(|own| UndecidedKeyword {
            schema_pointer: own.pointer(self.registry),
            keyword: own.keyword,
        })
        .collect()
    }

    /// Chooses the engine: the evaluator wherever it can decide every document.
    ///
    /// # Errors
    /// `limit` if the validator crate is needed, and the schema is too large for it.
    #[cfg_attr(not(feature = "validation"), allow(unused_variables, reason = "as above"))]
    pub(crate) fn conformance(
        &self,
        undecided: &[UndecidedKeyword],
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<Conformance, Error> {
        if undecided.is_empty() && is_evaluator_first() {
            return Ok(Conformance::Evaluator);
        }
        #[cfg(feature = "validation")]
        if self.engines == Engines::All {
            let validator = self.validator(budget, findings)?;
            let undecided = self.program.undecided(self.registry);
            let nodes = undecided.iter().map(|own| own.node).collect();
            return Ok(
                validator.map_or(Conformance::Off, |own| Conformance::Crate(Box::new(own), nodes))
            );
        }
        // A malformed pattern is undecided as well, and no build takes it.
        if findings.has_errors() {
            return Ok(Conformance::Off);
        }
        for UndecidedKeyword { schema_pointer, keyword } in undecided {
            findings.error_with_fix(
                "validator-needed",
                schema_pointer,
                format!("this build cannot validate `{keyword}` as it is written here"),
                "use `fieldseal/full`, or compile with `validation: \"off\"`",
            );
        }
        Ok(Conformance::Off)
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
        if !self.runs_patterns(findings) {
            return Ok(None);
        }
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
        if findings.has_errors() {
            return Ok(None);
        }
        let mut bundle = forms::bundle(self.registry, self.program, self.automaton, budget)?;
        let named = bundle
            .get("$schema")
            .and_then(Value::as_str)
            .and_then(Draft::named)
            .unwrap_or(Draft::TwentyTwenty);
        dialect::translate(&mut bundle, named);
        bundle.sort_all_objects();
        Validator::build(&bundle, named, formats, self.limits, findings)
    }

    /// Reports each regular expression that neither engine can run, at its place in the author's
    /// texts. Returns true if there are none.
    #[cfg(feature = "validation")]
    fn runs_patterns(&self, findings: &mut Findings) -> bool {
        let mut runs_all = true;
        for own in self.program.undecided(self.registry) {
            let pattern = match (own.keyword, own.pattern, self.registry.node(own.node)) {
                ("pattern", _, Some(node)) => node.value.get("pattern").and_then(Value::as_str),
                (_, Some(pattern), _) => self.registry.patterns.get(pattern as usize).copied(),
                _ => None,
            };
            if pattern.is_some_and(|pattern| !validator::runs(pattern, self.limits)) {
                let pointer = own.pointer(self.registry);
                // A malformed one is known already.
                if !findings.knows(&pointer) {
                    validator::refuse_pattern(pointer, findings);
                }
                runs_all = false;
            }
        }
        runs_all
    }
}
