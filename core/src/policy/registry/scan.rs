//! Walking a schema text: which of its objects are schemas, under which keyword, and what of our vocabulary they hold.

use serde_json::{Map, Value};

use super::{Link, NodeId, Registry, Resource, SchemaNode, Way, address};
use crate::error::Error;
use crate::policy::draft::{Draft, Named, Slot};
use crate::policy::finding::{Budget, Findings, below, push_index, push_way};
use crate::policy::marker::Written;
use crate::policy::{uri, vocabulary};

/// What `contentMediaType` says of an envelope.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.fieldseal.sealed";

/// Whether standard keywords alone mark this schema (V-03). Media types have no case (RFC 2045, section 5.1).
pub(crate) fn is_sealed_first(schema: &Map<String, Value>) -> bool {
    names_media_type(schema) && schema.get("contentEncoding").and_then(Value::as_str) == Some("base64url")
}

fn names_media_type(schema: &Map<String, Value>) -> bool {
    schema.get("contentMediaType").and_then(Value::as_str).is_some_and(|media| media.eq_ignore_ascii_case(MEDIA_TYPE))
}

/// A value to be registered as a schema.
pub(super) struct Visit<'s> {
    pub(super) value: &'s Value,
    pub(super) parent: Option<NodeId>,
    pub(super) way: Way<'s>,
    pub(super) link: Option<Link<'s>>,
    pub(super) document: usize,
    pub(super) draft: Draft,
    pub(super) resource: usize,
    pub(super) misplaced: bool,
    pub(super) shadowed: bool,
}

impl<'s> Registry<'s> {
    pub(super) fn scan_document(&mut self, document: usize, budget: &mut Budget, findings: &mut Findings) -> Result<(), Error> {
        let Some(known) = self.documents.get(document) else { return Ok(()) };
        let (value, draft) = (known.value, known.draft);
        // The root's own `$id`, met while scanning, is resolved against this and may name the document once more.
        let resource = self.resources.len();
        let root = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        self.resources.push(Resource { uri: known.uri.clone(), root });
        if value.is_object() && self.by_uri.insert(known.uri.clone(), root).is_some() {
            findings.error("duplicate-id", known.prefix.clone(), "two schemas have this uri");
        }
        let visit = Visit { value, parent: None, way: Way::Root, link: None, document, draft, resource, misplaced: false, shadowed: false };
        self.scan(visit, budget, findings)
    }

    /// Registers a schema and all below it. An explicit stack: nesting costs no native frames.
    pub(super) fn scan(&mut self, first: Visit<'s>, budget: &mut Budget, findings: &mut Findings) -> Result<(), Error> {
        let mut open = vec![first];
        while let Some(visit) = open.pop() {
            budget.spend(1)?;
            let target = match visit.value {
                Value::Bool(_) => None,
                Value::Object(members) => Some(match self.by_address.get(&address(visit.value)) {
                    Some(known) => *known,
                    None => self.enter(&visit, members, &mut open, budget, findings)?,
                }),
                _ => {
                    findings.error("schema-invalid", self.pointer_of(&visit), "a schema must be an object or a boolean");
                    continue;
                }
            };
            if let (Some(link), Some(parent)) = (visit.link, visit.parent.and_then(|id| self.nodes.get_mut(id as usize))) {
                parent.links.push((link, target));
            }
        }
        Ok(())
    }

    fn pointer_of(&self, visit: &Visit<'_>) -> String {
        let mut pointer = match visit.parent {
            Some(parent) => self.pointer(parent),
            None => self.documents.get(visit.document).map(|document| document.prefix.clone()).unwrap_or_default(),
        };
        push_way(&mut pointer, &visit.way);
        pointer
    }

