//! References that lead to no schema that was given.

use super::linted::Linted;
use crate::schema::finding::{Findings, below};

/// Refuses dangling references of the main schema, and those to which its root leads. It warns of
/// others, since a policy often uses a small part of a large description.
pub(super) fn check(linted: &Linted<'_, '_>, findings: &mut Findings, warnings: &mut Findings) {
    const ID: &str = "unresolvable-ref";
    const FIX: &str = "give the schema among `references`, under the URI that the reference names";
    let registry = linted.registry;
    if registry.dangling.is_empty() {
        return;
    }
    let in_use = linted.schemas_in_use();
    for (id, keyword) in &registry.dangling {
        let at = below(&registry.pointer(*id), keyword);
        let is_main = registry.node(*id).is_some_and(|node| node.document == 0);
        if is_main || in_use.get(*id as usize) == Some(&true) {
            findings.error_with_fix(
                ID,
                at,
                "this reference leads to no schema that was given; nothing is fetched",
                FIX,
            );
        } else {
            warnings.warning_with_fix(
                "unresolvable-ref-unused",
                at,
                "this reference leads to no schema that was given; nothing of this policy needs it",
                FIX,
            );
        }
    }
}
