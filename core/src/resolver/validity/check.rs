//! Evaluates assertions about one value.

use serde_json::Value;

use super::equal::equals;
use super::{Instance, Validation};
use crate::json::{Node, Shape};
use crate::resolver::decide::WrittenNumber;
use crate::resolver::program::{Bound, Check, NameId, Rule, types};

impl Validation<'_> {
    #[inline(never)]
    pub(super) fn checks(&self, rule: &Rule, instance: Instance<'_>) -> bool {
        rule.checks.iter().all(|check| self.check(rule, check, instance))
    }

    pub(super) fn check(&self, rule: &Rule, check: &Check, instance: Instance<'_>) -> bool {
        match instance {
            Instance::Value(node) => match node.shape() {
                // The pass over the members counts those that are required.
                Shape::Object if matches!(check, Check::Required(_)) && rule.needed.is_some() => {
                    true
                }
                Shape::Object => self.check_object(check, node),
                Shape::Array => check_array(check, node),
                Shape::String => self.check_string(check, node),
                Shape::Number => check_number(check, node),
                Shape::Bool => check_constant(check, node, types::BOOLEAN),
                Shape::Null => check_constant(check, node, types::NULL),
            },
            Instance::Name(name) => self.check_text(check, name),
        }
    }

    /// Evaluates a check on a string, mostly without unescaping it.
    fn check_string(&self, check: &Check, node: Node<'_>) -> bool {
        match check {
            Check::Types { allowed, .. } => allowed & types::STRING != 0,
            Check::Length(least, most) => {
                node.characters().is_some_and(|length| (*least..=*most).contains(&length))
            }
            Check::OneOf(values, _) => {
                values.iter().filter_map(Value::as_str).any(|value| node.equals_str(value))
            }
            Check::Pattern(_) | Check::Format(_) => {
                node.as_str().is_some_and(|text| self.check_text(check, &text))
            }
            _ => true,
        }
    }

    /// Evaluates a check on the characters of a string.
    fn check_text(&self, check: &Check, text: &str) -> bool {
        match check {
            Check::Types { allowed, .. } => allowed & types::STRING != 0,
            Check::Length(least, most) => (*least..=*most).contains(&(text.chars().count() as u64)),
            Check::OneOf(values, _) => values.iter().any(|value| value.as_str() == Some(text)),
            Check::Pattern(pattern) => self.is_match(*pattern, text),
            Check::Format(format) => format.accepts(text),
            _ => true,
        }
    }

    pub(super) fn is_match(&self, pattern: u32, text: &str) -> bool {
        self.program
            .patterns
            .get(pattern as usize)
            .is_some_and(|own| own.is_match(text, &self.steps))
    }

    fn check_object(&self, check: &Check, node: Node<'_>) -> bool {
        match check {
            Check::Types { allowed, .. } => allowed & types::OBJECT != 0,
            Check::Required(names) => self.has_all(node, names),
            Check::DependentRequired(name, needed) => {
                node.member(self.program.names.text(*name)).is_none() || self.has_all(node, needed)
            }
            Check::Properties(least, most) => (*least..=*most).contains(&u64::from(node.len())),
            Check::OneOf(values, _) => values.iter().any(|value| equals(node, value)),
            _ => true,
        }
    }

    fn has_all(&self, node: Node<'_>, names: &[NameId]) -> bool {
        node.len() as usize >= names.len()
            && node.has_members(names.iter().map(|name| self.program.names.text(*name)))
    }
}

fn check_array(check: &Check, node: Node<'_>) -> bool {
    match check {
        Check::Types { allowed, .. } => allowed & types::ARRAY != 0,
        Check::Items(least, most) => (*least..=*most).contains(&u64::from(node.len())),
        Check::UniqueItems => node.is_unique(),
        Check::OneOf(values, _) => values.iter().any(|value| equals(node, value)),
        _ => true,
    }
}

fn check_constant(check: &Check, node: Node<'_>, own: u8) -> bool {
    match check {
        Check::Types { allowed, .. } => allowed & own != 0,
        Check::OneOf(values, _) => values.iter().any(|value| equals(node, value)),
        _ => true,
    }
}

fn check_number(check: &Check, node: Node<'_>) -> bool {
    let own = WrittenNumber::read(node.raw());
    match check {
        Check::Types { allowed, by_text } => {
            allowed & types::NUMBER != 0
                || allowed & types::INTEGER != 0
                    && if *by_text { own.is_plain() } else { own.is_integer() }
        }
        Check::OneOf(values, _) => {
            values.iter().filter_map(Value::as_number).any(|value| own.is(value))
        }
        Check::Bound(bound, limit) => {
            let order = own.order(limit);
            match bound {
                Bound::AtLeast => order.is_ge(),
                Bound::AtMost => order.is_le(),
                Bound::Above => order.is_gt(),
                Bound::Below => order.is_lt(),
            }
        }
        Check::MultipleOf(divisor) => divisor.divides(node.raw()),
        _ => true,
    }
}
