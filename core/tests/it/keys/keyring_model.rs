//! Long random lives of keys in the native keyring. They are written to
//! `target/keyring-lives.ndjson`, too, so that the npm package lives the same ones and must give
//! the same answers.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use fieldseal_conformance::counts;
use fieldseal_conformance::keyring_model::{COMMANDS, LIVES, Outcome, Step, line, live};
use support::native::NativeKeyring;

#[test]
fn v13_k10_k11_h30_long_random_lives_agree_with_a_naive_model() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/keyring-lives.ndjson");
    let unfinished = path.with_extension("unfinished");
    let mut lines = std::io::BufWriter::new(std::fs::File::create(&unfinished).unwrap());
    let mut seen = BTreeMap::<String, u32>::new();
    let mut begun = None;
    live(counts::LIVES.get().into(), &mut NativeKeyring::default(), |life, step| {
        let line = line(step);
        if life < LIVES {
            if begun.replace(life) != Some(life) {
                writeln!(lines, r#"{{"life":{life}}}"#).unwrap();
            }
            writeln!(lines, "{line}").unwrap();
        }
        for came_of_it in came_of_it(step) {
            *seen.entry(format!("{} {came_of_it}", line["do"].as_str().unwrap())).or_default() += 1;
        }
    });
    lines.flush().unwrap();
    std::fs::rename(unfinished, path).unwrap();
    assert_eq!(LIVES * u64::from(COMMANDS), 100_000);
    let expected = [
        ("current", &["key", "erased", "restricted", "not-found", "unavailable"][..]),
        ("by-id", &["key", "erased", "restricted", "denied", "not-found"]),
        (
            "provision",
            &[
                "live",
                "restricted",
                "reopened",
                "error erased",
                "error unavailable",
                "error context",
            ],
        ),
        (
            "rotate",
            &[
                "live",
                "restricted",
                "reopened",
                "error erased",
                "error unavailable",
                "error context",
            ],
        ),
        ("restrict", &["restricted", "error erased", "error context"]),
        // Of a share whose person stays restricted, too.
        ("lift", &["never", "live", "restricted", "reopened", "error erased", "error context"]),
        ("erase", &["erased", "error context"]),
        ("destroy", &["erased", "error context"]),
        (
            "reopen",
            &[
                "never",
                "live",
                "restricted",
                "reopened",
                "error erased",
                "error unavailable",
                "error context",
            ],
        ),
        ("due", &["none", "some"]),
    ];
    for (verb, outcomes) in expected {
        for outcome in outcomes {
            let times = seen.remove(&format!("{verb} {outcome}")).unwrap_or_default();
            assert!(times >= 10, "{verb} {outcome}: only {times} times");
        }
    }
    assert!(seen.is_empty(), "nobody thought of {seen:?}");
}

/// A word for what came of a step, for each of its answers.
fn came_of_it(step: &Step) -> Vec<String> {
    let line = line(step);
    let word = |value: &serde_json::Value| value.as_str().unwrap_or("key").to_owned();
    match &step.outcome {
        Outcome::Keys(_) => {
            line["answers"].as_array().unwrap().iter().map(|answer| word(&answer["code"])).collect()
        }
        Outcome::Done(Ok(()), _) | Outcome::Ended(Ok(_), _) => vec![word(&line["state"])],
        Outcome::Done(Err(_), _) | Outcome::Ended(Err(_), _) => {
            vec![format!("error {}", word(&line["error"]))]
        }
        Outcome::Due(buckets) => vec![if buckets.is_empty() { "none" } else { "some" }.to_owned()],
    }
}
