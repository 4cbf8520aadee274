//! Evaluates assertions about one value.

use super::equal::{equals, unique};
use super::number::WrittenNumber;
use super::{Evaluator, OPAQUE, Subject, Truth, program_name};
use crate::json::{Node, Shape};
use crate::resolver::pattern::Match;
use crate::resolver::program::{Bound, Check, NameId, types};

impl Evaluator<'_> {
    pub(super) fn check(&mut self, check: &Check, subject: Subject<'_>) -> Truth {
        match subject {
            #[cfg(test)]
            Subject::Value(_, OPAQUE)
                if crate::resolver::decide::trap::is_set(
                    super::trap::Trap::TakesHolesForStrings,
                ) =>
            {
                self.check_text(check, "Fs1B")
            }
            Subject::Value(_, OPAQUE) => Truth::Unknown,
            Subject::Value(node, state) => match node.shape() {
                Shape::Object => self.check_object(check, node, state),
                Shape::Array => self.check_array(check, node, state),
                Shape::String => match check {
                    Check::Types { .. } | Check::Length(..) | Check::OneOf(..) => {
                        self.check_string(check, node)
                    }
                    _ => node.as_str().map_or(Truth::Unknown, |text| self.check_text(check, &text)),
                },
                Shape::Number => check_number(check, node),
                Shape::Bool => check_constant(check, node, types::BOOLEAN),
                Shape::Null => check_constant(check, node, types::NULL),
            },
            Subject::Name(name) => self.check_text(check, name),
        }
    }

    /// Evaluates a check on a string without unescaping it.
    fn check_string(&mut self, check: &Check, node: Node<'_>) -> Truth {
        match check {
            Check::Length(least, most) => {
                self.spend(node.raw().len() / 16);
                node.characters().map_or(Truth::Unknown, |length| {
                    Truth::known((*least..=*most).contains(&length))
                })
            }
            Check::OneOf(values, _) => {
                self.spend(values.len());
                Truth::known(
                    values
                        .iter()
                        .filter_map(|value| value.as_str())
                        .any(|value| node.equals_str(value)),
                )
            }
            Check::Types { allowed, .. } => Truth::known(allowed & types::STRING != 0),
            _ => Truth::Unknown,
        }
    }

    /// Evaluates a check on the characters of a string.
    fn check_text(&mut self, check: &Check, text: &str) -> Truth {
        match check {
            Check::Types { allowed, .. } => Truth::known(allowed & types::STRING != 0),
            Check::Length(least, most) => {
                Truth::known((*least..=*most).contains(&(text.chars().count() as u64)))
            }
            Check::OneOf(values, _) => {
                Truth::known(values.iter().any(|value| value.as_str() == Some(text)))
            }
            Check::Pattern(pattern) => match self.matches(*pattern, text) {
                Match::Yes => Truth::Pass,
                Match::No => Truth::Fail,
                Match::Maybe => Truth::Unknown,
            },
            Check::Undecided => Truth::Unknown,
            _ => Truth::Pass,
        }
    }

    fn check_object(&mut self, check: &Check, node: Node<'_>, state: u32) -> Truth {
        match check {
            Check::Types { allowed, .. } => Truth::known(allowed & types::OBJECT != 0),
            Check::Required(names) => Truth::known(self.has_all(node, names)),
            Check::DependentRequired(name, needed) => {
                let present = node.member(program_name(self.program, *name)).is_some();
                Truth::known(!present || self.has_all(node, needed))
            }
            Check::Properties(least, most) => {
                Truth::known((*least..=*most).contains(&u64::from(node.len())))
            }
            Check::OneOf(values, _) => self.one_of(values, node, state),
            Check::Undecided => Truth::Unknown,
            _ => Truth::Pass,
        }
    }

    fn check_array(&mut self, check: &Check, node: Node<'_>, state: u32) -> Truth {
        match check {
            Check::Types { allowed, .. } => Truth::known(allowed & types::ARRAY != 0),
            Check::Items(least, most) => {
                Truth::known((*least..=*most).contains(&u64::from(node.len())))
            }
            Check::UniqueItems => unique(self, node, state),
            Check::OneOf(values, _) => self.one_of(values, node, state),
            Check::Undecided => Truth::Unknown,
            _ => Truth::Pass,
        }
    }

    fn has_all(&mut self, node: Node<'_>, names: &[NameId]) -> bool {
        self.spend(names.len() * (1 + node.len() as usize / 8));
        node.len() as usize >= names.len()
            && node.has_members(names.iter().map(|name| program_name(self.program, *name)))
    }

    fn one_of(&mut self, values: &[serde_json::Value], node: Node<'_>, state: u32) -> Truth {
        let mut all = Truth::Fail;
        for value in values {
            match equals(self, node, state, value) {
                Truth::Pass => return Truth::Pass,
                Truth::Unknown => all = Truth::Unknown,
                Truth::Fail => {}
            }
        }
        all
    }
}

fn check_constant(check: &Check, node: Node<'_>, own: u8) -> Truth {
    match check {
        Check::Types { allowed, .. } => Truth::known(allowed & own != 0),
        Check::OneOf(values, _) => Truth::known(values.iter().any(|value| match value {
            serde_json::Value::Null => node.is_null(),
            serde_json::Value::Bool(value) => node.as_bool() == Some(*value),
            _ => false,
        })),
        Check::Undecided => Truth::Unknown,
        _ => Truth::Pass,
    }
}

fn check_number(check: &Check, node: Node<'_>) -> Truth {
    match check {
        Check::Types { allowed, .. } if allowed & types::NUMBER != 0 => Truth::Pass,
        Check::Types { allowed, .. } if allowed & types::INTEGER == 0 => Truth::Fail,
        Check::Types { by_text, .. } => match WrittenNumber::read(node.raw()) {
            number if !number.is_integer() => Truth::Fail,
            // From draft-06 on, and for some readers of draft-04, 1.0 is an integer.
            number if *by_text && !number.is_plain() => Truth::Unknown,
            _ => Truth::Pass,
        },
        Check::OneOf(values, _) => {
            let number = WrittenNumber::read(node.raw());
            let mut all = Truth::Fail;
            for value in values.iter().filter_map(serde_json::Value::as_number) {
                match number.equals(value) {
                    Truth::Pass => return Truth::Pass,
                    Truth::Unknown => all = Truth::Unknown,
                    Truth::Fail => {}
                }
            }
            all
        }
        Check::Bound(bound, limit) => match (WrittenNumber::read(node.raw()).compare(limit), bound)
        {
            (None, _) => Truth::Unknown,
            (Some(order), Bound::AtLeast) => Truth::known(order.is_ge()),
            (Some(order), Bound::AtMost) => Truth::known(order.is_le()),
            (Some(order), Bound::Above) => Truth::known(order.is_gt()),
            (Some(order), Bound::Below) => Truth::known(order.is_lt()),
        },
        Check::MultipleOf(divisor) => {
            match (WrittenNumber::read(node.raw()).integer(), divisor.whole()) {
                (Some(integer), Some(divisor)) => Truth::known(integer % i128::from(divisor) == 0),
                _ => Truth::Unknown,
            }
        }
        Check::Undecided => Truth::Unknown,
        _ => Truth::Pass,
    }
}