    fn enter(
        &mut self,
        visit: &Visit<'s>,
        members: &'s Map<String, Value>,
        open: &mut Vec<Visit<'s>>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<NodeId, Error> {
        let id = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        self.by_address.insert(address(visit.value), id);
        self.nodes.push(SchemaNode {
            value: visit.value,
            parent: visit.parent,
            way: visit.way.clone(),
            document: visit.document,
            draft: visit.draft,
            resource: visit.resource,
            marker: None,
            misplaced: visit.misplaced,
            shadowed: visit.shadowed,
            links: Vec::new(),
        });
        let at = self.pointer(id);
        budget.spend_text(&at)?;
        self.identify(id, members, &at, findings);
        let marker = self.marker(id, members, &at, findings);
        let is_main_root = self.documents.first().is_some_and(|main| std::ptr::eq(main.value, visit.value));
        vocabulary::check(members, is_main_root, visit.parent.is_none(), &at, findings);
        let Some(node) = self.nodes.get_mut(id as usize) else { return Ok(id) };
        node.marker = marker;
        let scope = Scope {
            id,
            document: node.document,
            draft: node.draft,
            resource: node.resource,
            misplaced: node.misplaced,
            shadowed: node.shadowed,
            bare_reference: node.is_bare_reference(),
            sealed_first: is_sealed_first(members),
            list_items: members.get("items").is_some_and(Value::is_array),
        };
        let first = open.len();
        for (keyword, value) in members {
            self.keyword(&scope, keyword, value, &at, open, budget, findings)?;
        }
        // The last in is the first out: so schemas are numbered in the order of the text.
        if let Some(children) = open.get_mut(first..) {
            children.reverse();
        }
        Ok(id)
    }

