//! The JSON types of a clear value, as far as `type` names them, and the default placeholder that
//! follows from these types.

use crate::ordered::OrderedSet;

use serde_json::Value;

use super::registry::{Link, NodeId, Registry};

/// Each type and its empty value, in the order of docs/marking-a-schema.md.
const EMPTY: [(&str, &str); 5] =
    [("string", "\"\""), ("number", "0"), ("boolean", "false"), ("array", "[]"), ("object", "{}")];

/// A set of types: `null` and those of [`EMPTY`].
#[derive(Clone, Copy)]
struct Types(u8);

const NULL: u8 = 1;
const ALL: Types = Types(0b11_1111);

/// Returns the default placeholder: `null`, unless `type` (of the schema itself, or by `$ref` and
/// `allOf`) excludes it.
pub(crate) fn placeholder(registry: &Registry<'_>, id: NodeId) -> &'static str {
    let mut allowed = ALL;
    let mut seen = OrderedSet::new();
    let mut open = vec![clear(registry, id)];
    while let Some(id) = open.pop() {
        let Some(node) = id.filter(|id| seen.insert(*id)).and_then(|id| registry.node(id)) else {
            continue;
        };
        if !node.is_bare_reference()
            && let Some(types) = node.value.get("type")
        {
            allowed.0 &= types_of(types).0;
        }
        let same = |link: &Link<'_>| {
            matches!(link, Link::AllOf | Link::Reference | Link::Dynamic(_) | Link::Recursive)
        };
        open.extend(
            node.links.iter().filter(|(link, _)| same(link)).map(|(_, target)| target.schema()),
        );
    }
    if allowed.0 & NULL != 0 {
        return "null";
    }
    EMPTY
        .iter()
        .zip(1..)
        .find(|(_, bit)| allowed.0 & (1 << bit) != 0)
        .map_or("null", |((_, empty), _)| empty)
}

/// Returns the schema of the clear value, which a schema of an envelope holds in `contentSchema`.
fn clear(registry: &Registry<'_>, id: NodeId) -> Option<NodeId> {
    let node = registry.node(id)?;
    if node.sealed_first { registry.of(node.value.get("contentSchema")?) } else { Some(id) }
}

fn types_of(value: &Value) -> Types {
    let one = |name: &str| match name {
        "null" => NULL,
        "integer" => 1 << 2,
        _ => {
            EMPTY.iter().zip(1..).find(|((own, _), _)| *own == name).map_or(0, |(_, bit)| 1 << bit)
        }
    };
    match value {
        Value::String(name) => Types(one(name)),
        Value::Array(names) => {
            Types(names.iter().filter_map(Value::as_str).fold(0, |sum, name| sum | one(name)))
        }
        _ => ALL,
    }
}
