//! Compares numbers of a document, as written, with numbers of a schema.

use std::cmp::Ordering;

use fieldseal_json::decimal::{Decimal, is_same_number, nearest_double, write_double};
use serde_json::Number;

use super::Truth;

/// The text of a number. No operation takes space in proportion to the exponent.
#[derive(Clone, Copy)]
pub(in crate::resolver) struct WrittenNumber<'t> {
    text: &'t str,
}

impl<'t> WrittenNumber<'t> {
    pub(in crate::resolver) fn read(text: &'t str) -> Self {
        WrittenNumber { text }
    }

    /// Returns true if the number is written without fraction and exponent.
    pub(in crate::resolver) fn is_plain(self) -> bool {
        !self.text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
    }

    pub(in crate::resolver) fn is_integer(self) -> bool {
        self.is_plain() || Decimal::of(self.text).is_integer()
    }

    /// Returns the value if the number is written as an integer and is an `i64`.
    pub(super) fn integer(self) -> Option<i128> {
        if self.is_plain() { self.text.parse::<i64>().ok().map(i128::from) } else { None }
    }

    /// Compares with a number of the schema. Returns `None` if readers may differ about the order.
    pub(super) fn compare(self, limit: &Number) -> Option<Ordering> {
        if let (Some(own), Some(bound)) = (self.integer(), integer(limit)) {
            return Some(own.cmp(&bound));
        }
        // Rounding to doubles preserves the order, but may make different numbers equal.
        let own = nearest_double(self.text)?;
        own.partial_cmp(&limit.as_f64()?).filter(|order| order.is_ne())
    }

    /// Evaluates equality with a number of the schema.
    pub(super) fn equals(self, expected: &Number) -> Truth {
        if let (Some(own), Some(value)) = (self.integer(), integer(expected)) {
            return Truth::known(own == value);
        }
        match (nearest_double(self.text), expected.as_f64()) {
            (Some(own), Some(value)) if own != value => Truth::Fail,
            // They are equal as doubles. They are equal exactly if the number of the schema,
            // written out, is the same. An integer is more precise than its double.
            (Some(own), Some(_)) => {
                let mut text = String::new();
                match integer(expected) {
                    Some(value) => text = value.to_string(),
                    None => write_double(own, &mut text),
                }
                if is_same_number(&text, self.text) { Truth::Pass } else { Truth::Unknown }
            }
            _ => Truth::Unknown,
        }
    }

    /// Compares with a number of the schema by value.
    pub(in crate::resolver) fn order(self, limit: &Number) -> Ordering {
        self.compare(limit)
            .unwrap_or_else(|| Decimal::of(self.text).order(&Decimal::of(&limit.to_string())))
    }

    /// Returns true if a number of the schema has the same value.
    pub(in crate::resolver) fn is(self, expected: &Number) -> bool {
        match self.equals(expected) {
            Truth::Unknown => self.order(expected).is_eq(),
            known => known == Truth::Pass,
        }
    }

    /// Evaluates equality of two numbers of a document.
    pub(super) fn same(self, other: WrittenNumber<'_>) -> Truth {
        if is_same_number(self.text, other.text) {
            return Truth::Pass;
        }
        match (nearest_double(self.text), nearest_double(other.text)) {
            (Some(a), Some(b)) if a != b => Truth::Fail,
            _ => Truth::Unknown,
        }
    }
}

/// Returns the value of a schema's number if it is an integer.
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
            assert!(WrittenNumber::read(text).is_integer(), "{text}");
        }
        for text in ["1.5", "1e-1", "100e-3", "1e-999999999999999999999"] {
            assert!(!WrittenNumber::read(text).is_integer(), "{text}");
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
            assert_eq!(WrittenNumber::read(own).compare(&number(limit)), order, "{own} {limit}");
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
            assert_eq!(WrittenNumber::read(own).equals(&number(value)), tri, "{own} {value}");
        }
        assert_eq!(WrittenNumber::read("1.0").same(WrittenNumber::read("1")), Truth::Pass);
        assert_eq!(
            WrittenNumber::read("1.00000000000000000001").same(WrittenNumber::read("1")),
            Truth::Unknown
        );
        assert_eq!(WrittenNumber::read("2").same(WrittenNumber::read("1")), Truth::Fail);
    }
}
