//! Numbers by their value, however written and however great: `1`, `1.0` and `10e-1` are one.

mod big;
mod double;

use std::cmp::Ordering;

pub use double::{nearest_double, write_canonical, write_double};

/// The value of a number's text: `±digits × 10^scale`, with neither leading nor trailing zeros
/// among the digits.
///
/// Exact, allocates nothing and takes time linear in the text: neither `1e999999999` nor a million
/// digits cost more than reading them. Scales beyond 2^62 in magnitude count as 2^62, see
/// [`is_bounded`](Self::is_bounded).
///
/// ```
/// use fieldseal_json::decimal::Decimal;
///
/// assert_eq!(Decimal::of("1.0"), Decimal::of("10e-1"));
/// assert_ne!(Decimal::of("9007199254740993"), Decimal::of("9007199254740992"));
/// assert!(Decimal::of("1e2").is_integer() && !Decimal::of("1e-2").is_integer());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Decimal<'a> {
    negative: bool,
    /// The digits are those of `whole`, then those of `fraction`.
    whole: &'a str,
    fraction: &'a str,
    scale: i64,
}

const GREATEST: i64 = 1 << 62;

impl<'a> Decimal<'a> {
    /// Reads a text that is known to be a number (RFC 8259 section 6).
    pub fn of(text: &'a str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = cut(text, |byte| matches!(byte, b'e' | b'E'));
        let (whole, fraction) = cut(mantissa, |byte| byte == b'.');
        let fraction = without_trailing_zeros(fraction.unwrap_or_default());
        let (whole, shift) = if fraction.is_empty() {
            let kept = without_trailing_zeros(whole);
            (kept, (whole.len() - kept.len()) as i64)
        } else {
            (whole, -(fraction.len() as i64))
        };
        let whole = without_leading_zeros(whole);
        let fraction = if whole.is_empty() { without_leading_zeros(fraction) } else { fraction };
        if whole.is_empty() && fraction.is_empty() {
            return Decimal { negative: false, whole, fraction, scale: 0 };
        }
        let exponent = exponent.map_or(0, |digits| {
            digits.parse().unwrap_or(if digits.starts_with('-') { -GREATEST } else { GREATEST })
        });
        let scale = shift.saturating_add(exponent).clamp(-GREATEST, GREATEST);
        Decimal { negative, whole, fraction, scale }
    }

    /// Returns true if it has no fractional part.
    pub fn is_integer(&self) -> bool {
        self.scale >= 0
    }

    /// Returns true if its scale is surely exact, so that equality decides about the values.
    pub fn is_bounded(&self) -> bool {
        // The digits move a scale that was cut by less than the length of a text.
        self.scale.abs() < GREATEST / 2
    }

    /// Returns its sign (true for negative) and its magnitude, where it is an integer of 64 bits.
    pub fn integer(&self) -> Option<(bool, u64)> {
        let zeros = usize::try_from(self.scale).ok()?;
        // No integer of 64 bits has more than twenty digits; no text is long enough for the sum to
        // overflow.
        if zeros > 20 || self.whole.len() + self.fraction.len() > 20 {
            return None;
        }
        let digits = self.digits().chain(std::iter::repeat_n(b'0', zeros));
        let magnitude = digits
            .map(|digit| u64::from(digit & 0xF))
            .try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(digit))?;
        Some((self.negative, magnitude))
    }

    /// Compares two numbers by value.
    ///
    /// ```
    /// use fieldseal_json::decimal::Decimal;
    ///
    /// assert!(Decimal::of("-1e400").order(&Decimal::of("-3")).is_lt());
    /// assert!(Decimal::of("0.10000000000000000001").order(&Decimal::of("0.1")).is_gt());
    /// ```
    pub fn order(&self, other: &Decimal<'_>) -> Ordering {
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
        }
    }

    fn magnitude(&self, other: &Decimal<'_>) -> Ordering {
        let (own, others) = (self.count(), other.count());
        if own == 0 || others == 0 {
            return own.cmp(&others);
        }
        // Digits end without zeros, so the shorter of two equal beginnings is the smaller number.
        (self.scale + own as i64)
            .cmp(&(other.scale + others as i64))
            .then_with(|| self.digits().cmp(other.digits()))
    }

    /// Returns digits and scale (`digits × 10^scale`) of a positive number, or `None` for others
    /// and for digits above 64 bits.
    pub fn parts(&self) -> Option<(u64, i64)> {
        if self.negative || !(1..=20).contains(&self.count()) {
            return None;
        }
        let digits = self.digits().try_fold(0u64, |sum, digit| {
            sum.checked_mul(10)?.checked_add(u64::from(digit & 0xF))
        })?;
        Some((digits, self.scale))
    }

    /// Returns true if the number is a multiple of `digits × 10^scale`, whose digits have no
    /// trailing zero and are not 0. Exact; time is linear in the text.
    pub fn is_multiple_of(&self, digits: u64, scale: i64) -> bool {
        if self.count() == 0 {
            return true;
        }
        // The last digit of the number is not 0, so its scale is the greatest power of ten in it.
        if digits == 0 || self.scale < scale {
            return false;
        }
        let divisor = u128::from(digits);
        let mut rest =
            self.digits().fold(0, |rest, digit| (rest * 10 + u128::from(digit & 0xF)) % divisor);
        let (mut power, mut left) = (10 % divisor, (self.scale - scale).unsigned_abs());
        while left > 0 {
            if left & 1 == 1 {
                rest = rest * power % divisor;
            }
            power = power * power % divisor;
            left >>= 1;
        }
        rest == 0
    }

    fn count(&self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes())
    }

    /// Appends bytes that are the same for the same value, and no prefix of those of another.
    pub fn key(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.negative));
        out.extend_from_slice(&self.scale.to_le_bytes());
        out.extend(self.digits());
        // Ends the digits.
        out.push(0);
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative
            && self.scale == other.scale
            && self.whole.len() + self.fraction.len() == other.whole.len() + other.fraction.len()
            && self.digits().eq(other.digits())
    }
}

