//! The oracle is the standard library, both ways.

#![allow(clippy::indexing_slicing, clippy::excessive_precision, clippy::unwrap_used)]
use super::{long_double, nearest_double as parse, short_double, write_double as write};

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    fn digits(&mut self, length: u64) -> String {
        (0..length).map(|_| char::from_digit((self.roll() % 10) as u32, 10).unwrap()).collect()
    }
}

fn text(number: f64) -> String {
    let mut out = String::new();
    write(number, &mut out);
    out
}

/// The standard library's digits and exponent, `d.ddd · 10^exponent`, but of two that are equally
/// near the even one, where it takes the greater. Then the exact decimal has just one digit more,
/// at most 18, hence at most 25 places, as it ends in 5^places.
fn expected(number: f64) -> (String, i32) {
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap();
    let digits = mantissa.replace('.', "");
    let exponent = exponent.parse().unwrap();
    if digits.len() < 16 || !(1e-10..1e18).contains(&number.abs()) {
        return (digits, exponent);
    }
    // In this range no double has more digits.
    let exact = format!("{:.100e}", number.abs()).replace('.', "");
    let (near, rest) = exact.split_once('e').unwrap().0.split_at(digits.len());
    if !rest.starts_with('5') || !rest.bytes().skip(1).all(|digit| digit == b'0') {
        return (digits, exponent);
    }
    let near: u64 = near.parse().unwrap();
    let even = (near + near % 2).to_string();
    let (first, part) = even.split_at(1);
    let read: f64 = format!("{first}.{part}e{exponent}").parse().unwrap();
    if read == number.abs() { (even, exponent) } else { (digits, exponent) }
}

/// The digits and the exponent of what was written, without its layout.
fn written(text: &str) -> (String, i32) {
    let text = text.trim_start_matches('-');
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{part}");
    let digits = all.trim_start_matches('0');
    let exponent: i32 = exponent.parse().unwrap();
    let first = exponent + digits.len() as i32 - 1 - part.len() as i32;
    (digits.trim_end_matches('0').to_owned(), first)
}

fn both_ways(number: f64) {
    let text = text(number);
    assert_eq!(text.starts_with('-'), number < 0.0, "{number:e}");
    if number == 0.0 {
        assert_eq!(text, "0");
        return;
    }
    assert_eq!(written(&text), expected(number), "{number:e}");
    assert_eq!(parse(&text).map(f64::to_bits), Some(number.to_bits()), "{text}");
}

fn reads_as_std(literal: &str) {
    let expected = literal.parse::<f64>().ok().filter(|number| number.is_finite());
    assert_eq!(parse(literal).map(f64::to_bits), expected.map(f64::to_bits), "{literal}");
}

#[test]
fn random_bit_patterns() {
    let mut dice = Dice(1);
    for _ in 0..200_000 {
        let number = f64::from_bits(dice.roll());
        if number.is_finite() {
            both_ways(number);
        }
    }
}

#[test]
fn neighbours_of_powers_and_bounds() {
    let powers_of_two = (-1074..1024).map(|power| {
        let bits = if power < -1022 { 1 << (power + 1074) } else { ((power + 1023) as u64) << 52 };
        f64::from_bits(bits)
    });
    let powers_of_ten = (-324..309).map(|power| format!("1e{power}").parse().unwrap());
    let others = [
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        5.684341886080802e-14,
        9_007_199_254_740_992.0,
        0.0,
        0.1,
        0.3,
        123_456.0,
    ];
    for number in powers_of_two.chain(powers_of_ten).chain(others) {
        for near in [number.next_down(), number, number.next_up()] {
            if near.is_finite() {
                both_ways(near);
                both_ways(-near);
            }
        }
    }
    let mut dice = Dice(2);
    for number in (0..2_000).chain((0..2_000).map(|_| dice.below(1 << 52))) {
        both_ways(f64::from_bits(number));
        both_ways(number as f64);
    }
    // Where two decimals are often equally near.
    for _ in 0..10_000 {
        let exponent = 1_023 + 40 + dice.below(20);
        both_ways(f64::from_bits(exponent << 52 | dice.below(1 << 52)));
    }
}

