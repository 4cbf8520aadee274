//! The whole list of the vocabulary: what is built compiles, what is not built yet is a finding and never silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, clippy::indexing_slicing)]

use fieldseal::policy::{Options, Policy};
use serde_json::{Value, json};

fn compile(schema: &Value) -> Result<Policy, Vec<String>> {
    Policy::compile(schema.to_string().as_bytes(), Options::default()).map_err(|error| {
        let findings = &error.record().findings;
        findings.iter().map(|finding| format!("{} {}", finding.id, finding.pointer)).collect()
    })
}

/// A marker, as a marker and as the root's defaults.
#[track_caller]
fn member(name: &str, value: &Value, id: Option<&str>) {
    let marked = json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {name: value}}}});
    let defaults = json!({"x-schema-family": "f", "x-protection-defaults": {name: value}});
    for (schema, at) in [(marked, "/properties/a/x-protection"), (defaults, "/x-protection-defaults")] {
        let expected: Vec<String> = id.iter().map(|id| format!("{id} {at}/{name}")).collect();
        assert_eq!(compile(&schema).err().unwrap_or_default(), expected, "{schema}");
    }
}

#[test]
fn members_that_are_built() {
    for (name, value) in [
        ("mode", json!("sealed")),
        ("subject", json!("/customerId")),
        ("subject", json!("1/id")),
        ("subject", json!("0")),
        ("bind", json!("record-field")),
        ("bind", json!("record-path")),
        ("bind", json!("field")),
        ("bind", json!("none")),
        ("suite", json!("aes-256-gcm")),
        ("pad", json!(true)),
        ("pad", json!(false)),
        ("accept", json!([])),
        ("accept", json!([{"bind": "none"}, {"suite": "aes-256-gcm", "keys": ["subject"], "subjectBound": false}])),
        ("erased", json!(null)),
        ("erased", json!({"any": ["value", 1]})),
    ] {
        member(name, &value, None);
    }
}

#[test]
fn members_that_are_not_built_yet() {
    for (name, value) in [
        ("mode", json!("deterministic")),
        ("mode", json!("pseudonym")),
        ("retention", json!("contract")),
        ("retention", json!(false)),
        ("suite", json!("chacha20-poly1305")),
        ("rectifiable", json!(true)),
        ("index", json!({"name": "n"})),
        ("domain", json!("d")),
        ("normalize", json!("exact")),
        ("mask", json!({"keepFirst": 1})),
    ] {
        member(name, &value, Some("not-built"));
    }
}

#[test]
fn members_that_are_wrong() {
    for (name, value) in [
        ("mode", json!("open")),
        ("mode", json!(1)),
        ("subject", json!("customerId")),
        ("subject", json!("/a~2")),
        ("subject", json!("01/id")),
        ("subject", json!(true)),
        ("subject", json!(null)),
        ("bind", json!("record")),
        ("bind", json!(1)),
        ("suite", json!("aes")),
        ("suite", json!(1)),
        ("pad", json!("yes")),
        ("accept", json!({})),
    ] {
        member(name, &value, Some("marker-malformed"));
    }
    for (entry, finding) in [
        (json!(1), "marker-malformed /x-protection/accept/0"),
        (json!({"bind": "all"}), "marker-malformed /x-protection/accept/0/bind"),
        (json!({"keys": []}), "marker-malformed /x-protection/accept/0/keys"),
        (json!({"keys": ["subject", "retention"]}), "not-built /x-protection/accept/0/keys"),
        (json!({"suite": "chacha20-poly1305"}), "not-built /x-protection/accept/0/suite"),
        (json!({"subjectBound": "no"}), "marker-malformed /x-protection/accept/0/subjectBound"),
        (json!({"pad": true}), "unknown-member /x-protection/accept/0/pad"),
    ] {
        assert_eq!(compile(&json!({"x-schema-family": "f", "x-protection": {"accept": [entry]}})).unwrap_err(), [finding]);
    }
    member("subject", &json!(false), Some("retention-missing"));
    member("colour", &json!(1), Some("unknown-member"));
    member("Subject", &json!("0"), Some("unknown-member"));
    let not_an_object = json!({"x-schema-family": "f", "x-protection": true});
    assert_eq!(compile(&not_an_object).unwrap_err(), ["marker-malformed /x-protection"]);
}

