//! Warns of a family that only `$id` names. Authors change an `$id` with every version, and
//! envelopes of the old version would then no longer open.

use serde_json::Value;

use crate::schema::draft::Draft;
use crate::schema::finding::Findings;

/// Warns of a root without `x-schema-family`.
pub(super) fn check(root: &Value, draft: Draft, findings: &mut Findings) {
    if root.get("x-schema-family").is_some() {
        return;
    }
    let keyword = draft.id();
    if !root.get(keyword).is_some_and(Value::is_string) {
        return;
    }
    findings.warning_with_fix(
        "family-by-id",
        format!("/{keyword}"),
        format!(
            "envelopes bind to the family, which `{keyword}` names here: a new `{keyword}` would \
             leave old envelopes unreadable"
        ),
        format!(
            "add `x-schema-family` at the root with the text of `{keyword}`, and never change \
            it"
        ),
    );
}
