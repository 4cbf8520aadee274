//! The official suite through the evaluator alone: required and optional cases of five drafts, as
//! many of them as it decides, and the keywords for which the others need the validator crate.

use std::collections::BTreeMap;

use serde_json::Value;

use super::proof::{Line, lines};
use crate::Limits;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::policy::{Options, Policy};

/// Cases that the evaluator decides otherwise than the suite: a part of the origin, the beginning
/// of the description, and the sentence that explains it.
const EXPLAINED: [(&str, &str, &str); 5] = [
    (
        "draft4/optional/bignum.json",
        "a bignum is an integer",
        "the oracle's JavaScript writes the number with an exponent (draft-04 core, section 3.5)",
    ),
    (
        "draft4/optional/bignum.json",
        "a negative bignum is an integer",
        "the oracle's JavaScript writes the number with an exponent (draft-04 core, section 3.5)",
    ),
    (
        "draft4/optional/zeroTerminatedFloats.json",
        "a float is not an integer",
        "the oracle's JavaScript writes 1.0 as 1",
    ),
    (
        "draft7/optional/content.json",
        "an invalid",
        "an implementation may leave the content unread (draft-07 validation, section 8.2)",
    ),
    (
        "draft7/optional/content.json",
        "a validly-encoded invalid",
        "an implementation may leave the content unread (draft-07 validation, section 8.2)",
    ),
];

#[derive(Default)]
struct Counts {
    judged: u32,
    valid: u32,
    /// Cases left to the crate, by keyword.
    left: BTreeMap<&'static str, u32>,
    explained: BTreeMap<&'static str, u32>,
}

/// The outcome of one file.
#[derive(Default)]
struct Outcome {
    drafts: BTreeMap<String, Counts>,
    faults: Vec<String>,
}

fn compile(line: &Line, formats: &str) -> Result<Policy, Vec<&'static str>> {
    let schema = match &line.value["schema"] {
        Value::Object(members) => {
            let mut members = members.clone();
            members.insert("x-schema-family".to_owned(), "f".into());
            Value::Object(members)
        }
        boolean => serde_json::json!({"x-schema-family": "f", "allOf": [boolean]}),
    };
    let options = serde_json::json!({
        "draft": line.value["draft"],
        "references": line.value["references"],
        "formats": formats,
    });
    Policy::compile(
        schema.to_string().as_bytes(),
        Options::from_json(&options.to_string()).unwrap(),
    )
    .map_err(|error| error.record().findings.iter().map(|own| own.id).collect())
}

impl Outcome {
    fn of(name: &str, formats: &str) -> Outcome {
        let mut outcome = Outcome::default();
        for line in lines(name) {
            let draft = line.value["draft"].as_str().unwrap().to_owned();
            let counts = outcome.drafts.entry(draft).or_default();
            let tests = line.value["tests"].as_array().unwrap();
            let policy = match compile(&line, formats) {
                Ok(policy) => policy,
                Err(ids) => {
                    outcome.faults.push(format!("{}: refused: {ids:?}", line.origin));
                    continue;
                }
            };
            if let Some(keyword) = policy.0.undecided.first().map(|own| own.keyword) {
                let cases = u32::try_from(tests.len()).unwrap();
                *counts.left.entry(keyword).or_default() += cases;
                continue;
            }
            for case in tests {
                counts.judged += 1;
                counts.valid += u32::from(case["valid"] == true);
                let text = case["data"].to_string();
                let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
                let found = policy.is_valid(&tape);
                let expected =
                    if case["valid"] == true { Validity::Valid } else { Validity::Invalid };
                if found == expected {
                    continue;
                }
                let description = case["description"].as_str().unwrap();
                let known = EXPLAINED.iter().find(|(origin, start, _)| {
                    line.origin.contains(origin) && description.starts_with(start)
                });
                if let Some((_, _, reason)) = known {
                    *counts.explained.entry(reason).or_default() += 1;
                } else {
                    outcome.faults.push(format!(
                        "{}: {description}: {text} is {found:?}\n{}",
                        line.origin, line.value["schema"]
                    ));
                }
            }
        }
        outcome
    }

    fn judged(&self) -> u32 {
        self.drafts.values().map(|counts| counts.judged).sum()
    }

    fn explained(&self) -> u32 {
        self.drafts.values().flat_map(|counts| counts.explained.values()).sum()
    }

    fn left(&self) -> u32 {
        self.drafts.values().flat_map(|counts| counts.left.values()).sum()
    }

    fn report(&self, title: &str) {
        say!(
            "{title}, by the evaluator alone: {} cases judged, {} of them otherwise as explained, {} left to the crate",
            self.judged(),
            self.explained(),
            self.left()
        );
        for (draft, counts) in &self.drafts {
            say!(
                "  draft {draft}: {} judged ({} valid), otherwise {:?}, left to the crate {:?}",
                counts.judged,
                counts.valid,
                counts.explained,
                counts.left,
            );
        }
        for fault in self.faults.iter().take(20) {
            say!("  {fault}");
        }
    }
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn the_evaluator_judges_the_required_suite() {
    let outcome = Outcome::of("official.ndjson", "annotate");
    outcome.report("official suite, required");
    assert!(outcome.faults.is_empty());
    assert!(outcome.judged() >= 4_836 && outcome.left() == 0 && outcome.explained() == 0);
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn the_evaluator_judges_the_optional_suite() {
    let outcome = Outcome::of("optional.ndjson", "annotate");
    outcome.report("official suite, optional");
    assert!(outcome.faults.is_empty());
    assert!(outcome.judged() >= 494 && outcome.left() <= 142 && outcome.explained() <= 7);
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn the_evaluator_judges_the_suite_of_formats() {
    let outcome = Outcome::of("formats.ndjson", "assert");
    outcome.report("official suite, formats asserted");
    assert!(outcome.faults.is_empty());
    assert!(outcome.judged() >= 1_775 && outcome.left() == 0 && outcome.explained() == 0);
}
