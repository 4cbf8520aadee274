//! Registers every schema of a policy with its location and the links that lead from it to others.

mod identify;
mod keyword_location;
mod pointers;
mod reference;
mod scan;
mod scope;

use crate::ordered::OrderedMap;

use serde_json::Value;

use super::base::{Base, bare};
use super::draft::Dialect;
use super::finding::{Budget, Findings, below};
use super::marker::RawMarker;
use super::{metaschema, uri};
use crate::error::Error;

pub(crate) use identify::draft_unknown;
use keyword_location::KeywordLocation;
pub(crate) use pointers::SchemaPointers;

/// Index into [`Registry::nodes`].
pub(crate) type NodeId = u32;

/// The keyword by which a schema leads to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link<'s> {
    AllOf,
    AnyOf,
    OneOf,
    If,
    Then,
    Else,
    Not,
    /// `$ref`. Also the `contentSchema` that replaces the description of an envelope.
    Reference,
    /// `$dynamicRef` to an anchor of that name. The dynamic scope may resolve it to another schema
    /// (2020-12 core, section 8.2.3.2).
    Dynamic(&'s str),
    /// `$recursiveRef` to a resource with `$recursiveAnchor` (2019-09 core, section 8.2.4.2).
    Recursive,
    /// Applies if the object has a member of that name.
    Dependent(&'s str),
    /// Applies to the member of that name.
    Property(&'s str),
    /// Applies to the members that match a pattern, an index into [`Registry::patterns`].
    Pattern(u32),
    /// Applies to the members that are neither named nor matched by a pattern.
    Additional,
    UnevaluatedProperties,
    PropertyNames,
    /// Applies to the element at that index.
    Prefix(u32),
    /// Applies to the elements after the prefix.
    Rest,
    UnevaluatedItems,
    /// Applies to the elements that match.
    Contains,
    /// No keyword applies the target in place: definitions, a `contentSchema` that describes no
    /// envelope, keywords beside a `$ref` that hides them.
    Held,
}

/// The target of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Schema(NodeId),
    /// A boolean schema.
    Boolean(bool),
    /// A metaschema that no reference supplies.
    Unknown,
}

impl Target {
    pub(crate) fn schema(self) -> Option<NodeId> {
        if let Target::Schema(id) = self { Some(id) } else { None }
    }
}

/// A schema that is an object. A boolean schema marks nothing and has no node.
#[derive(Debug)]
pub(crate) struct SchemaNode<'s> {
    pub(crate) value: &'s Value,
    pub(crate) parent: Option<NodeId>,
    way: KeywordLocation<'s>,
    pub(crate) document: usize,
    pub(crate) dialect: Dialect,
    pub(crate) resource: usize,
    pub(crate) marker: Option<RawMarker>,
    /// True if standard keywords describe an envelope here (V-03).
    pub(crate) sealed_first: bool,
    /// True if it has a `$schema` without effect, because the schema is neither a root nor has an
    /// identifier (2020-12 core, section 8.1.1).
    pub(crate) stray_draft: bool,
    /// True under `if`, `not` or `propertyNames`, and inside `contentSchema`.
    misplaced: bool,
    /// True below a keyword that the draft ignores.
    shadowed: bool,
    pub(crate) links: Vec<(Link<'s>, Target)>,
}

impl SchemaNode<'_> {
    /// Returns true for a `$ref` in a draft in which it hides the keywords beside it.
    pub(crate) fn is_bare_reference(&self) -> bool {
        self.dialect.draft.hides_siblings() && self.value.get("$ref").is_some()
    }
}

/// One schema text: the main schema or a reference.
#[derive(Debug)]
pub(crate) struct Document<'s> {
    /// The text before the pointers into it: empty, or `uri#`.
    pub(crate) prefix: String,
    /// The base URI of its relative references.
    pub(crate) uri: String,
    pub(crate) value: &'s Value,
    pub(crate) dialect: Dialect,
}

impl<'s> Document<'s> {
    /// All schema texts of a policy, the main one first.
    pub(crate) fn all(bases: &'s [Base]) -> Vec<Document<'s>> {
        let document = |base: &'s Base| {
            let uri = base.uri.as_deref().map(bare);
            Document {
                prefix: uri.map(|uri| format!("{uri}#")).unwrap_or_default(),
                uri: uri.map_or_else(|| uri::BASE.to_owned(), |uri| uri::resolve(uri::BASE, uri)),
                value: &base.value,
                dialect: base.dialect,
            }
        };
        bases.iter().map(document).collect()
    }
}

