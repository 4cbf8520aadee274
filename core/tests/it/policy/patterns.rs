//! `patternProperties` whose patterns meet in no member name, or in some, and the regular
//! expressions that compile.

use fieldseal::{ErrorCode, Policy};
use serde_json::{Value, json};
use support::{Store, Stream, compile, context};

/// Marks each pattern with the members of its own `x-protection`.
fn schema(patterns: &[(&str, Value)]) -> String {
    let patterns: serde_json::Map<String, Value> = patterns
        .iter()
        .map(|(pattern, marker)| ((*pattern).to_owned(), json!({"x-protection": marker})))
        .collect();
    json!({"x-schema-family": "urn:example:patterns", "patternProperties": patterns}).to_string()
}

fn sealed(policy: &Policy, document: &Value) -> Result<usize, ErrorCode> {
    let (text, here) = (document.to_string(), context("r", "s"));
    let mut store = Store::default();
    match policy.seal(text.as_bytes(), &here, &mut store, &mut Stream(1)) {
        Ok(sealed) => {
            let text = String::from_utf8(sealed.document).unwrap();
            Ok(text.matches("\"Fs1").count() + text.matches("\"Fp1").count())
        }
        Err(error) => Err(error.record().code),
    }
}

#[test]
fn patterns_that_no_name_matches_together_do_not_conflict() {
    let (field, none) = (json!({"bind": "field"}), json!({"bind": "none"}));
    let (token, partner) = (json!({"mode": "pseudonym"}), json!({"subject": "/partner"}));
    for (patterns, document, count) in [
        ([("^mother$", &field), ("^father$", &none)], json!({"mother": "A", "father": "B"}), 2),
        (
            [("^own_", &json!({})), ("^partner_", &partner)],
            json!({"partner": "p", "own_m": 1, "partner_m": 2}),
            2,
        ),
        ([("^id_", &token), ("^txt_", &json!({}))], json!({"id_a": "7", "txt_a": "seven"}), 2),
        ([("^\\d+$", &field), ("^[a-z]+$", &none)], json!({"12": 1, "ab": 2, "A": 3}), 2),
        ([("^a{2}$", &field), ("^a{3}$", &none)], json!({"aa": 1, "aaa": 2, "aaaa": 3}), 2),
    ] {
        let patterns = patterns.map(|(pattern, marker)| (pattern, marker.clone()));
        assert_eq!(sealed(&compile(&schema(&patterns)), &document), Ok(count), "{document}");
    }
}

#[test]
fn patterns_that_meet_conflict_only_in_a_document_whose_names_match_both() {
    for patterns in [
        [("a", json!({"bind": "field"})), ("b", json!({"bind": "none"}))],
        [("^a", json!({})), ("b$", json!({"mode": "pseudonym"}))],
        [("^.*a", json!({"subject": "/p"})), ("b", json!({}))],
    ] {
        let policy = compile(&schema(&patterns));
        assert_eq!(sealed(&policy, &json!({"a": 1, "b": "x", "p": "q"})), Ok(2), "{patterns:?}");
        assert_eq!(sealed(&policy, &json!({"ab": 1, "p": "q"})), Err(ErrorCode::Conflict));
    }
}

/// Patterns that agree, or that a name which the schema writes matches, stay what they were.
#[test]
fn patterns_that_agree_and_named_members_are_decided_while_compiling() {
    let agreeing = compile(&schema(&[("a", json!({})), ("b", json!({}))]));
    assert_eq!(sealed(&agreeing, &json!({"ab": 1, "a": 2, "c": 3})), Ok(2));
    let named = r#"{"x-schema-family": "f", "properties": {"ab": {"x-protection": {}}},
        "patternProperties": {"^a": {"x-protection": {"bind": "none"}}}}"#;
    let error = Policy::compile(named.as_bytes(), fieldseal::Options::default()).unwrap_err();
    assert_eq!(error.record().findings[0].id, "conflict");
    // One pattern whose own schema contradicts itself is the schema's fault.
    let own = r#"{"x-schema-family": "f", "patternProperties": {"^a": {"allOf": [
        {"x-protection": {}}, {"x-protection": {"bind": "none"}}]}, "b": {"x-protection": {}}}}"#;
    let error = Policy::compile(own.as_bytes(), fieldseal::Options::default()).unwrap_err();
    assert_eq!(error.record().findings[0].id, "conflict");
}
