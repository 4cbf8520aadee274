//! The schema texts of a policy.

use serde_json::Value;

use super::draft::Dialect;

/// One schema text: the main schema or a reference.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    /// `None` for the main schema.
    pub(crate) uri: Option<String>,
    pub(crate) value: Value,
    pub(crate) dialect: Dialect,
}

/// Removes an empty fragment from a URI.
pub(crate) fn bare(uri: &str) -> &str {
    uri.strip_suffix('#').unwrap_or(uri)
}
