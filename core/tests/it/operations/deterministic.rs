//! `mode: deterministic`: what its equality shows, and what it does not; who draws entropy.

use std::collections::BTreeMap;

use fieldseal::{Context, Entropy, Policy};
use serde_json::{Value, json};
use support::{Store, compile, context, open, seal, text_at};

fn marked(marker: &Value) -> Policy {
    let marker = json!({"x-protection": marker});
    compile(&json!({"x-schema-family": "f", "properties": {"a": marker, "b": marker, "list": {"items": marker}}}).to_string())
}

/// Two envelopes are equal exactly if the value's text, the person, the tenant and what is bound
/// are.
#[test]
fn equal_within_a_person_and_a_field_and_nowhere_else() {
    let values = [
        "1",
        "1.0",
        "\"a\"",
        r#""\u0061""#,
        "\"A\"",
        "null",
        "{}",
        r#"{"x":1}"#,
        r#"{"x": 1}"#,
        "[1,2]",
    ];
    for (bind, in_record, in_field) in [
        (None, false, true),
        (Some("record-field"), true, true),
        (Some("field"), false, true),
        (Some("none"), false, false),
    ] {
        let mut marker = json!({"mode": "deterministic"});
        if let Some(bind) = bind {
            marker["bind"] = bind.into();
        }
        let policy = marked(&marker);
        let mut store = Store::default();
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (tenant, person, record, revision) in [
            ("", "p", "r", ""),
            ("", "q", "r", ""),
            ("acme", "p", "r", ""),
            ("", "p", "r2", ""),
            ("", "p", "r", "2"),
            ("", "p", "r", ""),
        ] {
            let call = Context {
                tenant: tenant.into(),
                revision: revision.into(),
                ..context(record, person)
            };
            for value in values {
                let document =
                    format!(r#"{{"a": {value}, "b": {value}, "list": [{value}, {value}]}}"#);
                let sealed = seal(&policy, &document, &call, &mut store);
                assert_eq!(open(&policy, &sealed, &call, &mut store), document);
                for (place, field) in
                    [("/a", "/a"), ("/b", "/b"), ("/list/0", "/list/~*"), ("/list/1", "/list/~*")]
                {
                    let envelope = text_at(&sealed, place);
                    assert!(envelope.starts_with("Fs1C"));
                    let record =
                        if in_record { format!("{record} {revision}") } else { String::new() };
                    let what = format!(
                        "{tenant} {person} {record} {} {value}",
                        if in_field { field } else { "" }
                    );
                    assert_eq!(seen.entry(envelope).or_insert_with(|| what.clone()), &what);
                }
            }
        }
        // As many envelopes as there are different things sealed.
        let different: std::collections::BTreeSet<&String> = seen.values().collect();
        assert_eq!(different.len(), seen.len(), "{bind:?}");
    }
}

/// Counts what is drawn, and gives each byte by its number.
struct Counted(usize);

impl Entropy for Counted {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = (self.0 % 253) as u8;
            self.0 += 1;
        }
    }
}

#[test]
fn only_randomised_values_draw_and_in_document_order() {
    let policy = compile(
        &json!({
            "x-schema-family": "f",
            "properties": {
                "value": {"x-protection": {}},
                "three": {"x-protection": {"suite": "chacha20-poly1305"}},
                "five": {"x-protection": {"suite": "aes-256-gcm-iv"}},
                "equal": {"x-protection": {"mode": "deterministic"}},
                "equal2": {"x-protection": {"mode": "deterministic"}},
                "token": {"x-protection": {"mode": "pseudonym"}},
                "token2": {"x-protection": {"mode": "pseudonym"}},
            },
        })
        .to_string(),
    );
    let (mut store, call) = (Store::default(), context("r", "p"));
    let mut sealed = |document: &str| {
        let mut entropy = Counted(0);
        let sealed = policy.seal(document.as_bytes(), &call, &mut store, &mut entropy).unwrap();
        (serde_json::from_slice::<Value>(&sealed.document).unwrap(), entropy.0)
    };
    let (alone, drawn) = sealed(r#"{"value": 1, "three": 2}"#);
    assert_eq!(drawn, 64);
    for document in [
        r#"{"equal": 1, "value": 1, "three": 2}"#,
        r#"{"value": 1, "token": "x", "equal": 1, "equal2": "x", "three": 2}"#,
        r#"{"token2": null, "value": 1, "three": 2, "equal": {}}"#,
    ] {
        let (mixed, drawn) = sealed(document);
        assert_eq!(
            (drawn, &mixed["value"], &mixed["three"]),
            (64, &alone["value"], &alone["three"]),
            "{document}"
        );
    }
    assert_eq!(sealed(r#"{"equal": 1, "token": "x", "equal2": [1]}"#).1, 0);
    // A suite that stores its IV draws 12 bytes more, before those of the next value.
    let (with_iv, drawn) = sealed(r#"{"value": 1, "five": 2, "three": 3}"#);
    assert_eq!((drawn, &with_iv["value"]), (32 + 44 + 32, &alone["value"]));
    assert_eq!(sealed(r#"{"five": 2}"#).1, 44);
    let (other_order, _) = sealed(r#"{"three": 2, "value": 1}"#);
    assert_ne!(other_order["value"], alone["value"]);
}

/// The suite is a marker's own, then the defaults', then the compile option's; what a deterministic
/// value is in, its mode alone says.
#[test]
fn the_suite_comes_from_the_marker_the_defaults_or_the_option() {
    let schema = |defaults: Value| {
        json!({
            "x-schema-family": "f",
            "x-protection-defaults": defaults,
            "properties": {
                "own": {"x-protection": {"suite": "aes-256-gcm"}},
                "plain": {"x-protection": {}},
                "equal": {"x-protection": {"mode": "deterministic"}},
            },
        })
        .to_string()
    };
    let call = context("r", "p");
    for (defaults, option, expected) in [
        (json!({}), "{}", "BBC"),
        (json!({}), r#"{"suite": "chacha20-poly1305"}"#, "BDC"),
        (json!({}), r#"{"suite": "aes-256-gcm-iv"}"#, "BFC"),
        (json!({"suite": "chacha20-poly1305"}), r#"{"suite": "aes-256-gcm"}"#, "BDC"),
        (json!({"mode": "deterministic"}), "{}", ""),
    ] {
        let policy = Policy::compile(
            schema(defaults.clone()).as_bytes(),
            fieldseal::Options::from_json(option).unwrap(),
        );
        if expected.is_empty() {
            // A suite of one's own under a mode that has another is a finding, wherever the mode
            // comes from.
            assert_eq!(
                policy.err().unwrap().record().findings[0].pointer,
                "/properties/own/x-protection/suite"
            );
            continue;
        }
        let policy = policy.unwrap();
        let sealed =
            seal(&policy, r#"{"own": 1, "plain": 2, "equal": 3}"#, &call, &mut Store::default());
        let suites: String = ["/own", "/plain", "/equal"]
            .iter()
            .map(|place| text_at(&sealed, place).chars().nth(3).unwrap())
            .collect();
        assert_eq!(suites, expected, "{defaults} {option}");
    }
}
