//! The verdict as an oracle (V-04 to V-07): faults put into sealed documents of real shapes are
//! found by the verdict alone, and documents that nobody touched have none.

use std::collections::BTreeMap;

use fieldseal::{Options, Policy};
use fieldseal_conformance::counts::VERDICT_FAULTS;
use official::{npm, webhooks_overlay};
use serde_json::Value;
use support::{Store, Stream, context, say};

/// GitHub's webhooks; `weaker` binds each value to less.
fn webhooks(weaker: bool) -> Policy {
    let mut overlay: Value = serde_json::from_str(webhooks_overlay()).unwrap();
    if weaker {
        overlay[""]["x-protection-defaults"] = serde_json::json!({"bind": "none"});
    }
    let options = Options::from_json(&serde_json::json!({"overlay": overlay}).to_string()).unwrap();
    Policy::compile(&npm("@octokit/webhooks-schemas/schema.json"), options).unwrap()
}

fn is_envelope(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("Fs1") && text.len() >= 114)
}

/// The pointers of all values that pass, in document order.
fn pointers(value: &Value, passes: &impl Fn(&Value) -> bool) -> Vec<String> {
    fn go(value: &Value, at: String, passes: &impl Fn(&Value) -> bool, found: &mut Vec<String>) {
        if passes(value) {
            found.push(at.clone());
        }
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| {
                    go(
                        value,
                        format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                        passes,
                        found,
                    )
                });
            }
            Value::Array(elements) => elements
                .iter()
                .enumerate()
                .for_each(|(index, value)| go(value, format!("{at}/{index}"), passes, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    go(value, String::new(), passes, &mut found);
    found
}

struct Case {
    clear: Value,
    sealed: Value,
    weaker: Value,
    envelopes: Vec<String>,
    /// Values that no marker touches, at or below.
    plain: Vec<String>,
}

fn take(value: &mut Value, pointer: &str) -> Value {
    value.pointer_mut(pointer).unwrap().take()
}

fn put(value: &mut Value, pointer: &str, other: Value) {
    *value.pointer_mut(pointer).unwrap() = other;
}

#[test]
fn v04_v05_v06_v07_a_thousand_faults_are_found_by_the_verdict_alone() {
    let (policy, weaker) = (webhooks(false), webhooks(true));
    let (mut store, mut dice, call) =
        (Store::default(), Stream(4), context("delivery-1", "somebody"));
    let index: Value =
        serde_json::from_slice(&npm("@octokit/webhooks-examples/api.github.com/index.json"))
            .unwrap();
    let mut cases = Vec::new();
    for example in
        index.as_array().unwrap().iter().flat_map(|event| event["examples"].as_array().unwrap())
    {
        let text = example.to_string();
        let Ok(sealed) = policy.seal(text.as_bytes(), &call, &mut store, &mut dice) else {
            continue;
        };
        let verdict = policy.check(&sealed.document).unwrap().to_json();
        assert!(
            verdict.contains(r#""codes":["conforming"]"#) && verdict.contains(r#""faults":[]"#),
            "untouched, and {verdict}"
        );
        let deep = policy.check_deep(&sealed.document, &call, &mut store).unwrap().to_json();
        assert!(
            deep.contains(r#""codes":["conforming"]"#) && deep.contains(r#""faults":[]"#),
            "untouched, and {deep}"
        );
        let weaker = weaker.seal(text.as_bytes(), &call, &mut store, &mut dice).unwrap();
        let sealed: Value = serde_json::from_slice(&sealed.document).unwrap();
        let envelopes = pointers(&sealed, &is_envelope);
        if envelopes.len() < 2 {
            continue;
        }
        let scalars = pointers(&sealed, &|value| {
            !value.is_object() && !value.is_array() && !is_envelope(value)
        });
        cases.push(Case {
            clear: example.clone(),
            sealed,
            weaker: serde_json::from_slice(&weaker.document).unwrap(),
            envelopes,
            plain: scalars,
        });
    }
    let untouched = cases.len();
    let mut found: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let (mut number, mut near_misses) = (0, 0);
    let faults = VERDICT_FAULTS.get();
    while found.values().map(|(tried, _)| tried).sum::<u32>() < faults {
        number += 1;
        let case = &cases[dice.below(cases.len())];
        let mut document = case.sealed.clone();
        let (envelope, plain) = (
            &case.envelopes[dice.below(case.envelopes.len())],
            &case.plain[dice.below(case.plain.len())],
        );
        let mut deep = false;
        let (name, code) = match number % 6 {
            0 => {
                put(&mut document, envelope, case.clear.pointer(envelope).unwrap().clone());
                ("value left clear", "not-sealed")
            }
            1 => {
                let moved = take(&mut document, envelope);
                let clear = take(&mut document, plain);
                put(&mut document, plain, moved);
                put(&mut document, envelope, clear);
                ("envelope moved to where none belongs", "unexpected-envelope")
            }
            2 => {
                let copy = document.pointer(envelope).unwrap().clone();
                put(&mut document, plain, copy);
                ("extra envelope", "unexpected-envelope")
            }
            3 => {
                put(&mut document, envelope, case.weaker.pointer(envelope).unwrap().clone());
                ("envelope that binds less", "integrity")
            }
            4 => {
                // Only what the clear schema refuses is a fault.
                let mut clear = case.clear.clone();
                for document in [&mut clear, &mut document] {
                    put(document, plain, serde_json::json!([{"broken": [true]}]));
                }
                if policy.seal(clear.to_string().as_bytes(), &call, &mut store, &mut dice).is_ok() {
                    continue;
                }
                ("structure broken", "nonconforming")
            }
            _ => {
                let other = &case.envelopes[dice.below(case.envelopes.len())];
                if other == envelope || case.clear.pointer(other) == case.clear.pointer(envelope) {
                    continue;
                }
                let (one, two) = (take(&mut document, envelope), take(&mut document, other));
                put(&mut document, envelope, two);
                put(&mut document, other, one);
                deep = true;
                ("envelopes exchanged, found with keys", "integrity")
            }
        };
        let text = document.to_string();
        let verdict = if deep {
            policy.check_deep(text.as_bytes(), &call, &mut store).unwrap().to_json()
        } else {
            policy.check(text.as_bytes()).unwrap().to_json()
        };
        let verdict: Value = serde_json::from_str(&verdict).unwrap();
        let codes: Vec<&str> = verdict["codes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|code| code.as_str().unwrap())
            .collect();
        // A few of the places that stay clear may be marked in other documents. An envelope there is
        // a near miss, whether or not the document conforms.
        if code == "unexpected-envelope" && codes.contains(&"near-miss") {
            near_misses += 1;
            continue;
        }
        let is_found = codes.contains(&code)
            && codes.contains(&"nonconforming")
            && !codes.contains(&"conforming")
            && verdict["level"] == "warn";
        let count = found.entry(name).or_default();
        count.0 += 1;
        count.1 += u32::from(is_found);
        assert!(is_found, "{name} at {envelope} {plain}: {verdict}");
    }
    say!(
        "faults put in and found by the verdict alone: {found:?}; {near_misses} near misses; {untouched} untouched documents without any"
    );
    assert!(near_misses * 10 < faults, "{near_misses}");
    assert!(
        untouched > 200
            && found.len() == 6
            && found.values().all(|(tried, found)| tried == found && *tried > 50)
    );
}
