//! When the time of a retention bucket has passed, as its name says: `contract/2036`,
//! `contract/2036-10`, `contract/2036-10-31`.

use super::date::{DAY, Date, days_from_civil, month_days, number};

/// The first moment after the bucket's last year, month or day: milliseconds since
/// 1970-01-01T00:00:00Z, and 0 for what ended before. `None` for a name that does not end in a
/// date.
pub(crate) fn end(name: &str) -> Option<u64> {
    let (_, last) = name.rsplit_once('/')?;
    let days = match last.len() {
        4 => days_from_civil(i64::from(number(last, 4)?) + 1, 1, 1),
        7 => {
            let (year, month) = last.split_once('-')?;
            let first = Date::new(number(year, 4)?, number(month, 2)?, 1)?;
            first.days() + i64::from(month_days(first.year, first.month))
        }
        _ => Date::parse(last)?.days() + 1,
    };
    Some(u64::try_from(days).map_or(0, |days| days * DAY))
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
            ("a/b/2036", 2_114_380_800_000),
            ("/2036", 2_114_380_800_000),
        ] {
            assert_eq!(end(name), Some(millis), "{name}");
        }
    }

    #[test]
    fn a_name_without_a_date_at_its_end_never_ends() {
        for name in [
            "",
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