/// A schema resource: the schema that an `$id` or the URI of a document identifies.
#[derive(Debug)]
struct Resource<'s> {
    uri: String,
    root: NodeId,
    /// The `$dynamicAnchor`s of the resource.
    dynamic_anchors: Vec<(&'s str, NodeId)>,
    /// True if its root has `"$recursiveAnchor": true`.
    recursive: bool,
}

/// All schemas of one compilation.
#[derive(Debug, Default)]
pub(crate) struct Registry<'s> {
    pub(crate) nodes: Vec<SchemaNode<'s>>,
    /// Nodes by the address of their value. The trees do not change while the registry exists.
    by_address: OrderedMap<usize, NodeId>,
    documents: Vec<Document<'s>>,
    resources: Vec<Resource<'s>>,
    by_uri: OrderedMap<String, NodeId>,
    anchors: OrderedMap<(usize, &'s str), NodeId>,
    references: Vec<(NodeId, &'static str, &'s str)>,
    targets: Vec<NodeId>,
    pub(crate) patterns: Vec<&'s str>,
    pattern_ids: OrderedMap<&'s str, u32>,
    /// References whose target was not supplied: the schema that holds each, and its keyword.
    pub(crate) dangling: Vec<(NodeId, &'static str)>,
    /// Markers at places where the draft defines no schema: address, pointer.
    stray: Vec<(usize, String)>,
    /// Values of `contentMediaType` that denote an envelope, besides
    /// [`crate::schema::vocabulary::MEDIA_TYPE`].
    aliases: &'s [String],
}

impl<'s> Registry<'s> {
    /// Registers all schemas of all documents, the main one first, and resolves their references.
    pub(crate) fn build(
        documents: Vec<Document<'s>>,
        aliases: &'s [String],
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<Registry<'s>, Error> {
        let mut registry = Registry { documents, aliases, ..Registry::default() };
        for document in 0..registry.documents.len() {
            registry.scan_document(document, budget, findings)?;
        }
        registry.report_replaced_metaschemas(findings);
        registry.tie_references(budget, findings)?;
        registry.drop_ineffective_markers(findings);
        Ok(registry)
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&SchemaNode<'s>> {
        self.nodes.get(id as usize)
    }

    pub(crate) fn of(&self, value: &Value) -> Option<NodeId> {
        self.by_address.get(&address(value)).copied()
    }

    /// Returns the root of the main schema.
    pub(crate) fn root(&self) -> Target {
        match self.documents.first().map(|document| document.value) {
            Some(Value::Bool(all)) => Target::Boolean(*all),
            Some(value) => self.of(value).map_or(Target::Unknown, Target::Schema),
            None => Target::Unknown,
        }
    }

    /// Returns the anchors that the dynamic scope gains when evaluation enters a resource.
    /// `$recursiveAnchor` has no name.
    pub(crate) fn dynamic_anchors(
        &self,
        resource: usize,
    ) -> impl Iterator<Item = (Option<&'s str>, NodeId)> {
        let resource = self.resources.get(resource);
        let recursive =
            resource.filter(|resource| resource.recursive).map(|resource| (None, resource.root));
        recursive.into_iter().chain(resource.into_iter().flat_map(|resource| {
            resource.dynamic_anchors.iter().map(|(name, id)| (Some(*name), *id))
        }))
    }

    /// Returns the location of a schema: an RFC 6901 pointer, after `uri#` in a reference.
    pub(crate) fn pointer(&self, id: NodeId) -> String {
        let mut chain = Vec::new();
        let mut next = Some(id);
        let mut prefix = "";
        while let Some(node) = next.and_then(|id| self.node(id)) {
            chain.push(&node.way);
            prefix = self.documents.get(node.document).map_or("", |document| &document.prefix);
            next = node.parent;
        }
        let mut pointer = prefix.to_owned();
        chain.into_iter().rev().for_each(|way| way.append_to(&mut pointer));
        pointer
    }

    /// Returns true if a reference leads through a keyword that no draft defines. Other
    /// implementations need not look for schemas there.
    pub(crate) fn refers_freely(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node.way, KeywordLocation::Free(_)))
    }

    /// Returns the pointer of a schema from the root of its document.
    pub(crate) fn pointer_in_document(&self, id: NodeId) -> String {
        let prefix = self
            .node(id)
            .and_then(|node| self.documents.get(node.document))
            .map_or(0, |document| document.prefix.len());
        self.pointer(id).split_off(prefix)
    }

    /// Returns true if references within a metaschema may lead to a schema of this registry: it has
    /// a metaschema of its own, or an anchor that those of the drafts refer to dynamically.
    pub(crate) fn may_replace_metaschemas(&self) -> bool {
        self.resources.iter().any(|resource| {
            resource.recursive
                || resource.dynamic_anchors.iter().any(|(name, _)| *name == "meta")
                || metaschema::is_metaschema(&resource.uri)
        }) || self.documents.iter().any(|document| metaschema::is_metaschema(&document.uri))
    }

    /// Returns the URI of the metaschema to which a schema refers, with the fragment.
    pub(crate) fn metaschema_of(&self, id: NodeId) -> Option<String> {
        let node = self.node(id)?;
        let base = self.resources.get(node.resource).map_or("", |resource| &resource.uri);
        let written = ["$ref", "$dynamicRef", "$recursiveRef"]
            .into_iter()
            .filter_map(|keyword| node.value.get(keyword)?.as_str());
        let mut resolved = written.map(|text| (uri::resolve(base, text), uri::fragment(text).1));
        let (uri, fragment) = resolved.find(|(uri, _)| metaschema::is_metaschema(uri))?;
        Some(if fragment.is_empty() { uri } else { format!("{uri}#{fragment}") })
    }

    /// Returns the pointer of a schema from the root of its resource, as a `#/…` reference takes
    /// it.
    pub(crate) fn pointer_in_resource(&self, id: NodeId) -> String {
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some((id, node)) = next.and_then(|id| self.node(id).map(|node| (id, node))) {
            if self.resources.get(node.resource).is_some_and(|resource| resource.root == id) {
                break;
            }
            chain.push(&node.way);
            next = node.parent;
        }
        let mut pointer = String::new();
        chain.into_iter().rev().for_each(|way| way.append_to(&mut pointer));
        pointer
    }

    /// Reports each reference that has the URI of a metaschema of a draft and is another schema. It
    /// replaces the draft's own text. A schema may embed a metaschema of its own, as bundles of
    /// published schemas do.
    fn report_replaced_metaschemas(&self, findings: &mut Findings) {
        let given = self
            .documents
            .iter()
            .filter(|document| metaschema::is_replaced(&document.uri, document.value))
            .map(|document| document.prefix.clone());
        let is_given = |uri: &str| self.documents.iter().any(|document| document.uri == uri);
        let named = self.by_uri.iter().filter_map(|(uri, id)| {
            let node = self.node(*id)?;
            let is_reference = node.document > 0 && node.parent.is_none();
            (is_reference
                && !is_given(uri)
                && metaschema::is_replaced(uri::fragment(uri).0, node.value))
            .then(|| below(&self.pointer(*id), node.dialect.draft.id()))
        });
        for at in given.chain(named) {
            findings.warning_with_fix(
                "metaschema-replaced",
                at,
                "this uri is that of a metaschema of JSON Schema, and the schema is another one, \
                 which counts in its place",
                "give it a uri of its own, or leave it out: every build knows the metaschemas",
            );
        }
    }

    /// Drops each marker that no value can meet (docs/marking-a-schema.md, *Markers that do not
    /// compile*), with a finding.
    fn drop_ineffective_markers(&mut self, findings: &mut Findings) {
        const MESSAGE: &str = "this marker has no effect: no keyword that the draft defines and no \
            reference leads to it";
        let mut reached = vec![false; self.nodes.len()];
        let mut open = self.targets.clone();
        while let Some(id) = open.pop() {
            if let Some(seen) = reached.get_mut(id as usize)
                && !*seen
            {
                *seen = true;
                let links = self.node(id).map(|node| node.links.as_slice()).unwrap_or_default();
                open.extend(
                    links
                        .iter()
                        .filter(|(link, _)| *link != Link::Held)
                        .filter_map(|(_, target)| target.schema()),
                );
            }
        }
        let ineffective: Vec<NodeId> = (0..)
            .zip(&self.nodes)
            .zip(reached)
            .filter(|((_, node), reached)| node.marker.is_some() && node.shadowed && !reached)
            .map(|((id, _), _)| id)
            .collect();
        for id in ineffective {
            findings.error("marker-without-effect", self.pointer(id), MESSAGE);
            if let Some(node) = self.nodes.get_mut(id as usize) {
                node.marker = None;
            }
        }
        for (address, pointer) in &self.stray {
            if !self.by_address.contains_key(address) {
                findings.error("marker-without-effect", pointer.as_str(), MESSAGE);
            }
        }
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Returns the number of a name, which is `next` if the map did not hold the name. It is compiled
/// once for all callers.
#[inline(never)]
pub(crate) fn number_of<'s>(
    numbers: &mut OrderedMap<&'s str, u32>,
    name: &'s str,
    next: u32,
) -> u32 {
    numbers.or_insert(name, next)
}
