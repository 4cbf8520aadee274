//! Overlays that change what the schema around them means, or how deep it is.

use fieldseal::{BatchItem, Context, Error, ErrorCode, Options, Policy};
use serde_json::json;
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

/// Marks a description that may not be edited, whose schemas stand where no keyword of JSON Schema
/// leads: `components`, `x-types`, `schemas`. A reference leads there, and so may the overlay.
#[test]
fn an_overlay_may_lead_where_only_a_reference_does() {
    let sealed = |schema: &serde_json::Value, options: &serde_json::Value| {
        let options = Options::from_json(&options.to_string()).unwrap();
        let policy = match Policy::compile(schema.to_string().as_bytes(), options) {
            Ok(policy) => policy,
            Err(error) => panic!("{:?}", error.record()),
        };
        let here = context("r", "s");
        let document = br#"{"email":"a@example.org"}"#;
        let sealed =
            policy.seal(document, &here, &mut Store::default(), &mut Stream(1)).unwrap().document;
        assert!(policy.findings().is_empty(), "{:?}", policy.findings());
        String::from_utf8(sealed).unwrap().contains("Fs1")
    };
    let mark = json!({"x-protection": {}});
    let customer = json!({"type": "object", "properties": {"email": {"type": "string"}}});
    let api = json!({"openapi": "3.1.0", "components": {"schemas": {"customer": customer}}});
    let pointer = "/components/schemas/customer/properties/email";
    let root = json!({"x-schema-family": "f", "$ref": "urn:spec#/components/schemas/customer"});
    // Into a reference, by the pointer of the reference or below it.
    let overlay = json!({format!("urn:spec#{pointer}"): mark});
    assert!(sealed(&root, &json!({"references": {"urn:spec": api}, "overlay": overlay})));
    // In one file, in every draft.
    for draft in ["draft-04", "draft-06", "draft-07", "draft/2019-09", "draft/2020-12"] {
        let mut whole = api.clone();
        whole["$schema"] = json!(format!("http://json-schema.org/{draft}/schema"));
        whole["x-schema-family"] = json!("f");
        whole["$ref"] = json!("#/components/schemas/customer");
        assert!(sealed(&whole, &json!({"overlay": {pointer: mark}})), "{draft}");
    }
    // By a chain of references, percent-encoded, relative to an `$id`, and into what an entry adds.
    let chain = json!({"x-schema-family": "f", "allOf": [{"$ref": "#/x-types/a%20b"}], "x-types": {
        "a b": {"$ref": "#/x-types/c~1d"}, "c/d": customer}});
    assert!(sealed(&chain, &json!({"overlay": {"/x-types/c~1d/properties/email": mark}})));
    let named = json!({"x-schema-family": "f", "$id": "https://example.org/root.json", "$ref": "root.json#/schemas/customer", "schemas": {"customer": customer}});
    assert!(sealed(&named, &json!({"overlay": {"/schemas/customer/properties/email": mark}})));
    let nested = json!({"x-schema-family": "f", "$ref": "urn:inner", "$defs": {"i": {"$id": "urn:inner", "$ref": "#/schemas/customer", "schemas": {"customer": customer}}}});
    assert!(sealed(
        &nested,
        &json!({"overlay": {"/$defs/i/schemas/customer/properties/email": mark}})
    ));
    let unused = json!({"x-schema-family": "f", "schemas": {"customer": customer}});
    let adds = json!({"overlay": {"": {"$ref": "#/schemas/customer"}, "/schemas/customer/properties/email": mark}});
    assert!(sealed(&unused, &adds));
    // Through an index of an array.
    let list = json!({"x-schema-family": "f", "$ref": "#/x-list/1", "x-list": [{}, customer]});
    assert!(sealed(&list, &json!({"overlay": {"/x-list/1/properties/email": mark}})));
}

#[test]
fn an_overlay_leads_nowhere_else() {
    let found = |schema: &serde_json::Value, pointer: &str| {
        let options = json!({"overlay": {pointer: {"x-protection": {}}}}).to_string();
        let compiled =
            Policy::compile(schema.to_string().as_bytes(), Options::from_json(&options).unwrap());
        let findings = compiled.err().map(|error| error.record().findings.clone());
        findings.into_iter().flatten().map(|finding| finding.id).collect::<Vec<_>>()
    };
    let schema = json!({"x-schema-family": "f", "$ref": "#/components/a", "components": {
        "a": {"type": "object", "enum": [{}]}, "b": {"properties": {"c": {}}}}});
    for pointer in [
        "/components",
        "/components/b",
        "/components/b/properties/c",
        "/components/a/enum/0",
        "/components/a/type",
        "/components/z",
    ] {
        assert_eq!(found(&schema, pointer), ["overlay-not-a-schema"], "{pointer}");
    }
    // A reference that no schema holds makes a schema of nothing: the marker is said to be idle.
    let paths = json!({"x-schema-family": "f", "paths": {"x": {"$ref": "#/components/b"}}, "components": {"b": {}}});
    assert_eq!(found(&paths, "/components/b"), ["marker-without-effect"]);
}