    /// `$id`, `$schema`, `$anchor` and `$dynamicAnchor`.
    fn identify(&mut self, id: NodeId, members: &'s Map<String, Value>, at: &str, findings: &mut Findings) {
        let Some(node) = self.nodes.get_mut(id as usize) else { return };
        let own_id = members.get("$id").and_then(Value::as_str);
        if own_id.is_some()
            && node.parent.is_some()
            && let Some(named) = members.get("$schema").and_then(Value::as_str)
        {
            match Draft::named(named) {
                Named::Built(draft) => node.draft = draft,
                Named::NotBuilt => findings.error("draft-not-built", below(at, "$schema"), DRAFT_NOT_BUILT),
            }
        }
        if node.is_bare_reference() {
            return;
        }
        if let Some(own) = own_id {
            let (_, fragment) = uri::fragment(own);
            if !own.starts_with('#') {
                let base = self.resources.get(node.resource).map_or("", |resource| &resource.uri);
                let full = uri::resolve(base, own);
                node.resource = self.resources.len();
                self.resources.push(Resource { uri: full.clone(), root: id });
                if self.by_uri.insert(full, id).is_some_and(|other| other != id) {
                    findings.error("duplicate-id", below(at, "$id"), "two schemas have this uri");
                }
            }
            if !fragment.is_empty() {
                match node.draft {
                    Draft::Seven => self.anchor(id, fragment, below(at, "$id"), findings),
                    Draft::TwentyTwenty => {
                        findings.error("schema-invalid", below(at, "$id"), "from 2019-09 on, `$id` has no fragment");
                    }
                }
            }
        } else if members.contains_key("$id") {
            findings.error("schema-invalid", below(at, "$id"), "`$id` must be a string");
        }
        if self.node(id).is_some_and(|node| node.draft == Draft::TwentyTwenty) {
            for keyword in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = members.get(keyword).and_then(Value::as_str) {
                    self.anchor(id, name, below(at, keyword), findings);
                    if keyword == "$dynamicAnchor" {
                        self.dynamic_anchors.push((name, id));
                    }
                }
            }
        }
    }

    fn anchor(&mut self, id: NodeId, name: &'s str, at: String, findings: &mut Findings) {
        let resource = self.node(id).map_or(0, |node| node.resource);
        if self.anchors.insert((resource, name), id).is_some_and(|other| other != id) {
            findings.error("duplicate-id", at, "two schemas of one resource have this anchor");
        }
    }

    fn marker(&self, id: NodeId, members: &Map<String, Value>, at: &str, findings: &mut Findings) -> Option<Written> {
        let written = members.get("x-protection").map(|value| Written::read(value, &below(at, "x-protection"), findings));
        let sealed_first = is_sealed_first(members);
        if names_media_type(members) && !sealed_first {
            findings.error("marker-malformed", below(at, "contentEncoding"), "an envelope's `contentEncoding` is base64url");
        }
        if written.is_none() && !sealed_first {
            return None;
        }
        let place = || below(at, if written.is_some() { "x-protection" } else { "contentMediaType" });
        let node = self.node(id)?;
        if node.is_bare_reference() {
            findings.error("marker-without-effect", place(), "in draft-07 nothing beside `$ref` has an effect");
            return None;
        }
        if node.misplaced {
            findings.error(
                "marker-misplaced",
                place(),
                "a marker under `if`, `not`, `propertyNames` or inside `contentSchema` does not describe a value of the document",
            );
            return None;
        }
        Some(written.unwrap_or_default())
    }

    #[expect(clippy::too_many_arguments, reason = "one step of the scan, with all that it may add to")]
    fn keyword(
        &mut self,
        scope: &Scope,
        keyword: &'s str,
        value: &'s Value,
        at: &str,
        open: &mut Vec<Visit<'s>>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        match keyword {
            "$ref" => {
                self.reference(scope.id, "$ref", value, at, findings);
                return Ok(());
            }
            "$dynamicRef" if scope.draft == Draft::TwentyTwenty => {
                self.reference(scope.id, "$dynamicRef", value, at, findings);
                return Ok(());
            }
            _ if vocabulary::is_ours(keyword) => return Ok(()),
            _ => {}
        }
        match scope.draft.slot(keyword) {
            Slot::Data => {
                if keyword != "examples" && holds_envelope(value) {
                    findings.error("envelope-in-schema", below(at, keyword), "a value that looks like an envelope could be met as one");
                }
            }
            Slot::Other if !is_container(value) => {}
            Slot::Other => self.look_for_strays(value, below(at, keyword), budget)?,
            Slot::One => open.push(scope.visit(value, Way::Keyword(keyword), scope.link(keyword, None))),
            Slot::OneOrList if !value.is_array() => open.push(scope.visit(value, Way::Keyword(keyword), Link::Rest)),
            Slot::List | Slot::OneOrList => match value {
                Value::Array(schemas) => {
                    for (index, schema) in schemas.iter().enumerate() {
                        open.push(scope.visit(schema, Way::Index(keyword, index), scope.link(keyword, u32::try_from(index).ok())));
                    }
                }
                _ => findings.error("schema-invalid", below(at, keyword), "this keyword must be an array of schemas"),
            },
            slot @ (Slot::Map | Slot::Dependencies) => match value {
                Value::Object(schemas) => {
                    for (name, schema) in schemas {
                        if slot == Slot::Dependencies && schema.is_array() {
                            continue;
                        }
                        let link = match keyword {
                            "properties" => Link::Property(name),
                            "patternProperties" => Link::Pattern(self.pattern(name)),
                            "dependentSchemas" | "dependencies" => Link::Here { certain: false },
                            _ => Link::Held,
                        };
                        open.push(scope.visit(schema, Way::Member(keyword, name), link));
                    }
                }
                _ => findings.error("schema-invalid", below(at, keyword), "this keyword must be an object of schemas"),
            },
        }
        Ok(())
    }

    fn reference(&mut self, id: NodeId, keyword: &'static str, value: &'s Value, at: &str, findings: &mut Findings) {
        match value {
            Value::String(text) => self.references.push((id, keyword, text)),
            _ => findings.error("schema-invalid", below(at, keyword), "a reference must be a string"),
        }
    }

    fn pattern(&mut self, source: &'s str) -> u32 {
        let next = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        let id = *self.pattern_ids.entry(source).or_insert(next);
        if id == next {
            self.patterns.push(source);
        }
        id
    }

    /// Notes markers below a keyword that the draft does not define, to be forgiven if a reference leads to them.
    fn look_for_strays(&mut self, value: &Value, at: String, budget: &mut Budget) -> Result<(), Error> {
        let mut open = vec![(value, at)];
        while let Some((value, at)) = open.pop() {
            budget.spend(1)?;
            budget.spend_text(&at)?;
            match value {
                Value::Object(members) => {
                    if members.contains_key("x-protection") || is_sealed_first(members) {
                        self.stray.push((address(value), at.clone()));
                    }
                    for (name, value) in members.iter().filter(|(_, value)| is_container(value)) {
                        budget.spend_text(&at)?;
                        open.push((value, below(&at, name)));
                    }
                }
                Value::Array(elements) => {
                    for (index, value) in elements.iter().enumerate().filter(|(_, value)| is_container(value)) {
                        budget.spend_text(&at)?;
                        let mut at = at.clone();
                        push_index(&mut at, index);
                        open.push((value, at));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

pub(crate) const DRAFT_NOT_BUILT: &str = "this release compiles draft-07 and 2020-12";

/// What a schema hands to those below it.
struct Scope {
    id: NodeId,
    document: usize,
    draft: Draft,
    resource: usize,
    misplaced: bool,
    shadowed: bool,
    bare_reference: bool,
    sealed_first: bool,
    list_items: bool,
}

impl Scope {
    fn visit<'s>(&self, value: &'s Value, way: Way<'s>, link: Link<'s>) -> Visit<'s> {
        let keyword = match &way {
            Way::Keyword(keyword) | Way::Member(keyword, _) | Way::Index(keyword, _) => *keyword,
            Way::Root | Way::Free(_) => "",
        };
        // What describes the envelope is gone from the plaintext schema; only `contentSchema` takes its place.
        let clear = self.sealed_first && keyword == "contentSchema";
        let ignored = self.bare_reference || (self.sealed_first && !clear) || (keyword == "additionalItems" && !self.list_items);
        let link = if clear { Link::Here { certain: true } } else { link };
        Visit {
            value,
            parent: Some(self.id),
            way,
            link: Some(if ignored { Link::Held } else { link }),
            document: self.document,
            draft: self.draft,
            resource: self.resource,
            misplaced: self.misplaced || matches!(keyword, "if" | "not" | "propertyNames" | "contentSchema"),
            shadowed: self.shadowed || ignored,
        }
    }

    fn link<'s>(&self, keyword: &str, index: Option<u32>) -> Link<'s> {
        match keyword {
            "allOf" => Link::Here { certain: true },
            "anyOf" | "oneOf" | "if" | "then" | "else" => Link::Here { certain: false },
            "additionalProperties" => Link::Additional,
            "contains" => Link::Contains,
            "not" | "propertyNames" => Link::Never,
            "unevaluatedItems" => Link::Unbuilt("unevaluatedItems"),
            "unevaluatedProperties" => Link::Unbuilt("unevaluatedProperties"),
            "prefixItems" | "items" => index.map_or(Link::Rest, Link::Prefix),
            "additionalItems" => Link::Rest,
            _ => Link::Held,
        }
    }
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// Whether data of the schema has the shape of an envelope: `^Fs1[B-D][A-Za-z0-9_-]{110,}$`.
fn holds_envelope(value: &Value) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                if let Some([b'B'..=b'D', rest @ ..]) = text.strip_prefix("Fs1").map(str::as_bytes)
                    && rest.len() >= 110
                    && rest.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
                {
                    return true;
                }
            }
            Value::Array(elements) => open.extend(elements),
            Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
    false
}
