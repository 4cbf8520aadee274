//! Periods of the calendar.

use super::date::{Date, month_days};

/// An ISO 8601 duration in months (years are twelve) and then days (weeks are seven).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(super) months: u32,
    pub(super) days: u32,
}

/// A period longer than all years that RFC 3339 can write.
const LONGEST: u32 = 9999 * 366;

impl Period {
    /// The empty period, which no text denotes.
    pub(crate) const NONE: Period = Period { months: 0, days: 0 };

    /// Reads `P` and then numbers with `Y`, `M`, `W`, `D`, each at most once and in this order. The
    /// total must be at least one day or month.
    pub(crate) fn parse(text: &str) -> Option<Period> {
        let mut rest = text.strip_prefix('P')?;
        let mut units = "YMWD".chars();
        let mut period = Period::NONE;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (digits, after) = rest.split_at_checked(end)?;
            let unit = after.chars().next()?;
            units.by_ref().find(|known| *known == unit)?;
            let number = digits.parse::<u32>().ok().filter(|number| *number <= LONGEST)?;
            match unit {
                'Y' => period.months = period.months.checked_add(number.checked_mul(12)?)?,
                'M' => period.months = period.months.checked_add(number)?,
                'W' => period.days = period.days.checked_add(number.checked_mul(7)?)?,
                _ => period.days = period.days.checked_add(number)?,
            }
            rest = after.get(1..)?;
        }
        (period != Period::NONE).then_some(period)
    }

    /// Returns the day at the end of the period. Months are added first, where the last day of a
    /// shorter month replaces one that it does not have, and then days. `None` after the year 9999.
    pub(crate) fn after(self, start: Date) -> Option<Date> {
        let months =
            u64::from(start.year) * 12 + u64::from(start.month - 1) + u64::from(self.months);
        let (year, month) =
            (u32::try_from(months / 12).ok()?, u32::try_from(months % 12).ok()? + 1);
        if year > 9999 {
            return None;
        }
        let day = Date::new(year, month, start.day.min(month_days(year, month)))?;
        Date::from_days(day.days().checked_add(i64::from(self.days))?)
    }
}
