//! Assertions about one value.

use super::equal::{equals, unique};
use super::number::Decimal;
use super::{HOLE, Judge, Subject, Tri, program_name};
use crate::json::{Node, Shape};
use crate::resolver::pattern::Match;
use crate::resolver::program::{Bound, Check, NameId, types};

impl Judge<'_> {
    pub(super) fn check(&mut self, check: &Check, subject: Subject<'_>) -> Tri {
        match subject {
            #[cfg(test)]
            Subject::Value(_, HOLE)
                if crate::resolver::decide::trap::is_set(
                    super::trap::Trap::TakesHolesForStrings,
                ) =>
            {
                self.check_text(check, "Fs1B")
            }
            Subject::Value(_, HOLE) => Tri::Unknown,
            Subject::Value(node, state) => match node.shape() {
                Shape::Object => self.check_object(check, node, state),
                Shape::Array => self.check_array(check, node, state),
                Shape::String => match check {
                    Check::Types { .. } | Check::Length(..) | Check::OneOf(_) => {
                        self.check_string(check, node)
                    }
                    _ => node.as_str().map_or(Tri::Unknown, |text| self.check_text(check, &text)),
                },
                Shape::Number => check_number(check, node),
                Shape::Bool => check_constant(check, node, types::BOOLEAN),
                Shape::Null => check_constant(check, node, types::NULL),
            },
            Subject::Name(name) => self.check_text(check, name),
        }
    }

    /// A string, as it is written.
    fn check_string(&mut self, check: &Check, node: Node<'_>) -> Tri {
        match check {
            Check::Length(least, most) => {
                self.spend(node.raw().len() / 16);
                node.characters()
                    .map_or(Tri::Unknown, |length| Tri::known((*least..=*most).contains(&length)))
            }
            Check::OneOf(values) => {
                self.spend(values.len());
                Tri::known(
                    values
                        .iter()
                        .filter_map(|value| value.as_str())
                        .any(|value| node.equals_str(value)),
                )
            }
            Check::Types { allowed, .. } => Tri::known(allowed & types::STRING != 0),
            _ => Tri::Unknown,
        }
    }

    /// A string's characters.
    fn check_text(&mut self, check: &Check, text: &str) -> Tri {
        match check {
            Check::Types { allowed, .. } => Tri::known(allowed & types::STRING != 0),
            Check::Length(least, most) => {
                Tri::known((*least..=*most).contains(&(text.chars().count() as u64)))
            }
            Check::OneOf(values) => {
                Tri::known(values.iter().any(|value| value.as_str() == Some(text)))
            }
            Check::Pattern(pattern) => match self.matches(*pattern, text) {
                Match::Yes => Tri::Pass,
                Match::No => Tri::Fail,
                Match::Maybe => Tri::Unknown,
            },
            Check::Undecided => Tri::Unknown,
            _ => Tri::Pass,
        }
    }

    fn check_object(&mut self, check: &Check, node: Node<'_>, state: u32) -> Tri {
        match check {
            Check::Types { allowed, .. } => Tri::known(allowed & types::OBJECT != 0),
            Check::Required(names) => Tri::known(self.has_all(node, names)),
            Check::DependentRequired(name, needed) => {
                let present = node.member(program_name(self.program, *name)).is_some();
                Tri::known(!present || self.has_all(node, needed))
            }
            Check::Properties(least, most) => {
                Tri::known((*least..=*most).contains(&u64::from(node.len())))
            }
            Check::OneOf(values) => self.one_of(values, node, state),
            Check::Undecided => Tri::Unknown,
            _ => Tri::Pass,
        }
    }

    fn check_array(&mut self, check: &Check, node: Node<'_>, state: u32) -> Tri {
        match check {
            Check::Types { allowed, .. } => Tri::known(allowed & types::ARRAY != 0),
            Check::Items(least, most) => {
                Tri::known((*least..=*most).contains(&u64::from(node.len())))
            }
            Check::UniqueItems => unique(self, node, state),
            Check::OneOf(values) => self.one_of(values, node, state),
            Check::Undecided => Tri::Unknown,
            _ => Tri::Pass,
        }
    }

    fn has_all(&mut self, node: Node<'_>, names: &[NameId]) -> bool {
        self.spend(names.len() * (1 + node.len() as usize / 8));
        node.len() as usize >= names.len()
            && node.has_members(names.iter().map(|name| program_name(self.program, *name)))
    }

    fn one_of(&mut self, values: &[serde_json::Value], node: Node<'_>, state: u32) -> Tri {
        let mut all = Tri::Fail;
        for value in values {
            match equals(self, node, state, value) {
                Tri::Pass => return Tri::Pass,
                Tri::Unknown => all = Tri::Unknown,
                Tri::Fail => {}
            }
        }
        all
    }
}

fn check_constant(check: &Check, node: Node<'_>, own: u8) -> Tri {
    match check {
        Check::Types { allowed, .. } => Tri::known(allowed & own != 0),
        Check::OneOf(values) => Tri::known(values.iter().any(|value| match value {
            serde_json::Value::Null => node.is_null(),
            serde_json::Value::Bool(value) => node.as_bool() == Some(*value),
            _ => false,
        })),
        Check::Undecided => Tri::Unknown,
        _ => Tri::Pass,
    }
}

fn check_number(check: &Check, node: Node<'_>) -> Tri {
    match check {
        Check::Types { allowed, .. } if allowed & types::NUMBER != 0 => Tri::Pass,
        Check::Types { allowed, .. } if allowed & types::INTEGER == 0 => Tri::Fail,
        Check::Types { by_text, .. } => match Decimal::read(node.raw()) {
            number if !number.is_integer() => Tri::Fail,
            // 1.0 is an integer from draft-06 on, and for some readers of draft-04.
            number if *by_text && !number.is_plain() => Tri::Unknown,
            _ => Tri::Pass,
        },
        Check::OneOf(values) => {
            let number = Decimal::read(node.raw());
            let mut all = Tri::Fail;
            for value in values.iter().filter_map(serde_json::Value::as_number) {
                match number.equals(value) {
                    Tri::Pass => return Tri::Pass,
                    Tri::Unknown => all = Tri::Unknown,
                    Tri::Fail => {}
                }
            }
            all
        }
        Check::Bound(bound, limit) => match (Decimal::read(node.raw()).compare(limit), bound) {
            (None, _) => Tri::Unknown,
            (Some(order), Bound::AtLeast) => Tri::known(order.is_ge()),
            (Some(order), Bound::AtMost) => Tri::known(order.is_le()),
            (Some(order), Bound::Above) => Tri::known(order.is_gt()),
            (Some(order), Bound::Below) => Tri::known(order.is_lt()),
        },
        Check::MultipleOf(divisor) => match Decimal::read(node.raw()).integer() {
            Some(integer) => Tri::known(integer % i128::from(*divisor) == 0),
            None => Tri::Unknown,
        },
        Check::Undecided => Tri::Unknown,
        _ => Tri::Pass,
    }
}
