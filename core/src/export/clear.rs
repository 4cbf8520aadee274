//! The validator of clear documents.

use serde_json::Value;

use super::validator::{self, Validator, dialect};
use super::{forms, plaintext};
use crate::error::Error;
use crate::limits::Limits;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::schema::base::Base;
use crate::schema::draft::Draft;
use crate::schema::finding::{Budget, Findings};
use crate::schema::options::Formats;
use crate::schema::registry::Registry;

/// The schema of clear documents and the settings of its validator.
pub(crate) struct ClearSchema<'a, 's> {
    pub(crate) bases: &'a [Base],
    pub(crate) registry: &'a Registry<'s>,
    pub(crate) formats: Formats,
    pub(crate) limits: &'a Limits,
}

impl ClearSchema<'_, '_> {
    /// Compiles the schema of clear documents.
    ///
    /// Compiles the author's own text if it refers to no other, so that faults are found at their
    /// places; otherwise one schema that holds all texts. A fault of the schema is a finding, and
    /// the result is then `None`.
    ///
    /// # Errors
    /// `limit` if the combined schema exceeds the budget, or a regular expression is too large.
    pub(crate) fn validator(
        &self,
        program: &Program,
        automaton: &Automaton,
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
        let mut bundle = forms::bundle(self.registry, program, automaton, budget)?;
        let named = bundle.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let draft = Draft::named(named).unwrap_or(Draft::TwentyTwenty);
        dialect::translate(&mut bundle, draft);
        bundle.sort_all_objects();
        Validator::build(&bundle, draft, formats, self.limits, findings)
    }
}
