//! Evaluates the keywords of a rule for members and elements.

use super::{Instance, Validation};
use crate::json::{Name, Node, Shape};
use crate::resolver::decide::ChildKind;
use crate::resolver::program::{Rule, TRUE};

impl<'p> Validation<'p> {
    pub(super) fn children(&mut self, rule: &'p Rule, instance: Instance<'_>) -> bool {
        match instance {
            Instance::Value(node) if node.shape() == Shape::Object => {
                !rule.looks_at_members() || self.members(rule, node)
            }
            Instance::Value(node) if node.shape() == Shape::Array => {
                !rule.looks_at_elements() || self.elements(rule, node)
            }
            _ => true,
        }
    }

    #[inline(never)]
    fn members(&mut self, rule: &'p Rule, node: Node<'_>) -> bool {
        let mut required = 0;
        for (name, value) in node.members() {
            let property = rule.property(&self.program.names, name.key(), name);
            if let Some(property) = property {
                required += u32::from(property.required);
                if !self.passes(property.rule, Instance::Value(value)) {
                    return false;
                }
            }
            let mut claimed = property.is_some();
            if !rule.patterns.is_empty() || rule.names.is_some() {
                match self.by_name(rule, name, value) {
                    Some(is_matched) => claimed |= is_matched,
                    None => return false,
                }
            }
            if let Some(target) = rule.additional
                && !claimed
                && !self.passes(target, Instance::Value(value))
            {
                return false;
            }
        }
        rule.needed.is_none_or(|needed| needed == required)
            && (rule.unevaluated_properties.is_none_or(|target| target == TRUE)
                || self.rest(rule, node, ChildKind::Members))
    }

    /// Evaluates `patternProperties` and `propertyNames` for a member. Returns true if a pattern
    /// matches its name, and `None` if a schema fails.
    #[inline(never)]
    fn by_name(&mut self, rule: &'p Rule, name: Name<'_>, value: Node<'_>) -> Option<bool> {
        let name = name.unescaped();
        let mut is_matched = false;
        for (pattern, target) in &rule.patterns {
            if self.is_match(*pattern, &name) {
                is_matched = true;
                if !self.passes(*target, Instance::Value(value)) {
                    return None;
                }
            }
        }
        let fits = rule.names.is_none_or(|names| self.passes(names, Instance::Name(&name)));
        fits.then_some(is_matched)
    }

    /// Evaluates `unevaluatedProperties` or `unevaluatedItems`.
    #[inline(never)]
    fn rest(&mut self, rule: &'p Rule, node: Node<'_>, kind: ChildKind) -> bool {
        let evaluated = self.evaluated(rule, node, kind);
        let (target, mut children): (_, Box<dyn Iterator<Item = Node<'_>>>) = match kind {
            ChildKind::Members => {
                (rule.unevaluated_properties, Box::new(node.members().map(|(_, value)| value)))
            }
            ChildKind::Elements => (rule.unevaluated_items, Box::new(node.elements())),
        };
        let Some(target) = target else { return true };
        let mut position = 0;
        children.all(|value| {
            position += 1;
            evaluated.has(position - 1) || self.passes(target, Instance::Value(value))
        })
    }

    #[inline(never)]
    fn elements(&mut self, rule: &'p Rule, node: Node<'_>) -> bool {
        let mut fit = 0;
        for (index, value) in node.elements().enumerate() {
            let value = Instance::Value(value);
            let target = rule.prefix.get(index).copied().or(rule.rest);
            if target.is_some_and(|target| !self.passes(target, value)) {
                return false;
            }
            if let Some(contains) = rule.contains {
                fit += u64::from(self.passes(contains.rule, value));
            }
        }
        let is_within =
            |fit, least, most: Option<u64>| fit >= least && most.is_none_or(|most| fit <= most);
        if rule.contains.is_some_and(|own| !is_within(fit, own.least, own.most)) {
            return false;
        }
        rule.unevaluated_items.is_none_or(|target| target == TRUE)
            || self.rest(rule, node, ChildKind::Elements)
    }
}
