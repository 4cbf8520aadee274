//! Evaluates references to metaschemas, which have rules of their own.

use std::cell::Cell;

use super::memo::Memo;
use super::{Evaluator, Instance, Validation};
use crate::resolver::program::Rule;

impl<'p> Validation<'p> {
    /// Returns true if the value conforms to the metaschema to which the rule refers.
    pub(super) fn conforms_to_metaschema(&mut self, rule: &Rule, instance: Instance<'_>) -> bool {
        let passes = |inner: &mut Validation<'p>| inner.passes(inner.program.root, instance);
        self.in_metaschema(rule, passes).unwrap_or(false)
    }

    /// Runs with the rules of the metaschema to which a rule refers, and takes the same steps from
    /// the document. Metaschemas refer only to one another, so no evaluation is nested in this one.
    #[inline(never)]
    pub(super) fn in_metaschema<T>(
        &mut self,
        rule: &Rule,
        run: impl FnOnce(&mut Validation<'p>) -> T,
    ) -> Option<T> {
        let program = self.program.metaschemas.get(rule.metaschema? as usize)?;
        let mut inner = Validation {
            program,
            pruner: Evaluator::new(program, self.unmarked, u64::MAX),
            unmarked: self.unmarked,
            memo: Memo::after(self.memo.from()),
            steps: Cell::new(self.steps.get()),
        };
        let result = run(&mut inner);
        self.steps = inner.steps;
        Some(result)
    }
}
