//! Copies schemas by the table of docs/what-is-sealed.md, *The sealed schema*, keyword by keyword.

use serde_json::{Map, Value};

use super::body::Body;
use super::child_rules::ChildRules;
use super::copy::{Copier, Mode};
use super::keyword;
use super::keyword::KeywordClass;
use super::step::ChildStep;
use crate::error::Error;
use crate::export::plaintext;
use crate::resolver::program::{RuleId, UNKNOWN};
use crate::schema::draft::Draft;
use crate::schema::registry::{NodeId, SchemaNode};
use crate::schema::{tree, vocabulary};

/// A schema that is being copied.
#[derive(Clone, Copy)]
pub(super) struct Source<'a, 's> {
    id: NodeId,
    pub(super) node: &'a SchemaNode<'s>,
    pub(super) rule: RuleId,
    pub(super) mode: Mode,
    pub(super) depth: u32,
}

mod reason {
    pub(super) const VALUE: &str = "an envelope may stand here, which this keyword would refuse";
    pub(super) const BELOW: &str =
        "values below may be sealed, so that objects and arrays are compared by their shape alone";
    pub(super) const UNIQUE: &str = "sealed elements that are equal differ";
    pub(super) const TOKENS: &str = "elements that differ may have one pseudonym";
    pub(super) const BRANCHES: &str = "how many branches hold may depend on values that are sealed";
    pub(super) const NOT: &str = "whether this holds may depend on values that are sealed";
    pub(super) const IF: &str = "which side applies may depend on values that are sealed";
    pub(super) const METASCHEMA: &str =
        "the metaschema is not at hand, and values may be sealed here";
}

impl Copier<'_, '_> {
    pub(super) fn copy(
        &mut self,
        (rule, mode): (RuleId, Mode),
        depth: u32,
    ) -> Result<Value, Error> {
        let all = self.parts.clone();
        let (Some((id, node)), Some(parts)) = (self.node(rule), all.get(rule as usize)) else {
            return Ok(Value::Bool(mode != Mode::Tight));
        };
        let source = Source { id, node, rule, mode, depth };
        let mut body = Body::default();
        if !node.is_bare_reference() {
            self.own(source, &mut body)?;
        }
        self.references(source, parts, &mut body)?;
        self.branches(source, parts, &mut body)?;
        self.dependents(source, parts, &mut body)?;
        self.members(source, parts, &mut body)?;
        self.elements(source, parts, &mut body)?;
        if mode == Mode::Tight && self.reach.is_hole(rule) {
            let standing = self.standing(self.reach.standing(rule));
            body.add("not", standing);
        }
        Ok(body.finish())
    }

    /// Returns true if the copy of a schema that applies to the same value differs from it.
    pub(super) fn touches(&self, mode: Mode, rule: RuleId) -> bool {
        mode != Mode::Plain && self.reach.is_touched(rule)
    }

    pub(super) fn loosen(
        &mut self,
        source: Source<'_, '_>,
        keyword: &'static str,
        reason: &'static str,
    ) {
        self.loosened.or_insert((source.id, keyword), reason);
    }

    /// Copies the keywords that hold no schemas.
    fn own(&mut self, source: Source<'_, '_>, body: &mut Body) -> Result<(), Error> {
        let Source { node, mode, .. } = source;
        let draft = node.dialect.draft;
        let mut judging = Body::default();
        for (keyword, value) in node.value.as_object().into_iter().flatten() {
            self.budget.spend(weight(value))?;
            if vocabulary::is_ours(keyword) {
                if self.marked
                    && (keyword == "x-protection" || (node.parent.is_none() && node.document == 0))
                {
                    body.add(keyword, value.clone());
                }
                continue;
            }
            match keyword::kind(keyword, draft) {
                // Markers that a reference finds below belong to the copy of that reference.
                KeywordClass::Annotation if vocabulary::holds_ours(value) => {}
                KeywordClass::Annotation if !node.sealed_first || plaintext::stays(keyword) => {
                    body.add(keyword, value.clone())
                }
                KeywordClass::Example if mode == Mode::Plain && !node.sealed_first => {
                    body.add(keyword, value.clone())
                }
                KeywordClass::Judging
                    if !node.sealed_first && (node.dialect.asserts || keyword == "format") =>
                {
                    self.judging(source, keyword, value, &mut judging)
                }
                KeywordClass::Passing if !node.sealed_first && node.dialect.asserts => {
                    self.passing(source, keyword, value, body)
                }
                _ => {}
            }
        }
        if !judging.is_empty() {
            let is_loose =
                matches!(mode, Mode::Sealing | Mode::Loose) && self.reach.is_hole(source.rule);
            if is_loose && !judging.admits_strings() {
                judging.keywords().for_each(|keyword| self.loosen(source, keyword, reason::VALUE));
                let standing = self.standing(self.reach.standing(source.rule));
                body.add("anyOf", tree::pair(standing, judging.finish()));
            } else {
                body.extend(judging);
            }
        }
        Ok(())
    }

