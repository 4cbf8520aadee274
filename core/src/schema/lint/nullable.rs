//! Warns of `nullable`, a keyword of OpenAPI 3.0, beside a marker in a schema of another language.

use serde_json::Value;

use crate::schema::finding::{Findings, below};
use crate::schema::registry::{NodeId, Registry};

/// Warns of each `nullable` beside a marker. The option `dialect` has rewritten those that count.
pub(super) fn check(registry: &Registry<'_>, findings: &mut Findings) {
    for (id, node) in (0..).zip(&registry.nodes) {
        if node.marker.is_some() && node.value.get("nullable") == Some(&Value::Bool(true)) {
            let id: NodeId = id;
            findings.warning_with_fix(
                "nullable-ignored",
                below(&registry.pointer(id), "nullable"),
                "`nullable` means nothing in JSON Schema, so a `null` here does not fit: it is a \
                 keyword of OpenAPI 3.0, which the option `dialect: \"openapi-3.0\"` reads",
                "set the option `dialect: \"openapi-3.0\"`, or add \"null\" to `type`",
            );
        }
    }
}