/// Cuts a text of ASCII in two at the first such byte, which is in neither.
#[inline]
fn cut(text: &str, at: impl Fn(u8) -> bool) -> (&str, Option<&str>) {
    match text.bytes().position(at) {
        Some(place) => (text.get(..place).unwrap_or_default(), text.get(place + 1..)),
        None => (text, None),
    }
}

#[inline]
fn without_leading_zeros(digits: &str) -> &str {
    let zeros = digits.bytes().take_while(|digit| *digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

#[inline]
fn without_trailing_zeros(digits: &str) -> &str {
    let zeros = digits.bytes().rev().take_while(|digit| *digit == b'0').count();
    digits.get(..digits.len() - zeros).unwrap_or_default()
}

/// Returns true if two texts write one number, to the last digit.
pub fn is_same_number(one: &str, other: &str) -> bool {
    let (own, another) = (Decimal::of(one), Decimal::of(other));
    one == other || (own == another && own.is_bounded())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_are_equal() {
        let groups: &[&[&str]] = &[
            &["0", "-0", "0.0", "0e9", "-0.00e-7", "0E+999999999999999999999999"],
            &["1", "1.0", "10e-1", "0.1e1", "0.001E+3", "1e0", "1.000e-0"],
            &["-1", "-1.0", "-0.1e1"],
            &["100", "1e2", "1.00e2", "10e1", "1000e-1"],
            &["0.05", "5e-2", "0.0500", "50e-3"],
            &["10.5", "105e-1", "1.05e1"],
            &["1e400", "10e399", "0.1e401"],
            &["1e-400"],
            &["9007199254740993", "9007199254740993.0"],
            &["9007199254740992"],
        ];
        for (i, left) in groups.iter().enumerate() {
            for (j, right) in groups.iter().enumerate() {
                for a in *left {
                    for b in *right {
                        let (a_key, b_key) = (&mut Vec::new(), &mut Vec::new());
                        Decimal::of(a).key(a_key);
                        Decimal::of(b).key(b_key);
                        assert_eq!(Decimal::of(a) == Decimal::of(b), i == j, "{a} {b}");
                        assert_eq!(a_key == b_key, i == j, "{a} {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_scale_that_was_cut_is_told() {
        for text in ["0", "1e400", "1e-999999999", "0e99999999999999999999"] {
            assert!(Decimal::of(text).is_bounded(), "{text}");
        }
        for text in ["1e99999999999999999999", "10e-99999999999999999999"] {
            assert!(!Decimal::of(text).is_bounded(), "{text}");
        }
    }

    #[test]
    fn integers_are_told_by_value() {
        for text in [
            "0",
            "-0.0",
            "1.0",
            "1e400",
            "12e-0",
            "1.50e1",
            "120e-1",
            "1e999999999999999999999999999",
        ] {
            assert!(Decimal::of(text).is_integer(), "{text}");
        }
        for text in ["0.5", "1e-1", "1e-400", "1.05e1", "123e-2", "1e-999999999999999999999999999"]
        {
            assert!(!Decimal::of(text).is_integer(), "{text}");
        }
    }
}
