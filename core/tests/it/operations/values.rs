//! One value without its document: the same envelope as in it, and what it cannot do without it.

use fieldseal::{
    Context, Error, ErrorCode, OpenOptions, Options, Policy, RefusalCode, SealError, ValueItem,
};
use fieldseal_conformance::counts::LONE_VALUES;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Store, Stream, compile, context, open, seal, text_at};

const SUITES: [&str; 4] = ["aes-256-gcm", "aes-256-siv", "chacha20-poly1305", "aes-256-gcm-iv"];
const BINDS: [&str; 4] = ["record-field", "record-path", "field", "none"];

/// The ways to a marked value: pointer, the schema and the document around it.
const PLACES: [&str; 6] = ["", "/v", "/a~1b/~0/v", "/list/0", "/rows/1/v", "/open/anything"];

/// Builds the schema in which `marked` stands at the end of the pointer.
fn schema_around(pointer: &str, marked: Value) -> Value {
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    tokens.iter().rev().fold(marked, |inner, token| {
        let name = token.replace("~1", "/").replace("~0", "~");
        match name.as_str() {
            "0" | "1" => json!({"type": "array", "items": inner}),
            "anything" => json!({"type": "object", "additionalProperties": inner}),
            _ => {
                json!({"type": "object", "properties": {name: inner, "other": {"type": "string"}}})
            }
        }
    })
}

/// Builds the document in which `value`, a JSON text, stands at the pointer.
fn document_around(pointer: &str, value: &str) -> String {
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    tokens.iter().rev().fold(value.to_owned(), |inner, token| match token.parse::<usize>() {
        Ok(index) => format!("[{}{inner}]", "{}, ".repeat(index)),
        Err(_) => {
            let name = token.replace("~1", "/").replace("~0", "~");
            // Every member of an open object is marked.
            let before = if name == "anything" { "" } else { "\"before\": 1.50, " };
            format!("{{{before}{}: {inner}}}", Value::from(name))
        }
    })
}

fn policy_at(pointer: &str, marker: &Value) -> Policy {
    let mut schema = schema_around(pointer, json!({"x-protection": marker}));
    schema["x-schema-family"] = "urn:f".into();
    schema["x-retention"] = json!({
        "created": {"period": "P10Y", "from": "created", "bucket": "P1M"},
        "signed": {"period": "P1Y", "from": "/signed", "bucket": "P1M"}});
    compile(&schema.to_string())
}

/// Every set of keys under every suite and bind profile.
fn markers() -> Vec<Value> {
    let mut markers = Vec::new();
    for suite in SUITES {
        for bind in BINDS {
            for (subject, retention, item) in [
                (true, false, false),
                (true, true, false),
                (true, false, true),
                (true, true, true),
                (false, true, false),
                (false, true, true),
            ] {
                let mut marker = json!({"bind": bind, "rectifiable": item});
                match suite {
                    "aes-256-siv" => marker["mode"] = "deterministic".into(),
                    _ => marker["suite"] = suite.into(),
                }
                if !subject {
                    marker["subject"] = false.into();
                }
                if retention {
                    marker["retention"] = "created".into();
                }
                markers.push(marker);
            }
        }
    }
    markers
}