#[test]
fn keywords() {
    for (keyword, value, id) in [
        ("x-privacy", json!({"category": ["user.contact.email"]}), "not-built"),
        ("x-retention", json!({}), "not-built"),
        ("x-protection-default", json!({}), "unknown-keyword"),
        ("x-protected", json!({}), "unknown-keyword"),
        ("X-Protection", json!({}), "unknown-keyword"),
        ("x_protection", json!({}), "unknown-keyword"),
        ("X-Schema-Family", json!("f"), "unknown-keyword"),
    ] {
        assert_eq!(compile(&json!({"x-schema-family": "f", keyword: value})).unwrap_err(), [format!("{id} /{keyword}")]);
        assert_eq!(compile(&json!({"x-schema-family": "f", "items": {keyword: value}})).unwrap_err(), [format!("{id} /items/{keyword}")]);
    }
    let nested = |keyword: &str| compile(&json!({"x-schema-family": "f", "items": {keyword: {}}})).unwrap_err();
    assert_eq!(nested("x-protection-defaults"), ["defaults-misplaced /items/x-protection-defaults"]);
    assert_eq!(nested("x-schema-family"), ["family-misplaced /items/x-schema-family"]);
}

/// What modelling tools write is theirs.
#[test]
fn v24_other_keywords_are_tolerated() {
    let schema = json!({"x-schema-family": "f", "x-model-id": {"a": [1]}, "tsType": "string", "example": 1, "discriminator": {"propertyName": "a"}});
    assert!(compile(&schema).is_ok());
}

fn coverage(schema: &Value) -> Value {
    serde_json::from_str(&compile(schema).unwrap().coverage()).unwrap()
}

/// Standard keywords alone mark a value, in draft-07 too.
#[test]
fn v03_standard_keywords_alone_mark() {
    for draft in ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"] {
        let sealed = json!({"type": "string", "contentEncoding": "base64url", "contentMediaType": "application/vnd.fieldseal.sealed", "contentSchema": {"type": "integer"}});
        let schema = json!({"$schema": draft, "x-schema-family": "f", "properties": {"a": sealed}});
        let found = coverage(&schema);
        assert_eq!(found["locations"].as_array().unwrap().len(), 1);
        assert_eq!(found["locations"][0]["schemaPointer"], "/properties/a");
        assert_eq!(found["locations"][0]["documentPattern"], "/a");
    }
    let half = json!({"x-schema-family": "f", "contentEncoding": "base64", "contentMediaType": "application/vnd.fieldseal.sealed"});
    assert_eq!(compile(&half).unwrap_err(), ["marker-malformed /contentEncoding"]);
    let other = json!({"x-schema-family": "f", "contentEncoding": "base64url", "contentMediaType": "image/png"});
    assert_eq!(coverage(&other)["locations"], json!([]));
}

/// A member in a marker beats `x-protection-defaults`, which beats the built-in; the text is RFC 8785.
#[test]
fn coverage_shows_what_counts() {
    let schema = json!({
        "x-schema-family": "f",
        "x-protection-defaults": {"bind": "field", "subject": "/id"},
        "properties": {"a": {"x-protection": {"bind": "none"}}, "l": {"items": {"$ref": "#/$defs/tree"}}},
        "additionalProperties": {"x-protection": {"subject": "1/id"}},
        "$defs": {"tree": {"properties": {"leaf": {"x-protection": {}}, "down": {"$ref": "#/$defs/tree"}}}},
    });
    let policy = compile(&schema).unwrap();
    let row = |schema: &str, pattern: &str, subject: &str, bind: &str| {
        format!(
            r#"{{"bind":"{bind}","categories":[],"documentPattern":"{pattern}","lawfulBasis":[],"mode":"sealed","purposes":[],"schemaPointer":"{schema}","subject":"{subject}","suite":"aes-256-gcm"}}"#
        )
    };
    let rows = [
        row("/$defs/tree/properties/leaf", "/l/*/leaf", "/id", "field"),
        row("/additionalProperties", "/*", "1/id", "field"),
        row("/properties/a", "/a", "/id", "none"),
    ];
    assert_eq!(policy.coverage(), format!(r#"{{"indexes":[],"locations":[{}],"loosened":[]}}"#, rows.join(",")));
    let table = policy.coverage_text(false);
    assert_eq!(table.lines().count(), 5);
    assert!(table.lines().last().unwrap().starts_with("/properties/a "), "{table}");
    assert!(policy.coverage_text(true).lines().all(|line| line.starts_with("| ") && line.ends_with(" |")));
}
