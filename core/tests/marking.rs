//! The examples of docs/marking-a-schema.md and docs/what-is-sealed.md: each schema compiles, its document is sealed at the places named, and comes back.
#![cfg(feature = "validation")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod support;

use std::collections::BTreeSet;

use fieldseal::{Options, Policy};
use serde_json::Value;
use support::{Store, Stream, context};

#[derive(Default)]
struct Example {
    schema: String,
    overlay: String,
    document: String,
}

fn envelopes(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with("Fs1B") => drop(found.insert(at.to_owned())),
        Value::Array(elements) => elements.iter().enumerate().for_each(|(index, value)| envelopes(value, &format!("{at}/{index}"), found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| envelopes(value, &format!("{at}/{name}"), found)),
        _ => {}
    }
}

impl Example {
    fn check(&self, sealed: &BTreeSet<String>) {
        let overlay = if self.overlay.is_empty() { "{}" } else { &self.overlay };
        let options = Options::from_json(&format!(r#"{{"overlay":{overlay}}}"#)).unwrap();
        let policy = Policy::compile(self.schema.as_bytes(), options).unwrap_or_else(|error| panic!("{}: {:?}", self.schema, error.record()));
        let (call, mut store) = (context("record-1", "person-1"), Store::default());
        let done = policy.seal(self.document.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap();
        let mut found = BTreeSet::new();
        envelopes(&serde_json::from_slice(&done.document).unwrap(), "", &mut found);
        assert_eq!(found, *sealed, "{}", self.schema);
        assert_eq!(policy.open(&done.document, &call, true, &mut store).unwrap().document, self.document.as_bytes());
    }
}

/// Runs the examples of a page and returns how many documents they seal.
fn run(page: &str) -> usize {
    let (mut example, mut sealed) = (Example::default(), 0);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```json ") {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            match kind {
                "schema" => example = Example { schema: text.join("\n"), ..Example::default() },
                "overlay" => example.overlay = text.join("\n"),
                "document" => example.document = text.join("\n"),
                other => panic!("an example of kind {other}"),
            }
        } else if let Some(places) = line.strip_prefix("Sealed: ") {
            let places: BTreeSet<String> = places.split('`').filter(|place| place.starts_with('/')).map(str::to_owned).collect();
            assert!(!places.is_empty() || line == "Sealed: nothing", "{line}");
            example.check(&places);
            sealed += 1;
        }
    }
    assert_eq!(sealed, page.matches("```json document").count());
    sealed
}

#[test]
fn v24_every_example_of_the_pages_does_what_it_says() {
    let marking = run(include_str!("../../docs/marking-a-schema.md"));
    let sealed = run(include_str!("../../docs/what-is-sealed.md"));
    assert!(marking >= 9 && sealed >= 5, "{marking} {sealed}");
}