fn json_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[1-9][0-9]{0,9}(\\.[0-9]{1,4})?",
        "[ -~é€😀]{0,40}".prop_map(|text| Value::from(text).to_string()),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|elements| format!("[{}]", elements.join(", "))),
            prop::collection::btree_map("[a-d]{0,2}", inner, 0..4).prop_map(|members| {
                let members: Vec<String> =
                    members.iter().map(|(name, value)| format!("{name:?} :{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn refused<T>(result: Result<T, impl Into<Error>>) -> (ErrorCode, Option<String>) {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(error) => {
            let error = error.into();
            (error.code, error.pointer)
        }
    }
}

fn seal_at(
    policy: &Policy,
    place: &str,
    value: &str,
    context: &Context,
    store: &mut Store,
) -> Result<String, SealError> {
    let value = ValueItem::new(place, value.as_bytes(), context);
    Ok(policy.seal_value(&value, store, &mut Stream(1))?.envelope)
}

fn open_at(
    policy: &Policy,
    place: &str,
    envelope: &str,
    context: &Context,
    store: &mut Store,
) -> Result<String, Error> {
    let value = ValueItem::new(place, envelope.as_bytes(), context);
    Ok(String::from_utf8(policy.open_value(&value, store)?.value).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(LONE_VALUES.get()) })]

    /// Under the same entropy, the envelope, its verdict and its index values are those of a
    /// document that holds the value there.
    #[test]
    fn a_value_alone_becomes_the_envelope_of_its_document(
        place in prop::sample::select(&PLACES[..]),
        marker in prop::sample::select(markers()),
        value in json_value(),
        space in prop::sample::select(&["", " ", "\n\t"][..]),
    ) {
        let policy = policy_at(place, &marker);
        let call = context("r", "p");
        let mut store = Store::default();
        let clear = document_around(place, &value);
        let whole = policy.seal(clear.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap();
        let sealed = String::from_utf8(whole.document.clone()).unwrap();
        let spaced = format!("{space}{value}{space}");
        let item = ValueItem::new(place, spaced.as_bytes(), &call);
        let alone = policy.seal_value(&item, &mut store, &mut Stream(1)).unwrap();
        prop_assert_eq!(&alone.envelope, &text_at(&sealed, place));
        prop_assert_eq!(alone.verdict.to_json(), whole.verdict.to_json());

        // Each opens in the place of the other, and says the same of itself.
        let opened = policy.open(&whole.document, &call, &mut store).unwrap();
        prop_assert_eq!(&opened.document, clear.as_bytes());
        let item = ValueItem::new(place, alone.envelope.as_bytes(), &call);
        let lone = policy.open_value_with(&item, &mut store, OpenOptions::strict()).unwrap();
        prop_assert_eq!(String::from_utf8(lone.value).unwrap(), value);
        prop_assert_eq!(lone.verdict.to_json(), opened.verdict.to_json());
        prop_assert_eq!(lone.access.to_json(), opened.access.to_json());
    }
}

#[test]
fn every_suite_bind_profile_and_key_set_opens_in_a_document_and_from_one() {
    for marker in markers() {
        for place in PLACES {
            let policy = policy_at(place, &marker);
            let (call, mut store) = (context("r", "p"), Store::default());
            let value = r#"{"a": [1.10, "x", null]}"#;
            let alone = seal_at(&policy, place, value, &call, &mut store).unwrap();
            let document = document_around(place, &Value::from(alone).to_string());
            assert_eq!(open(&policy, &document, &call, &mut store), document_around(place, value));
            let sealed = seal(&policy, &document_around(place, value), &call, &mut store);
            let envelope = text_at(&sealed, place);
            assert_eq!(open_at(&policy, place, &envelope, &call, &mut store).unwrap(), value);

            // Another record and another subject are noticed as in a document.
            let bind = marker["bind"].as_str().unwrap();
            let other = open_at(&policy, place, &envelope, &context("s", "p"), &mut store);
            let is_bound = bind.starts_with("record") || marker["rectifiable"] == true;
            assert_eq!(other.is_err(), is_bound, "{marker}");
            if marker.get("subject").is_none() {
                let other = open_at(&policy, place, &envelope, &context("r", "q"), &mut store);
                assert_eq!(refused(other), (ErrorCode::NotFound, Some(place.to_owned())));
            }
        }
    }
}

#[test]
fn another_place_is_noticed_as_in_a_document() {
    for (bind, field, element) in
        [("record-field", true, false), ("record-path", true, true), ("none", false, false)]
    {
        let marked = json!({"x-protection": {"bind": bind}});
        let schema = json!({"x-schema-family": "urn:f", "properties": {
            "a": marked, "b": marked, "list": {"items": marked}}});
        let (policy, call) = (compile(&schema.to_string()), context("r", "p"));
        let mut store = Store::default();
        let first = seal_at(&policy, "/list/0", "1", &call, &mut store).unwrap();
        let own = seal_at(&policy, "/a", "1", &call, &mut store).unwrap();
        let opens = |place: &str, envelope: &str, store: &mut Store| {
            open_at(&policy, place, envelope, &call, store).map_err(|error| error.code)
        };
        let moved = |is_noticed: bool| match is_noticed {
            true => Err(ErrorCode::Integrity),
            false => Ok("1".to_owned()),
        };
        assert_eq!(opens("/b", &own, &mut store), moved(field), "{bind}");
        assert_eq!(opens("/list/1", &first, &mut store), moved(element), "{bind}");
        assert_eq!(opens("/list/0", &first, &mut store), moved(false), "{bind}");
    }
}