    /// Copies a keyword that would be applied to envelopes as well.
    fn judging(
        &mut self,
        source: Source<'_, '_>,
        keyword: &str,
        value: &Value,
        judging: &mut Body,
    ) {
        let is_loose =
            matches!(source.mode, Mode::Sealing | Mode::Loose) && self.reach.leads_on(source.rule);
        let listed = match (keyword, value) {
            ("const", value) => std::slice::from_ref(value),
            ("enum", Value::Array(values)) => values,
            _ => &[],
        };
        if !is_loose || !listed.iter().any(is_container) {
            return judging.add(keyword, value.clone());
        }
        self.loosen(source, if keyword == "const" { "const" } else { "enum" }, reason::BELOW);
        let mut shapes: Vec<Value> =
            listed.iter().filter(|value| is_container(value)).map(shape).collect();
        let scalars: Vec<Value> =
            listed.iter().filter(|value| !is_container(value)).cloned().collect();
        if !scalars.is_empty() {
            shapes.push(tree::one("enum", Value::Array(scalars)));
        }
        judging.add("anyOf", Value::Array(shapes));
    }

    /// Copies a keyword that every string passes.
    fn passing(&mut self, source: Source<'_, '_>, keyword: &str, value: &Value, body: &mut Body) {
        let from_four = source.node.dialect.draft == Draft::Four && self.draft > Draft::Four;
        let flag = |keyword: &str| source.node.value.get(keyword) == Some(&Value::Bool(true));
        match keyword {
            "uniqueItems" if source.mode == Mode::Tight && value == &Value::Bool(true) => {
                if self.reach.leads(source.rule, &ChildStep::ElementsFrom(0)) {
                    self.loosen(source, "uniqueItems", reason::UNIQUE);
                    body.add("maxItems", 1.into());
                } else {
                    body.add(keyword, value.clone());
                }
            }
            // Different values that normalise alike have one token.
            "uniqueItems"
                if source.mode != Mode::Plain
                    && self.reach.has_tokens()
                    && self.reach.leads(source.rule, &ChildStep::ElementsFrom(0)) =>
            {
                self.loosen(source, "uniqueItems", reason::TOKENS);
            }
            "exclusiveMinimum" | "exclusiveMaximum" if from_four => {}
            "minimum" if from_four && flag("exclusiveMinimum") => {
                body.add("exclusiveMinimum", value.clone())
            }
            "maximum" if from_four && flag("exclusiveMaximum") => {
                body.add("exclusiveMaximum", value.clone())
            }
            _ => body.add(keyword, value.clone()),
        }
    }

    fn references(
        &mut self,
        source: Source<'_, '_>,
        parts: &ChildRules<'_>,
        body: &mut Body,
    ) -> Result<(), Error> {
        for target in parts.references.iter().copied() {
            let reference = if target != UNKNOWN {
                self.named(target, source.mode)?
            } else if source.mode == Mode::Plain {
                {
                    let uri = self.registry.metaschema_of(source.id);
                    tree::one("$ref", uri.map_or(Value::Null, Value::String))
                }
            } else {
                self.loosen(source, "$ref", reason::METASCHEMA);
                match (source.mode, self.draft) {
                    // Draft-04 has no boolean schemas.
                    (Mode::Tight, Draft::Four) => tree::one("not", Value::Object(Map::new())),
                    (_, Draft::Four) => Value::Object(Map::new()),
                    (mode, _) => Value::Bool(mode != Mode::Tight),
                }
            };
            match reference {
                Value::Object(mut only) if !self.draft.hides_siblings() => {
                    body.add("$ref", only.remove("$ref").unwrap_or_default());
                }
                reference => body.also(reference),
            }
        }
        Ok(())
    }

    fn branches(
        &mut self,
        source: Source<'_, '_>,
        parts: &ChildRules<'_>,
        body: &mut Body,
    ) -> Result<(), Error> {
        let Source { mode, depth, .. } = source;
        for rule in &parts.all {
            body.also(self.child(*rule, mode, depth)?);
        }
        if !parts.any.is_empty() {
            body.add("anyOf", self.children(&parts.any, mode, depth)?);
        }
        if parts.one.iter().any(|rule| self.touches(source.mode, *rule)) {
            self.loosen(source, "oneOf", reason::BRANCHES);
            let (same, other) = (
                self.several(&parts.one, source, mode)?,
                self.several(&parts.one, source, mode.opposite())?,
            );
            body.add("anyOf", same.into());
            match mode {
                Mode::Tight => body.add_silently(tree::one("oneOf", other.into())),
                _ if parts.one.len() > 1 => {
                    let mut most_one =
                        vec![tree::one("not", tree::one("anyOf", other.clone().into()))];
                    most_one.extend(other);
                    body.add_silently(tree::one("oneOf", most_one.into()));
                }
                _ => {}
            }
        } else if !parts.one.is_empty() {
            body.add("oneOf", self.children(&parts.one, mode, depth)?);
        }
        if let Some(rule) = parts.not {
            if self.touches(source.mode, rule) {
                self.loosen(source, "not", reason::NOT);
            }
            body.add("not", self.child(rule, mode.opposite(), depth)?);
        }
        match parts.test {
            Some(test) if self.touches(source.mode, test) => {
                self.condition(source, parts, test, body)?
            }
            Some(test) => {
                for (keyword, rule) in
                    [("if", Some(test)), ("then", parts.then), ("else", parts.otherwise)]
                {
                    if let Some(rule) = rule {
                        body.add(keyword, self.child(rule, mode, depth)?);
                    }
                }
            }
            None => {}
        }
        Ok(())
    }

