//! `x-retention`: how long values are kept, and the name of the key that ends with them (GDPR Art.
//! 5(1)(e)).

use serde_json::Value;

use super::finding::{Findings, below};
use super::subject::SubjectRef;
use crate::time::date::{Date, civil_from_days, month_days};

/// One rule by its name.
#[derive(Debug)]
pub(crate) struct Retention {
    pub(crate) name: String,
    pub(crate) from: Start,
    period: Period,
    bucket: Bucket,
}

/// What a period counts from.
#[derive(Debug)]
pub(crate) enum Start {
    /// The business time of the call that seals.
    Created,
    /// A date in the document.
    At(SubjectRef),
}

/// An ISO 8601 duration of dates: months (years are twelve) and then days (weeks are seven).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    months: u32,
    days: u32,
}

/// What ends together. Named by its last year, month or day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bucket {
    Year,
    /// So many months, counted from January; a divisor of twelve.
    Months(u32),
    /// So many days, counted from 1970-01-01.
    Days(u32),
}

/// Longer than anything that RFC 3339 can write.
const LONGEST: u32 = 9999 * 366;

const BUCKETS: &str = "`bucket` must be P1Y, a number of months that divides the year (P1M, P2M, P3M, P4M, P6M, P12M), or of days or weeks (P7D, P1W)";

impl Retention {
    /// The rules of the keyword; each fault is a finding at its place.
    pub(crate) fn read(value: &Value, at: &str, findings: &mut Findings) -> Vec<Retention> {
        let Value::Object(rules) = value else {
            findings.error("retention-malformed", at, "x-retention must be an object: name → rule");
            return Vec::new();
        };
        rules
            .iter()
            .map(|(name, rule)| Retention::rule(name, rule, &below(at, name), findings))
            .collect()
    }

    /// With a finding it is a rule all the same, so that markers which name it are not at fault,
    /// too.
    fn rule(name: &str, rule: &Value, at: &str, findings: &mut Findings) -> Retention {
        let faulty = Retention {
            name: name.to_owned(),
            from: Start::Created,
            period: Period { months: 0, days: 0 },
            bucket: Bucket::Year,
        };
        let mut malformed =
            |at: &str, message: &str| findings.error("retention-malformed", at, message);
        // What follows the slash in a key's reference is a date, and nothing else.
        if name.is_empty() || name.contains('/') {
            malformed(at, "the name of a retention is not empty and has no slash");
        }
        let Value::Object(members) = rule else {
            malformed(at, "a retention must be an object");
            return faulty;
        };
        let (mut period, mut bucket, mut from, mut unknown) = (None, None, None, Vec::new());
        for (member, value) in members {
            let at = below(at, member);
            let text = value.as_str();
            match member.as_str() {
                "period" => match text.and_then(Period::parse) {
                    Some(parsed) => period = Some(parsed),
                    None => malformed(
                        &at,
                        "`period` must be an ISO 8601 duration of years, months, weeks and days, such as P10Y",
                    ),
                },
                "bucket" => match text.and_then(Bucket::parse) {
                    Some(parsed) => bucket = Some(parsed),
                    None => malformed(&at, BUCKETS),
                },
                "from" => match text.map(|text| {
                    if text == "created" {
                        Some(Start::Created)
                    } else {
                        SubjectRef::parse(text).map(Start::At)
                    }
                }) {
                    Some(Some(parsed)) => from = Some(parsed),
                    _ => malformed(&at, "`from` must be a pointer to a date, or \"created\""),
                },
                "lawfulBasis" if is_basis(value) => {}
                "lawfulBasis" => malformed(
                    &at,
                    "`lawfulBasis` must be a code of the W3C Data Privacy Vocabulary, A6-1-a to A6-1-f, or a list of them",
                ),
                _ => unknown.push(at),
            }
        }
        for member in
            ["period", "bucket", "from"].into_iter().filter(|member| !members.contains_key(*member))
        {
            malformed(at, &format!("a retention needs `{member}`"));
        }
        unknown
            .into_iter()
            .for_each(|at| findings.error("unknown-member", at, "a retention has no such member"));
        match (from, period, bucket) {
            (Some(from), Some(period), Some(bucket)) => {
                Retention { from, period, bucket, ..faulty }
            }
            _ => faulty,
        }
    }

    /// The reference of the key of what starts on that day: `contract/2036-10`. The period is
    /// rounded up to the end of its bucket. `None` after the year 9999.
    pub(crate) fn reference(&self, start: Date) -> Option<String> {
        let last = self.bucket.last(self.period.after(start)?)?;
        let Date { year, month, .. } = last;
        Some(match self.bucket {
            Bucket::Year => format!("{}/{year:04}", self.name),
            Bucket::Months(_) => format!("{}/{year:04}-{month:02}", self.name),
            Bucket::Days(_) => format!("{}/{last}", self.name),
        })
    }
}

impl Period {
    /// `P` and then numbers with `Y`, `M`, `W`, `D`, each at most once and in this order; not
    /// nothing.
    fn parse(text: &str) -> Option<Period> {
        let mut rest = text.strip_prefix('P')?;
        let mut units = "YMWD".chars();
        let mut period = Period { months: 0, days: 0 };
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
        (period.months > 0 || period.days > 0).then_some(period)
    }

    /// The day so much later: months first, a day that the month does not have becoming its last,
    /// then days.
    fn after(self, start: Date) -> Option<Date> {
        let months =
            u64::from(start.year) * 12 + u64::from(start.month - 1) + u64::from(self.months);
        let (year, month) =
            (u32::try_from(months / 12).ok()?, u32::try_from(months % 12).ok()? + 1);
        if year > 9999 {
            return None;
        }
        let day = Date::new(year, month, start.day.min(month_days(year, month)))?;
        of_days(day.days().checked_add(i64::from(self.days))?)
    }
}

impl Bucket {
    fn parse(text: &str) -> Option<Bucket> {
        // `P1Y` and `P12M` are one period, and two ways to name its end.
        if text == "P1Y" {
            return Some(Bucket::Year);
        }
        match Period::parse(text)? {
            Period { months: 0, days } => Some(Bucket::Days(days)),
            Period { months, days: 0 } if months <= 12 && 12_u32.is_multiple_of(months) => {
                Some(Bucket::Months(months))
            }
            _ => None,
        }
    }

    /// The last day of the bucket that a day lies in.
    fn last(self, day: Date) -> Option<Date> {
        match self {
            Bucket::Year => Date::new(day.year, 12, 31),
            Bucket::Months(months) => {
                let month = (day.month - 1) / months * months + months;
                Date::new(day.year, month, month_days(day.year, month))
            }
            Bucket::Days(days) => {
                let days = i64::from(days);
                of_days((day.days().div_euclid(days) + 1).checked_mul(days)? - 1)
            }
        }
    }
}

fn of_days(days: i64) -> Option<Date> {
    let (year, month, day) = civil_from_days(days);
    Date::new(u32::try_from(year).ok()?, month, day)
}

fn is_basis(value: &Value) -> bool {
    let is_code = |value: &Value| {
        let letter = value.as_str().and_then(|code| code.strip_prefix("A6-1-"));
        letter.is_some_and(|letter| matches!(letter, "a" | "b" | "c" | "d" | "e" | "f"))
    };
    match value {
        Value::Array(codes) => !codes.is_empty() && codes.iter().all(is_code),
        code => is_code(code),
    }
}
