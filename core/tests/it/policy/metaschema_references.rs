//! References to the metaschemas of the drafts, which no caller has to supply.

use fieldseal::{Options, Policy};
use serde_json::{Value, json};
use support::{Store, Stream, context};

const METASCHEMAS: [&str; 6] = [
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema#",
];

fn compile(schema: &Value, options: &Value) -> Policy {
    let mut schema = schema.clone();
    schema["x-schema-family"] = json!("f");
    let options = Options::from_json(&options.to_string()).unwrap();
    match Policy::compile(schema.to_string().as_bytes(), options) {
        Ok(policy) => policy,
        Err(error) => panic!("{:?}", error.record()),
    }
}

/// Returns the pointer and the keyword of the first fault of a document.
fn fault(policy: &Policy, document: &Value) -> Option<(String, String)> {
    let text = document.to_string();
    let mut store = Store::default();
    let sealed = policy.seal(text.as_bytes(), &context("r", "s"), &mut store, &mut Stream(1));
    let error = sealed.err()?;
    let record = error.record();
    let keyword = record.message.split('`').nth(1).unwrap_or_default().to_owned();
    Some((record.pointer.clone().unwrap_or_default(), keyword))
}

fn at(pointer: &str, keyword: &str) -> Option<(String, String)> {
    Some((pointer.to_owned(), keyword.to_owned()))
}

#[test]
fn every_metaschema_is_at_hand() {
    for uri in METASCHEMAS {
        for draft in ["4", "6", "7", "2019-09", "2020-12"] {
            let schema =
                json!({"properties": {"own": {"$ref": uri}, "name": {"x-protection": {}}}});
            let policy = compile(&schema, &json!({"draft": draft}));
            assert_eq!(policy.coverage().validator, "evaluator", "{uri}");
            assert_eq!(policy.coverage().undecided, [], "{uri}");
            for valid in [
                json!({}),
                json!({"type": "object", "minLength": 2}),
                json!({"properties": {"a": {"items": {"maximum": 2.5}}}}),
                json!({"not": {"anyOf": [{}, {"enum": [1, 2]}]}}),
            ] {
                assert_eq!(
                    fault(&policy, &json!({"own": valid, "name": 1})),
                    None,
                    "{uri} {valid}"
                );
            }
            for (invalid, pointer, keyword) in [
                (json!(7), "/own", "type"),
                (json!({"minLength": -1}), "/own/minLength", "minimum"),
                (json!({"properties": {"a": {"title": 1}}}), "/own/properties/a/title", "type"),
                (json!({"anyOf": []}), "/own/anyOf", "minItems"),
                (json!({"required": ["a", "a"]}), "/own/required", "uniqueItems"),
            ] {
                let found = fault(&policy, &json!({"own": invalid, "name": 1}));
                assert_eq!(found, at(pointer, keyword), "{uri} {invalid}");
            }
        }
    }
}

