//! Numbers as they are written, compared with those of a schema.

use std::cmp::Ordering;

use serde_json::Number;

use super::Truth;
use crate::schema::number;

/// A number's text. Nothing grows with its exponent.
#[derive(Clone, Copy)]
pub(super) struct Decimal<'t> {
    text: &'t str,
}

/// Sign, digits without zeros at either end, and the power of ten of the last of them.
#[derive(PartialEq, Eq)]
struct Normal {
    negative: bool,
    digits: String,
    power: i64,
}

impl<'t> Decimal<'t> {
    pub(super) fn read(text: &'t str) -> Self {
        Decimal { text }
    }

    /// RawMarker without fraction and exponent.
    pub(super) fn is_plain(self) -> bool {
        !self.text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
    }

    pub(super) fn is_integer(self) -> bool {
        self.is_plain() || self.normal().power >= 0
    }

    /// Its value, if it is an integer of 63 bits that is written as one.
    pub(super) fn integer(self) -> Option<i128> {
        if self.is_plain() { self.text.parse::<i64>().ok().map(i128::from) } else { None }
    }

    fn normal(self) -> Normal {
        let (mantissa, exponent) = self.text.split_once(['e', 'E']).unwrap_or((self.text, "0"));
        let saturated = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
        let exponent =
            exponent.parse::<i64>().unwrap_or(saturated).clamp(i64::MIN / 2, i64::MAX / 2);
        let (whole, part) = mantissa
            .trim_start_matches('-')
            .split_once('.')
            .unwrap_or((mantissa.trim_start_matches('-'), ""));
        let digits: String = whole.chars().chain(part.chars()).collect();
        let kept = digits.trim_end_matches('0');
        let zeros = digits.len() - kept.len();
        let digits = kept.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Normal { negative: false, digits, power: 0 };
        }
        let power = exponent.saturating_sub(part.len() as i64).saturating_add(zeros as i64);
        Normal { negative: mantissa.starts_with('-'), digits, power }
    }

    /// How it stands to a number of the schema; `None` where readers may differ.
    pub(super) fn compare(self, limit: &Number) -> Option<Ordering> {
        if let (Some(own), Some(bound)) = (self.integer(), integer(limit)) {
            return Some(own.cmp(&bound));
        }
        // Rounding to doubles keeps the order, but may make equal what is not.
        let own = number::parse(self.text)?;
        own.partial_cmp(&limit.as_f64()?).filter(|order| order.is_ne())
    }

    /// Whether it is a number of the schema.
    pub(super) fn equals(self, expected: &Number) -> Truth {
        if let (Some(own), Some(value)) = (self.integer(), integer(expected)) {
            return Truth::known(own == value);
        }
        match (number::parse(self.text), expected.as_f64()) {
            (Some(own), Some(value)) if own != value => Truth::Fail,
            // Equal as doubles: exactly so if what the schema says is the same number. An integer
            // says more than its double does.
            (Some(own), Some(_)) => {
                let mut text = String::new();
                match integer(expected) {
                    Some(value) => text = value.to_string(),
                    None => number::write(own, &mut text),
                }
                if Decimal::read(&text).normal() == self.normal() {
                    Truth::Pass
                } else {
                    Truth::Unknown
                }
            }
            _ => Truth::Unknown,
        }
    }

    /// Whether two numbers of a document are one.
    pub(super) fn same(self, other: Decimal<'_>) -> Truth {
        if self.text == other.text || self.normal() == other.normal() {
            return Truth::Pass;
        }
        match (number::parse(self.text), number::parse(other.text)) {
            (Some(a), Some(b)) if a != b => Truth::Fail,
            _ => Truth::Unknown,
        }
    }
}

/// Whether two texts write one number, to the last digit.
pub(crate) fn is_same_number(one: &str, other: &str) -> bool {
    Decimal::read(one).normal() == Decimal::read(other).normal()
}

/// The value of a schema's number that is an integer.
fn integer(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn integers_however_they_are_written() {
        for text in
            ["0", "-0", "1.0", "1e2", "100e-2", "-1.50e1", "0.0", "0e-9", "1e999999999999999999999"]
        {
            assert!(Decimal::read(text).is_integer(), "{text}");
        }
        for text in ["1.5", "1e-1", "100e-3", "1e-999999999999999999999"] {
            assert!(!Decimal::read(text).is_integer(), "{text}");
        }
    }

    #[test]
    fn order_and_equality() {
        let number = |text: &str| serde_json::from_str::<Number>(text).unwrap();
        for (own, limit, order) in [
            ("1", "2", Some(Ordering::Less)),
            ("9223372036854775807", "9223372036854775806", Some(Ordering::Greater)),
            ("1.5", "1", Some(Ordering::Greater)),
            ("1.0", "1", None),
            ("1e400", "1", None),
            ("-3", "-2.5", Some(Ordering::Less)),
        ] {
            assert_eq!(Decimal::read(own).compare(&number(limit)), order, "{own} {limit}");
        }
        for (own, value, tri) in [
            ("1", "1", Truth::Pass),
            ("1.0", "1", Truth::Pass),
            ("10e-1", "1", Truth::Pass),
            ("0.1", "0.1", Truth::Pass),
            ("0.10000000000000000001", "0.1", Truth::Unknown),
            ("9007199254740993", "9007199254740992", Truth::Fail),
            ("9007199254740992.0", "9007199254740993", Truth::Unknown),
            ("9007199254740993.0", "9007199254740993", Truth::Pass),
            ("18446744073709551616", "18446744073709551615", Truth::Unknown),
            ("-0", "0", Truth::Pass),
            ("2", "1", Truth::Fail),
        ] {
            assert_eq!(Decimal::read(own).equals(&number(value)), tri, "{own} {value}");
        }
        assert_eq!(Decimal::read("1.0").same(Decimal::read("1")), Truth::Pass);
        assert_eq!(
            Decimal::read("1.00000000000000000001").same(Decimal::read("1")),
            Truth::Unknown
        );
        assert_eq!(Decimal::read("2").same(Decimal::read("1")), Truth::Fail);
    }
}
