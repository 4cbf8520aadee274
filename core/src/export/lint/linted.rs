//! The input of the rules.

use crate::ordered::OrderedSet;

use crate::limits::Limits;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::schema::marker::Marker;
use crate::schema::registry::Registry;

/// A resolved schema.
pub(crate) struct Linted<'a, 's> {
    pub(crate) registry: &'a Registry<'s>,
    /// The markers by schema of the registry.
    pub(crate) markers: &'a [Option<Marker>],
    pub(crate) program: &'a Program,
    pub(crate) automaton: &'a Automaton,
    /// The pointers of the schemas that the overlay marks, as the registry writes them.
    pub(crate) overlaid: &'a OrderedSet<String>,
    pub(crate) limits: &'a Limits,
}

impl Linted<'_, '_> {
    /// Returns true for each schema of the registry that the root leads to.
    pub(super) fn schemas_in_use(&self) -> Vec<bool> {
        let mut in_use = vec![false; self.registry.nodes.len()];
        for node in self.program.rules.iter().filter_map(|rule| rule.node) {
            if let Some(known) = in_use.get_mut(node as usize) {
                *known = true;
            }
        }
        in_use
    }
}
