//! Schemas that refer to one another: every form in which users' files do.

use fieldseal::{ErrorCode, Options, Policy};
use serde_json::{Value, json};
use support::{Store, Stream, context};

fn compile(schema: &Value, options: Value) -> Result<Policy, Vec<String>> {
    let options = Options::from_json(&options.to_string()).expect("the options are read");
    Policy::compile(schema.to_string().as_bytes(), options).map_err(|error| {
        let findings = &error.record().findings;
        findings.iter().map(|one| format!("{} {}: {}", one.id, one.pointer, one.message)).collect()
    })
}

/// Seals, and returns the sealed text and the codes of `check`.
fn sealed(policy: &Policy, document: &Value) -> (String, String) {
    let (text, here) = (document.to_string(), context("r", "s"));
    let sealed = policy
        .seal(text.as_bytes(), &here, &mut Store::default(), &mut Stream(1))
        .expect("the document is sealed");
    let verdict = policy.check(&sealed.document).expect("the sealed document is checked");
    (String::from_utf8(sealed.document).unwrap(), verdict.to_json())
}

/// Compiles, seals the first document, conforms, and refuses the second one as `invalid`.
fn works(schema: &Value, options: Value, document: &Value, wrong: &Value) {
    let policy = compile(schema, options).unwrap_or_else(|findings| panic!("{findings:?}"));
    let (text, verdict) = sealed(&policy, document);
    assert!(text.contains("\"Fs1"), "{text}");
    assert!(verdict.contains(r#""codes":["conforming"]"#), "{verdict}");
    let schemas = policy.schemas().expect("both schemas are derived");
    for one in [&schemas.plaintext, &schemas.sealed] {
        let value: Value = serde_json::from_str(one).unwrap();
        let apart = Options::default();
        let named = with_family(value);
        Policy::compile(named.to_string().as_bytes(), apart).expect("what is exported compiles");
    }
    let refused = policy.seal(
        wrong.to_string().as_bytes(),
        &context("r", "s"),
        &mut Store::default(),
        &mut Stream(1),
    );
    assert_eq!(refused.unwrap_err().record().code, ErrorCode::Invalid, "{wrong}");
    assert!(
        policy.check(wrong.to_string().as_bytes()).unwrap().to_json().contains("nonconforming")
    );
}

fn with_family(mut schema: Value) -> Value {
    schema["x-schema-family"] = json!("urn:example:again");
    schema
}

#[test]
fn a_reference_under_an_unknown_keyword_is_followed_and_judged() {
    for keyword in ["components", "x-types", "schemas", "$unknown"] {
        let schema = json!({
            "x-schema-family": "urn:example:box",
            "properties": {"customer": {"$ref": format!("#/{keyword}/deep/customer")}},
            keyword: {"deep": {"customer": {
                "type": "object", "properties": {"email": {"type": "string", "x-protection": {}}}
            }}},
        });
        works(&schema, json!({}), &json!({"customer": {"email": "a"}}), &json!({"customer": 7}));
    }
}

#[test]
fn a_reference_given_under_another_uri_than_its_id_compiles() {
    let inner = json!({
        "$id": "https://example.org/person", "$ref": "name",
        "$defs": {"n": {"$id": "name", "type": "string", "x-protection": {}}}
    });
    let schema = json!({
        "x-schema-family": "urn:case",
        "properties": {"who": {"$ref": "https://registry.example/subjects/person/1"}}
    });
    let references = json!({"references": {"https://registry.example/subjects/person/1": inner}});
    works(&schema, references, &json!({"who": "Ann"}), &json!({"who": 7}));
    let own = json!({
        "x-schema-family": "urn:case",
        "properties": {"who": {"$ref": "https://example.org/person"}}
    });
    let references = json!({"references": {"https://example.org/person": inner}});
    works(&own, references, &json!({"who": "Ann"}), &json!({"who": 7}));
}

#[test]
fn a_reference_back_to_the_root_compiles() {
    let order = json!({
        "x-schema-family": "urn:example:order", "$id": "https://example.org/order.json",
        "$defs": {"id": {"type": "string"}}, "properties": {"customer": {"$ref": "customer.json"}}
    });
    let customer = json!({"properties": {
        "id": {"$ref": "order.json#/$defs/id"}, "name": {"x-protection": {}},
        "first": {"$ref": "order.json"}
    }});
    let references = json!({"references": {"https://example.org/customer.json": customer}});
    works(
        &order,
        references,
        &json!({"customer": {"id": "7", "name": "Ann", "first": {"customer": {"name": 1}}}}),
        &json!({"customer": {"id": 7}}),
    );
}

#[test]
fn references_of_mixed_drafts_are_judged_by_their_own() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "x-schema-family": "f",
        "properties": {"old": {"$ref": "urn:example:old"}, "new": {"$ref": "urn:example:new"}}
    });
    let options = json!({"references": {
        "urn:example:old": {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "properties": {
                "n": {"minimum": 5, "exclusiveMinimum": true, "x-protection": {}},
                "list": {"items": [{"type": "string"}], "additionalItems": false}
            }
        },
        "urn:example:new": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "dependencies": {"a": ["b"]}, "definitions": {"t": {"const": 1}},
            "properties": {"t": {"$ref": "#/definitions/t", "const": 2}}
        }
    }});
    let conforming = json!({
        "old": {"n": 6, "list": ["x"]}, "new": {"a": 1, "b": 2, "t": 1}
    });
    for wrong in [
        json!({"old": {"n": 5}}),
        json!({"old": {"list": ["x", "y"]}}),
        json!({"new": {"a": 1}}),
        json!({"new": {"t": 2}}),
    ] {
        works(&schema, options.clone(), &conforming, &wrong);
    }
}

