//! Dates of the proleptic Gregorian calendar, counted in days from 1970-01-01 and written as an RFC
//! 3339 `full-date`. A day is a UTC day without leap seconds.

use std::fmt;

/// Milliseconds of a day.
pub(crate) const DAY: u64 = 86_400_000;

/// A day that exists, in the years that RFC 3339 can write: 0000 to 9999. Only the functions of
/// this type make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    pub(crate) year: u32,
    /// 1 to 12.
    pub(crate) month: u32,
    /// 1 to the last day of the month.
    pub(crate) day: u32,
}

impl Date {
    /// Returns the day, or `None` if it does not exist.
    pub(crate) const fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let real =
            year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= month_days(year, month);
        if real { Some(Date { year, month, day }) } else { None }
    }

    /// Reads a text like `2036-10-31` without anything around it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        Date::new(number(year, 4)?, number(month, 2)?, number(day, 2)?)
    }

    /// Returns the day `days` after 1970-01-01; a negative number counts backwards. `None` outside
    /// the years that RFC 3339 can write.
    pub(crate) fn from_days(days: i64) -> Option<Self> {
        let (year, month, day) = civil_from_days(days);
        Date::new(u32::try_from(year).ok()?, month, day)
    }

    /// Returns the days since 1970-01-01, negative before it.
    pub(crate) fn days(self) -> i64 {
        days_from_civil(self.year.into(), self.month, self.day)
    }
}

impl fmt::Display for Date {
    /// Writes a text like `2036-10-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Reads a number of exactly `digits` ASCII digits.
pub(crate) fn number(text: &str, digits: usize) -> Option<u32> {
    let right = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if right { text.parse().ok() } else { None }
}

/// Returns the number of days of a month, 1 to 12.
pub(crate) const fn month_days(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The days of 400 years, the period of the calendar.
const ERA: i64 = 146_097;
/// The days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

/// Returns the days since 1970-01-01 of a date in any year, with `month` from 1 to 12. Counts in
/// years that begin in March and end with the leap day.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let (year, month) = (year - i64::from(month <= 2), i64::from(month));
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    year.div_euclid(400) * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
}

/// Returns year, month and day of the date `days` after 1970-01-01; a negative number counts
/// backwards.
pub(super) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + EPOCH;
    let of_era = days.rem_euclid(ERA);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    // Both lie between 1 and 31.
    (days.div_euclid(ERA) * 400 + year + i64::from(month <= 2), month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn days_whose_number_is_known() {
        for (days, text) in [
            (-719_528, "0000-01-01"),
            (-141_427, "1582-10-15"),
            (-1, "1969-12-31"),
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (24_411, "2036-11-01"),
            (2_932_896, "9999-12-31"),
        ] {
            let date = Date::parse(text).unwrap();
            assert_eq!((date.days(), date.to_string().as_str()), (days, text));
            assert_eq!(civil_from_days(days), (date.year.into(), date.month, date.day));
        }
    }

    /// One day after another, without arithmetic.
    #[test]
    fn ten_thousand_years_count_on_day_by_day() {
        let (mut year, mut month, mut day) = (0, 1, 1);
        for days in -719_528..=2_932_896_i64 {
            assert_eq!(civil_from_days(days), (i64::from(year), month, day));
            assert_eq!(Date::new(year, month, day).unwrap().days(), days);
            day += 1;
            if day > month_days(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!((year, month, day), (10_000, 1, 1));
        assert_eq!(Date::new(year, month, day), None);
    }

    #[test]
    fn leap_years_are_those_of_gregory() {
        let days = [1900, 2000, 2023, 2024, 2100, 2400].map(|year| month_days(year, 2));
        assert_eq!(days, [28, 29, 28, 29, 28, 29]);
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in [
            "",
            "2036",
            "2036-10",
            "2036-1-01",
            "2036-10-1",
            "36-10-01",
            "02036-10-01",
            "+036-10-01",
            "2036-00-01",
            "2036-13-01",
            "2036-10-00",
            "2036-10-32",
            "2036-04-31",
            "2035-02-29",
            "2036-10-01 ",
            " 2036-10-01",
            "2036/10/01",
            "2036-10-01T00:00:00Z",
            "2036-10-01-01",
            "２036-10-01",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
