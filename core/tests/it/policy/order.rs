//! The outputs of a policy do not depend on the order of a schema's members, and therefore not on
//! the map that `serde_json` keeps: by text order where a crate of the program turns the feature
//! `preserve_order` on, as these tests do, and by name otherwise, as in the component.

use fieldseal::{CompileError, Options, Policy};
use fieldseal_conformance::cases;
use serde_json::{Value, json};
use support::context;

/// Writes a text with the members of each object in the opposite order.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .rev()
                .map(|(name, value)| format!("{}:{}", json!(name), reversed(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(reversed).collect();
            format!("[{}]", elements.join(","))
        }
        other => other.to_string(),
    }
}

/// Returns everything that a policy says of itself and of a document, or why it is none.
fn said(schema: &str, options: &str, document: &Value) -> Vec<String> {
    let list = |error: CompileError| {
        let findings = error.record().findings.iter();
        let mut said: Vec<String> = findings.map(|finding| format!("{finding:?}")).collect();
        said.push(error.to_string());
        said
    };
    let options = match Options::from_json(options) {
        Ok(options) => options,
        Err(error) => return list(error),
    };
    let policy = match Policy::compile(schema.as_bytes(), options) {
        Ok(policy) => policy,
        Err(error) => return list(error),
    };
    let text = document.to_string();
    let requests =
        policy.required_keys(text.as_bytes(), &context("r", "s"), fieldseal::KeyUse::Seal);
    let checked = policy.check(text.as_bytes()).map(|verdict| verdict.to_json());
    vec![
        format!("{:?}", policy.findings()),
        policy.coverage().to_json(),
        format!("{:?}", policy.schemas()),
        format!("{requests:?} {checked:?}"),
    ]
}

#[track_caller]
fn is_the_same(schema: &Value, options: &Value, document: &Value) {
    let written = said(&schema.to_string(), &options.to_string(), document);
    let back = said(&reversed(schema), &reversed(options), document);
    assert_eq!(written, back, "{schema} {options}");
}

#[test]
fn policies_of_the_case_files() {
    let mut count = 0;
    for path in cases::files() {
        let text = std::fs::read_to_string(path).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let schema = match &case["schema"] {
                Value::String(name) => &file["schemas"][name],
                schema => schema,
            };
            if schema.is_object() {
                let none = json!({});
                let options = case.get("options").unwrap_or(&none);
                is_the_same(schema, options, &json!({"name": 1, "kind": "ship", "text": []}));
                count += 1;
            }
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn many_findings_and_derived_names() {
    let place = json!({"type": "string", "minLength": 1, "x-protection": {}});
    let other = json!({"type": "number", "x-protection": {"bind": "none"}});
    // Warnings, rows of one pattern, and copies of definitions with one name.
    let schema = json!({
        "$id": "https://example.org/order",
        "zeta": 1,
        "$defs": {"place": place, "unused": {"properties": {"b": other, "a": place}}},
        "properties": {
            "z": {"$ref": "#/$defs/place"},
            "b": {"$ref": "urn:two#/$defs/place"},
            "a": {"$ref": "urn:one#/$defs/place"},
            "m": {"x-protection": {}, "properties": {"i": {"x-protection": {"pad": false}}}}
        },
        "patternProperties": {
            "^y": {"oneOf": [place, {"type": "integer"}]},
            "^x": place,
            "z$": {"not": {"type": "null"}}
        },
        "if": {"required": ["q", "a"]},
        "then": {"additionalProperties": place},
        "unevaluatedProperties": other,
    });
    let options = json!({
        "references": {
            "urn:two": {"$defs": {"place": {"enum": [{"b": 1, "a": 2}, "x"], "x-protection": {}}}},
            "urn:one": {"$defs": {"place": {"anyOf": [{"maxLength": 2}, {"x-protection": {}}]}}}
        },
        "overlay": {
            "/properties/z": {"title": "z", "description": "z"},
            "/properties/b": {"x-protection": {}}
        }
    });
    for document in [json!({"z": 1, "y": 2, "x": 3}), json!({"q": 1, "a": "b", "other": []})] {
        is_the_same(&schema, &options, &document);
    }
    // Errors: of options, of the overlay, of markers, of keywords.
    let wrong = json!({
        "x-schema-family": "",
        "x-retention": {"z": {}, "a": {"period": 1, "from": 2}},
        "x-protected": {},
        "minLength": "x",
        "properties": {
            "z": {"x-protection": {"zz": 1, "aa": 2}},
            "a": {"$ref": "#/nowhere"},
            "k": {"pattern": "(", "not": {"x-protection": {}}}
        }
    });
    is_the_same(
        &wrong,
        &json!({"limits": {"zz": 1, "aa": 2}, "zz": 1, "aa": 2, "overlay": {"/z": 1, "/a": 2}}),
        &json!({}),
    );
    is_the_same(
        &wrong,
        &json!({"overlay": {"/properties/z": {"x-protection": {}, "$schema": "x"}}}),
        &json!({}),
    );
    is_the_same(&wrong, &json!({"dialect": "openapi-3.0"}), &json!({}));
}

/// A program in Rust gives trees, in the order of its own maps.
#[test]
fn options_that_a_program_makes() {
    let reference = json!({"$defs": {
        "z": {"x-protection": {"z": 1}}, "a": {"x-protection": {"a": 1}}, "p": {"type": "string"}
    }});
    let keywords = json!({"type": "null", "$schema": "x"});
    let compile = |reverse: bool| {
        let tree = |value: &Value| {
            if reverse { serde_json::from_str(&reversed(value)).unwrap() } else { value.clone() }
        };
        let mut options = Options::default();
        options.references.insert("urn:r".to_owned(), tree(&reference));
        let Value::Object(keywords) = tree(&keywords) else { panic!("an object") };
        options.overlay.insert("urn:r#/$defs/p".to_owned(), keywords);
        let schema = br#"{"x-schema-family":"f","items":{"$ref":"urn:r#/$defs/p"}}"#;
        let error = Policy::compile(schema, options).unwrap_err();
        assert_eq!(error.record().findings.len(), 4, "{error:?}");
        format!("{:?}", error.record().findings)
    };
    assert_eq!(compile(false), compile(true));
}
