//! The rows of the table for members and elements.

use serde_json::{Map, Value};

use super::body::Body;
use super::child_rules::ChildRules;
use super::copy::{Copier, Mode};
use super::step::ChildStep;
use super::table::Source;
use crate::error::Error;
use crate::resolver::program::RuleId;
use crate::schema::draft::Draft;
use crate::schema::tree;
use fieldseal_json::sort::sorted;

const CONTAINS: &str = "how many elements fit may depend on values that are sealed";
const UNEVALUATED: &str = "what is evaluated may depend on values that are sealed";

impl Copier<'_, '_> {
    /// Returns the mode of a copy below. A schema whose values cannot be sealed is copied as
    /// written.
    fn mode_below(&self, source: Source<'_, '_>, step: &ChildStep<'_>) -> Mode {
        if source.mode != Mode::Plain && self.reach.leads(source.rule, step) {
            source.mode
        } else {
            Mode::Plain
        }
    }

    /// Copies a schema for the values below.
    fn below(
        &mut self,
        source: Source<'_, '_>,
        rule: RuleId,
        step: &ChildStep<'_>,
    ) -> Result<Value, Error> {
        self.child(rule, self.mode_below(source, step), source.depth)
    }

    pub(super) fn members(
        &mut self,
        source: Source<'_, '_>,
        parts: &ChildRules<'_>,
        body: &mut Body,
    ) -> Result<(), Error> {
        let mut properties = Map::new();
        for (name, rule) in &parts.properties {
            properties
                .insert((*name).to_owned(), self.below(source, *rule, &ChildStep::Member(name))?);
        }
        let mut patterns = Map::new();
        let texts = parts.patterns.iter().map(|(pattern, rule)| {
            (self.registry.patterns.get(*pattern as usize).copied(), *pattern, *rule)
        });
        for (text, pattern, rule) in sorted(texts.collect(), Ord::cmp) {
            patterns.insert(
                text.unwrap_or_default().to_owned(),
                self.below(source, rule, &ChildStep::Matching(pattern))?,
            );
        }
        for (keyword, map) in [("properties", properties), ("patternProperties", patterns)] {
            if !map.is_empty() {
                body.add(keyword, Value::Object(map));
            }
        }
        if let Some(rule) = parts.additional {
            body.add("additionalProperties", self.below(source, rule, &parts.others())?);
        }
        if let Some(rule) = parts.unevaluated_properties {
            self.unevaluated(source, parts, "unevaluatedProperties");
            body.add("unevaluatedProperties", self.below(source, rule, &parts.others())?);
        }
        if let Some(rule) = parts.names {
            body.add("propertyNames", self.child(rule, Mode::Plain, source.depth)?);
        }
        Ok(())
    }

    fn unevaluated(
        &mut self,
        source: Source<'_, '_>,
        parts: &ChildRules<'_>,
        keyword: &'static str,
    ) {
        if parts.here().any(|rule| self.touches(source.mode, rule)) {
            self.loosen(source, keyword, UNEVALUATED);
        }
    }

    pub(super) fn elements(
        &mut self,
        source: Source<'_, '_>,
        parts: &ChildRules<'_>,
        body: &mut Body,
    ) -> Result<(), Error> {
        let mut prefix = Vec::with_capacity(parts.prefix.len());
        for (index, rule) in parts.prefix.iter().enumerate() {
            prefix.push(self.below(source, *rule, &ChildStep::Element(index))?);
        }
        let (first, after) = match self.draft {
            Draft::TwentyTwenty => ("prefixItems", "items"),
            _ if prefix.is_empty() => ("prefixItems", "items"),
            _ => ("items", "additionalItems"),
        };
        if !prefix.is_empty() {
            body.add(first, prefix.into());
        }
        if let Some(rule) = parts.rest {
            body.add(after, self.below(source, rule, &parts.after_prefix())?);
        }
        if let Some(rule) = parts.unevaluated_items {
            self.unevaluated(source, parts, "unevaluatedItems");
            body.add("unevaluatedItems", self.below(source, rule, &parts.after_prefix())?);
        }
        if let Some(rule) = parts.contains {
            self.contains(source, rule, body)?;
        }
        Ok(())
    }

    fn contains(
        &mut self,
        source: Source<'_, '_>,
        rule: RuleId,
        body: &mut Body,
    ) -> Result<(), Error> {
        let Source { node, depth, .. } = source;
        let dialect = node.dialect;
        let bound = |keyword: &str| {
            node.value
                .get(keyword)
                .filter(|_| dialect.draft >= Draft::TwentyNineteen && dialect.asserts)
                .cloned()
        };
        let mode = self.mode_below(source, &ChildStep::ElementsFrom(0));
        let touched = self.touches(mode, rule);
        let mut contains = Map::new();
        contains.insert("contains".to_owned(), self.shared(rule, mode, depth)?);
        contains.extend(bound("minContains").map(|least| ("minContains".to_owned(), least)));
        if let Some(most) = bound("maxContains") {
            if touched {
                let other = self.shared(rule, mode.opposite(), depth)?;
                body.add_silently(tree::object(&mut [
                    ("contains", other),
                    ("minContains", 0.into()),
                    ("maxContains", most),
                ]));
            } else {
                contains.insert("maxContains".to_owned(), most);
            }
        }
        if touched {
            self.loosen(source, "contains", CONTAINS);
        }
        // `contains` evaluates nothing in 2019-09 (core, section 9.3.1.4), but does so later.
        if dialect.draft == Draft::TwentyNineteen && self.draft > dialect.draft {
            body.add_silently(Value::Object(contains));
        } else {
            contains.into_iter().for_each(|(keyword, value)| body.add(&keyword, value));
        }
        Ok(())
    }
}
