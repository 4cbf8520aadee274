//! Resolves `$ref`, `$dynamicRef` and `$recursiveRef`.

use serde_json::Value;

use super::scope::Visit;
use super::{KeywordLocation, Link, NodeId, Registry, Target};
use crate::error::Error;
use crate::json::Pointer;
use crate::schema::finding::{Budget, Findings};
use crate::schema::{metaschema, uri};

impl<'s> Registry<'s> {
    /// Resolves all references, including those inside a schema that only a reference makes known.
    pub(super) fn tie_references(
        &mut self,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let mut next = 0;
        while let Some(&(from, keyword, text)) = self.references.get(next) {
            next += 1;
            match self.target(from, text, budget, findings)? {
                Some(target) => self.tie(from, keyword, text, target),
                // The lint reports it, with a severity that depends on the target of the root.
                None => self.dangling.push((from, keyword)),
            }
        }
        Ok(())
    }

    fn tie(&mut self, from: NodeId, keyword: &str, text: &'s str, target: Target) {
        let link = match keyword {
            "$dynamicRef" => self.dynamic(text, target),
            "$recursiveRef" => self.recursive(target),
            _ => Link::Reference,
        };
        self.targets.extend(target.schema());
        if let Some(node) = self.nodes.get_mut(from as usize) {
            let hidden = node.sealed_first || (keyword != "$ref" && node.is_bare_reference());
            node.links.push((if hidden { Link::Held } else { link }, target));
        }
    }

    /// Links a `$dynamicRef`. It acts as a `$ref` unless its initial target has a `$dynamicAnchor`
    /// with the name in its fragment.
    fn dynamic(&mut self, text: &'s str, target: Target) -> Link<'s> {
        let (_, name) = uri::fragment(text);
        let anchored = target
            .schema()
            .and_then(|id| self.node(id))
            .and_then(|node| node.value.get("$dynamicAnchor"))
            .and_then(Value::as_str);
        if name.is_empty() || anchored != Some(name) {
            return Link::Reference;
        }
        let anchors = self.resources.iter().flat_map(|resource| &resource.dynamic_anchors);
        let named: Vec<NodeId> =
            anchors.filter(|(own, _)| *own == name).map(|(_, id)| *id).collect();
        self.targets.extend(named);
        Link::Dynamic(name)
    }

    /// Links a `$recursiveRef`. It acts as a `$ref` unless its initial target has
    /// `$recursiveAnchor`.
    fn recursive(&mut self, target: Target) -> Link<'s> {
        let is_recursive = |id: NodeId| {
            self.resources.iter().any(|resource| resource.root == id && resource.recursive)
        };
        if !target.schema().is_some_and(is_recursive) {
            return Link::Reference;
        }
        let roots: Vec<NodeId> = self
            .resources
            .iter()
            .filter(|resource| resource.recursive)
            .map(|resource| resource.root)
            .collect();
        self.targets.extend(roots);
        Link::Recursive
    }

    fn target(
        &mut self,
        from: NodeId,
        text: &str,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<Option<Target>, Error> {
        let Some(resource) = self.node(from).and_then(|node| self.resources.get(node.resource))
        else {
            return Ok(None);
        };
        let (_, fragment) = uri::fragment(text);
        // A reference within the resource resolves even if the resource's URI cannot be a base.
        let root = if text.starts_with('#') || text.is_empty() {
            resource.root
        } else {
            let full = uri::resolve(&resource.uri, text);
            if let Some(Value::Bool(all)) = self
                .documents
                .iter()
                .find(|document| document.uri == full)
                .map(|document| document.value)
            {
                return Ok(Some(Target::Boolean(*all)));
            }
            match self.by_uri.get(&full) {
                Some(root) => *root,
                None if metaschema::is_metaschema(&full) => return Ok(Some(Target::Unknown)),
                None => return Ok(None),
            }
        };
        if fragment.is_empty() {
            return Ok(Some(Target::Schema(root)));
        }
        let Some(fragment) = uri::decode(fragment) else { return Ok(None) };
        if !fragment.starts_with('/') {
            let resource = self.node(root).map_or(0, |node| node.resource);
            return Ok(self
                .anchors
                .get(&(resource, fragment.as_str()))
                .map(|id| Target::Schema(*id)));
        }
        let Ok(pointer) = Pointer::parse(&fragment) else { return Ok(None) };
        self.descend(root, pointer.tokens(), budget, findings)
    }

    /// Follows a pointer from a schema. The object that it leads to becomes a schema, even where
    /// the draft defines none.
    fn descend(
        &mut self,
        root: NodeId,
        tokens: &[String],
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<Option<Target>, Error> {
        let Some(mut value) = self.node(root).map(|node| node.value) else { return Ok(None) };
        let mut current = root;
        let mut way = String::new();
        for token in tokens {
            let Some(next) = step(value, token) else { return Ok(None) };
            value = next;
            crate::json::push_token(&mut way, token);
            if let Some(id) = self.of(value) {
                current = id;
                way.clear();
            }
        }
        match value {
            _ if way.is_empty() => Ok(Some(Target::Schema(current))),
            Value::Bool(all) => Ok(Some(Target::Boolean(*all))),
            Value::Object(_) => {
                let Some(node) = self.node(current) else { return Ok(None) };
                let visit = Visit {
                    value,
                    parent: Some(current),
                    way: KeywordLocation::Free(way),
                    link: None,
                    document: node.document,
                    dialect: node.dialect,
                    resource: node.resource,
                    misplaced: node.misplaced,
                    shadowed: false,
                };
                self.scan(visit, budget, findings)?;
                Ok(self.of(value).map(Target::Schema))
            }
            _ => Ok(None),
        }
    }
}

/// Follows one token of a pointer (RFC 6901, section 4: no leading zeros).
fn step<'v>(value: &'v Value, token: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(token),
        Value::Array(elements) if token == "0" || !token.starts_with(['0', '+']) => {
            elements.get(token.parse::<usize>().ok()?)
        }
        _ => None,
    }
}
