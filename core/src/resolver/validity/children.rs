//! Evaluates the keywords of a rule for members and elements.

use super::{Instance, Validation};
use crate::json::{Node, Shape};
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

    fn members(&mut self, rule: &'p Rule, node: Node<'_>) -> bool {
        let mut required = 0;
        for (name, value) in node.members() {
            let value = Instance::Value(value);
            let mut claimed = false;
            if let Some(property) = rule.property(&self.program.names, name.key(), name) {
                claimed = true;
                required += u32::from(property.required);
                if !self.passes(property.rule, value) {
                    return false;
                }
            }
            if !rule.patterns.is_empty() || rule.names.is_some() {
                let name = name.unescaped();
                for (pattern, target) in &rule.patterns {
                    if self.is_match(*pattern, &name) {
                        claimed = true;
                        if !self.passes(*target, value) {
                            return false;
                        }
                    }
                }
                if rule.names.is_some_and(|names| !self.passes(names, Instance::Name(&name))) {
                    return false;
                }
            }
            if !claimed && rule.additional.is_some_and(|target| !self.passes(target, value)) {
                return false;
            }
        }
        if rule.needed.is_some_and(|needed| needed != required) {
            return false;
        }
        let Some(target) = rule.unevaluated_properties.filter(|target| *target != TRUE) else {
            return true;
        };
        let evaluated = self.evaluated(rule, node, ChildKind::Members);
        (0..).zip(node.members()).all(|(position, (_, value))| {
            evaluated.has(position) || self.passes(target, Instance::Value(value))
        })
    }

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
        let Some(target) = rule.unevaluated_items.filter(|target| *target != TRUE) else {
            return true;
        };
        let evaluated = self.evaluated(rule, node, ChildKind::Elements);
        node.elements().enumerate().all(|(index, value)| {
            evaluated.has(index) || self.passes(target, Instance::Value(value))
        })
    }
}
