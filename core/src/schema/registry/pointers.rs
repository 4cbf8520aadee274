//! Pointers of schemas, which outlive the registry.

use super::{NodeId, Registry};

/// The pointer of each schema of a registry. A schema's text omits the pointer of its parent.
#[derive(Debug, Default)]
pub(crate) struct SchemaPointers {
    text: String,
    nodes: Vec<Node>,
}

/// Takes eight bytes, since a policy keeps one for each schema.
#[derive(Debug)]
struct Node {
    /// The schema itself, if it has no parent.
    parent: NodeId,
    /// The end of its text, which begins at the end of the text before.
    end: u32,
}

impl SchemaPointers {
    pub(crate) fn of(registry: &Registry<'_>) -> SchemaPointers {
        let mut pointers = SchemaPointers::default();
        for (id, node) in (0..).zip(&registry.nodes) {
            if node.parent.is_none()
                && let Some(document) = registry.documents.get(node.document)
            {
                pointers.text.push_str(&document.prefix);
            }
            node.way.append_to(&mut pointers.text);
            let end = u32::try_from(pointers.text.len()).unwrap_or(u32::MAX);
            pointers.nodes.push(Node { parent: node.parent.unwrap_or(id), end });
        }
        pointers.text.shrink_to_fit();
        pointers.nodes.shrink_to_fit();
        pointers
    }

    /// Returns an RFC 6901 pointer, after `uri#` in a reference.
    pub(crate) fn pointer(&self, id: NodeId) -> String {
        let mut parts = Vec::new();
        let mut next = id;
        while let Some(node) = self.nodes.get(next as usize) {
            let before = next.checked_sub(1).and_then(|id| self.nodes.get(id as usize));
            let start = before.map_or(0, |before| before.end as usize);
            parts.push(self.text.get(start..node.end as usize).unwrap_or_default());
            if node.parent == next {
                break;
            }
            next = node.parent;
        }
        parts.reverse();
        parts.concat()
    }
}
