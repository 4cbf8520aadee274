//! Compiles the metaschemas to which schemas refer without supplying them.

use super::{Applicator, Program, Rule, UNKNOWN};
use crate::error::Error;
use crate::limits::Limits;
use crate::ordered::OrderedMap;
use crate::schema::finding::{Budget, Findings};
use crate::schema::metaschema;
use crate::schema::options::Formats;
use crate::schema::registry::{Document, Registry};

impl Rule {
    /// Returns true if the rule refers to a metaschema that is not supplied, and to one alone.
    fn refers_to_metaschema(&self) -> bool {
        let is_unknown = |here: &&Applicator| matches!(here, Applicator::Always(UNKNOWN));
        self.here.iter().filter(is_unknown).count() == 1
    }
}

impl Program {
    /// Compiles each metaschema to which a rule refers, so that documents can be validated. A
    /// metaschema that the registry may change remains unknown.
    ///
    /// # Errors
    /// `limit` above the budget.
    pub(super) fn add_metaschemas(
        &mut self,
        registry: &Registry<'_>,
        formats: Formats,
        limits: &Limits,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut numbers: OrderedMap<String, Option<u32>> = OrderedMap::new();
        for rule in self.rules.iter_mut().filter(|rule| rule.refers_to_metaschema()) {
            let Some(uri) = rule.node.and_then(|node| registry.metaschema_of(node)) else {
                continue;
            };
            if registry.may_replace_metaschemas() {
                return Ok(());
            }
            let number = match numbers.get(&uri) {
                Some(known) => *known,
                None => {
                    let number = u32::try_from(self.metaschemas.len()).unwrap_or(u32::MAX);
                    let program = Program::of_metaschema(&uri, formats, limits, budget)?;
                    let number = program.is_some().then_some(number);
                    self.metaschemas.extend(program);
                    numbers.insert(uri, number);
                    number
                }
            };
            rule.metaschema = number;
        }
        Ok(())
    }

    /// Returns `None` if the fragment of the URI leads nowhere.
    fn of_metaschema(
        uri: &str,
        formats: Formats,
        limits: &Limits,
        budget: &mut Budget,
    ) -> Result<Option<Program>, Error> {
        let Some(bases) = metaschema::referring_to(uri) else { return Ok(None) };
        let mut findings = Findings::default();
        let registry = Registry::build(Document::all(&bases), &[], budget, &mut findings)?;
        let program = Program::build(&registry, &[], formats, limits, budget)?;
        let is_sound = registry.dangling.is_empty() && !findings.has_errors();
        let is_decided = is_sound && program.undecided(&registry).is_empty();
        Ok(is_decided.then_some(program))
    }
}