/// A fragment leads into a metaschema, in the exported schema as well.
#[test]
fn references_lead_into_a_metaschema() {
    let uri = "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger";
    let schema = json!({"$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"count": {"$ref": uri}, "free": {"x-protection": {}}}});
    let references = json!({"references": {"urn:unused": {}}});
    let policy = compile(&schema, &references);
    assert_eq!(fault(&policy, &json!({"count": 3})), None);
    assert_eq!(fault(&policy, &json!({"count": -3})), at("/count", "minimum"));
    let forms = policy.schemas().unwrap();
    assert!(forms.plaintext.contains(uri) && forms.sealed.contains(uri), "{}", forms.plaintext);
    // A fragment that leads nowhere stays undecided.
    let nowhere = json!({"$ref": "http://json-schema.org/draft-07/schema#/definitions/none"});
    let options = Options::from_json(r#"{"validation": "off"}"#).unwrap();
    let text = json!({"x-schema-family": "f", "properties": {"a": nowhere}}).to_string();
    let policy = Policy::compile(text.as_bytes(), options).unwrap();
    let undecided = policy.coverage().undecided;
    assert_eq!(undecided[0].schema_pointer, "/properties/a/$ref");
    assert_eq!(undecided[0].keyword, "$ref");
    assert_eq!(policy.coverage().validator, "off");
}

/// The keywords around a reference see what the metaschema evaluates and refuses.
#[test]
fn metaschemas_combine_with_other_keywords() {
    let uri = "https://json-schema.org/draft/2020-12/schema";
    let policy = compile(&json!({"$ref": uri, "unevaluatedProperties": false}), &json!({}));
    assert_eq!(fault(&policy, &json!({"type": "string", "minLength": 1})), None);
    let unknown = json!({"type": "string", "x-other": 1});
    assert_eq!(fault(&policy, &unknown), at("", "unevaluatedProperties"));
    let policy = compile(&json!({"not": {"$ref": uri}}), &json!({}));
    assert_eq!(fault(&policy, &json!({"type": "other"})), None);
    assert_eq!(fault(&policy, &json!({"type": "string"})), at("", "not"));
    let policy = compile(&json!({"propertyNames": {"$ref": uri}}), &json!({}));
    assert_eq!(fault(&policy, &json!({})), None);
    assert_eq!(fault(&policy, &json!({"a": 1})), at("", "propertyNames"));
    let schema = json!({"type": "array", "items": {"anyOf": [{"type": "null"}, {"$ref": uri}]}});
    let policy = compile(&schema, &json!({}));
    assert_eq!(fault(&policy, &json!([null, true, {}])), None);
    assert_eq!(fault(&policy, &json!([null, 7])), at("/1", "anyOf"));
}

/// Formats assert in a metaschema if they assert in the schema.
#[test]
fn formats_of_a_metaschema_assert_if_asked_for() {
    let schema = json!({"$ref": "http://json-schema.org/draft-07/schema#"});
    let document = json!({"pattern": "(", "$id": "urn:a"});
    assert_eq!(fault(&compile(&schema, &json!({})), &document), None);
    let policy = compile(&schema, &json!({"formats": "assert"}));
    assert_eq!(fault(&policy, &document), at("/pattern", "format"));
    assert_eq!(policy.coverage().validator, "evaluator");
}

/// A schema that extends a metaschema dynamically is none that a metaschema alone decides.
#[test]
fn an_anchor_that_the_metaschema_asks_for_is_left_to_the_crate() {
    for (schema, pointer) in [
        (
            json!({"$id": "urn:own", "$dynamicAnchor": "meta",
                "$ref": "https://json-schema.org/draft/2020-12/schema"}),
            "/$ref",
        ),
        (
            json!({"$schema": "https://json-schema.org/draft/2019-09/schema", "$id": "urn:own",
                "$recursiveAnchor": true, "properties": {"a": {
                    "$ref": "https://json-schema.org/draft/2019-09/schema"}}}),
            "/properties/a/$ref",
        ),
    ] {
        let policy = compile(&schema, &json!({"validation": "off"}));
        let undecided: Vec<String> =
            policy.coverage().undecided.into_iter().map(|own| own.schema_pointer).collect();
        assert_eq!(undecided, [pointer]);
    }
}

/// Nothing but the metaschema decides how long its evaluation takes.
#[test]
fn deep_and_wide_schemas_are_judged_in_proportion_to_their_size() {
    let policy = compile(&json!({"$ref": METASCHEMAS[5]}), &json!({}));
    let mut deep = json!({"type": "string"});
    for _ in 0..40 {
        deep = json!({"properties": {"a": deep.clone()}, "anyOf": [{"minimum": 1}]});
    }
    assert_eq!(fault(&policy, &deep), None);
    let wide: Value = (0..5_000).map(|n| (format!("p{n}"), json!({"minimum": n}))).collect();
    assert_eq!(fault(&policy, &json!({"properties": wide})), None);
}
