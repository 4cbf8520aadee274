//! OpenAPI 3.0: with the option `dialect` a `null` that `nullable` allows conforms, is sealed and
//! comes back, in whatever way a description writes it; without the option a warning names it.

use fieldseal::{Options, Policy, Severity};
use serde_json::{Value, json};
use support::{Store, Stream, context};

const OPENAPI: &str = r#"{"dialect":"openapi-3.0"}"#;

fn policy(schema: &Value, options: &str) -> Policy {
    let compiled =
        Policy::compile(schema.to_string().as_bytes(), Options::from_json(options).unwrap());
    compiled.unwrap_or_else(|error| panic!("{schema}: {:?}", error.record().findings))
}

fn with_references(references: &Value) -> String {
    json!({"dialect": "openapi-3.0", "references": references}).to_string()
}

/// Seals and opens; the verdict's codes of what was sealed.
#[track_caller]
fn round_trip(policy: &Policy, document: &Value) -> String {
    let (here, mut keys) = (context("r", "s"), Store::default());
    let text = document.to_string();
    let sealed = policy
        .seal(text.as_bytes(), &here, &mut keys, &mut Stream(1))
        .unwrap_or_else(|error| panic!("{document}: {error}"));
    let opened = policy.open(&sealed.document, &here, &mut keys).unwrap();
    let back: Value = serde_json::from_slice(&opened.document).unwrap();
    assert_eq!(&back, document);
    let verdict = policy.check(&sealed.document).unwrap().to_json();
    assert!(verdict.contains(r#""codes":["conforming"]"#), "{document} {verdict}");
    String::from_utf8(sealed.document).unwrap()
}

fn property(schema: &Value) -> Value {
    json!({"x-schema-family": "f", "properties": {"v": schema},
    "components": {"schemas": {
        "address": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
        "maybe": {"type": "object", "nullable": true},
        "choice": {"type": "string", "enum": ["a", "b"]},
    }}})
}

const ADDRESS: &str = "#/components/schemas/address";

#[test]
fn a_null_that_nullable_allows_conforms_and_comes_back() {
    let address = json!({"$ref": ADDRESS});
    for (schema, other) in [
        (json!({"type": "string", "nullable": true}), json!("x")),
        (
            json!({"type": "string", "nullable": true, "minLength": 1, "format": "email"}),
            json!("x"),
        ),
        (json!({"type": "string", "nullable": true, "enum": ["a", "b"]}), json!("a")),
        (
            json!({"type": "integer", "nullable": true, "minimum": 0, "exclusiveMinimum": true}),
            json!(1),
        ),
        (json!({"nullable": true, "allOf": [address]}), json!({"city": "Bern"})),
        (json!({"nullable": true, "anyOf": [address]}), json!({"city": "Bern"})),
        (json!({"nullable": true, "oneOf": [address]}), json!({"city": "Bern"})),
        (
            json!({"nullable": true, "oneOf": [address, {"$ref": "#/components/schemas/maybe"}]}),
            json!({"town": "Bern"}),
        ),
        (
            json!({"nullable": true, "allOf": [address, {"type": "object", "properties": {"street": {"type": "string"}}}]}),
            json!({"city": "Bern", "street": "x"}),
        ),
        (
            json!({"nullable": true, "type": "object", "allOf": [{"allOf": [address]}]}),
            json!({"city": "Bern"}),
        ),
        (json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/choice"}]}), json!("b")),
        (json!({"nullable": true}), json!({"any": 1})),
    ] {
        for is_marked in [false, true] {
            let mut schema = schema.clone();
            if is_marked {
                schema["x-protection"] = json!({});
            }
            let policy = policy(&property(&schema), OPENAPI);
            let sealed = round_trip(&policy, &json!({"v": null}));
            assert_eq!(sealed.contains("Fs1"), is_marked, "{schema}");
            round_trip(&policy, &json!({"v": other}));
        }
    }
    // Elements and members of maps.
    let lists =
        json!({"type": "array", "items": {"type": "string", "nullable": true, "x-protection": {}}});
    assert_eq!(
        round_trip(&policy(&property(&lists), OPENAPI), &json!({"v": [null, "x"]}))
            .matches("Fs1")
            .count(),
        2
    );
}

/// The rest is refused as before, so that the rewrite loosens nothing else.
#[test]
fn nothing_but_null_is_let_through() {
    let valid = |schema: &Value, document: &Value| {
        let policy = policy(&property(schema), OPENAPI);
        let sealed = policy.seal(
            json!({"v": document}).to_string().as_bytes(),
            &context("r", "s"),
            &mut Store::default(),
            &mut Stream(1),
        );
        sealed.is_ok()
    };
    let address = json!({"$ref": ADDRESS});
    for schema in [
        json!({"type": "string", "nullable": true}),
        json!({"type": "string"}),
        json!({"nullable": true, "allOf": [address]}),
        json!({"nullable": true, "anyOf": [address]}),
        json!({"nullable": true, "oneOf": [address]}),
        json!({"nullable": true, "type": "string", "enum": ["a"]}),
    ] {
        assert!(!valid(&schema, &json!(7)), "{schema}");
        assert!(!valid(&schema, &json!({"town": 1})), "{schema}");
        assert_eq!(valid(&schema, &json!(null)), schema.get("nullable").is_some(), "{schema}");
    }
    // In OpenAPI 3.0 nothing beside `$ref` counts, and `nullable: false` says nothing.
    assert!(!valid(&json!({"$ref": ADDRESS, "nullable": true}), &json!(null)));
    assert!(!valid(&json!({"type": "string", "nullable": false}), &json!(null)));
    assert!(!valid(&json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}), &json!(1)));
    assert!(valid(&json!({"type": "integer", "maximum": 1, "exclusiveMaximum": false}), &json!(1)));
    // `not` and two branches that take null refuse it, as they say.
    assert!(!valid(&json!({"nullable": true, "not": {"enum": [null]}}), &json!(null)));
    let maybe = json!({"$ref": "#/components/schemas/maybe"});
    assert!(!valid(&json!({"nullable": true, "oneOf": [maybe, maybe]}), &json!(null)));
    // Data is no schema: an example or a default that looks like one stays as it is.
    let like = json!({"type": "string", "nullable": true});
    assert!(valid(&json!({"enum": [like]}), &like));
    // A member may be named like a keyword.
    for name in ["default", "example", "enum", "nullable", "type", "properties"] {
        let schema =
            json!({"type": "object", "properties": {name: {"type": "string", "nullable": true}}});
        assert!(valid(&schema, &json!({name: null})), "{name}");
        assert!(!valid(&schema, &json!({name: 1})), "{name}");
    }
    // `discriminator` annotates.
    let pets = json!({"oneOf": [{"type": "object", "required": ["bark"]}, {"type": "object", "required": ["meow"]}],
        "discriminator": {"propertyName": "kind", "mapping": {"dog": "#/components/schemas/dog"}}});
    assert!(valid(&pets, &json!({"kind": "cat", "bark": 1})));
}

/// What a description of a real service looks like: a customer whose address is a nullable `anyOf`,
/// in a description that may not be edited.
#[test]
fn a_description_that_may_not_be_edited() {
    let api = json!({"openapi": "3.0.0", "info": {"title": "shop", "version": "1"},
        "paths": {"/v1/customers": {"get": {"responses": {"default": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/customer"}}}}}}}},
        "components": {"schemas": {
            "address": {"type": "object", "properties": {
                "city": {"type": "string", "nullable": true, "maxLength": 5000},
                "line1": {"type": "string", "nullable": true, "maxLength": 5000}}},
            "customer": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string"},
                "address": {"anyOf": [{"$ref": "#/components/schemas/address"}], "nullable": true, "description": "The customer's address."},
                "email": {"type": "string", "nullable": true},
                "balance": {"type": "integer", "minimum": 0, "exclusiveMinimum": false},
                "shipping": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/address"}]}}}}}});
    let root = json!({"x-schema-family": "f", "$ref": "urn:shop#/components/schemas/customer"});
    let at =
        |property: &str| format!("urn:shop#/components/schemas/customer/properties/{property}");
    let mut options: Value =
        serde_json::from_str(&with_references(&json!({"urn:shop": api}))).unwrap();
    options["overlay"] = json!({at("address"): {"x-protection": {}}, at("email"): {"x-protection": {}}, at("shipping"): {"x-protection": {}}});
    let policy = policy(&root, &options.to_string());
    let nothing =
        json!({"id": "c", "address": null, "email": null, "shipping": null, "balance": 0});
    assert_eq!(round_trip(&policy, &nothing).matches("Fs1").count(), 3);
    let all = json!({"id": "c", "address": {"city": null, "line1": "x"}, "email": "a@example.org", "shipping": {"city": "Bern"}});
    assert_eq!(round_trip(&policy, &all).matches("Fs1").count(), 3);
    let coverage = policy.coverage();
    let rows: Vec<_> = coverage
        .locations
        .iter()
        .map(|place| (place.document_pattern.as_str(), place.erased.as_deref().unwrap()))
        .collect();
    // `null` may stand in, and does.
    assert_eq!(rows, [("/address", "null"), ("/email", "null"), ("/shipping", "null")]);
    assert!(policy.findings().is_empty(), "{:?}", policy.findings());
    // The whole description as the main schema, too.
    let mut whole = api.clone();
    whole["x-schema-family"] = json!("f");
    whole["$ref"] = json!("#/components/schemas/customer");
    whole["components"]["schemas"]["customer"]["properties"]["email"]["x-protection"] = json!({});
    assert_eq!(round_trip(&self::policy(&whole, OPENAPI), &nothing).matches("Fs1").count(), 1);
}

/// Both exported schemas say in plain JSON Schema what `nullable` says.
#[test]
fn exported_schemas_let_null_pass() {
    let schema = property(&json!({"type": "string", "nullable": true}));
    let schemas = policy(&schema, OPENAPI).schemas().unwrap();
    for text in [&schemas.plaintext, &schemas.sealed] {
        let mut exported: Value = serde_json::from_str(text).unwrap();
        assert_eq!(exported["properties"]["v"]["type"], json!(["string", "null"]), "{text}");
        exported["x-schema-family"] = json!("f");
        round_trip(&policy(&exported, ""), &json!({"v": null}));
    }
}

#[test]
fn without_the_option_a_warning_names_it() {
    for schema in [
        json!({"x-schema-family": "f", "properties": {"e": {"type": "string", "nullable": true, "x-protection": {}}}}),
        json!({"x-schema-family": "f", "$schema": "http://json-schema.org/draft-07/schema#", "items": {"anyOf": [{"type": "object"}], "nullable": true, "x-protection": {"erased": {}}}}),
    ] {
        let policy = policy(&schema, "");
        let findings = policy.findings();
        assert_eq!(findings.len(), 1, "{findings:?}");
        let finding = &findings[0];
        assert_eq!((finding.id, finding.severity), ("nullable-ignored", Severity::Warning));
        assert!(finding.message.contains("openapi-3.0") && finding.fix.is_some(), "{finding:?}");
        assert!(finding.pointer.ends_with("/nullable"), "{finding:?}");
    }
    // It is no keyword where `$schema` names another language, whatever the option says.
    let named = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "x-schema-family": "f", "properties": {"e": {"type": "string", "nullable": true, "x-protection": {}}}});
    assert_eq!(policy(&named, OPENAPI).findings()[0].id, "nullable-ignored");
    // Away from a marker it is somebody else's annotation, and `false` asks for nothing.
    let away = json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {}}, "b": {"nullable": true}, "c": {"nullable": false, "x-protection": {}}}});
    assert!(policy(&away, "").findings().is_empty());
}

#[test]
fn findings_point_into_the_authors_schema() {
    let findings = |schema: &Value, options: &str| {
        let compiled =
            Policy::compile(schema.to_string().as_bytes(), Options::from_json(options).unwrap());
        let error = compiled.err().map(|error| error.record().findings.clone()).unwrap();
        error
            .into_iter()
            .map(|finding| format!("{} {}", finding.id, finding.pointer))
            .collect::<Vec<_>>()
    };
    let schema = property(&json!({"nullable": true, "allOf": [{"$ref": "#/components/none"}]}));
    assert_eq!(findings(&schema, OPENAPI), ["unresolvable-ref /properties/v/allOf/0/$ref"]);
    // An author's own second branch of an `anyOf` is not taken for it.
    let schema = property(&json!({"anyOf": [{}, {"$ref": "#/components/none"}]}));
    assert_eq!(findings(&schema, OPENAPI), ["unresolvable-ref /properties/v/anyOf/1/$ref"]);
    assert_eq!(
        findings(&json!({"x-schema-family": "f"}), r#"{"dialect":"openapi-3.0","draft":"7"}"#),
        ["option-malformed options#/draft"]
    );
}
