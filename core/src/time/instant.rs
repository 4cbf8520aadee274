//! Moments in the form of RFC 3339.

use std::fmt;

use super::date::{DAY, Date, civil_from_days};
use crate::error::{Error, ErrorCode};

/// A moment of the Gregorian calendar in UTC, to the millisecond, years 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    millis: u64,
}

/// The text of an [`Instant`], made once for all records of a call.
#[derive(Clone, Copy)]
pub(crate) struct Stamp([u8; 24]);

impl Stamp {
    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// 9999-12-31T23:59:59.999Z.
const LAST: u64 = 253_402_300_799_999;

const TOO_LATE: &str = "`now` lies after the year 9999: it counts milliseconds since 1970";

impl Instant {
    /// Returns the moment `millis` after 1970-01-01T00:00:00Z, or `None` after the year 9999.
    pub(crate) const fn from_millis(millis: u64) -> Option<Self> {
        if millis <= LAST { Some(Instant { millis }) } else { None }
    }

    /// Returns the moment of a host's clock, for every verb that takes a time. A clock that counts
    /// microseconds would otherwise end every retention.
    ///
    /// # Errors
    /// `context` after the year 9999.
    pub(crate) fn of_clock(millis: u64) -> Result<Self, Error> {
        Instant::from_millis(millis).ok_or_else(|| Error::new(ErrorCode::Context, TOO_LATE))
    }

    /// Returns the milliseconds after 1970-01-01T00:00:00Z.
    pub(crate) const fn millis(self) -> u64 {
        self.millis
    }

    /// Reads an RFC 3339 `date-time` (section 5.6) with any offset and any fraction, which is cut
    /// to milliseconds. A leap second counts as the last millisecond before it. A moment before 1970
    /// counts as 1970-01-01T00:00:00Z. Returns `None` for any other text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Instant::from_millis(u64::try_from(since_1970(text)?).unwrap_or(0))
    }

    /// Returns the text, such as `2026-11-22T09:30:00.000Z`.
    pub(crate) fn stamp(self) -> Stamp {
        // Years up to 9999: no conversion loses bits or turns negative.
        let (year, month, day) = civil_from_days((self.millis / DAY) as i64);
        let rest = (self.millis % DAY) as u32;
        let (hour, minute, second, millis) =
            (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
        let digit = |number: u32, unit: u32| b'0' + (number / unit % 10) as u8;
        let two = |number: u32| [digit(number, 10), digit(number, 1)];
        let year = year as u32;
        let ([century, decade], [month, day]) =
            ([two(year / 100), two(year)], [month, day].map(two));
        let [hour, minute, second] = [hour, minute, second].map(two);
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let [
            y1,
            y2,
            y3,
            y4,
            _,
            m1,
            m2,
            _,
            d1,
            d2,
            _,
            h1,
            h2,
            _,
            n1,
            n2,
            _,
            s1,
            s2,
            _,
            f1,
            f2,
            f3,
            _,
        ] = &mut text;
        [*y1, *y2] = century;
        [*y3, *y4] = decade;
        [*m1, *m2] = month;
        [*d1, *d2] = day;
        [*h1, *h2] = hour;
        [*n1, *n2] = minute;
        [*s1, *s2] = second;
        [*f1, *f2, *f3] = [digit(millis, 100), digit(millis, 10), digit(millis, 1)];
        Stamp(text)
    }

    /// Returns the day in UTC.
    pub(crate) fn date(self) -> Option<Date> {
        Date::from_days((self.millis / DAY) as i64)
    }
}

/// Returns the day in UTC of an RFC 3339 `date-time`, or the day that a `full-date` names.
pub(crate) fn utc_date(text: &str) -> Option<Date> {
    Date::parse(text).or_else(|| Date::from_days(since_1970(text)?.div_euclid(DAY as i64)))
}

/// Returns the milliseconds from 1970-01-01T00:00:00Z to an RFC 3339 `date-time`.
fn since_1970(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let date = Date::parse(date)?;
    let mut rest = Digits(rest.as_bytes());
    rest.byte(b"Tt ")?;
    let hour = rest.number(2)?;
    rest.byte(b":")?;
    let minute = rest.number(2)?;
    rest.byte(b":")?;
    let second = rest.number(2)?;
    let millis = if rest.byte(b".").is_some() { rest.fraction()? } else { 0 };
    let offset = match rest.byte(b"Zz+-")? {
        sign @ (b'+' | b'-') => {
            let hours = rest.number(2)?;
            rest.byte(b":")?;
            let minutes = rest.number(2)?;
            if hours > 23 || minutes > 59 {
                return None;
            }
            let size = i64::from(hours * 60 + minutes);
            if sign == b'+' { size } else { -size }
        }
        _ => 0,
    };
    if !rest.0.is_empty() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (second, millis) = if second == 60 { (59, 999) } else { (second, millis) };
    let minutes = (date.days() * 24 + i64::from(hour)) * 60 + i64::from(minute) - offset;
    Some((minutes * 60 + i64::from(second)) * 1000 + i64::from(millis))
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.stamp().as_str())
    }
}

/// The remaining text, read from its beginning.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn byte(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !allowed.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self, digits: usize) -> Option<u32> {
        (0..digits)
            .try_fold(0, |sum, _| Some(sum * 10 + u32::from(self.byte(b"0123456789")? - b'0')))
    }

    fn fraction(&mut self) -> Option<u32> {
        let mut millis = 100 * self.number(1)?;
        let mut weight = 10;
        while let Some(digit) = self.byte(b"0123456789") {
            millis += weight * u32::from(digit - b'0');
            weight /= 10;
        }
        Some(millis)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Instant;

    fn round(text: &str) -> Option<String> {
        Instant::parse(text).map(|instant| instant.to_string())
    }

    #[test]
    fn reads_what_rfc_3339_allows_and_writes_utc_milliseconds() {
        for (given, written) in [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("2024-02-29T23:59:59.1239Z", "2024-02-29T23:59:59.123Z"),
            ("2026-11-22T10:30:00+01:00", "2026-11-22T09:30:00.000Z"),
            ("2026-12-31t23:30:00.5-01:00", "2027-01-01T00:30:00.500Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"),
            ("2000-03-01 00:00:00z", "2000-03-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("1969-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(round(given).as_deref(), Some(written), "{given}");
        }
    }

    #[test]
    fn refuses_what_is_no_moment() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T10:30:00",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T10:60:00Z",
            "2026-11-22T10:30:61Z",
            "2026-11-22T10:30:00.Z",
            "2026-11-22T10:30:00+24:00",
            "2026-11-22T10:30:00+0100",
            "2026-11-22T10:30:00Zx",
            "26-11-22T10:30:00Z",
            "9999-12-31T23:59:59-01:00",
        ] {
            assert_eq!(round(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_eight_centuries_reads_as_it_is_written() {
        for day in 0..800 * 366 {
            let instant = Instant::from_millis(day * crate::time::date::DAY).unwrap();
            assert_eq!(Instant::parse(&instant.to_string()), Some(instant));
        }
    }
}
