//! `x-retention`: rules for the storage period of values (GDPR Art. 5(1)(e)), and the names of the
//! retention buckets.

use serde_json::Value;

use super::finding::{Findings, below};
use super::subject::SubjectRef;
use crate::time::bucket::BucketSize;
use crate::time::date::Date;
use crate::time::period::Period;

/// One rule of `x-retention`.
#[derive(Debug)]
pub(crate) struct Retention {
    pub(crate) name: String,
    pub(crate) from: Start,
    period: Period,
    bucket: BucketSize,
}

/// The start of a period.
#[derive(Debug)]
pub(crate) enum Start {
    /// The business time of the call that seals.
    Created,
    /// A date in the document.
    At(SubjectRef),
}

const BUCKETS: &str = "`bucket` must be P1Y, a number of months that divides the year (P1M, P2M, \
    P3M, P4M, P6M, P12M), or of days or weeks (P7D, P1W)";

const MEMBERS: [&str; 4] = ["period", "from", "lawfulBasis", "bucket"];

impl Retention {
    /// Reads the rules. Each fault is a finding at its place.
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

    /// Reads one rule. A faulty rule keeps its name, so that the markers which refer to it are not
    /// reported as well.
    fn rule(name: &str, rule: &Value, at: &str, findings: &mut Findings) -> Retention {
        let faulty = Retention {
            name: name.to_owned(),
            from: Start::Created,
            period: Period::NONE,
            bucket: BucketSize::Year,
        };
        let mut malformed =
            |at: &str, message: &str| findings.error("retention-malformed", at, message);
        // In the reference of a key, only a date follows the slash.
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
                        "`period` must be an ISO 8601 duration of years, months, weeks and days, \
                         such as P10Y",
                    ),
                },
                "bucket" => match text.and_then(BucketSize::parse) {
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
                    "`lawfulBasis` must be a code of the W3C Data Privacy Vocabulary, A6-1-a to \
                     A6-1-f, or a list of them",
                ),
                name => unknown.push((name, at)),
            }
        }
        for member in
            ["period", "bucket", "from"].into_iter().filter(|member| !members.contains_key(*member))
        {
            malformed(at, &format!("a retention needs `{member}`"));
        }
        for (name, at) in unknown {
            findings.unknown("unknown-member", at, "member", name, &MEMBERS);
        }
        match (from, period, bucket) {
            (Some(from), Some(period), Some(bucket)) => {
                Retention { from, period, bucket, ..faulty }
            }
            _ => faulty,
        }
    }

    /// Returns the bucket of a value whose period starts on that day, such as `contract/2036-10`.
    /// The end of the period is rounded up to the end of its bucket. Returns `None` after the year
    /// 9999.
    pub(crate) fn reference(&self, start: Date) -> Option<String> {
        let last = self.bucket.last(self.period.after(start)?)?;
        Some(self.bucket.name(&self.name, last))
    }
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
