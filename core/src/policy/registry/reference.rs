//! `$ref` and `$dynamicRef`: to which schema they lead.

use serde_json::Value;

use super::scan::Visit;
use super::{Link, NodeId, Registry, Way};
use crate::error::Error;
use crate::json::Pointer;
use crate::policy::finding::{Budget, Findings, below};
use crate::policy::{draft, uri};

/// Where a reference leads.
enum Target {
    Schema(NodeId),
    /// A boolean schema or a metaschema: no marker is there.
    Markerless,
    Nowhere,
}

impl<'s> Registry<'s> {
    /// Follows all references, those included that only come to light in what a reference leads to.
    pub(super) fn tie_references(&mut self, budget: &mut Budget, findings: &mut Findings) -> Result<(), Error> {
        let mut next = 0;
        while let Some(&(from, keyword, text)) = self.references.get(next) {
            next += 1;
            match self.target(from, text, budget, findings)? {
                Target::Schema(target) => self.tie(from, keyword, target),
                Target::Markerless => {}
                Target::Nowhere => {
                    findings.error("unresolvable-ref", below(&self.pointer(from), keyword), "this reference leads to no schema that was given");
                }
            }
            if keyword == "$dynamicRef" {
                // Which anchor it takes depends on the way to it: any of that name may be meant.
                let (_, name) = uri::fragment(text);
                let named: Vec<NodeId> = self.dynamic_anchors.iter().filter(|(own, _)| *own == name).map(|(_, id)| *id).collect();
                budget.spend(named.len())?;
                named.into_iter().for_each(|target| self.tie(from, keyword, target));
            }
        }
        Ok(())
    }

    fn tie(&mut self, from: NodeId, keyword: &str, target: NodeId) {
        self.targets.push(target);
        if let Some(node) = self.nodes.get_mut(from as usize) {
            let sealed_first = node.value.as_object().is_some_and(super::is_sealed_first) && !node.is_bare_reference();
            let link = match keyword {
                _ if sealed_first => Link::Held,
                "$ref" => Link::Here { certain: true },
                _ => Link::Unbuilt("$dynamicRef"),
            };
            node.links.push((link, Some(target)));
        }
    }

    fn target(&mut self, from: NodeId, text: &str, budget: &mut Budget, findings: &mut Findings) -> Result<Target, Error> {
        let Some(resource) = self.node(from).and_then(|node| self.resources.get(node.resource)) else { return Ok(Target::Nowhere) };
        let (_, fragment) = uri::fragment(text);
        // A reference within the resource also finds one whose URI is none to resolve against.
        let root = if text.starts_with('#') || text.is_empty() {
            resource.root
        } else {
            let full = uri::resolve(&resource.uri, text);
            match self.by_uri.get(&full) {
                Some(root) => *root,
                None if self.documents.iter().any(|document| document.uri == full && document.value.is_boolean()) => {
                    return Ok(Target::Markerless);
                }
                None if draft::is_metaschema(&full) => return Ok(Target::Markerless),
                None => return Ok(Target::Nowhere),
            }
        };
        if fragment.is_empty() {
            return Ok(Target::Schema(root));
        }
        let Some(fragment) = uri::decode(fragment) else { return Ok(Target::Nowhere) };
        if !fragment.starts_with('/') {
            let resource = self.node(root).map_or(0, |node| node.resource);
            return Ok(self.anchors.get(&(resource, fragment.as_str())).map_or(Target::Nowhere, |id| Target::Schema(*id)));
        }
        let Ok(pointer) = Pointer::parse(&fragment) else { return Ok(Target::Nowhere) };
        self.descend(root, pointer.tokens(), budget, findings)
    }

    /// Follows a pointer from a schema. What it leads to becomes a schema even where no draft looks for one.
    fn descend(&mut self, root: NodeId, tokens: &[String], budget: &mut Budget, findings: &mut Findings) -> Result<Target, Error> {
        let Some(mut value) = self.node(root).map(|node| node.value) else { return Ok(Target::Nowhere) };
        let mut current = root;
        let mut way = String::new();
        for token in tokens {
            let Some(next) = step(value, token) else { return Ok(Target::Nowhere) };
            value = next;
            crate::json::push_token(&mut way, token);
            if let Some(id) = self.of(value) {
                current = id;
                way.clear();
            }
        }
        match value {
            _ if way.is_empty() => Ok(Target::Schema(current)),
            Value::Bool(_) => Ok(Target::Markerless),
            Value::Object(_) => {
                let Some(node) = self.node(current) else { return Ok(Target::Nowhere) };
                let visit = Visit {
                    value,
                    parent: Some(current),
                    way: Way::Free(way),
                    link: None,
                    document: node.document,
                    draft: node.draft,
                    resource: node.resource,
                    misplaced: node.misplaced,
                    shadowed: false,
                };
                self.scan(visit, budget, findings)?;
                Ok(self.of(value).map_or(Target::Nowhere, Target::Schema))
            }
            _ => Ok(Target::Nowhere),
        }
    }
}

/// One token of a pointer (RFC 6901, section 4: no leading zeros).
fn step<'v>(value: &'v Value, token: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(token),
        Value::Array(elements) if token == "0" || !token.starts_with(['0', '+']) => elements.get(token.parse::<usize>().ok()?),
        _ => None,
    }
}
