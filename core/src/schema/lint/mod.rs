//! Rules that read the schema alone, each in its own file. They warn of schemas that compile and
//! are probably a mistake.

mod family_by_id;
mod nullable;

use serde_json::Value;

use super::draft::Draft;
use super::finding::Findings;
use super::registry::Registry;

/// Adds the warnings of all rules.
pub(crate) fn lint(root: &Value, draft: Draft, registry: &Registry<'_>, findings: &mut Findings) {
    family_by_id::check(root, draft, findings);
    nullable::check(registry, findings);
}