/// FHIR STU3 has 155 files that refer to one another; twelve such took the validator crate minutes.
#[test]
fn files_that_refer_to_one_another_compile_in_linear_time() {
    let at = |name: &str| format!("https://example.org/{name}");
    let compile_of = |types: usize| {
        let names: Vec<String> = (0..types).map(|n| format!("t{n}")).collect();
        let any: serde_json::Map<String, Value> =
            names.iter().map(|name| (format!("value-{name}"), json!({"$ref": at(name)}))).collect();
        let mut references = serde_json::Map::from_iter([(at("any"), json!({"properties": any}))]);
        for (n, name) in names.iter().enumerate() {
            let mut properties = serde_json::Map::from_iter([(
                "any".to_owned(),
                json!({"items": {"$ref": at("any")}}),
            )]);
            for step in 1..=3 {
                let other = json!({"$ref": at(&format!("t{}", (n + step) % types))});
                properties.insert(format!("p{step}"), other);
            }
            properties.insert("name".to_owned(), json!({"type": "string", "x-protection": {}}));
            references.insert(at(name), json!({"properties": properties}));
        }
        let schema = json!({"x-schema-family": "urn:example:blowup", "$ref": at("t0")});
        let policy = compile(&schema, json!({"references": references}));
        policy.unwrap_or_else(|findings| panic!("{findings:?}"))
    };
    let policy = compile_of(60);
    let (text, _) = sealed(&policy, &json!({"p1": {"p2": {"name": "Ann"}}, "name": "Ben"}));
    assert_eq!(text.matches("\"Fs1").count(), 2);
}

#[test]
fn a_fault_of_a_reference_is_found_at_its_place() {
    let schema = json!({"x-schema-family": "f", "$ref": "urn:example:other"});
    let options =
        json!({"references": {"urn:example:other": {"properties": {"a": {"type": "strin"}}}}});
    let findings = compile(&schema, options).expect_err("the reference is malformed");
    assert!(findings[0].contains("urn:example:other#/properties/a/type"), "{findings:?}");
}

/// 2020-12 publishes `meta/format-assertion`; metaschemas of one's own refer to it.
#[test]
fn a_metaschema_that_asserts_formats_does_so_with_and_without_the_standard_text() {
    let base = "https://json-schema.org/draft/2020-12/";
    let meta = json!({
        "$id": "https://example.org/meta", "$schema": format!("{base}schema"),
        "$dynamicAnchor": "meta",
        "$vocabulary": {
            format!("{base}vocab/core"): true, format!("{base}vocab/format-assertion"): true
        },
        "allOf": [
            {"$ref": format!("{base}meta/core")}, {"$ref": format!("{base}meta/format-assertion")}
        ]
    });
    let standard = json!({
        "$id": format!("{base}meta/format-assertion"), "$schema": format!("{base}schema"),
        "$vocabulary": {format!("{base}vocab/format-assertion"): true},
        "title": "Format vocabulary meta-schema for assertion results",
        "$dynamicAnchor": "meta", "type": ["object", "boolean"],
        "properties": {"format": {"type": "string"}}
    });
    let schema = json!({
        "$schema": "https://example.org/meta", "x-schema-family": "urn:case",
        "properties": {"ip": {"format": "ipv4"}, "name": {"x-protection": {}}}
    });
    for references in [
        json!({"https://example.org/meta": meta}),
        json!({"https://example.org/meta": meta, standard["$id"].as_str().unwrap(): standard}),
    ] {
        works(
            &schema,
            json!({"references": references}),
            &json!({"ip": "127.0.0.1", "name": "Ann"}),
            &json!({"ip": "here"}),
        );
    }
}

/// A schema with the URI of a metaschema is that metaschema, or an error: nothing replaces the text
/// of a draft.
#[test]
fn nothing_else_stands_silently_under_the_uri_of_a_metaschema() {
    let found = |schema: &Value, references: Value| {
        let policy = compile(schema, json!({"references": references})).unwrap();
        let place = |one: &fieldseal::Finding| format!("{} {}", one.id, one.pointer);
        policy.findings().iter().map(place).collect::<Vec<_>>()
    };
    let marked = json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {}}}});
    for uri in [
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2020-12/schema#",
        "https://json-schema.org/draft/2019-09/meta/core",
        "http://json-schema.org/draft-07/schema",
        "http://json-schema.org/draft-04/schema#",
    ] {
        let bare = uri.trim_end_matches('#');
        for other in [json!({}), json!(true), json!({"type": "object"})] {
            let findings = found(&marked, json!({uri: other}));
            assert_eq!(findings, [format!("metaschema-replaced {bare}#")], "{uri} {other}");
        }
        // The identifier at the root of a reference counts likewise.
        let keyword = if uri.contains("draft-04") { "id" } else { "$id" };
        let mut other = json!({keyword: uri, "type": "object"});
        if keyword == "id" {
            other["$schema"] = json!(uri);
        }
        let findings = found(&marked, json!({"urn:r": other}));
        assert_eq!(findings, [format!("metaschema-replaced urn:r#/{keyword}")], "{uri}");
        // A schema may embed a metaschema of its own.
        let mut bundle = marked.clone();
        bundle["$defs"] = json!({"m": other});
        if keyword == "$id" {
            assert!(found(&bundle, json!({})).is_empty(), "{uri}");
        }
    }
    // A URI that is nobody's but the author's.
    for uri in ["https://json-schema.org/draft/2020-12/other", "https://example.org/schema"] {
        assert!(found(&marked, json!({uri: {}})).is_empty(), "{uri}");
    }
}