    /// Copies an `if` that cannot be decided on sealed values.
    fn condition(
        &mut self,
        source: Source<'_, '_>,
        parts: &ChildRules<'_>,
        test: RuleId,
        body: &mut Body,
    ) -> Result<(), Error> {
        let Source { mode, depth, .. } = source;
        self.loosen(source, "if", reason::IF);
        let holds = self.shared(test, mode, depth)?;
        if parts.then.is_none() && parts.otherwise.is_none() {
            // It refuses nothing and only determines the evaluated children.
            if mode != Mode::Tight {
                body.add("anyOf", tree::pair(holds, true.into()));
            }
            return Ok(());
        }
        let fails = tree::one("not", self.shared(test, mode.opposite(), depth)?);
        let (mut then, mut otherwise) = (vec![holds], vec![fails]);
        if let Some(rule) = parts.then {
            then.push(self.child(rule, mode, depth)?);
        }
        if let Some(rule) = parts.otherwise {
            otherwise.push(self.child(rule, mode, depth)?);
        }
        let all = |schemas: Vec<Value>| tree::one("allOf", schemas.into());
        body.add("anyOf", tree::pair(all(then), all(otherwise)));
        Ok(())
    }

    fn children(&mut self, rules: &[RuleId], mode: Mode, depth: u32) -> Result<Value, Error> {
        let mut children = Vec::with_capacity(rules.len());
        for rule in rules {
            children.push(self.child(*rule, mode, depth)?);
        }
        Ok(Value::Array(children))
    }

    fn several(
        &mut self,
        rules: &[RuleId],
        source: Source<'_, '_>,
        mode: Mode,
    ) -> Result<Vec<Value>, Error> {
        let mut several = Vec::with_capacity(rules.len());
        for rule in rules {
            several.push(self.shared(*rule, mode, source.depth)?);
        }
        Ok(several)
    }

    fn dependents(
        &mut self,
        source: Source<'_, '_>,
        parts: &ChildRules<'_>,
        body: &mut Body,
    ) -> Result<(), Error> {
        let Source { node, mode, depth, .. } = source;
        let mut schemas = Map::new();
        for (name, rule) in &parts.dependents {
            schemas.insert((*name).to_owned(), self.child(*rule, mode, depth)?);
        }
        let mut lists = Map::new();
        if node.dialect.draft.hides_siblings() && !node.is_bare_reference() && !node.sealed_first {
            let written =
                node.value.get("dependencies").and_then(Value::as_object).into_iter().flatten();
            lists.extend(
                written
                    .filter(|(_, needed)| needed.is_array())
                    .map(|(name, needed)| (name.clone(), needed.clone())),
            );
        }
        if self.draft.hides_siblings() {
            schemas.append(&mut lists);
        }
        for (keyword, map) in [
            (
                if self.draft.hides_siblings() { "dependencies" } else { "dependentSchemas" },
                schemas,
            ),
            ("dependentRequired", lists),
        ] {
            if !map.is_empty() {
                body.add(keyword, Value::Object(map));
            }
        }
        Ok(())
    }
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// Returns the shape of an object or array, which is all that can be compared once values in it may
/// be sealed.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let names = members.keys().map(|name| name.as_str().into()).collect();
            let mut schema = [
                ("type", "object".into()),
                ("maxProperties", members.len().into()),
                ("required", Value::Array(names)),
            ];
            let needed = if members.is_empty() { 2 } else { 3 };
            tree::object(schema.get_mut(..needed).unwrap_or_default())
        }
        Value::Array(elements) => tree::object(&mut [
            ("type", "array".into()),
            ("minItems", elements.len().into()),
            ("maxItems", elements.len().into()),
        ]),
        _ => tree::one("enum", Value::Array(vec![value.clone()])),
    }
}

/// Returns the cost of copying a value: one step for each value in it, and for each 64 bytes of
/// text.
fn weight(value: &Value) -> usize {
    let (mut weight, mut open) = (0usize, vec![value]);
    while let Some(value) = open.pop() {
        weight += 1;
        match value {
            Value::String(text) => weight += text.len() / 64,
            Value::Array(elements) => open.extend(elements),
            Value::Object(members) => {
                weight += members.keys().map(|name| name.len() / 64).sum::<usize>();
                open.extend(members.values());
            }
            _ => {}
        }
    }
    weight
}
