//! The divisor of `multipleOf`.

use fieldseal_json::decimal::Decimal;
use serde_json::{Number, Value};

/// A positive number, `digits × 10^scale`, as its shortest text writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Divisor {
    digits: u64,
    scale: i64,
    whole: Option<u64>,
}

impl Divisor {
    /// Reads a number of the schema. Compiling refuses zero and negative ones.
    pub(super) fn of(number: &Number) -> Divisor {
        let (digits, scale) = Decimal::of(&number.to_string()).parts().unwrap_or_default();
        let whole = whole_number(&Value::Number(number.clone())).filter(|whole| *whole > 0);
        Divisor { digits, scale, whole }
    }

    /// Returns the divisor if it is an integer.
    pub(crate) fn whole(self) -> Option<u64> {
        self.whole
    }

    /// Returns true if the number with this text is a multiple.
    pub(crate) fn divides(self, text: &str) -> bool {
        Decimal::of(text).is_multiple_of(self.digits, self.scale)
    }
}

/// Reads an integer below 2^53 in any notation.
pub(super) fn whole_number(value: &Value) -> Option<u64> {
    match value.as_u64() {
        Some(number) => Some(number),
        None => value
            .as_f64()
            .filter(|number| {
                (0.0..9_007_199_254_740_992.0).contains(number) && number.fract() == 0.0
            })
            .map(|number| number as u64),
    }
}
