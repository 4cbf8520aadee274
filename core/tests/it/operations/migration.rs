//! Data on the move: envelopes of an earlier policy, clear text that is not sealed yet, envelopes
//! where none had to be.

use fieldseal::{ErrorCode, Options, Policy};
use serde_json::{Value, json};
use support::{Store, Stream, compile, context, open, seal};

fn with(schema: &Value, options: &Value) -> Policy {
    Policy::compile(
        schema.to_string().as_bytes(),
        Options::from_json(&options.to_string()).unwrap(),
    )
    .unwrap()
}

fn verdict(text: &str) -> (Vec<String>, Value) {
    let verdict: Value = serde_json::from_str(text).unwrap();
    let codes = verdict["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    (codes, verdict["faults"].clone())
}

fn marked(marker: &Value) -> Value {
    json!({"x-schema-family": "f", "properties": {"a": {"x-protection": marker}}})
}

#[test]
fn an_envelope_that_binds_less_opens_only_where_the_marker_accepts_it() {
    let mut store = Store::default();
    let call = context("r", "p");
    let old =
        seal(&with(&marked(&json!({"bind": "none"})), &json!({})), r#"{"a":1}"#, &call, &mut store);
    let strict = with(&marked(&json!({})), &json!({}));
    assert_eq!(
        strict.open(old.as_bytes(), &call, &mut store).unwrap_err().record().code.as_str(),
        "integrity"
    );
    let moving =
        with(&marked(&json!({"accept": [{"bind": "field"}, {"bind": "none"}]})), &json!({}));
    let opened = moving.open(old.as_bytes(), &call, &mut store).unwrap();
    assert_eq!(opened.document, br#"{"a":1}"#);
    assert_eq!(
        verdict(&opened.verdict.to_json()),
        (
            vec!["conforming".into(), "accepted-weaker".into()],
            json!([{"code": "accepted-weaker", "count": 1, "pointer": "/a"}])
        )
    );
    assert!(
        verdict(&moving.check(old.as_bytes()).unwrap().to_json())
            .0
            .contains(&"accepted-weaker".to_owned())
    );
    // What it seals itself is what it demands.
    let new = seal(&moving, r#"{"a":1}"#, &call, &mut store);
    assert_eq!(open(&strict, &new, &call, &mut store), r#"{"a":1}"#);
    // An accepted envelope is still bound to what it does bind.
    let other = fieldseal::Context { tenant: "other".into(), ..call };
    assert!(moving.open(old.as_bytes(), &other, &mut store).is_err());
}

#[test]
fn clear_text_passes_only_if_told_to() {
    let schema = json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {}}, "o": {"x-protection": {}, "properties": {"i": {"x-protection": {}}}}}});
    let mut store = Store::default();
    let call = context("r", "p");
    let inner = json!({"x-schema-family": "f", "properties": {"o": {"properties": {"i": {"x-protection": {}}}}}});
    let half =
        seal(&with(&inner, &json!({})), r#"{"a": "Fs1 rocks", "o": {"i": 1}}"#, &call, &mut store);
    let refusing = with(&schema, &json!({}));
    let error = refusing.open(br#"{"a": "x"}"#, &call, &mut store).unwrap_err();
    assert_eq!(
        (error.record().code.as_str(), error.record().pointer.as_deref()),
        ("not-sealed", Some("/a"))
    );
    let passing = with(&schema, &json!({"clear": "pass"}));
    let opened = passing.open(br#"{"a": "x", "o": {"i": 2}}"#, &call, &mut store).unwrap();
    assert_eq!(opened.document, br#"{"a": "x", "o": {"i": 2}}"#);
    let faults = json!([{"code": "clear-passed", "count": 1, "pointer": "/a"}, {"code": "clear-passed", "count": 1, "pointer": "/o"}, {"code": "clear-passed", "count": 1, "pointer": "/o/i"}]);
    assert_eq!(
        verdict(&opened.verdict.to_json()),
        (vec!["conforming".into(), "clear-passed".into()], faults)
    );
    // Within an object that ought to be sealed as a whole, what is sealed already opens.
    let half = half.replace("Fs1 rocks", "x");
    assert_eq!(open(&passing, &half, &call, &mut store), r#"{"a": "x", "o": {"i": 1}}"#);
    // What begins as an envelope does and is none is not passed for clear text.
    assert_eq!(
        passing
            .open(br#"{"a": "Fs1 rocks"}"#, &call, &mut store)
            .unwrap_err()
            .record()
            .code
            .as_str(),
        "integrity"
    );
    assert!(
        verdict(&passing.check(br#"{"a": "x"}"#).unwrap().to_json())
            .0
            .contains(&"not-sealed".to_owned())
    );
}

#[test]
fn v03_a_media_type_of_ones_own_marks_too() {
    let sealed = json!({"type": "string", "contentEncoding": "base64url", "contentMediaType": "application/vnd.example.vault"});
    let schema = json!({"$schema": "http://json-schema.org/draft-07/schema#", "$id": "urn:example:customer", "properties": {"name": sealed}});
    let mut store = Store::default();
    let call = context("r", "p");
    let policy = with(&schema, &json!({"mediaTypes": ["Application/vnd.example.Vault"]}));
    let document = seal(&policy, r#"{"name": {"first": "Ann"}}"#, &call, &mut store);
    assert!(document.starts_with(r#"{"name": "Fs1B"#), "{document}");
    assert_eq!(open(&policy, &document, &call, &mut store), r#"{"name": {"first": "Ann"}}"#);
    // Without it the keywords describe somebody else's text.
    let plain = with(&schema, &json!({}));
    assert!(plain.coverage().locations.is_empty());
}

/// Only persons have names to protect here; a branch that certainly does not apply marks nothing.
#[test]
fn what_only_may_be_marked_is_opened_and_called_a_near_miss() {
    let schema = json!({
        "x-schema-family": "f",
        "oneOf": [
            {"properties": {"kind": {"const": "person"}, "name": {"x-protection": {}}}, "required": ["kind"]},
            {"properties": {"kind": {"const": "ship"}}, "required": ["kind"]},
        ],
    });
    let policy = with(&schema, &json!({}));
    let mut store = Store::default();
    let call = context("r", "p");
    let ship = r#"{"kind": "ship", "name": "Aurora"}"#;
    assert_eq!(seal(&policy, ship, &call, &mut store), ship);
    assert_eq!(open(&policy, ship, &call, &mut store), ship);
    let person = seal(&policy, r#"{"kind": "person", "name": "Ann"}"#, &call, &mut store);
    assert!(person.contains("Fs1B"));
    // An envelope where none had to be, as a build without a validator makes it.
    let eager =
        compile(r#"{"x-schema-family": "f", "properties": {"name": {"x-protection": {}}}}"#);
    let over = seal(&eager, ship, &call, &mut store);
    let opened = policy.open(over.as_bytes(), &call, &mut store).unwrap();
    assert_eq!(opened.document, ship.as_bytes());
    let near = json!([{"code": "near-miss", "count": 1, "pointer": "/name"}]);
    assert_eq!(
        verdict(&opened.verdict.to_json()),
        (vec!["conforming".into(), "near-miss".into()], near.clone())
    );
    assert_eq!(verdict(&policy.check(over.as_bytes()).unwrap().to_json()).1, near);
    // Clear text that is an envelope already is refused at every place that may be marked.
    let error = policy.seal(over.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap_err();
    assert_eq!(
        (error.record().code.as_str(), error.record().pointer.as_deref()),
        ("already-sealed", Some("/name"))
    );
    // A document that fails its schema keeps every place that may be marked.
    let sealing = with(&schema, &json!({"nonconforming": "seal"}));
    let odd = seal(&sealing, r#"{"kind": "plane", "name": "Ann"}"#, &call, &mut store);
    assert!(odd.contains("Fs1B"), "{odd}");
    assert_eq!(open(&sealing, &odd, &call, &mut store), r#"{"kind": "plane", "name": "Ann"}"#);
}

/// No clear schema but the loosest takes an envelope; that the document was sealed before is what
/// its sender must hear.
#[test]
fn what_was_sealed_before_is_told_so_where_the_schema_refuses_it() {
    let call = context("r", "p");
    for marked in [
        json!({"type": "string", "maxLength": 10}),
        json!({"enum": ["Ann"]}),
        json!({"mode": "pseudonym", "maxLength": 10}),
    ] {
        let mut schema = marked;
        let mode = schema.as_object_mut().and_then(|members| members.remove("mode"));
        schema["x-protection"] = mode.map_or_else(|| json!({}), |mode| json!({"mode": mode}));
        let policy = with(
            &json!({"x-schema-family": "f", "properties": {"n": {"type": "integer"}, "name": schema}}),
            &json!({}),
        );
        let mut store = Store::default();
        let sealed = seal(&policy, r#"{"name": "Ann"}"#, &call, &mut store);
        let error = policy.seal(sealed.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap_err();
        assert_eq!(
            (error.record().code, error.record().pointer.as_deref()),
            (ErrorCode::AlreadySealed, Some("/name")),
            "{sealed}"
        );
        let error = policy
            .seal(br#"{"name": "Ann", "n": "Bob"}"#, &call, &mut store, &mut Stream(1))
            .unwrap_err();
        assert_eq!(
            (error.record().code, error.record().pointer.as_deref()),
            (ErrorCode::Invalid, Some("/n"))
        );
        assert_eq!(
            error.record().message,
            "the document does not conform to its schema: `type`, which is integer"
        );
    }
}

/// Where markers disagree about a place that only may be marked, what either of them makes there is
/// sealed, and nobody's clear text.
#[test]
fn what_disagreeing_markers_may_have_sealed_is_a_conflict() {
    let (call, mut store) = (context("r", "p"), Store::default());
    let token = seal(
        &compile(
            r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{"mode":"pseudonym"}}}}"#,
        ),
        r#"{"k":3,"a":"Ann"}"#,
        &call,
        &mut store,
    );
    let envelope = seal(
        &compile(r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#),
        r#"{"k":3,"a":"Ann"}"#,
        &call,
        &mut store,
    );
    let markers = [json!({"mode": "pseudonym"}), json!({})];
    for [first, second] in [[0, 1], [1, 0]] {
        let branch = |kind: u8, marker: usize| json!({"properties": {"k": {"const": kind}, "a": {"x-protection": markers[marker]}}, "required": ["k"]});
        let policy = with(
            &json!({"x-schema-family": "f", "oneOf": [branch(1, first), branch(2, second)]}),
            &json!({}),
        );
        for document in [&token, &envelope] {
            let error = policy
                .open(document.as_bytes(), &call, &mut store)
                .map(|opened| String::from_utf8(opened.document))
                .unwrap_err();
            assert_eq!(
                (error.record().code, error.record().pointer.as_deref()),
                (ErrorCode::Conflict, Some("/a")),
                "{first} {document}"
            );
            let (codes, _) = verdict(&policy.check(document.as_bytes()).unwrap().to_json());
            assert!(
                codes.contains(&"near-miss".to_owned())
                    && !codes.contains(&"unexpected-envelope".to_owned()),
                "{codes:?}"
            );
        }
        let clear = r#"{"k":3,"a":"Fp1 and Fs1 are how they begin"}"#;
        assert_eq!(open(&policy, clear, &call, &mut store), clear);
    }
}
