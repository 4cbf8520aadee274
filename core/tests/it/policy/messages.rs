//! The messages of findings: they name the nearest known word, and the one change that mends a
//! fault.

use fieldseal::{CompileError, Finding, Options, Policy};
use serde_json::{Value, json};

fn first(error: &CompileError) -> Finding {
    error.record().findings[0].clone()
}

fn of_options(options: &Value) -> Finding {
    first(&Options::from_json(&options.to_string()).unwrap_err())
}

fn of_schema(members: &Value) -> Finding {
    let mut schema = members.clone();
    schema["x-schema-family"] = json!("f");
    first(&Policy::compile(schema.to_string().as_bytes(), Options::default()).unwrap_err())
}

fn marked(marker: Value) -> Value {
    json!({"properties": {"a": {"x-protection": marker}}})
}

#[test]
fn a_slip_names_the_word_that_was_meant() {
    let retention = |rule: Value| json!({"x-retention": {"contract": rule}});
    for (finding, id, meant) in [
        (of_options(&json!({"overlays": {}})), "option-unknown", "overlay"),
        (of_options(&json!({"Dialect": "x"})), "option-unknown", "dialect"),
        (of_options(&json!({"verfy": "sealed"})), "option-unknown", "verify"),
        (of_options(&json!({"nonConforming": "seal"})), "option-unknown", "nonconforming"),
        (of_options(&json!({"limits": {"value": 1}})), "option-unknown", "values"),
        (of_schema(&marked(json!({"subjet": "/id"}))), "unknown-member", "subject"),
        (of_schema(&marked(json!({"Rectifiable": true}))), "unknown-member", "rectifiable"),
        (of_schema(&marked(json!({"normalise": "exact"}))), "unknown-member", "normalize"),
        (
            of_schema(&marked(json!({"index": {"name": "n", "bit": 8, "bits": 8}}))),
            "unknown-member",
            "bits",
        ),
        (of_schema(&marked(json!({"accept": [{"suit": 1}]}))), "unknown-member", "suite"),
        (
            of_schema(&retention(
                json!({"periode": 1, "period": "P1Y", "from": "created", "bucket": "P1Y"}),
            )),
            "unknown-member",
            "period",
        ),
        (of_schema(&json!({"x-protecton": {}})), "unknown-keyword", "x-protection"),
        (of_schema(&json!({"x-retentoin": {}})), "unknown-keyword", "x-retention"),
    ] {
        assert_eq!(finding.id, id, "{finding:?}");
        let question = format!("did you mean `{meant}`?");
        assert!(finding.message.ends_with(&question), "{finding:?}");
        assert_eq!(finding.fix.as_deref(), Some(&*format!("write `{meant}`")), "{finding:?}");
    }
    let mut schema = marked(json!({"retention": "contrakt"}));
    schema["x-retention"] =
        json!({"contract": {"period": "P1Y", "from": "created", "bucket": "P1Y"}});
    let finding = of_schema(&schema);
    assert_eq!(
        (finding.id, finding.fix.as_deref()),
        ("retention-unknown", Some("write `contract`"))
    );
}

/// A name that is near to none may be anything, so the message does not repeat it.
#[test]
fn a_strange_name_stays_out_of_the_message() {
    for finding in [
        of_options(&json!({"somebody@example.org": 1})),
        of_schema(&marked(json!({"somebody@example.org": 1}))),
        of_schema(&marked(json!({"x".repeat(100_000): 1}))),
    ] {
        assert!(
            finding.message.len() < 300 && !finding.message.contains("somebody"),
            "{finding:?}"
        );
        assert!(finding.message.contains("known are"), "{finding:?}");
        assert_eq!(finding.fix, None);
    }
}

#[test]
fn a_fault_that_one_change_mends_says_which() {
    for (finding, id, fix) in [
        (of_schema(&marked(json!({"mask": {}}))), "not-built", "leave `mask` out"),
        (of_schema(&json!({"x-privacy": {}})), "not-built", "leave `x-privacy` out"),
        (of_schema(&json!({"$schema": "https://example.org/own"})), "draft-unknown", "`draft`"),
        (of_schema(&marked(json!({"subject": false}))), "retention-missing", "`retention`"),
        (of_schema(&marked(json!({"domain": "d"}))), "marker-malformed", "leave `domain` out"),
        (of_schema(&json!({"items": {"x-protection-defaults": {}}})), "defaults-misplaced", "root"),
        (of_schema(&json!({"items": {"$ref": "#/$defs/none"}})), "unresolvable-ref", "references"),
        (of_options(&json!({"dialect": "openapi"})), "option-malformed", "openapi-3.0"),
        (of_options(&json!({"cache": {}})), "option-unknown", "leave `cache` out"),
    ] {
        assert_eq!(finding.id, id, "{finding:?}");
        assert!(finding.fix.as_deref().is_some_and(|own| own.contains(fix)), "{finding:?}");
    }
    let error = Policy::compile(b"{}", Options::default()).unwrap_err();
    let finding = first(&error);
    assert!(finding.fix.is_some_and(|fix| fix.contains("x-schema-family")));
}
