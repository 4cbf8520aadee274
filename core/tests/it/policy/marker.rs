//! The examples of docs/marking-a-schema.md and other pages: each schema compiles, its document is
//! sealed at the places named, and comes back.

use std::collections::BTreeSet;

use fieldseal::{OpenOptions, Options, Policy};
use serde_json::Value;
use support::{Store, Stream, context};

#[derive(Default)]
struct Example {
    schema: String,
    overlay: String,
    document: String,
}

/// The places of all strings that begin so.
fn marked(value: &Value, mark: &str, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with(mark) => drop(found.insert(at.to_owned())),
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .for_each(|(index, value)| marked(value, mark, &format!("{at}/{index}"), found)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| marked(value, mark, &format!("{at}/{name}"), found)),
        _ => {}
    }
}

fn places(value: &Value, mark: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    marked(value, mark, "", &mut found);
    found
}

/// What a page says of a document: where envelopes stand, and tokens, and which values are indexed.
struct Claim {
    sealed: BTreeSet<String>,
    tokens: BTreeSet<String>,
    indexed: BTreeSet<String>,
}

impl Claim {
    fn read(line: &str) -> Claim {
        let named = |text: &str| {
            text.split('`').filter(|place| place.starts_with('/')).map(str::to_owned).collect()
        };
        let (rest, indexed) = line.split_once("Indexed: ").unwrap_or((line, ""));
        let (sealed, tokens) = rest.split_once("Tokens: ").unwrap_or((rest, ""));
        let claim = Claim { sealed: named(sealed), tokens: named(tokens), indexed: named(indexed) };
        assert!(!claim.sealed.is_empty() || line.starts_with("Sealed: nothing"), "{line}");
        claim
    }
}

impl Example {
    fn check(&self, claim: &Claim) {
        let overlay = if self.overlay.is_empty() { "{}" } else { &self.overlay };
        let options = Options::from_json(&format!(r#"{{"overlay":{overlay}}}"#)).unwrap();
        let policy = Policy::compile(self.schema.as_bytes(), options)
            .unwrap_or_else(|error| panic!("{}: {:?}", self.schema, error.record()));
        let (call, mut store) = (context("record-1", "person-1"), Store::default());
        let done =
            policy.seal(self.document.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap();
        let sealed: Value = serde_json::from_slice(&done.document).unwrap();
        assert_eq!(
            (places(&sealed, "Fs1"), places(&sealed, "Fp1")),
            (claim.sealed.clone(), claim.tokens.clone()),
            "{}",
            self.schema
        );
        assert_eq!(
            done.indexes.into_iter().map(|index| index.pointer).collect::<BTreeSet<_>>(),
            claim.indexed,
            "{}",
            self.schema
        );
        let opened = policy
            .open_with(&done.document, &call, &mut store, OpenOptions::strict())
            .unwrap()
            .document;
        if claim.tokens.is_empty() {
            assert_eq!(opened, self.document.as_bytes());
            return;
        }
        // Nobody opens a token; all else is as it was.
        let (mut opened, clear): (Value, Value) = (
            serde_json::from_slice(&opened).unwrap(),
            serde_json::from_str(&self.document).unwrap(),
        );
        assert_eq!(places(&opened, "Fp1"), claim.tokens);
        for place in &claim.tokens {
            *opened.pointer_mut(place).unwrap() = clear.pointer(place).unwrap().clone();
        }
        assert_eq!(opened, clear);
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
        } else if line.starts_with("Sealed: ") {
            example.check(&Claim::read(line));
            sealed += 1;
        }
    }
    assert_eq!(sealed, page.matches("```json document").count());
    sealed
}

#[test]
fn v24_every_example_of_the_pages_does_what_it_says() {
    let marking = run(include_str!("../../../../docs/marking-a-schema.md"));
    let sealed = run(include_str!("../../../../docs/what-is-sealed.md"));
    let guide = run(include_str!("../../../../docs/protect-one-field.md"));
    let details = run(include_str!("../../../../docs/good-to-know.md"));
    assert!(marking >= 16 && sealed >= 5, "{marking} {sealed}");
    assert!(guide >= 1 && details >= 2, "{guide} {details}");
}
