//! A number as the validator reads it.

use std::borrow::Cow;

use fieldseal_json::decimal::Decimal;
use jsonschema_value::JsonNumber;
use serde_json::Number;

/// A number as it is written. Nothing is computed until asked, and nothing grows with its exponent.
#[derive(Clone, Copy)]
pub struct TapeNumber<'a>(&'a str);

impl<'a> TapeNumber<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        TapeNumber(text)
    }

    pub(super) fn decimal(self) -> Decimal<'a> {
        Decimal::of(self.0)
    }

    /// Equality with a number of a schema, which holds 64 bits at most: integers exactly, fractions
    /// as the nearest double.
    pub(super) fn equals(self, expected: &Number) -> bool {
        if let Some(integer) = expected.as_u64() {
            self.as_u64() == Some(integer)
        } else if let Some(integer) = expected.as_i64() {
            self.as_i64() == Some(integer)
        } else {
            self.as_f64().is_some_and(|own| Some(own) == expected.as_f64())
        }
    }

    fn is_plain(self) -> bool {
        !self.0.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
    }
}

impl JsonNumber for TapeNumber<'_> {
    /// By value: `1.0` and `1e2` are integers too, which JSON Schema compares exactly (2020-12
    /// core, section 4.2.2).
    fn as_u64(&self) -> Option<u64> {
        match self.0 {
            // Zero as well, though no unsigned integer is written so.
            "-0" => return Some(0),
            text if self.is_plain() => return text.parse().ok(),
            _ => {}
        }
        self.decimal()
            .integer()
            .and_then(|(negative, magnitude)| if negative { None } else { Some(magnitude) })
    }

    fn as_i64(&self) -> Option<i64> {
        if self.is_plain() {
            return self.0.parse().ok();
        }
        self.decimal().integer().and_then(|(negative, magnitude)| {
            if negative {
                0i64.checked_sub_unsigned(magnitude)
            } else {
                i64::try_from(magnitude).ok()
            }
        })
    }

    /// Nothing for what is beyond the greatest double, of which the validator then asks only the
    /// sign.
    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok().filter(|number: &f64| number.is_finite())
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    /// The nearest number that 64 bits hold; for what the validator reports, never for what it
    /// decides.
    fn to_number(&self) -> Cow<'_, Number> {
        // An integer only where it is written as one, as when a tree is read from the same text.
        let unsigned = self.0.parse().ok().map(|integer: u64| Number::from(integer));
        let number = unsigned
            .or_else(|| self.0.parse().ok().map(|integer: i64| Number::from(integer)))
            .or_else(|| {
                let greatest = if self.0.starts_with('-') { f64::MIN } else { f64::MAX };
                Number::from_f64(self.as_f64().unwrap_or(greatest))
            });
        Cow::Owned(number.unwrap_or_else(|| Number::from(0)))
    }

    fn is_integer(&self) -> bool {
        self.is_plain() || self.decimal().is_integer()
    }

    fn is_written_as_integer(&self) -> bool {
        self.is_plain()
    }
}
