//! Every schema of a policy, where it stands, and what it leads to.

mod identify;
mod keyword_location;
mod pointers;
mod reference;
mod scan;
mod scope;

use std::collections::BTreeMap;

use serde_json::Value;

use super::base::{Base, bare};
use super::draft::Dialect;
use super::finding::{Budget, Findings};
use super::marker::RawMarker;
use super::uri;
use crate::error::Error;

pub(crate) use identify::draft_unknown;
use keyword_location::KeywordLocation;
pub(crate) use pointers::SchemaPointers;

/// An index into [`Registry::nodes`].
pub(crate) type NodeId = u32;

/// How a schema leads to another, by which keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link<'s> {
    AllOf,
    AnyOf,
    OneOf,
    If,
    Then,
    Else,
    Not,
    /// `$ref`, and the `contentSchema` that takes the place of the description of an envelope.
    Reference,
    /// `$dynamicRef` to an anchor of that name, which the dynamic scope may have elsewhere (2020-12
    /// core, section 8.2.3.2).
    Dynamic(&'s str),
    /// `$recursiveRef` to a resource with `$recursiveAnchor` (2019-09 core, section 8.2.4.2).
    Recursive,
    /// If the object has a member of that name.
    Dependent(&'s str),
    /// To the member of that name.
    Property(&'s str),
    /// To members that match a pattern, an index into [`Registry::patterns`].
    Pattern(u32),
    /// To members that neither are named nor match.
    Additional,
    UnevaluatedProperties,
    PropertyNames,
    /// To the element at that index.
    Prefix(u32),
    /// To the elements after the prefix.
    Rest,
    UnevaluatedItems,
    /// To those elements that fit.
    Contains,
    /// To what no keyword applies by itself: definitions, the `contentSchema` of what is no
    /// envelope, siblings of a `$ref` that hides.
    Held,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Schema(NodeId),
    /// A boolean schema.
    Boolean(bool),
    /// A metaschema, which nobody brought.
    Unknown,
}

impl Target {
    pub(crate) fn schema(self) -> Option<NodeId> {
        if let Target::Schema(id) = self { Some(id) } else { None }
    }
}

/// One schema that is an object. Boolean schemas mark nothing and have none.
#[derive(Debug)]
pub(crate) struct SchemaNode<'s> {
    pub(crate) value: &'s Value,
    pub(crate) parent: Option<NodeId>,
    way: KeywordLocation<'s>,
    pub(crate) document: usize,
    pub(crate) dialect: Dialect,
    pub(crate) resource: usize,
    pub(crate) marker: Option<RawMarker>,
    /// It describes an envelope by standard keywords (V-03).
    pub(crate) sealed_first: bool,
    /// It has a `$schema` that does not count, since it is neither a text's root nor names itself
    /// (2020-12 core, section 8.1.1).
    pub(crate) stray_draft: bool,
    /// Under `if`, `not`, `propertyNames` or inside `contentSchema`.
    misplaced: bool,
    /// Below what the draft ignores.
    shadowed: bool,
    pub(crate) links: Vec<(Link<'s>, Target)>,
}

impl SchemaNode<'_> {
    /// A `$ref` of the drafts in which it hides what stands beside it.
    pub(crate) fn is_bare_reference(&self) -> bool {
        self.dialect.draft.hides_siblings() && self.value.get("$ref").is_some()
    }
}

/// A schema text of its own: the main one, or a reference.
#[derive(Debug)]
pub(crate) struct Document<'s> {
    /// Before the pointers into it: nothing, or `uri#`.
    pub(crate) prefix: String,
    /// What relative references in it are resolved against.
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

/// What an `$id` or a document's URI names.
#[derive(Debug)]
struct Resource<'s> {
    uri: String,
    root: NodeId,
    /// Its `$dynamicAnchor`s.
    dynamic_anchors: Vec<(&'s str, NodeId)>,
    /// Its root says `"$recursiveAnchor": true`.
    recursive: bool,
}

/// The schemas of one compilation.
#[derive(Debug, Default)]
pub(crate) struct Registry<'s> {
    pub(crate) nodes: Vec<SchemaNode<'s>>,
    /// By address: the trees are not changed while they are looked at.
    by_address: BTreeMap<usize, NodeId>,
    documents: Vec<Document<'s>>,
    resources: Vec<Resource<'s>>,
    by_uri: BTreeMap<String, NodeId>,
    anchors: BTreeMap<(usize, &'s str), NodeId>,
    references: Vec<(NodeId, &'static str, &'s str)>,
    targets: Vec<NodeId>,
    pub(crate) patterns: Vec<&'s str>,
    pattern_ids: BTreeMap<&'s str, u32>,
    /// References that lead to no schema that was given: where they stand, their keyword.
    pub(crate) dangling: Vec<(NodeId, &'static str)>,
    /// Markers where no draft looks for schemas: address, pointer.
    stray: Vec<(usize, String)>,
    /// What `contentMediaType` may say of an envelope, besides our own type.
    aliases: &'s [String],
}

impl<'s> Registry<'s> {
    /// Registers all schemas of all documents, the main one first, and ties their references.
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

    /// The root of the main schema.
    pub(crate) fn root(&self) -> Target {
        match self.documents.first().map(|document| document.value) {
            Some(Value::Bool(all)) => Target::Boolean(*all),
            Some(value) => self.of(value).map_or(Target::Unknown, Target::Schema),
            None => Target::Unknown,
        }
    }

    /// The anchors that entering a resource adds to the dynamic scope; one without a name is
    /// `$recursiveAnchor`.
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

    /// Where a schema stands: an RFC 6901 pointer, after `uri#` in a reference.
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

    /// Returns whether a reference leads through a keyword that no draft defines, where other
    /// readers need not look for schemas.
    #[cfg(feature = "validation")]
    pub(crate) fn refers_freely(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node.way, KeywordLocation::Free(_)))
    }

    #[cfg(feature = "validation")]
    /// The pointer of a schema from the root of its document.
    pub(crate) fn pointer_in_document(&self, id: NodeId) -> String {
        let prefix = self
            .node(id)
            .and_then(|node| self.documents.get(node.document))
            .map_or(0, |document| document.prefix.len());
        self.pointer(id).split_off(prefix)
    }

    /// The metaschema that a schema refers to.
    #[cfg(feature = "validation")]
    pub(crate) fn metaschema_of(&self, id: NodeId) -> Option<String> {
        let node = self.node(id)?;
        let base = self.resources.get(node.resource).map_or("", |resource| &resource.uri);
        let written = ["$ref", "$dynamicRef", "$recursiveRef"]
            .into_iter()
            .filter_map(|keyword| node.value.get(keyword)?.as_str());
        written
            .map(|text| uri::resolve(base, text))
            .find(|uri| crate::schema::draft::is_metaschema(uri::fragment(uri).0))
    }

    #[cfg(feature = "validation")]
    /// The pointer of a schema from the root of its resource, which a `#/…` reference in it takes.
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

    /// A marker counts only where a value can meet its schema (resolver.md, *Markers*).
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