#[test]
fn random_literals() {
    let mut dice = Dice(3);
    for round in 0..20_000 {
        let most = if round % 20 == 0 { 1_200 } else { 40 };
        let length = dice.below(most) + 1;
        let whole = dice.digits(length);
        let whole = whole.trim_start_matches('0');
        let mut literal = String::from(if dice.below(2) == 0 { "-" } else { "" });
        literal.push_str(if whole.is_empty() { "0" } else { whole });
        if dice.below(2) == 0 {
            let zeros = dice.below(most) * dice.below(2);
            let digits = dice.below(most) + 1;
            literal.push('.');
            literal.extend((0..zeros).map(|_| '0'));
            literal.push_str(&dice.digits(digits));
        }
        if dice.below(4) > 0 {
            literal.push(['e', 'E'][dice.below(2) as usize]);
            literal.push_str(["", "+", "-"][dice.below(3) as usize]);
            literal.push_str(&dice.below(401).to_string());
        }
        reads_as_std(&literal);
    }
}

/// The decimal between two doubles, and one that is more or less by a digit far behind.
#[test]
fn halfway_and_beside_it() {
    let mut dice = Dice(4);
    for round in 0..300 {
        // From subnormal ones to those whose last bit is a half, so that what is halfway ends in a
        // 5 after the point.
        let bits = dice.below(if round % 2 == 0 { 1 << 52 } else { 0x4330_0000_0000_0000 });
        let (low, high) = (f64::from_bits(bits), f64::from_bits(bits + 1));
        let halfway = middle(&format!("{low:.1080}"), &format!("{high:.1080}"));
        let halfway = halfway.trim_end_matches('0');
        reads_as_std(halfway);
        reads_as_std(&format!("{halfway}1"));
        reads_as_std(&format!("{halfway}{}1", "0".repeat(900)));
        reads_as_std(&format!("{}4{}", halfway.strip_suffix('5').unwrap(), "9".repeat(900)));
    }
}

/// Half of the sum of two decimals with as many places, with one more.
fn middle(low: &str, high: &str) -> String {
    let width = low.len().max(high.len());
    let (low, high) = (format!("{low:0>width$}"), format!("{high:0>width$}"));
    let mut sum = Vec::new();
    let mut carry = 0;
    for (a, b) in low.bytes().rev().zip(high.bytes().rev()) {
        if a == b'.' {
            sum.push('.');
            continue;
        }
        let digit = (a - b'0') + (b - b'0') + carry;
        carry = digit / 10;
        sum.push(char::from(b'0' + digit % 10));
    }
    let mut rest = carry;
    let mut half = String::new();
    for character in sum.into_iter().rev().chain(['0']) {
        let Some(digit) = character.to_digit(10) else {
            half.push('.');
            continue;
        };
        let digit = rest * 10 + digit as u8;
        half.push(char::from(b'0' + digit / 2));
        rest = digit % 2;
    }
    let half = half.trim_start_matches('0');
    if half.starts_with('.') { format!("0{half}") } else { half.to_owned() }
}

#[test]
fn bounds_and_long_literals() {
    for literal in [
        "0",
        "-0",
        "0.0",
        "-0e5",
        "0e999999999999999999999",
        "1e309",
        "-1e309",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.5e-324",
        "1e-323",
        "1e-324",
        "1e-400",
        "1e-99999999999999999999",
        "1e99999999999999999999",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "9007199254740993",
        "9007199254740993.0000000000000000000000000000001",
        "1e23",
        "8.5e22",
    ] {
        reads_as_std(literal);
    }
    for length in [799, 800, 801, 802, 100_000] {
        let zeros = "0".repeat(length);
        let nines = "9".repeat(length);
        for literal in [
            format!("1{zeros}e-{length}"),
            format!("1{zeros}1e-{length}"),
            format!("0.{zeros}1e{length}"),
            format!("0.{zeros}{nines}e{length}"),
            format!("{nines}e-{length}"),
            format!("9007199254740993.{zeros}1"),
            format!("9007199254740993{zeros}1e-{}", length + 1),
            format!("1e0{zeros}1"),
            format!("1e-0{zeros}1"),
        ] {
            reads_as_std(&literal);
        }
    }
}