const PERSONS: &str = r##"{"x-schema-family": "urn:f",
    "x-retention": {"contract": {"period": "P1Y", "from": "/signed", "bucket": "P1M"}},
    "type": "object", "properties": {
    "signed": {"type": "string"},
    "customer": {"type": "object", "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "maxLength": 10, "x-protection": {"subject": "1/id"}},
        "since": {"x-protection": {"subject": "/customer/id", "retention": "contract"}}}},
    "push": {"type": "array", "items": {"properties": {
        "name": {"x-protection": {"subject": "1/email"}},
        "email": {"x-protection": {"subject": "0"}},
        "next": {"x-protection": {"subject": "1+1/email"}}}}},
    "person": {"properties": {"id": {}, "name": {"x-protection": {"subject": "1/id"}}},
        "x-protection": {"subject": "0/id"}}}}"##;

#[test]
fn the_subject_of_the_call_stands_for_that_of_a_pointer() {
    let policy = compile(PERSONS);
    let mut store = Store::default();
    let call = |subject: &str| context("r", subject);
    let name = seal_at(&policy, "/customer/name", "\"Ada\"", &call("7"), &mut store).unwrap();
    let document = format!(r#"{{"customer":{{"id":7,"name":"{name}"}}}}"#);
    assert_eq!(
        open(&policy, &document, &call("clerk"), &mut store),
        r#"{"customer":{"id":7,"name":"Ada"}}"#
    );
    let sealed = seal(&policy, r#"{"customer":{"id":7,"name":"Ada"}}"#, &call("clerk"), &mut store);
    let name = text_at(&sealed, "/customer/name");
    let open_name = |subject: &str, store: &mut Store| {
        open_at(&policy, "/customer/name", &name, &call(subject), store)
    };
    assert_eq!(open_name("7", &mut store).unwrap(), "\"Ada\"");
    let place = Some("/customer/name".to_owned());
    assert_eq!(refused(open_name("8", &mut store)), (ErrorCode::NotFound, place.clone()));
    assert_eq!(refused(open_name("", &mut store)), (ErrorCode::Context, place.clone()));
    let nobody = seal_at(&policy, "/customer/name", "\"Ada\"", &call(""), &mut store);
    assert_eq!(refused(nobody), (ErrorCode::Context, place));
}

/// A subject that is sealed itself is not bound (flag b6): opening finds its key by id alone.
#[test]
fn a_reference_that_is_sealed_in_documents_is_not_bound() {
    let policy = compile(PERSONS);
    let mut store = Store::default();
    let (ada, nobody) = (context("r", "ada@x"), context("r", ""));
    let clear =
        r#"{"push":[{"name":"Ada","email":"ada@x"},{"next":1,"email":"bob@x"},{"email":"ada@x"}]}"#;
    let sealed = seal(&policy, clear, &nobody, &mut store);
    for (place, value) in
        [("/push/0/name", "\"Ada\""), ("/push/0/email", "\"ada@x\""), ("/push/1/next", "1")]
    {
        let envelope = text_at(&sealed, place);
        assert_eq!(open_at(&policy, place, &envelope, &nobody, &mut store).unwrap(), value);
        let alone = seal_at(&policy, place, value, &ada, &mut store).unwrap();
        let replaced = sealed.replace(&envelope, &alone);
        assert_eq!(open(&policy, &replaced, &nobody, &mut store), clear);
        let missing = seal_at(&policy, place, value, &nobody, &mut store);
        assert_eq!(refused(missing), (ErrorCode::Context, Some(place.to_owned())));
    }
    let person = r#"{"person":{"id":"ada@x","name":"Ada"}}"#;
    let sealed = seal(&policy, person, &nobody, &mut store);
    let inner = &person[10..person.len() - 1];
    let alone = seal_at(&policy, "/person", inner, &ada, &mut store).unwrap();
    assert_eq!(alone, text_at(&sealed, "/person"));
}

#[test]
fn a_date_stands_for_the_start_of_a_retention() {
    let policy = compile(PERSONS);
    let mut store = Store::default();
    let call = context("r", "7");
    let place = "/customer/since";
    let dated =
        |date: &str| ValueItem::new(place, b"1".as_slice(), &call).with_from(date.to_owned());
    let sealed = policy.seal_value(&dated("2026-03-04"), &mut store, &mut Stream(1)).unwrap();
    let clear = r#"{"signed":"2026-03-04","customer":{"id":7,"since":1}}"#;
    let document = policy.seal(clear.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap();
    let whole = String::from_utf8(document.document).unwrap();
    assert_eq!(sealed.envelope, text_at(&whole, place));
    assert!(sealed.verdict.to_json().contains("contract/2027-03"), "{}", sealed.verdict.to_json());
    // The key leads to the bucket, so opening needs no date.
    assert_eq!(open_at(&policy, place, &sealed.envelope, &call, &mut store).unwrap(), "1");
    let expected = (ErrorCode::Context, Some(place.to_owned()));
    assert_eq!(refused(seal_at(&policy, place, "1", &call, &mut store)), expected);
    for date in ["", "2026-02-30", "soon"] {
        let refusal = policy.seal_value(&dated(date), &mut store, &mut Stream(1));
        assert_eq!(refused(refusal), expected, "{date}");
    }
}

#[test]
fn a_place_is_one_at_which_some_document_has_a_marked_value() {
    let schema = json!({"x-schema-family": "urn:f", "properties": {
        "kind": {"type": "string"},
        "name": {"x-protection": {}},
        "other": {"type": "string"},
        "list": {"items": {"properties": {"v": {"x-protection": {}}}}},
        "whole": {"x-protection": {}, "properties": {"inner": {"x-protection": {}}}},
        "either": {"additionalProperties": {"x-protection": {}}, "items": {"x-protection": {}}},
        "first": {"prefixItems": [{"x-protection": {}}, {}]}},
        "anyOf": [
            {"properties": {"kind": {"const": "a"}, "may": {"x-protection": {}},
                "twice": {"x-protection": {"pad": false}}}},
            {"properties": {"kind": {"const": "b"}, "may": {"properties": {"in": {"x-protection": {}}}},
                "twice": {"x-protection": {"suite": "chacha20-poly1305"}}}}]});
    let policy = compile(&schema.to_string());
    let (call, mut store) = (context("r", "p"), Store::default());
    for place in [
        "/name",
        "/list/0/v",
        "/list/99/v",
        "/whole",
        "/may",
        "/may/in",
        "/first/0",
        "/either/a",
        "/either/00",
        "#/properties/name",
        "/properties/name",
        "/properties/list/items/properties/v",
        "/anyOf/0/properties/may",
    ] {
        let envelope = seal_at(&policy, place, "\"x\"", &call, &mut store).unwrap();
        assert_eq!(
            open_at(&policy, place, &envelope, &call, &mut store).unwrap(),
            "\"x\"",
            "{place}"
        );
    }
    for place in [
        "",
        "/other",
        "/kind",
        "/name/0",
        "/list",
        "/list/0",
        "/list/v",
        "/list/-/v",
        "/list/00/v",
        "/list/+0/v",
        "/list/*/v",
        "/whole/inner",
        "/either/0",
        "/first/1",
        "/first/2",
        "name",
        "/name/",
        "/~2",
        "#",
        "#/name",
        "/properties/other",
        "/nowhere/at/all",
        "/items",
    ] {
        let expected = (ErrorCode::Context, Some(place.to_owned()));
        assert_eq!(refused(seal_at(&policy, place, "1", &call, &mut store)), expected);
        assert_eq!(refused(open_at(&policy, place, "Fs1", &call, &mut store)), expected);
    }
    let expected = (ErrorCode::Conflict, Some("/twice".to_owned()));
    assert_eq!(refused(seal_at(&policy, "/twice", "1", &call, &mut store)), expected);
    assert_eq!(refused(open_at(&policy, "/twice", "Fs1", &call, &mut store)), expected);
    // A place found by its schema has the envelopes of every such place.
    let envelope =
        seal_at(&policy, "/properties/list/items/properties/v", "1", &call, &mut store).unwrap();
    assert_eq!(open_at(&policy, "/list/3/v", &envelope, &call, &mut store).unwrap(), "1");
}

#[test]
fn a_schema_with_several_places_is_ambiguous() {
    let schema = r##"{"x-schema-family": "urn:f",
        "$defs": {"person": {"properties": {"name": {"x-protection": {}}}},
            "once": {"properties": {"name": {"x-protection": {}}}},
            "tree": {"properties": {"v": {"x-protection": {}}, "sub": {"$ref": "#/$defs/tree"}}}},
        "properties": {"buyer": {"$ref": "#/$defs/person"}, "payer": {"$ref": "#/$defs/person"},
            "clerk": {"$ref": "#/$defs/once"}, "tree": {"$ref": "#/$defs/tree"},
            "paths": {"items": {"x-protection": {"bind": "record-path"}}},
            "named": {"additionalProperties": {"x-protection": {}}}}}"##;
    let policy = compile(schema);
    let (call, mut store) = (context("r", "p"), Store::default());
    let once = seal_at(&policy, "#/$defs/once/properties/name", "1", &call, &mut store).unwrap();
    assert_eq!(open_at(&policy, "/clerk/name", &once, &call, &mut store).unwrap(), "1");
    for place in [
        "/$defs/person/properties/name",
        "/$defs/tree/properties/v",
        "/properties/paths/items",
        "/properties/named/additionalProperties",
    ] {
        let refusal = refused(seal_at(&policy, place, "1", &call, &mut store));
        assert_eq!(refusal, (ErrorCode::Context, Some(place.to_owned())), "{place}");
    }
}

#[test]
fn the_schemas_that_certainly_apply_judge_the_value() {
    let schema = json!({"x-schema-family": "urn:f", "properties": {
        "name": {"type": "string", "maxLength": 3, "x-protection": {}},
        "deep": {"x-protection": {}, "properties": {"n": {"minimum": 5}}},
        "branch": {"x-protection": {}}},
        "patternProperties": {"^na": {"minLength": 2}},
        "allOf": [{"properties": {"name": {"pattern": "^A"}}}],
        "anyOf": [{"properties": {"branch": {"type": "string"}}}, {"required": ["other"]}]});
    let policy = compile(&schema.to_string());
    let (call, mut store) = (context("r", "p"), Store::default());
    let fits = ["\"Ada\"", "\"Al\""];
    for value in fits {
        let item = ValueItem::new("/name", value.as_bytes(), &call);
        let sealed = policy.seal_value(&item, &mut store, &mut Stream(1)).unwrap();
        assert!(sealed.verdict.to_json().contains("\"conforming\""));
    }
    let expected = (ErrorCode::Invalid, Some("/name".to_owned()));
    for value in ["1", "\"Adam\"", "\"A\"", "\"Bob\""] {
        assert_eq!(
            refused(seal_at(&policy, "/name", value, &call, &mut store)),
            expected,
            "{value}"
        );
    }
    let deep = refused(seal_at(&policy, "/deep", r#"{"n": 4}"#, &call, &mut store));
    assert_eq!(deep, (ErrorCode::Invalid, Some("/deep/n".to_owned())));
    // A branch that does not apply in every document judges nothing.
    seal_at(&policy, "/branch", "1", &call, &mut store).unwrap();

    let options = |text: &str| Options::from_json(text).unwrap();
    let lenient =
        Policy::compile(schema.to_string().as_bytes(), options(r#"{"nonconforming": "seal"}"#))
            .unwrap();
    let item = ValueItem::new("/name", b"\"Adam\"".as_slice(), &call);
    let sealed = lenient.seal_value(&item, &mut store, &mut Stream(1)).unwrap();
    assert!(sealed.verdict.to_json().contains("\"nonconforming\""));
    let item = ValueItem::new("/name", sealed.envelope.as_bytes(), &call);
    let opened = policy.open_value(&item, &mut store).unwrap();
    assert!(opened.verdict.to_json().contains("\"nonconforming\""));
    let unjudged =
        Policy::compile(schema.to_string().as_bytes(), options(r#"{"validation": "off"}"#))
            .unwrap();
    let item = ValueItem::new("/name", b"1".as_slice(), &call);
    let sealed = unjudged.seal_value(&item, &mut store, &mut Stream(1)).unwrap();
    assert!(sealed.verdict.to_json().contains("\"unvalidated\""));
}

/// A back reference is a keyword that only the crate decides.
#[test]
#[cfg(feature = "validation")]
fn a_value_is_judged_unless_the_schemas_of_its_place_need_the_crate() {
    let schema = json!({"x-schema-family": "urn:f", "properties": {
        "other": {"pattern": "^(.)\\1$"},
        "name": {"type": "string", "maxLength": 3, "x-protection": {}},
        "beyond": {"properties": {"in": {"pattern": "^(.)\\1$"}}, "x-protection": {}}}});
    let policy = compile(&schema.to_string());
    assert_eq!(policy.coverage().validator, "crate");
    let (call, mut store) = (context("r", "p"), Store::default());
    let refusal = refused(seal_at(&policy, "/name", "\"Adam\"", &call, &mut store));
    assert_eq!(refusal, (ErrorCode::Invalid, Some("/name".to_owned())));
    for (place, value, code) in
        [("/name", "\"Ada\"", "conforming"), ("/beyond", r#"{"in":"ab"}"#, "unvalidated")]
    {
        let item = ValueItem::new(place, value.as_bytes(), &call);
        let sealed = policy.seal_value(&item, &mut store, &mut Stream(1)).unwrap();
        assert!(sealed.verdict.to_json().contains(&format!(r#""codes":["{code}"]"#)), "{place}");
    }
}

/// A schema that may apply at the place, and is not known to, keeps a value from being conforming.
/// Those that are known still refuse it.
#[test]
fn a_value_that_another_schema_may_refuse_is_unvalidated() {
    let marked = json!({"maxLength": 4, "x-protection": {}});
    let (call, mut store) = (context("r", "p"), Store::default());
    for (schema, place, too_long) in [
        (
            json!({"properties": {"ab": marked}, "patternProperties": {"(?<=a)b$": {"minLength": 3}}}),
            "/ab",
            Some(ErrorCode::Invalid),
        ),
        // Another schema that evaluates the member would keep this one away.
        (json!({"unevaluatedProperties": marked}), "/x", None),
        (json!({"items": {"unevaluatedItems": marked}}), "/0/0", None),
    ] {
        let mut schema = schema;
        schema["x-schema-family"] = "urn:f".into();
        let policy = compile(&schema.to_string());
        let item = ValueItem::new(place, br#""ab""#.as_slice(), &call);
        let sealed = policy.seal_value(&item, &mut store, &mut Stream(1)).unwrap();
        assert!(sealed.verdict.to_json().contains(r#""codes":["unvalidated"]"#), "{schema}");
        let long = seal_at(&policy, place, "\"abcde\"", &call, &mut store);
        let code = long.err().map(|error| Into::<Error>::into(error).code);
        assert_eq!(code, too_long, "{schema}");
    }
}

#[test]
fn what_is_no_clear_value_or_no_envelope_is_refused_as_in_a_document() {
    let policy = compile(PERSONS);
    let (call, mut store) = (context("r", "7"), Store::default());
    let place = "/customer/name";
    let at = |code| (code, Some(place.to_owned()));
    let envelope = seal_at(&policy, place, "\"Ada\"", &call, &mut store).unwrap();
    let again = seal_at(&policy, place, &format!("\"{envelope}\""), &call, &mut store);
    assert_eq!(refused(again), at(ErrorCode::AlreadySealed));
    for text in ["", "{", "1 2", "\"", "\u{c}1"] {
        let refusal = refused(seal_at(&policy, place, text, &call, &mut store));
        assert_eq!(refusal.0, ErrorCode::Document, "{text}");
    }
    for text in ["Ada", "", "\"Fs1\"", "\\\"\n"] {
        let refusal = refused(open_at(&policy, place, text, &call, &mut store));
        assert_eq!(refusal, at(ErrorCode::NotSealed), "{text}");
    }
    let invalid = ValueItem::new(place, [0xff].as_slice(), &call);
    assert_eq!(refused(policy.open_value(&invalid, &mut store)).0, ErrorCode::Document);
    let mut changed = envelope.clone().into_bytes();
    let last = changed.len() - 9;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    let changed = ValueItem::new(place, changed, &call);
    assert_eq!(refused(policy.open_value(&changed, &mut store)), at(ErrorCode::Integrity));
    let deep = format!("{}1{}", "[".repeat(127), "]".repeat(127));
    assert_eq!(
        refused(seal_at(&policy, "/customer/since", &deep, &call, &mut store)).0,
        ErrorCode::Limit
    );
    let nowhere = Context { record: None, ..call.clone() };
    assert_eq!(
        refused(seal_at(&policy, place, "\"A\"", &nowhere, &mut store)),
        at(ErrorCode::Context)
    );
}

#[test]
fn a_value_whose_key_is_gone_becomes_its_placeholder() {
    let policy = compile(PERSONS);
    let (call, mut store) = (context("r", "7"), Store::default());
    let place = "/customer/name";
    let envelope = seal_at(&policy, place, "\"Ada\"", &call, &mut store).unwrap();
    for (refusal, code) in [
        (RefusalCode::Erased, ErrorCode::Erased),
        (RefusalCode::Restricted, ErrorCode::Restricted),
        (RefusalCode::Denied, ErrorCode::Denied),
    ] {
        store.refused.clear();
        store.refuse("7", refusal);
        let item = ValueItem::new(place, envelope.as_bytes(), &call);
        let opened = policy.open_value(&item, &mut store).unwrap();
        assert_eq!(opened.value, b"\"\"");
        let withheld = serde_json::from_str::<Value>(&opened.access.to_json()).unwrap();
        assert_eq!(withheld["withheld"][0]["pointer"], place);
        assert_eq!(withheld["withheld"][0]["reason"], code.as_str());
        let document = format!(r#"{{"customer":{{"id":7,"name":"{envelope}"}}}}"#);
        let whole = policy.open(document.as_bytes(), &call, &mut store).unwrap();
        assert_eq!(opened.verdict.to_json(), whole.verdict.to_json());
        assert_eq!(opened.access.to_json(), whole.access.to_json());
        let strict = policy.open_value_with(&item, &mut store, OpenOptions::strict());
        assert_eq!(refused(strict), (code, Some(place.to_owned())));
        let sealed = seal_at(&policy, place, "\"Ada\"", &call, &mut store);
        assert_eq!(refused(sealed), (code, Some(place.to_owned())));
    }
}

#[test]
fn tokens_and_index_values_are_those_of_a_document() {
    let schema = r#"{"x-schema-family": "urn:f", "properties": {
        "token": {"x-protection": {"mode": "pseudonym", "domain": "d"}},
        "rows": {"items": {"properties": {"email": {"x-protection": {"index": {"name": "email", "bits": 32}}}}}}}}"#;
    let policy = compile(schema);
    let (call, mut store) = (context("r", "p"), Store::default());
    let clear = r#"{"token":"x","rows":[{"email":"ada@x"}]}"#;
    let whole = policy.seal(clear.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap();
    let document = String::from_utf8(whole.document).unwrap();
    let token = seal_at(&policy, "/token", "\"x\"", &call, &mut store).unwrap();
    assert_eq!(token, text_at(&document, "/token"));
    let stays = open_at(&policy, "/token", &token, &call, &mut store).unwrap();
    assert_eq!(stays, format!("\"{token}\""), "a token is never opened");
    let item = ValueItem::new("/rows/0/email", b"\"ada@x\"".as_slice(), &call);
    let alone = policy.seal_value(&item, &mut store, &mut Stream(1)).unwrap();
    assert_eq!(alone.indexes, whole.indexes);
}

#[test]
fn a_batch_asks_once_and_each_value_has_its_own_place_context_and_result() {
    let policy = compile(PERSONS);
    let mut store = Store::default();
    let calls: Vec<Context> =
        (0..11).map(|number| context(&format!("r{number}"), &(number % 3).to_string())).collect();
    let values: Vec<ValueItem<'_>> = calls
        .iter()
        .enumerate()
        .map(|(number, call)| match number {
            4 => ValueItem::new("/customer/id", b"1".as_slice(), call),
            5 => ValueItem::new("/customer/name", b"\"too long a name\"".as_slice(), call),
            6 => ValueItem::new("/customer/since", b"1".as_slice(), call),
            7 => ValueItem::new("/customer/since", b"1".as_slice(), call).with_from("2026-01-01"),
            _ => ValueItem::new("/customer/name", format!("\"n{number}\"").into_bytes(), call),
        })
        .collect();
    let mut entropy = Stream(1);
    let together = policy.seal_values(&values, &mut store, &mut entropy);
    assert_eq!(store.asked.len(), 1);
    assert_eq!(store.asked[0].len(), 4, "three persons and a bucket");
    let mut entropy = Stream(1);
    for (number, (value, sealed)) in values.iter().zip(&together).enumerate() {
        let alone = policy.seal_value(value, &mut store, &mut entropy);
        assert_eq!(*sealed, alone, "{number}");
        let code = sealed.as_ref().err().map(|error| Error::from(error.clone()).code);
        let expected = match number {
            4 | 6 => Some(ErrorCode::Context),
            5 => Some(ErrorCode::Invalid),
            _ => None,
        };
        assert_eq!(code, expected, "{number}");
    }
    let envelopes: Vec<ValueItem<'_>> = values
        .iter()
        .zip(&together)
        .zip(&calls)
        .map(|((value, sealed), call)| {
            let envelope = sealed.as_ref().map_or("clear", |sealed| sealed.envelope.as_str());
            ValueItem::new(value.place.clone(), envelope.as_bytes(), call)
        })
        .collect();
    store.asked.clear();
    store.refuse("1", RefusalCode::Erased);
    let opened = policy.open_values(&envelopes, &mut store, OpenOptions::default());
    assert_eq!(store.asked.len(), 1);
    for (number, ((value, opened), envelope)) in
        values.iter().zip(&opened).zip(&envelopes).enumerate()
    {
        match number {
            4 => assert_eq!(refused(opened.clone()).0, ErrorCode::Context),
            5 | 6 => assert_eq!(refused(opened.clone()).0, ErrorCode::NotSealed),
            _ => {
                let opened = opened.as_ref().unwrap();
                let erased: &[u8] = if number == 7 { b"null" } else { b"\"\"" };
                let expected = if number % 3 == 1 { erased } else { &value.value };
                assert_eq!(opened.value, expected, "{number}");
                assert_eq!(*opened, policy.open_value(envelope, &mut store).unwrap());
            }
        }
    }
}

#[test]
fn two_steps_are_one() {
    let policy = compile(PERSONS);
    let (call, mut store) = (context("r", "7"), Store::default());
    let item = || ValueItem::new("/customer/name", b"\"Ada\"".as_slice(), &call);
    let alone = policy.seal_value(&item(), &mut store, &mut Stream(1)).unwrap();
    let answer = |requests: &[fieldseal::Request], store: &mut Store| {
        let mut entropy = Stream(9);
        let mut host = fieldseal::KeyContext { now: call.now, entropy: &mut entropy };
        fieldseal::KeySource::current(store, requests, &mut host)
    };
    let pending = policy.begin_seal_value(item()).unwrap();
    let answers = answer(pending.requests(), &mut store);
    assert_eq!(pending.finish(answers, &mut Stream(1)).unwrap(), alone);
    let pending = policy.begin_seal_values([item(), item()]);
    let answers = answer(pending.requests(), &mut store);
    assert_eq!(pending.finish(answers, &mut Stream(1))[0], Ok(alone.clone()));
    let envelope = || ValueItem::new("/customer/name", alone.envelope.as_bytes(), &call);
    let pending = policy.begin_open_value(envelope(), OpenOptions::strict()).unwrap();
    let answers = fieldseal::KeySource::by_id(&mut store, pending.requests(), call.now);
    let opened = pending.finish(answers).unwrap();
    assert_eq!(opened.value, b"\"Ada\"");
    let pending = policy.begin_open_values([envelope()], OpenOptions::strict());
    let answers = fieldseal::KeySource::by_id(&mut store, pending.requests(), call.now);
    assert_eq!(pending.finish(answers), [Ok(opened)]);
}
