//! The keywords that name a schema: its dialect, its URI and its anchors (2020-12 core, sections
//! 8.1 and 8.2).

use serde_json::{Map, Value};

use super::{NodeId, Registry, Resource};
use crate::schema::draft::{Dialect, Draft};
use crate::schema::finding::{Findings, below};
use crate::schema::uri;

/// Adds the finding of a `$schema` that names nothing known.
pub(crate) fn draft_unknown(at: &str, findings: &mut Findings) {
    findings.error_with_fix(
        "draft-unknown",
        below(at, "$schema"),
        "no draft from 4 to 2020-12, and no metaschema among the references, has this uri",
        "set the option `draft` (\"4\", \"6\", \"7\", \"2019-09\" or \"2020-12\"), or give the metaschema among `references`",
    );
}

impl<'s> Registry<'s> {
    /// Reads `$id`, `$schema`, `$anchor`, `$dynamicAnchor` and `$recursiveAnchor`.
    pub(super) fn identify(
        &mut self,
        id: NodeId,
        members: &'s Map<String, Value>,
        at: &str,
        findings: &mut Findings,
    ) {
        let named = match (members.get("$schema").and_then(Value::as_str), self.node(id)) {
            (Some(named), Some(node)) if node.parent.is_some() => Some(named),
            _ => None,
        };
        let dialect = named.map(|named| Dialect::named(named, &self.metaschemas()));
        let Some(node) = self.nodes.get_mut(id as usize) else { return };
        if let Some(dialect) = dialect {
            let own = dialect.unwrap_or(node.dialect);
            if members.get(own.draft.id()).is_some_and(Value::is_string) {
                match dialect {
                    Some(dialect) => node.dialect = dialect,
                    None => draft_unknown(at, findings),
                }
            } else {
                node.stray_draft = true;
            }
        }
        if node.is_bare_reference() {
            return;
        }
        let (draft, keyword) = (node.dialect.draft, node.dialect.draft.id());
        if let Some(own) = members.get(keyword).and_then(Value::as_str) {
            let (_, fragment) = uri::fragment(own);
            if !own.starts_with('#') {
                let base = self.resources.get(node.resource).map_or("", |resource| &resource.uri);
                let full = uri::resolve(base, own);
                node.resource = self.resources.len();
                self.resources.push(Resource::new(full.clone(), id));
                if self.by_uri.insert(full, id).is_some_and(|other| other != id) {
                    findings.error("duplicate-id", below(at, keyword), "two schemas have this uri");
                }
            }
            if !fragment.is_empty() {
                if draft.hides_siblings() {
                    self.anchor(id, fragment, below(at, keyword), findings);
                } else {
                    findings.error(
                        "schema-invalid",
                        below(at, keyword),
                        "from 2019-09 on, `$id` has no fragment",
                    );
                }
            }
        } else if members.contains_key(keyword) {
            findings.error(
                "schema-invalid",
                below(at, keyword),
                format!("`{keyword}` must be a string"),
            );
        }
        if draft >= Draft::TwentyNineteen
            && let Some(name) = members.get("$anchor").and_then(Value::as_str)
        {
            self.anchor(id, name, below(at, "$anchor"), findings);
        }
        let own = self.node(id).map_or(0, |node| node.resource);
        let Some(resource) = self.resources.get_mut(own) else { return };
        if draft == Draft::TwentyNineteen && resource.root == id {
            resource.recursive = members.get("$recursiveAnchor") == Some(&Value::Bool(true));
        }
        if draft == Draft::TwentyTwenty
            && let Some(name) = members.get("$dynamicAnchor").and_then(Value::as_str)
        {
            resource.dynamic_anchors.push((name, id));
            self.anchor(id, name, below(at, "$dynamicAnchor"), findings);
        }
    }

    /// Returns the references that a `$schema` may name, with their bare URIs.
    fn metaschemas(&self) -> Vec<(&str, &'s Value)> {
        self.documents
            .iter()
            .skip(1)
            .map(|document| (document.uri.as_str(), document.value))
            .collect()
    }

    fn anchor(&mut self, id: NodeId, name: &'s str, at: String, findings: &mut Findings) {
        let resource = self.node(id).map_or(0, |node| node.resource);
        if self.anchors.insert((resource, name), id).is_some_and(|other| other != id) {
            findings.error("duplicate-id", at, "two schemas of one resource have this anchor");
        }
    }
}

impl Resource<'_> {
    pub(super) fn new(uri: String, root: NodeId) -> Self {
        Resource { uri, root, dynamic_anchors: Vec::new(), recursive: false }
    }
}
