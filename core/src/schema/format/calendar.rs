//! Dates, times and durations (RFC 3339, section 5.6 and appendix A).

use crate::time::date::{Date, number};

/// The minutes of a day.
const DAY: i64 = 1440;

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
    let (clock, rest) = text.split_at_checked(8)?;
    let (hour, clock) = clock.split_once(':')?;
    let (minute, second) = clock.split_once(':')?;
    let minutes = clock_minutes(hour, minute)?;
    let second = number(second, 2)?;
    let offset = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (rest.len() < fraction.len()).then_some(rest)?
        }
    };
    let offset = if offset.eq_ignore_ascii_case("z") {
        0
    } else {
        let size = offset.strip_prefix(['+', '-'])?;
        let (hour, minute) = size.split_once(':')?;
        let size = clock_minutes(hour, minute)?;
        if offset.starts_with('+') { size } else { -size }
    };
    let leap = second == 60 && (minutes - offset).rem_euclid(DAY) == DAY - 1;
    (second < 60 || leap).then_some(())
}

/// Returns the minutes since midnight.
fn clock_minutes(hour: &str, minute: &str) -> Option<i64> {
    let (hour, minute) = (number(hour, 2)?, number(minute, 2)?);
    (hour < 24 && minute < 60).then_some(i64::from(hour * 60 + minute))
}

/// Returns true for a `duration`: weeks alone, or a date, a time or both.
pub(super) fn is_duration(text: &str) -> bool {
    let Some(text) = text.strip_prefix('P') else {
        return false;
    };
    match text.split_once('T') {
        None => is_run(text, "W") || is_run(text, "YMD"),
        Some((date, time)) => (date.is_empty() || is_run(date, "YMD")) && is_run(time, "HMS"),
    }
}

/// Returns true for one or more numbers with units that follow each other without a gap.
fn is_run(text: &str, units: &str) -> bool {
    let mut units = units.chars().skip_while(|unit| !text.contains(*unit));
    let mut rest = text;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        match units.next().and_then(|next| unit.strip_prefix(next)) {
            Some(after) if unit.len() < rest.len() => rest = after,
            _ => return false,
        }
    }
    !text.is_empty()
}
