//! Warns of a policy that protects nothing.

use crate::ordered::OrderedSet;

use crate::schema::finding::Findings;

/// Warns if no marker can meet a value.
pub(super) fn check(reached: &OrderedSet<u32>, warnings: &mut Findings) {
    if reached.is_empty() {
        warnings.warning_with_fix(
            "nothing-marked",
            "",
            "no marker applies to any value of a document: this policy protects nothing",
            "add `x-protection` to the schema of a value, or give an `overlay` that does",
        );
    }
}
