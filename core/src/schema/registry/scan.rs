//! Walks a schema text. Finds the objects that are schemas, the keyword that each stands under, and
//! the keywords of the vocabulary in it.

use serde_json::{Map, Value};

use super::scope::{Scope, Visit};
use super::{KeywordLocation, Link, NodeId, Registry, Resource, SchemaNode, Target, address};
use crate::envelope::Suite;
use crate::error::Error;
use crate::schema::draft::{Draft, Slot};
use crate::schema::finding::{Budget, Findings, below, push_index};
use crate::schema::marker::RawMarker;
use crate::schema::pattern_syntax;
use crate::schema::vocabulary;
use crate::schema::vocabulary::MEDIA_TYPE;

impl<'s> Registry<'s> {
    pub(super) fn scan_document(
        &mut self,
        document: usize,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let Some(known) = self.documents.get(document) else { return Ok(()) };
        let (value, dialect) = (known.value, known.dialect);
        // The root's own `$id`, found while scanning, is resolved against this URI and may give the
        // document a second one.
        let resource = self.resources.len();
        let root = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        self.resources.push(Resource::new(known.uri.clone(), root));
        if value.is_object() && self.by_uri.insert(known.uri.clone(), root).is_some() {
            findings.error("duplicate-id", known.prefix.clone(), "two schemas have this uri");
        }
        let visit = Visit {
            value,
            parent: None,
            way: KeywordLocation::Root,
            link: None,
            document,
            dialect,
            resource,
            misplaced: false,
            shadowed: false,
        };
        self.scan(visit, budget, findings)
    }

    /// Registers a schema and all schemas below it. The stack is explicit, so nesting takes no
    /// native frames.
    pub(super) fn scan(
        &mut self,
        first: Visit<'s>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let mut open = vec![first];
        while let Some(visit) = open.pop() {
            budget.spend(1)?;
            let target = match visit.value {
                Value::Bool(all) => Target::Boolean(*all),
                Value::Object(members) => {
                    Target::Schema(match self.by_address.get(&address(visit.value)) {
                        Some(known) => *known,
                        None => self.enter(&visit, members, &mut open, budget, findings)?,
                    })
                }
                _ => {
                    findings.error(
                        "schema-invalid",
                        self.pointer_of(&visit),
                        "a schema must be an object or a boolean",
                    );
                    continue;
                }
            };
            if let (Some(link), Some(parent)) =
                (visit.link, visit.parent.and_then(|id| self.nodes.get_mut(id as usize)))
            {
                parent.links.push((link, target));
            }
        }
        Ok(())
    }

