//! Overlays that change what the schema around them means, or how deep it is.

use fieldseal::{BatchItem, Context, Error, ErrorCode, Options, Policy};
use support::{Store, Stream, compile, context};

fn refused(schema: &str, options: &str) -> Error {
    Error::from(
        Policy::compile(schema.as_bytes(), Options::from_json(options).unwrap()).unwrap_err(),
    )
}

#[test]
fn entries_that_lead_into_one_another_are_nested_no_deeper_than_a_schema_may_be() {
    let step =
        |levels: usize| format!("{}{{}}{}", "{\"not\":".repeat(levels - 1), "}".repeat(levels - 1));
    let overlay = |entries: usize| {
        let entry =
            |at: usize| format!("\"{}\":{{\"not\":{}}}", "/not".repeat(1 + 100 * at), step(100));
        format!("{{\"overlay\":{{{}}}}}", (0..entries).map(entry).collect::<Vec<_>>().join(","))
    };
    let schema = r#"{"x-schema-family": "f", "not": {}}"#;
    assert!(Policy::compile(schema.as_bytes(), Options::from_json(&overlay(1)).unwrap()).is_ok());
    for entries in [2, 60] {
        assert_eq!(refused(schema, &overlay(entries)).code, ErrorCode::Limit, "{entries} entries");
    }
}

#[test]
fn an_overlay_cannot_choose_the_draft() {
    let schema = r##"{"x-schema-family": "f", "definitions": {"p": {"properties": {"ssn": {"x-protection": {}}}}}, "dependencies": {"kind": {"$ref": "#/definitions/p"}}}"##;
    let error = refused(
        schema,
        r#"{"overlay": {"": {"$schema": "http://json-schema.org/draft-07/schema#"}}}"#,
    );
    assert_eq!(error.code, ErrorCode::Schema);
    assert!(
        error
            .findings
            .iter()
            .any(|finding| finding.id == "overlay-conflict"
                && finding.pointer == "overlay#//$schema"),
        "{:?}",
        error.findings
    );
}

#[test]
fn a_reference_whose_uri_begins_as_a_pointer_does_can_be_marked() {
    let schema =
        r#"{"x-schema-family": "f", "properties": {"a": {"$ref": "/person#/$defs/name"}}}"#;
    let options = r##"{"references": {"/person": {"$defs": {"name": {"type": "string"}}}}, "overlay": {"/person#/$defs/name": {"x-protection": {}}}}"##;
    let policy = Policy::compile(schema.as_bytes(), Options::from_json(options).unwrap()).unwrap();
    let sealed = policy
        .seal(br#"{"a":"Ada"}"#, &context("r", "ada"), &mut Store::default(), &mut Stream(1))
        .unwrap();
    assert!(sealed.document.starts_with(br#"{"a":"Fs1"#));
}

#[test]
fn every_document_of_a_batch_has_its_own_clock() {
    let policy = compile(r#"{"x-schema-family": "f", "properties": {"a": {"x-protection": {}}}}"#);
    let here = context("r", "ada");
    let now = here.now.unwrap();
    let mut store = Store { expires: Some(now + 60_000), ..Store::default() };
    let call = |now: u64| BatchItem {
        document: br#"{"a":1}"#.to_vec(),
        context: Context { now: Some(now), ..here.clone() },
    };
    let results = policy.seal_many(
        &[call(u64::MAX), call(now), call(now + 60_000)],
        &mut store,
        &mut Stream(1),
    );
    let codes: Vec<_> = results
        .into_iter()
        .map(|result| result.map(|_| ()).map_err(|error| Error::from(error).code))
        .collect();
    assert_eq!(codes, [Err(ErrorCode::Context), Ok(()), Err(ErrorCode::Unavailable)]);
}
