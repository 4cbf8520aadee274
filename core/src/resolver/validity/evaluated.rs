//! Finds the members or elements that are evaluated, for `unevaluatedProperties` and
//! `unevaluatedItems` (2020-12 core, section 11).

use super::{Instance, Validation};
use crate::json::{Node, Shape};
use crate::resolver::decide::{ChildKind, PositionSet};
use crate::resolver::program::{Applicator, Rule, RuleId, UNKNOWN};

impl<'p> Validation<'p> {
    /// Returns the children that the keywords beside `unevaluated…` of a rule evaluate. Only a
    /// schema that passes evaluates any.
    pub(super) fn evaluated(
        &mut self,
        rule: &'p Rule,
        node: Node<'_>,
        kind: ChildKind,
    ) -> PositionSet {
        let mut found = PositionSet::none(node.len() as usize);
        self.add_adjacent(rule, node, kind, &mut found);
        self.add_applied(rule, node, kind, &mut found);
        found
    }

    fn add(&mut self, id: RuleId, node: Node<'_>, kind: ChildKind, found: &mut PositionSet) {
        let Some(rule) = self.program.rule(id) else { return };
        self.steps.set(self.steps.get().saturating_sub(1));
        if self.steps.get() == 0 {
            return;
        }
        let rest = match kind {
            ChildKind::Members => rule.unevaluated_properties,
            ChildKind::Elements => rule.unevaluated_items,
        };
        if rest.is_some() {
            found.fill();
            return;
        }
        self.add_adjacent(rule, node, kind, found);
        self.add_applied(rule, node, kind, found);
    }

    fn add_adjacent(
        &mut self,
        rule: &'p Rule,
        node: Node<'_>,
        kind: ChildKind,
        found: &mut PositionSet,
    ) {
        match kind {
            ChildKind::Members if node.shape() == Shape::Object => {
                if rule.additional.is_some() {
                    return found.fill();
                }
                if rule.properties.is_empty() && rule.patterns.is_empty() {
                    return;
                }
                for (position, (name, _)) in node.members().enumerate() {
                    let is_named = rule.property(&self.program.names, name.key(), name).is_some();
                    if is_named
                        || rule
                            .patterns
                            .iter()
                            .any(|(pattern, _)| self.is_match(*pattern, &name.unescaped()))
                    {
                        found.insert(position);
                    }
                }
            }
            ChildKind::Elements if node.shape() == Shape::Array => {
                if rule.rest.is_some() {
                    return found.fill();
                }
                (0..rule.prefix.len().min(node.len() as usize))
                    .for_each(|index| found.insert(index));
                if let Some(contains) = rule.contains.filter(|contains| contains.evaluates) {
                    for (index, value) in node.elements().enumerate() {
                        if self.passes(contains.rule, Instance::Value(value)) {
                            found.insert(index);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds the children evaluated by the schemas that the rule applies to the same value.
    fn add_applied(
        &mut self,
        rule: &'p Rule,
        node: Node<'_>,
        kind: ChildKind,
        found: &mut PositionSet,
    ) {
        let instance = Instance::Value(node);
        for here in &rule.here {
            match here {
                Applicator::Always(UNKNOWN) => {
                    self.in_metaschema(rule, |inner| {
                        inner.add(inner.program.root, node, kind, found);
                    });
                }
                Applicator::Always(target) => self.add(*target, node, kind, found),
                Applicator::Any(branches) | Applicator::One(branches) => {
                    for branch in branches.iter() {
                        if self.passes(*branch, instance) {
                            self.add(*branch, node, kind, found);
                        }
                    }
                }
                Applicator::If { test, then, otherwise } => {
                    if self.passes(*test, instance) {
                        self.add(*test, node, kind, found);
                        self.add(*then, node, kind, found);
                    } else {
                        self.add(*otherwise, node, kind, found);
                    }
                }
                Applicator::Dependent(name, target) => {
                    if self.has(instance, self.program.names.text(*name)) {
                        self.add(*target, node, kind, found);
                    }
                }
                Applicator::Not(_) | Applicator::Idle(_) => {}
            }
        }
    }
}