/// RFC 8785, appendix B.
#[test]
fn numbers_of_appendix_b() {
    for (bits, expected) in [
        (0x0000000000000000, "0"),
        (0x8000000000000000, "0"),
        (0x0000000000000001, "5e-324"),
        (0x8000000000000001, "-5e-324"),
        (0x7fefffffffffffff, "1.7976931348623157e+308"),
        (0xffefffffffffffff, "-1.7976931348623157e+308"),
        (0x4340000000000000, "9007199254740992"),
        (0xc340000000000000, "-9007199254740992"),
        (0x4430000000000000, "295147905179352830000"),
        (0x44b52d02c7e14af5, "9.999999999999997e+22"),
        (0x44b52d02c7e14af6, "1e+23"),
        (0x44b52d02c7e14af7, "1.0000000000000001e+23"),
        (0x444b1ae4d6e2ef4e, "999999999999999700000"),
        (0x444b1ae4d6e2ef4f, "999999999999999900000"),
        (0x444b1ae4d6e2ef50, "1e+21"),
        (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
        (0x3eb0c6f7a0b5ed8d, "0.000001"),
        (0x41b3de4355555553, "333333333.3333332"),
        (0x41b3de4355555554, "333333333.33333325"),
        (0x41b3de4355555555, "333333333.3333333"),
        (0x41b3de4355555556, "333333333.3333334"),
        (0x41b3de4355555557, "333333333.33333343"),
        (0xbecbf647612f3696, "-0.0000033333333333333333"),
        (0x43143ff3c1cb0959, "1424953923781206.2"),
    ] {
        assert_eq!(text(f64::from_bits(bits)), expected, "{bits:x}");
    }
}

/// ECMA-262, Number::toString, note 2.
#[test]
fn of_two_equally_near_the_even_one() {
    assert_eq!(text(1_125_899_906_842_624.25), "1125899906842624.2");
    assert_eq!(text(1_125_899_906_842_624.75), "1125899906842624.8");
}

/// Below a power of two the neighbour is half as near: 5.684341886080801e-14 is nearer, but read
/// back as that neighbour.
#[test]
fn the_narrow_side_of_a_power_of_two() {
    assert_eq!(text(2_f64.powi(-44)), "5.684341886080802e-14");
}

#[test]
fn short_numbers_are_read_alike_by_both_ways() {
    let mut dice = Dice(11);
    let mut short = 0;
    for _ in 0..20_000 {
        let (whole, part) = (1 + dice.below(9), dice.below(9));
        let mut literal = dice.digits(whole).trim_start_matches('0').to_owned();
        if literal.is_empty() {
            literal.push('0');
        }
        if part > 0 {
            literal = format!("{literal}.{}", dice.digits(part));
        }
        if dice.below(2) == 0 {
            literal.insert(0, '-');
        }
        let expected = literal.parse::<f64>().unwrap().to_bits();
        assert_eq!(long_double(&literal).map(f64::to_bits), Some(expected), "{literal}");
        let quick = short_double(&literal).map(f64::to_bits);
        assert!(quick.is_none_or(|quick| quick == expected), "{literal}");
        short += usize::from(quick.is_some());
    }
    assert!(short > 15_000, "{short} of 20,000 numbers are read the short way");
    for literal in ["1e2", "1234567890.123456", "1E2", "-1e-3"] {
        assert_eq!(short_double(literal), None, "{literal}");
    }
}
