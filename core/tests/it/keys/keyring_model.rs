//! Long random lives of keys in the native keyring. They are written to
//! `target/keyring-lives.ndjson`, too, so that the npm package lives the same ones and must give
//! the same answers.

#[path = "../../lives/mod.rs"]
#[allow(unreachable_pub, reason = "host-tests has the same files")]
mod lives;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use fieldseal::keyring::Keyring;
use fieldseal::keys::Reference;
use fieldseal::{Error, KeyContext, KeySource};
use lives::{Blocks, DEEDS, Deed, Door, LIVES, Outcome, Step, Told, line, live};

struct Native {
    keys: Keyring,
    entropy: Blocks,
}

impl Native {
    fn done(&self, who: &Reference, result: Result<(), Error>) -> Outcome {
        Outcome::Done(result.map_err(|error| error.code), self.keys.state(who))
    }
}

impl Door for Native {
    fn begin(&mut self) {
        *self = Native { keys: Keyring::memory(), entropy: Blocks::default() };
    }

    fn act(&mut self, now: u64, deed: &Deed) -> Outcome {
        let Native { keys, entropy } = self;
        let mut host = KeyContext { now, entropy };
        let told = |answers: Vec<fieldseal::Answer>| -> Vec<Told> {
            answers
                .into_iter()
                .map(|answer| {
                    let key = answer?;
                    assert!(key.erasable && key.expires.is_none());
                    Ok((key.id.0, *key.secret.expose()))
                })
                .collect()
        };
        match deed {
            Deed::Current(requests) => Outcome::Keys(told(keys.current(requests, &mut host))),
            Deed::ById(requests) => Outcome::Keys(told(keys.by_id(requests, now))),
            Deed::Due(at) => Outcome::Due(keys.due(*at)),
            Deed::Provision(who) => {
                let result = keys.provision(who, &mut host);
                self.done(who, result)
            }
            Deed::Rotate(who, least) => {
                let result = keys.rotate(who, *least, &mut host);
                self.done(who, result)
            }
            Deed::Reopen(who) => {
                let result = keys.reopen(who, &mut host);
                self.done(who, result)
            }
            Deed::Restrict(who) => {
                let result = keys.restrict(who);
                self.done(who, result)
            }
            Deed::Lift(who) => {
                let result = keys.lift(who);
                self.done(who, result)
            }
            Deed::Erase(who) => {
                let result = keys.erase(who, "asked", now);
                self.done(who, result)
            }
            Deed::Destroy(who) => {
                let result = keys.destroy(who, now);
                self.done(who, result)
            }
        }
    }
}

#[test]
fn v13_k10_k11_h30_long_random_lives_agree_with_a_naive_model() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/keyring-lives.ndjson");
    let unfinished = path.with_extension("unfinished");
    let mut lines = std::io::BufWriter::new(std::fs::File::create(&unfinished).unwrap());
    let mut seen = BTreeMap::<String, u32>::new();
    let mut begun = None;
    live(&mut Native { keys: Keyring::memory(), entropy: Blocks::default() }, |life, step| {
        if begun.replace(life) != Some(life) {
            writeln!(lines, r#"{{"life":{life}}}"#).unwrap();
        }
        let line = line(step);
        writeln!(lines, "{line}").unwrap();
        for came_of_it in came_of_it(step) {
            *seen.entry(format!("{} {came_of_it}", line["do"].as_str().unwrap())).or_default() += 1;
        }
    });
    lines.flush().unwrap();
    std::fs::rename(unfinished, path).unwrap();
    assert_eq!(LIVES * u64::from(DEEDS), 100_000);
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
        ("lift", &["never", "live", "reopened", "error erased", "error context"]),
        ("erase", &["erased", "error context"]),
        ("destroy", &["erased", "error context"]),
        (
            "reopen",
            &["never", "live", "restricted", "reopened", "error unavailable", "error context"],
        ),
        ("due", &["none", "some"]),
    ];
    for (deed, outcomes) in expected {
        for outcome in outcomes {
            let times = seen.remove(&format!("{deed} {outcome}")).unwrap_or_default();
            assert!(times >= 10, "{deed} {outcome}: only {times} times");
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
        Outcome::Done(Ok(()), _) => vec![word(&line["state"])],
        Outcome::Done(Err(_), _) => vec![format!("error {}", word(&line["error"]))],
        Outcome::Due(buckets) => vec![if buckets.is_empty() { "none" } else { "some" }.to_owned()],
    }
}
