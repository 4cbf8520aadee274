//! Dates, times and durations (RFC 3339, section 5.6 and appendix A).

use crate::time::date::{Date, number};

/// The minutes of a day.
const DAY: i32 = 1440;

pub(super) fn is_date(text: &str) -> bool {
    Date::parse(text).is_some()
}

pub(super) fn is_time(text: &str) -> bool {
    time(text).is_some()
}

pub(super) fn is_date_time(text: &str) -> bool {
    text.split_at_checked(10).is_some_and(|(date, rest)| {
        is_date(date) && rest.strip_prefix(['T', 't']).is_some_and(is_time)
    })
}

/// Reads a `full-time`. A leap second is the last second of a day in UTC (section 5.7).
fn time(text: &str) -> Option<()> {
    let (clock, rest) = text.split_at_checked(5)?;
    let minutes = clock_minutes(clock)?;
    let (second, mut rest) = rest.split_at_checked(3)?;
    let second = number(second.strip_prefix(':')?, 2)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        rest = (digits > 0).then(|| fraction.get(digits..))??;
    }
    let (sign, size) = rest.split_at_checked(1)?;
    let offset = match sign {
        "Z" | "z" if size.is_empty() => 0,
        "+" => clock_minutes(size)?,
        "-" => -clock_minutes(size)?,
        _ => return None,
    };
    let leap = second == 60 && (minutes - offset).rem_euclid(DAY) == DAY - 1;
    (second < 60 || leap).then_some(())
}

/// Returns the minutes since midnight of a text like `08:30`.
fn clock_minutes(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_at_checked(2)?;
    let (hour, minute) = (number(hour, 2)?, number(minute.strip_prefix(':')?, 2)?);
    (hour < 24 && minute < 60).then_some((hour * 60 + minute) as i32)
}
/// Returns true for a `duration`: weeks alone, or a date, a time or both. Units follow each other
/// without a gap.
pub(super) fn is_duration(text: &str) -> bool {
    let mut bytes = text.bytes();
    let mut units: &[u8] = b"YMD";
    let (mut has_time, mut has_unit, mut has_digits) = (false, false, false);
    if bytes.next() != Some(b'P') {
        return false;
    }
    while let Some(byte) = bytes.next() {
        match byte {
            b'0'..=b'9' => has_digits = true,
            b'T' if !has_time && !has_digits => (units, has_time, has_unit) = (b"HMS", true, false),
            b'W' if has_digits && !has_unit && !has_time => return bytes.next().is_none(),
            unit => match units.iter().position(|of| *of == unit) {
                Some(at) if has_digits && (at == 0 || !has_unit) => {
                    units = units.get(at + 1..).unwrap_or_default();
                    (has_unit, has_digits) = (true, false);
                }
                _ => return false,
            },
        }
    }
    has_unit && !has_digits
}
