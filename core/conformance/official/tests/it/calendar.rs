//! Buckets against the calendar of Python's `dateutil` (js/oracle/retention.py).

use std::io::BufRead as _;

use fieldseal::Context;
use official::oracle;
use serde_json::{Value, json};
use support::context;
use support::retention::{bucket, nowhere, ruled};

#[test]
fn buckets_are_those_of_another_calendar() {
    let (mut written, mut called, mut beyond) = (0, 0, 0);
    for line in oracle("retention.ndjson").lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |name: &str| line[name].as_str().unwrap();
        let from_document = ruled(text("period"), text("bucket"), "1/start");
        let from_call = ruled(text("period"), text("bucket"), "created");
        for pair in line["starts"].as_array().unwrap() {
            let (start, expected) = (pair[0].as_str().unwrap(), pair[1].as_str());
            let document = json!({"start": start, "v": 1}).to_string();
            let place = || format!("{} {} {start}", line["period"], line["bucket"]);
            let found = bucket(&from_document, &document, &context("r", "p"));
            assert_eq!(
                found,
                expected.map_or_else(|| nowhere("/v"), |name| Ok(name.to_owned())),
                "{}",
                place()
            );
            written += 1;
            beyond += usize::from(expected.is_none());
            if start.len() > 10 {
                let found = bucket(
                    &from_call,
                    &document,
                    &Context { at: Some(start.to_owned()), ..context("r", "p") },
                );
                assert_eq!(found.ok().as_deref(), expected, "at {}", place());
                called += 1;
            }
        }
    }
    assert!(written > 10_000 && called > 2_000 && beyond > 1_000, "{written} {called} {beyond}");
}
