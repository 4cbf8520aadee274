//! Warns of markers that no value of a document can meet.

use crate::ordered::{OrderedMap, OrderedSet};

use super::linted::Linted;
use crate::schema::finding::Findings;
use crate::schema::registry::NodeId;

/// Warns of such markers in the main schema and in the overlay. A reference may be a library, of
/// which a policy uses a part.
pub(super) fn check(linted: &Linted<'_, '_>, reached: &OrderedSet<u32>, warnings: &mut Findings) {
    let registry = linted.registry;
    let mut numbers: OrderedMap<NodeId, u32> = OrderedMap::new();
    for rule in &linted.program.rules {
        if let (Some(node), Some(marker)) = (rule.node, rule.marker) {
            numbers.insert(node, marker);
        }
    }
    for (id, marker) in (0..).zip(linted.markers) {
        let Some(marker) = marker else { continue };
        let number = numbers.get(&id);
        let is_main = registry.node(id).is_some_and(|node| node.document == 0);
        if number.is_some_and(|number| reached.contains(number))
            || !(is_main || linted.overlaid.contains(&marker.schema_pointer))
        {
            continue;
        }
        let (message, fix) = match number {
            None => (
                "nothing refers to the definition that holds this marker: it marks no value",
                "refer to the definition with `$ref`, or remove the marker",
            ),
            Some(_) => (
                "only `not` or `propertyNames` refers to this marker: it marks no value",
                "mark the schema of the value itself",
            ),
        };
        warnings.warning_with_fix("marker-unreached", marker.schema_pointer.as_str(), message, fix);
    }
}
