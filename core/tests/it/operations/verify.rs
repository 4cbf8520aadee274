//! Compile option `verify`: sealing judges its output.

use fieldseal::{Options, Policy, VerdictCode};
use support::{Store, Stream, context};

fn compiled(options: &str) -> Policy {
    let schema = br#"{"x-schema-family":"f","type":"object","properties":{
        "a":{"type":"string","x-protection":{}},
        "p":{"type":"string","x-protection":{"mode":"pseudonym","domain":"d"}},
        "n":{"type":"integer"}}}"#;
    Policy::compile(schema, Options::from_json(options).unwrap()).unwrap()
}

fn verified(options: &str, document: &str) -> (Option<&'static str>, bool) {
    let sealed = compiled(options)
        .seal(document.as_bytes(), &context("r", "ada"), &mut Store::default(), &mut Stream(1))
        .unwrap();
    (sealed.verdict.verified(), sealed.verdict.says(VerdictCode::Conforming))
}

#[test]
fn v04_the_sealed_document_is_judged_where_the_option_asks_for_it() {
    let (said, conforms) = match cfg!(feature = "validation") {
        true => (Some("sealed"), true),
        false => (None, false),
    };
    let document = r#"{"a":"x","p":"y","n":3}"#;
    assert_eq!(verified(r#"{"verify":"sealed"}"#, document), (said, conforms));
    assert_eq!(verified("", document), (None, conforms), "off by default");
    let text = compiled(r#"{"verify":"sealed"}"#)
        .seal(document.as_bytes(), &context("r", "ada"), &mut Store::default(), &mut Stream(1))
        .unwrap()
        .verdict
        .to_json();
    assert_eq!(text.contains(r#""verified":"sealed""#), said.is_some(), "{text}");
}

/// A document that does not fit and is sealed all the same is judged, and said not to fit.
#[test]
fn a_nonconforming_document_is_verified_as_such() {
    let options = r#"{"verify":"sealed","nonconforming":"seal"}"#;
    let said = cfg!(feature = "validation").then_some("sealed");
    assert_eq!(verified(options, r#"{"a":"x","n":"three"}"#), (said, false));
}

#[test]
fn another_word_is_refused() {
    for text in [r#"{"verify":true}"#, r#"{"verify":"clear"}"#] {
        let error = Options::from_json(text).unwrap_err();
        assert_eq!(error.record().findings[0].id, "option-malformed", "{text}");
    }
}