    fn pointer_of(&self, visit: &Visit<'_>) -> String {
        let mut pointer = match visit.parent {
            Some(parent) => self.pointer(parent),
            None => self
                .documents
                .get(visit.document)
                .map(|document| document.prefix.clone())
                .unwrap_or_default(),
        };
        visit.way.append_to(&mut pointer);
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
            dialect: visit.dialect,
            resource: visit.resource,
            marker: None,
            sealed_first: self.is_sealed_first(members),
            stray_draft: false,
            misplaced: visit.misplaced,
            shadowed: visit.shadowed,
            links: Vec::new(),
        });
        let at = self.pointer(id);
        budget.spend_text(&at)?;
        self.identify(id, members, &at, findings);
        let marker = self.marker(id, members, &at, findings);
        let is_main_root =
            self.documents.first().is_some_and(|main| std::ptr::eq(main.value, visit.value));
        vocabulary::check(members, is_main_root, visit.parent.is_none(), &at, findings);
        let Some(node) = self.nodes.get_mut(id as usize) else { return Ok(id) };
        node.marker = marker;
        node.sealed_first &= !node.is_bare_reference();
        if !node.is_bare_reference() {
            pattern_syntax::check(members, &at, findings);
        }
        let scope = Scope {
            id,
            document: node.document,
            dialect: node.dialect,
            resource: node.resource,
            misplaced: node.misplaced,
            shadowed: node.shadowed,
            bare_reference: node.is_bare_reference(),
            sealed_first: node.sealed_first,
            list_items: members.get("items").is_some_and(Value::is_array),
            conditional: members.contains_key("if"),
        };
        let first = open.len();
        for (keyword, value) in members {
            self.keyword(&scope, keyword, value, &at, open, budget, findings)?;
        }
        // The last schema in is the first out, so schemas are numbered in text order.
        if let Some(children) = open.get_mut(first..) {
            children.reverse();
        }
        Ok(id)
    }

    /// Returns true if standard keywords alone mark this schema (V-03).
    fn is_sealed_first(&self, schema: &Map<String, Value>) -> bool {
        self.names_media_type(schema)
            && schema.get("contentEncoding").and_then(Value::as_str) == Some("base64url")
    }

    /// Returns true if `contentMediaType` denotes an envelope. Media types ignore case (RFC 2045,
    /// section 5.1).
    fn names_media_type(&self, schema: &Map<String, Value>) -> bool {
        let is_ours = |media: &str| {
            media.eq_ignore_ascii_case(MEDIA_TYPE)
                || self.aliases.iter().any(|alias| media.eq_ignore_ascii_case(alias))
        };
        schema.get("contentMediaType").and_then(Value::as_str).is_some_and(is_ours)
    }

    fn marker(
        &self,
        id: NodeId,
        members: &Map<String, Value>,
        at: &str,
        findings: &mut Findings,
    ) -> Option<RawMarker> {
        let written = members
            .get("x-protection")
            .map(|value| RawMarker::read(value, &below(at, "x-protection"), findings));
        let sealed_first = self.is_sealed_first(members);
        if self.names_media_type(members) && !sealed_first {
            findings.error_with_fix(
                "marker-malformed",
                below(at, "contentEncoding"),
                "the `contentEncoding` of an envelope is base64url",
                "write `\"contentEncoding\": \"base64url\"`",
            );
        }
        if written.is_none() && !sealed_first {
            return None;
        }
        let place =
            || below(at, if written.is_some() { "x-protection" } else { "contentMediaType" });
        let node = self.node(id)?;
        if node.is_bare_reference() {
            findings.error_with_fix(
                "marker-without-effect",
                place(),
                "up to draft-07 and in OpenAPI 3.0 nothing beside `$ref` has an effect",
                "move the marker to the schema that `$ref` leads to, or move the `$ref` into `allOf`",
            );
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

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of the scan, with all that it may add to"
    )]
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
            "$dynamicRef" if scope.dialect.draft == Draft::TwentyTwenty => {
                self.reference(scope.id, "$dynamicRef", value, at, findings);
                return Ok(());
            }
            "$recursiveRef" if scope.dialect.draft == Draft::TwentyNineteen => {
                self.reference(scope.id, "$recursiveRef", value, at, findings);
                return Ok(());
            }
            _ if vocabulary::is_ours(keyword) => return Ok(()),
            _ => {}
        }
        match scope.dialect.draft.slot(keyword) {
            Slot::Data => {
                if keyword != "examples" && holds_envelope(value) {
                    findings.error(
                        "envelope-in-schema",
                        below(at, keyword),
                        "a value that looks like an envelope could be met as one",
                    );
                }
            }
            Slot::Other if !is_container(value) => {}
            Slot::Other => self.look_for_strays(value, below(at, keyword), budget)?,
            Slot::One => open.push(scope.visit(
                value,
                KeywordLocation::Keyword(keyword),
                scope.link(keyword, None),
            )),
            Slot::OneOrList if !value.is_array() => {
                open.push(scope.visit(value, KeywordLocation::Keyword(keyword), Link::Rest))
            }
            Slot::List | Slot::OneOrList => match value {
                Value::Array(schemas) => {
                    for (index, schema) in schemas.iter().enumerate() {
                        open.push(scope.visit(
                            schema,
                            KeywordLocation::Index(keyword, index),
                            scope.link(keyword, u32::try_from(index).ok()),
                        ));
                    }
                }
                _ => findings.error(
                    "schema-invalid",
                    below(at, keyword),
                    "this keyword must be an array of schemas",
                ),
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
                            "dependentSchemas" | "dependencies" => Link::Dependent(name),
                            _ => Link::Held,
                        };
                        open.push(scope.visit(
                            schema,
                            KeywordLocation::Member(keyword, name),
                            link,
                        ));
                    }
                }
                _ => findings.error(
                    "schema-invalid",
                    below(at, keyword),
                    "this keyword must be an object of schemas",
                ),
            },
        }
        Ok(())
    }

    fn reference(
        &mut self,
        id: NodeId,
        keyword: &'static str,
        value: &'s Value,
        at: &str,
        findings: &mut Findings,
    ) {
        match value {
            Value::String(text) => self.references.push((id, keyword, text)),
            _ => {
                findings.error("schema-invalid", below(at, keyword), "a reference must be a string")
            }
        }
    }

    fn pattern(&mut self, source: &'s str) -> u32 {
        let next = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        let id = super::number_of(&mut self.pattern_ids, source, next);
        if id == next {
            self.patterns.push(source);
        }
        id
    }

    /// Records the markers below a keyword that the draft does not define. A reference may still
    /// make them effective.
    fn look_for_strays(
        &mut self,
        value: &Value,
        at: String,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut open = vec![(value, at)];
        while let Some((value, at)) = open.pop() {
            budget.spend(1)?;
            budget.spend_text(&at)?;
            match value {
                Value::Object(members) => {
                    if members.contains_key("x-protection") || self.is_sealed_first(members) {
                        self.stray.push((address(value), at.clone()));
                    }
                    for (name, value) in members.iter().filter(|(_, value)| is_container(value)) {
                        budget.spend_text(&at)?;
                        open.push((value, below(&at, name)));
                    }
                }
                Value::Array(elements) => {
                    for (index, value) in
                        elements.iter().enumerate().filter(|(_, value)| is_container(value))
                    {
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

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// Returns true if the value holds text in the form of an envelope:
/// `^Fs1[BCDF][A-Za-z0-9_-]{110,}$`.
fn holds_envelope(value: &Value) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                if let Some([letter, rest @ ..]) = text.strip_prefix("Fs1").map(str::as_bytes)
                    && Suite::ALL.iter().any(|suite| suite.letter() == char::from(*letter))
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
