//! Doubles and their decimals, exactly: numbers of schemas are read (RFC 8259) and written (RFC
//! 8785) once for each compilation.
//!
//! The standard library does both, fast, with tables of powers of ten and two algorithms each: that
//! was a twentieth of the evaluator module. Both ways are plain arithmetic on big integers here, but
//! for the short numbers of which documents consist.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::big::Big;

/// The halfway point between two doubles has at most 768 significant digits, so those after 800
/// only tell whether there is more.
const DIGITS: usize = 800;

/// The exponent of the last bit of the smallest doubles, and the number of bits after the leading
/// one.
const LAST: i64 = -1074;
const FRACTION: u32 = 52;

/// A double holds every integer of this many digits exactly, and every power of ten up to the 22nd.
const EXACT_DIGITS: usize = 15;

/// Returns the double of a short number without an exponent: the quotient of two numbers that
/// doubles hold exactly, so that it is rounded once (Clinger, "How to read floating point numbers
/// accurately", 1990). `None` for any other number.
fn short_double(literal: &str) -> Option<f64> {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    if digits.len() > EXACT_DIGITS {
        return None;
    }
    let (mut integer, mut power, mut part) = (0_u64, 1.0, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                integer = integer * 10 + u64::from(byte - b'0');
                power *= if part { 10.0 } else { 1.0 };
            }
            b'.' => part = true,
            _ => return None,
        }
    }
    let double = integer as f64 / power;
    Some(if digits.len() == literal.len() { double } else { -double })
}

/// Returns the double nearest to a number's text, the even one of two; `None` if that is over the
/// greatest.
pub fn nearest_double(literal: &str) -> Option<f64> {
    short_double(literal).or_else(|| long_double(literal))
}

fn long_double(literal: &str) -> Option<f64> {
    let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
    // What is no 64-bit integer is over every bound: a literal is shorter than 2^32 bytes.
    let saturated = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
    let mut power = exponent.parse::<i64>().unwrap_or(saturated).clamp(i64::MIN / 2, i64::MAX / 2);
    let (mut integer, mut length, mut more, mut part) = (Big::default(), 0, false, false);
    for character in mantissa.chars() {
        let Some(digit) = character.to_digit(10) else {
            part |= character == '.';
            continue;
        };
        power -= i64::from(part);
        if length == DIGITS {
            power += 1;
            more |= digit > 0;
        } else {
            integer.scale(10, digit);
            length += usize::from(!integer.is_zero());
        }
    }
    let sign = if literal.starts_with('-') { -1.0 } else { 1.0 };
    if more {
        integer.scale(10, 1);
        (power, length) = (power - 1, length + 1);
    }
    // 10^(most - 1) <= value < 10^most: beyond these bounds lies half of the smallest double, and
    // more than the greatest.
    let most = power.saturating_add(i64::try_from(length).ok()?);
    if integer.is_zero() || most < -323 {
        return Some(0.0 * sign);
    }
    if most > 309 {
        return None;
    }
    nearest(integer, power).map(|double| double * sign)
}

/// Returns the double nearest to `integer` · 10^`power`.
fn nearest(integer: Big, power: i64) -> Option<f64> {
    let mut above = integer;
    let mut below = Big::from(1);
    let fives = u32::try_from(power.unsigned_abs()).ok()?;
    if power < 0 { &mut below } else { &mut above }.scale_by_five(fives);
    // The value is above / below · 2^power, and 2^(log - 1) < above / below < 2^(log + 1).
    let log = i64::from(above.bits()) - i64::from(below.bits());
    let whole = if above.shifted(-log) < below.shifted(log) { log - 1 } else { log };
    let last = (whole + power - i64::from(FRACTION)).max(LAST);
    // The quotient in units of the last bit is below 2^53: as many binary places of a fraction are
    // its bits.
    let places = last - power + i64::from(FRACTION) + 1;
    let divisor = below.shifted(places);
    let mut rest = above.shifted(-places);
    let mut quotient = 0_u64;
    for _ in 0..=FRACTION {
        quotient = 2 * quotient + u64::from(rest.double_and_reduce(&divisor));
    }
    let up = rest.double_and_reduce(&divisor);
    quotient += u64::from(up && (!rest.is_zero() || quotient % 2 == 1));
    // A quotient that reached 2^53 carries into the exponent, which is then right.
    let bits = (u64::try_from(last - LAST).ok()? << FRACTION) + quotient;
    (bits < f64::INFINITY.to_bits()).then(|| f64::from_bits(bits))
}

