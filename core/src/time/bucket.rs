//! Retention buckets: their sizes, their names and their ends.
//!
//! A bucket is named by its retention and its last year, month or day: `contract/2036`,
//! `contract/2036-10`, `contract/2036-10-31`.

use super::date::{DAY, Date, month_days, number};
use super::period::Period;

/// The size of a retention bucket, whose values end together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BucketSize {
    /// A year.
    Year,
    /// A number of months, counted from January; a divisor of twelve.
    Months(u32),
    /// A number of days, counted from 1970-01-01.
    Days(u32),
}

impl BucketSize {
    /// Reads `P1Y`, months that divide the year, days or weeks.
    pub(crate) fn parse(text: &str) -> Option<BucketSize> {
        // `P1Y` and `P12M` are one period, but name the bucket differently.
        if text == "P1Y" {
            return Some(BucketSize::Year);
        }
        match Period::parse(text)? {
            Period { months: 0, days } => Some(BucketSize::Days(days)),
            Period { months, days: 0 } if months <= 12 && 12_u32.is_multiple_of(months) => {
                Some(BucketSize::Months(months))
            }
            _ => None,
        }
    }

    /// Returns the last day of the bucket that contains a day. `None` after the year 9999.
    pub(crate) fn last(self, day: Date) -> Option<Date> {
        match self {
            BucketSize::Year => Date::new(day.year, 12, 31),
            BucketSize::Months(months) => {
                let month = (day.month - 1) / months * months + months;
                Date::new(day.year, month, month_days(day.year, month))
            }
            BucketSize::Days(days) => {
                let days = i64::from(days);
                Date::from_days((day.days().div_euclid(days) + 1).checked_mul(days)? - 1)
            }
        }
    }

    /// Returns the name of the bucket with that last day.
    pub(crate) fn name(self, retention: &str, last: Date) -> String {
        let Date { year, month, .. } = last;
        match self {
            BucketSize::Year => format!("{retention}/{year:04}"),
            BucketSize::Months(_) => format!("{retention}/{year:04}-{month:02}"),
            BucketSize::Days(_) => format!("{retention}/{last}"),
        }
    }
}

/// Returns the end of a bucket: the first millisecond after its last year, month or day, counted
/// from 1970-01-01T00:00:00Z, or 0 for a bucket that ended before. `None` for a text that names no
/// bucket.
pub(crate) fn end(name: &str) -> Option<u64> {
    let (retention, last) = name.split_once('/')?;
    let last = match last.len() {
        4 => Date::new(number(last, 4)?, 12, 31)?,
        7 => {
            let (year, month) = last.split_once('-')?;
            let (year, month) = (number(year, 4)?, number(month, 2)?);
            Date::new(year, month, month_days(year, month))?
        }
        _ => Date::parse(last)?,
    };
    if retention.is_empty() {
        return None;
    }
    Some(u64::try_from(last.days() + 1).map_or(0, |days| days * DAY))
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn a_bucket_ends_with_its_last_year_month_or_day() {
        for (name, millis) in [
            // 2037-01-01T00:00:00Z, and so on.
            ("contract/2036", 2_114_380_800_000),
            ("contract/2036-10", 2_109_110_400_000),
            ("contract/2036-10-31", 2_109_110_400_000),
            ("contract/2036-12", 2_114_380_800_000),
            ("contract/2036-12-31", 2_114_380_800_000),
            ("contract/2036-02", 2_087_942_400_000),
            ("contract/2036-02-29", 2_087_942_400_000),
            ("contract/9999", 253_402_300_800_000),
            ("contract/9999-12-31", 253_402_300_800_000),
            ("contract/1970-01-01", 86_400_000),
            ("contract/1969", 0),
            ("contract/1969-12-31", 0),
            ("contract/0000", 0),
        ] {
            assert_eq!(end(name), Some(millis), "{name}");
        }
    }

    #[test]
    fn a_text_that_names_no_bucket_never_ends() {
        for name in [
            "",
            "/2036",
            "a/b/2036",
            "contract//2036",
            "contract",
            "2036",
            "contract/",
            "contract/2036/",
            "contract/2036/a",
            "contract/36",
            "contract/02036",
            "contract/+036",
            "contract/2036-1",
            "contract/2036-13",
            "contract/2036-00",
            "contract/2036-1a",
            "contract/203-610",
            "contract/2036-02-30",
            "contract/2035-02-29",
            "contract/2036-10-31T00:00:00Z",
            "contract/2036-10-31 ",
            "contract-2036-10-31",
            "contract/２036",
        ] {
            assert_eq!(end(name), None, "{name}");
        }
    }
}