/// Appends the RFC 8785 text of a number's text, which is that of the nearest double; `None` where
/// that is over the greatest.
pub fn write_canonical(literal: &str, out: &mut String) -> Option<()> {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    // Every double writes these as they stand.
    if digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit()) && literal != "-0" {
        out.push_str(literal);
    } else {
        write_double(nearest_double(literal)?, out);
    }
    Some(())
}

/// Appends the RFC 8785 text of a double: its section 3.2.2.3, which is ECMA-262, Number::toString
/// with radix 10 and its note 2.
pub fn write_double(number: f64, out: &mut String) {
    if number == 0.0 {
        out.push('0');
        return;
    }
    if number < 0.0 {
        out.push('-');
    }
    let (digits, n) = shortest(number);
    let k = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32, out: &mut String| (0..count).for_each(|_| out.push('0'));
    let (whole, part) =
        digits.split_at_checked(usize::try_from(n).unwrap_or_default()).unwrap_or((&digits, ""));
    if k <= n && n <= 21 {
        out.push_str(&digits);
        zeros(n - k, out);
    } else if 0 < n && n <= 21 {
        out.push_str(whole);
        out.push('.');
        out.push_str(part);
    } else if -6 < n && n <= 0 {
        out.push_str("0.");
        zeros(-n, out);
        out.push_str(&digits);
    } else {
        let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
        out.push_str(first);
        if !rest.is_empty() {
            out.push('.');
            out.push_str(rest);
        }
        // Writing to a string cannot fail.
        let _ = write!(out, "e{}{}", if n > 0 { '+' } else { '-' }, (n - 1).abs());
    }
}

/// Returns the fewest digits that are read back as this double, of those the nearest, of two of
/// those the even: 0.`digits` · 10^n.
///
/// Steele and White, "How to print floating-point numbers accurately" (1990): a digit is the last
/// as soon as it, or the one above it, is within half the way to the neighbouring double.
fn shortest(number: f64) -> (String, i32) {
    let bits = number.to_bits() & (u64::MAX >> 1);
    let fraction = bits & ((1 << FRACTION) - 1);
    let exponent = i64::try_from(bits >> FRACTION).unwrap_or_default();
    let mantissa = if exponent == 0 { fraction } else { fraction | 1 << FRACTION };
    let last = LAST + (exponent - 1).max(0);
    // The double and half a step are below 2^b, which is below 10^n: log10(2) is a little less than
    // 0.30103.
    let b = last + i64::from(u64::BITS - mantissa.leading_zeros());
    let mut n = i32::try_from(b * 30_103 / 100_000 + 1).unwrap_or_default();
    // Double and steps over 10^n, in quarters of the last bit, as below a power of two the
    // neighbour is half as near.
    let twos = last - i64::from(n);
    let narrow = fraction == 0 && exponent > 1;
    let [mut rest, mut down, mut up] =
        [mantissa << 2, if narrow { 1 } else { 2 }, 2].map(|value| {
            let mut value = Big::from(value).shifted(twos);
            value.scale_by_five(n.min(0).unsigned_abs());
            value
        });
    let mut unit = Big::from(4).shifted(-twos);
    unit.scale_by_five(n.max(0).unsigned_abs());
    // A decimal exactly halfway is read as the even one.
    let halfway = if mantissa.is_multiple_of(2) { Ordering::Equal } else { Ordering::Less };
    let within = |ordering: Ordering| ordering == Ordering::Less || ordering == halfway;
    let mut digits = String::new();
    loop {
        rest.scale(10, 0);
        down.scale(10, 0);
        up.scale(10, 0);
        let mut digit = 0_u8;
        while rest >= unit {
            rest.subtract(&unit);
            digit += 1;
        }
        let to_next = unit.less(&rest);
        let low = within(rest.cmp(&down));
        let high = within(to_next.cmp(&up));
        let nearer = rest.cmp(&to_next).then(if digit.is_multiple_of(2) {
            Ordering::Less
        } else {
            Ordering::Greater
        });
        digit += u8::from(high && (!low || nearer.is_gt()));
        if digit == 0 && digits.is_empty() {
            n -= 1;
            continue;
        }
        digits.push(char::from(b'0' + digit));
        if low || high {
            return (digits, n);
        }
    }
}

#[cfg(test)]
mod tests;
