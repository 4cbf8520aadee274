//! What compiles and is probably not meant: each warning with its name, its place and its fix.

use fieldseal::{CompileError, Finding, Options, Policy, Severity};
use serde_json::{Value, json};
use support::{Store, Stream};

fn compile(schema: &Value, options: &str) -> Result<Policy, CompileError> {
    Policy::compile(schema.to_string().as_bytes(), Options::from_json(options)?)
}

fn list(findings: &[Finding]) -> Vec<String> {
    let mut list: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} {} {}", finding.severity.as_str(), finding.id, finding.pointer))
        .collect();
    list.sort();
    list
}

fn found(schema: &Value, options: &str) -> Vec<String> {
    match compile(schema, options) {
        Ok(policy) => {
            for finding in policy.findings() {
                assert_ne!(finding.severity, Severity::Error);
                assert!(finding.fix.as_deref().is_some_and(|fix| !fix.is_empty()), "{finding:?}");
                assert!(finding.message.starts_with(|c: char| !c.is_uppercase()), "{finding:?}");
            }
            list(policy.findings())
        }
        Err(error) => list(&error.record().findings),
    }
}

#[track_caller]
fn finds(schema: &Value, expected: &[&str]) {
    assert_eq!(found(schema, ""), expected, "{schema}");
}

/// Returns the number of sealed values, or code and pointer of the error.
fn seal(policy: &Policy, document: &str) -> Result<usize, (&'static str, Option<String>)> {
    let here = support::context("r", "s");
    match policy.seal(document.as_bytes(), &here, &mut Store::default(), &mut Stream(1)) {
        Ok(sealed) => Ok(String::from_utf8(sealed.document).unwrap().matches("\"Fs1").count()),
        Err(error) => {
            let record = error.record();
            Err((record.code.as_str(), record.pointer.clone()))
        }
    }
}

#[test]
fn a_policy_that_protects_nothing() {
    let email = json!({"type": "string"});
    finds(
        &json!({"x-schema-family": "f", "properties": {"email": email}}),
        &["warning nothing-marked "],
    );
    finds(&json!({"x-schema-family": "f"}), &["warning nothing-marked "]);
    // An overlay marks; one for another policy does not.
    let schema = json!({"x-schema-family": "f", "properties": {"email": email}});
    let overlay = |pointer: &str| json!({"overlay": {pointer: {"x-protection": {}}}}).to_string();
    assert!(found(&schema, &overlay("/properties/email")).is_empty());
    let keywords = json!({"overlay": {"/properties/email": {"description": "x"}}}).to_string();
    assert_eq!(found(&schema, &keywords), ["warning nothing-marked "]);
    finds(&json!({"x-schema-family": "f", "x-protection": {}}), &[]);
    // A condition may mark.
    finds(
        &json!({"x-schema-family": "f", "anyOf": [{"properties": {"a": {"x-protection": {}}}}, {}]}),
        &[],
    );
    // A schema that does not compile is not told that it protects nothing besides.
    finds(
        &json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {"modus": 1}}}, "$id": 7}),
        &["error schema-invalid /$id", "error unknown-member /properties/a/x-protection/modus"],
    );
}

#[test]
fn markers_that_no_value_can_meet() {
    let marked = json!({"properties": {"email": {"x-protection": {}}}});
    finds(
        &json!({"x-schema-family": "f", "$defs": {"person": marked}}),
        &["warning marker-unreached /$defs/person/properties/email", "warning nothing-marked "],
    );
    finds(
        &json!({"x-schema-family": "f", "$defs": {"person": marked, "old": marked}, "items": {"$ref": "#/$defs/person"}}),
        &["warning marker-unreached /$defs/old/properties/email"],
    );
    // Referred to by somebody to whom nothing refers.
    finds(
        &json!({"x-schema-family": "f", "$defs": {"person": marked, "old": {"items": {"$ref": "#/$defs/person"}}}, "properties": {"a": {"x-protection": {}}}}),
        &["warning marker-unreached /$defs/person/properties/email"],
    );
    for keyword in ["not", "propertyNames"] {
        finds(
            &json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {}}}, keyword: {"$ref": "#/$defs/person"}, "$defs": {"person": marked}}),
            &["warning marker-unreached /$defs/person/properties/email"],
        );
    }
    // A reference may be a library; but what the overlay marks is meant.
    let schema = json!({"x-schema-family": "f", "$ref": "urn:r#/$defs/used"});
    let library =
        json!({"$defs": {"used": marked, "unused": marked, "other": {"properties": {"p": {}}}}});
    let options =
        |overlay: Value| json!({"references": {"urn:r": library}, "overlay": overlay}).to_string();
    assert!(found(&schema, &options(json!({}))).is_empty());
    assert_eq!(
        found(&schema, &options(json!({"urn:r#/$defs/other/properties/p": {"x-protection": {}}}))),
        ["warning marker-unreached urn:r#/$defs/other/properties/p"]
    );
}

fn nested(outer: &Value, inner: &Value) -> Value {
    json!({"x-schema-family": "f",
        "x-retention": {"a": {"period": "P1Y", "from": "created", "bucket": "P1Y"}, "b": {"period": "P2Y", "from": "created", "bucket": "P1Y"}},
        "properties": {"o": {"x-protection": outer, "properties": {"i": {"x-protection": inner}}}}})
}

#[test]
fn absorbed_markers_that_lose_something() {
    const AT: &str = "/properties/o/properties/i";
    let index = json!({"name": "n", "bits": 16});
    for (outer, inner, expected) in [
        (json!({}), json!({}), None),
        (json!({"retention": "a"}), json!({}), None),
        (json!({"retention": "a"}), json!({"retention": "a"}), None),
        (json!({"rectifiable": true}), json!({"rectifiable": true}), None),
        (json!({}), json!({"pad": false}), None),
        (json!({"retention": "a"}), json!({"retention": "b"}), Some("warning marker-absorbed")),
        (json!({}), json!({"index": index}), Some("warning marker-absorbed")),
        (json!({}), json!({"suite": "chacha20-poly1305"}), Some("warning marker-absorbed")),
        (json!({}), json!({"mode": "deterministic"}), Some("warning marker-absorbed")),
        // It asks for more keys: what the author wants destroyed alone could not be.
        (json!({}), json!({"retention": "a"}), Some("error key-absorbed")),
        (json!({}), json!({"rectifiable": true}), Some("error key-absorbed")),
        (
            json!({"retention": "a"}),
            json!({"retention": "a", "rectifiable": true}),
            Some("error key-absorbed"),
        ),
    ] {
        let expected: Vec<String> =
            expected.into_iter().map(|finding| format!("{finding} {AT}")).collect();
        assert_eq!(found(&nested(&outer, &inner), ""), expected, "{outer} {inner}");
    }
    // The message names the outer marker and what is lost.
    let error = compile(&nested(&json!({}), &json!({"retention": "a", "index": index})), "");
    let finding = error.unwrap_err().record().findings[0].clone();
    for word in ["/properties/o", "`retention`", "`index`"] {
        assert!(finding.message.contains(word), "{finding:?}");
    }
    assert!(finding.fix.unwrap().contains("/properties/o"));
    // Another data subject is a conflict, as before.
    let other = nested(&json!({"subject": "/a"}), &json!({"subject": "/b", "retention": "a"}));
    finds(&other, &[&format!("error conflict {AT}")]);
}

/// Where only a condition makes both meet, a document decides: a warning.
#[test]
fn absorbed_markers_that_may_meet() {
    let inner = json!({"properties": {"i": {"x-protection": {"rectifiable": true}}}});
    finds(
        &json!({"x-schema-family": "f", "properties": {"o": {"anyOf": [{"x-protection": {}}, inner]}}}),
        &["warning marker-absorbed /properties/o/anyOf/1/properties/i"],
    );
    finds(
        &json!({"x-schema-family": "f", "properties": {"o": {"x-protection": {}, "if": {"required": ["i"]}, "then": inner}}}),
        &["warning marker-absorbed /properties/o/then/properties/i"],
    );
    // Far below, through definitions, and once however many markers stand around it.
    finds(
        &json!({"x-schema-family": "f", "$defs": {"deep": {"properties": {"x": {"items": inner}}}},
            "properties": {"a": {"x-protection": {}, "$ref": "#/$defs/deep"}, "b": {"anyOf": [{"x-protection": {}}, {"$ref": "#/$defs/deep"}]}, "c": {"$ref": "#/$defs/deep"}}}),
        &["error key-absorbed /$defs/deep/properties/x/items/properties/i"],
    );
}

/// Patterns that only some names match together. A document whose names do not is sealed under all
/// keys, and a document in which both apply is refused: no value is sealed under fewer keys.
#[test]
fn absorbed_markers_of_patterns_that_only_some_names_match() {
    let outer = json!({"x-protection": {}});
    let inner = json!({"properties": {"i": {"x-protection": {"rectifiable": true}}}});
    let within = |below: &Value| json!({"properties": {"deep": below}});
    let patterns = |outer: &Value, inner: &Value| json!({"x-schema-family": "f", "patternProperties": {"^ob": outer, "x$": inner}});
    for (schema, at, refused) in [
        (patterns(&outer, &inner), "/patternProperties/x$/properties/i", "/obx/i"),
        // The values that meet lie further down.
        (
            patterns(&within(&outer), &within(&inner)),
            "/patternProperties/x$/properties/deep/properties/i",
            "/obx/deep/i",
        ),
    ] {
        finds(&schema, &[&format!("warning marker-absorbed {at}")]);
        let policy = compile(&schema, "").unwrap();
        let warning = &policy.findings()[0].message;
        assert!(warning.contains("may seal") && warning.contains("`conflict`"), "{warning}");
        let value = json!({"i": 1, "deep": {"i": 1}});
        let apart = json!({"ob": value, "x": value}).to_string();
        assert_eq!(seal(&policy, &apart), Ok(2), "{schema}");
        let met = json!({"ob": value, "obx": value}).to_string();
        assert_eq!(seal(&policy, &met), Err(("conflict", Some(refused.to_owned()))), "{schema}");
        // What the inner marker does not mark meets nothing.
        assert_eq!(seal(&policy, r#"{"obx": {"deep": {}}}"#), Ok(1), "{schema}");
    }
    // Another subject, likewise: only a document can conflict.
    let other = json!({"properties": {"i": {"x-protection": {"subject": "/p"}}}});
    let schema = patterns(&outer, &other);
    finds(&schema, &[]);
    let policy = compile(&schema, "").unwrap();
    assert_eq!(seal(&policy, r#"{"ob": 1, "x": {"i": 2}, "p": "q"}"#), Ok(2));
    assert_eq!(
        seal(&policy, r#"{"obx": {"i": 2}, "p": "q"}"#),
        Err(("conflict", Some("/obx/i".to_owned())))
    );
    // One pattern that carries both is the schema's fault, whatever another pattern matches.
    let own =
        json!({"x-protection": {}, "properties": {"i": {"x-protection": {"rectifiable": true}}}});
    finds(
        &patterns(&own, &json!({"x-protection": {}})),
        &["error key-absorbed /patternProperties/^ob/properties/i"],
    );
}

/// Conditions make both meet in some documents: those are refused, at the inner value.
#[test]
fn absorbed_keys_are_refused_in_the_document_that_makes_both_apply() {
    let inner = json!({"properties": {"i": {"x-protection": {"rectifiable": true}}}});
    let schema = json!({"x-schema-family": "f", "properties": {"o": {"x-protection": {}, "if": {"required": ["i"]}, "then": inner}}});
    let policy = compile(&schema, "").unwrap();
    assert_eq!(seal(&policy, r#"{"o": {"i": 1}}"#), Err(("conflict", Some("/o/i".to_owned()))));
    assert_eq!(seal(&policy, r#"{"o": {"j": 1}}"#), Ok(1));
    // A document chooses one of both: it is sealed under all keys that it asks for.
    let chosen = json!({"x-schema-family": "f", "properties": {"kind": {}, "o": {}},
        "if": {"properties": {"kind": {"const": "whole"}}, "required": ["kind"]},
        "then": {"properties": {"o": {"x-protection": {}}}}, "else": {"properties": {"o": inner}}});
    let policy = compile(&chosen, "").unwrap();
    // Without validation nothing says which branch was meant, so every branch counts.
    let unjudged = compile(&chosen, r#"{"validation": "off"}"#).unwrap();
    for kind in ["whole", "parts"] {
        let document = json!({"kind": kind, "o": {"i": 1}}).to_string();
        assert_eq!(
            seal(&unjudged, &document),
            Err(("conflict", Some("/o/i".to_owned()))),
            "{kind}"
        );
        assert_eq!(seal(&policy, &document), Ok(1), "{kind}");
    }
}

/// A marker under `if` is misplaced; a definition that an `if` refers to may stand elsewhere. Its
/// markers count unless the `if` certainly fails.
#[test]
fn a_condition_that_refers_to_a_marked_definition() {
    let test = |kind: &str| {
        let kind = json!({"properties": {"kind": {"const": kind}}, "required": ["kind"]});
        json!({"x-schema-family": "f", "if": {"allOf": [{"$ref": "#/$defs/m"}, kind]},
            "$defs": {"m": {"properties": {"a": {"x-protection": {}}}}}})
    };
    finds(&test("x"), &[]);
    let document = r#"{"kind": "x", "a": 1}"#;
    assert_eq!(seal(&compile(&test("x"), "").unwrap(), document), Ok(1));
    assert_eq!(seal(&compile(&test("y"), "").unwrap(), document), Ok(0));
}

#[test]
fn placeholders_that_do_not_fit() {
    let value = |schema: Value| json!({"x-schema-family": "f", "properties": {"v": schema}});
    let refused = ["error erased-refused /properties/v/x-protection/erased"];
    for (mut schema, erased) in [
        (json!({"type": "string"}), json!(0)),
        (json!({"type": "string"}), json!(null)),
        (json!({"type": "string", "minLength": 1}), json!("")),
        (json!({"type": "string", "pattern": "^[0-9]+$"}), json!("gone")),
        (json!({"enum": ["a", "b"]}), json!("c")),
        (json!({"type": "integer", "minimum": 1}), json!(0)),
        (json!({"type": "object", "required": ["a"]}), json!({})),
        (json!({"type": "object", "properties": {"a": {"type": "string"}}}), json!({"a": 1})),
        (json!({"type": "array", "items": {"type": "string"}}), json!([1])),
        (json!({"allOf": [{"type": "string"}]}), json!(1)),
        (json!({"anyOf": [{"type": "string"}, {"type": "null"}]}), json!(1)),
        (json!({"$ref": "#/$defs/text", "$defs": {"unused": {}}}), json!(1)),
    ] {
        schema["x-protection"] = json!({"erased": erased});
        let mut schema = value(schema);
        schema["$defs"] = json!({"text": {"type": "string"}});
        finds(&schema, &refused);
    }
    // In each draft, and where the envelope is described first.
    for draft in ["draft-04", "draft-06", "draft-07", "draft/2019-09"] {
        let mut schema = value(json!({"type": "string", "x-protection": {"erased": 0}}));
        schema["$schema"] = json!(format!("http://json-schema.org/{draft}/schema#"));
        finds(&schema, &refused);
    }
    let sealed_first = json!({"type": "string", "contentEncoding": "base64url", "contentMediaType": "application/vnd.fieldseal.sealed",
        "contentSchema": {"type": "integer"}, "x-protection": {"erased": "gone"}});
    finds(&value(sealed_first), &refused);
    // What fits, or what nobody can decide, compiles.
    for (schema, erased) in [
        (json!({"type": "string"}), json!("gone")),
        (json!({"type": ["string", "null"]}), json!(null)),
        (json!({"type": "string", "format": "email"}), json!("gone")),
        (json!({"type": "object"}), json!({"erased": true})),
        (json!({}), json!([1, {"a": null}])),
    ] {
        let mut schema = schema.clone();
        schema["x-protection"] = json!({"erased": erased});
        finds(&value(schema), &[]);
    }
    // The fix is a value that fits.
    let policy = compile(&value(json!({"type": "string", "x-protection": {"erased": 0}})), "");
    let fix = policy.unwrap_err().record().findings[0].fix.clone().unwrap();
    assert!(fix.contains(r#"`""`"#), "{fix}");
}

#[test]
fn default_placeholders_that_do_not_fit() {
    let value = |schema: Value| json!({"x-schema-family": "f", "properties": {"v": schema}});
    for schema in [
        json!({"type": "string", "minLength": 1, "x-protection": {}}),
        json!({"type": "string", "pattern": "^[0-9]+$", "x-protection": {}}),
        json!({"type": "string", "enum": ["a"], "x-protection": {}}),
        json!({"type": "integer", "minimum": 1, "x-protection": {}}),
        json!({"type": "object", "required": ["a"], "x-protection": {}}),
        json!({"enum": ["a", "b"], "x-protection": {}}),
        json!({"anyOf": [{"type": "string"}, {"type": "integer"}], "x-protection": {}}),
    ] {
        finds(&value(schema), &["warning placeholder-refused /properties/v"]);
    }
    finds(&value(json!({"type": "string", "x-protection": {}})), &[]);
    // One that `x-protection-defaults` gives to all is a default, too.
    let mut schema = json!({"x-schema-family": "f", "x-protection-defaults": {"erased": "gone"},
        "properties": {"a": {"type": "string", "x-protection": {}}, "n": {"type": "integer", "x-protection": {}}}});
    finds(&schema, &["warning placeholder-refused /properties/n"]);
    schema["properties"]["n"]["x-protection"] = json!({"erased": 0});
    finds(&schema, &[]);
    // A token stays: nothing stands in for it.
    finds(
        &value(json!({"type": "string", "minLength": 1, "x-protection": {"mode": "pseudonym"}})),
        &[],
    );
}

#[test]
fn a_family_that_only_the_id_names() {
    let marked = json!({"a": {"x-protection": {}}});
    finds(
        &json!({"$id": "https://example.org/order/v1", "properties": marked}),
        &["warning family-by-id /$id"],
    );
    finds(
        &json!({"$schema": "http://json-schema.org/draft-04/schema#", "id": "urn:example:order", "properties": marked}),
        &["warning family-by-id /id"],
    );
    finds(
        &json!({"$id": "https://example.org/order/v1", "x-schema-family": "f", "properties": marked}),
        &[],
    );
}

/// A description of a large service is rarely whole; what this policy does not need may be missing.
#[test]
fn dangling_references_that_nothing_needs() {
    let schema = json!({"x-schema-family": "f", "$ref": "urn:r#/$defs/used"});
    let used = |schema: &Value| json!({"properties": {"a": {"x-protection": {}}, "b": schema}});
    let references = |library: Value| json!({"references": {"urn:r": library}}).to_string();
    let dangling = json!({"$ref": "#/$defs/none"});
    assert_eq!(
        found(
            &schema,
            &references(
                json!({"$defs": {"used": used(&json!({})), "unused": {"properties": {"x": dangling}}}})
            )
        ),
        ["warning unresolvable-ref-unused urn:r#/$defs/unused/properties/x/$ref"]
    );
    // A file that was never given.
    assert_eq!(
        found(
            &schema,
            &references(
                json!({"$defs": {"used": used(&json!({})), "unused": {"$ref": "https://example.org/other.json#/a"}}})
            )
        ),
        ["warning unresolvable-ref-unused urn:r#/$defs/unused/$ref"]
    );
    assert_eq!(
        found(&schema, &references(json!({"$defs": {"used": used(&dangling)}}))),
        ["error unresolvable-ref urn:r#/$defs/used/properties/b/$ref"]
    );
    // Through a definition of its own.
    assert_eq!(
        found(
            &schema,
            &references(
                json!({"$defs": {"used": used(&json!({"$ref": "#/$defs/more"})), "more": {"items": dangling}}})
            )
        ),
        ["error unresolvable-ref urn:r#/$defs/more/items/$ref"]
    );
    // In the main schema it is always a fault of its author.
    finds(
        &json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {}}}, "$defs": {"unused": dangling}}),
        &["error unresolvable-ref /$defs/unused/$ref"],
    );
}

/// What such a policy judges does not depend on what is missing.
#[test]
fn a_policy_with_a_dangling_reference_judges_documents() {
    use support::{Store, Stream, context};
    let schema = json!({"x-schema-family": "f", "$ref": "urn:r#/$defs/used"});
    let library = json!({"$defs": {"used": {"properties": {"a": {"type": "string", "x-protection": {}}}}, "unused": {"$ref": "#/$defs/none"}}});
    let options = json!({"references": {"urn:r": library}}).to_string();
    let policy = compile(&schema, &options).unwrap();
    let seal = |document: &str| {
        policy.seal(document.as_bytes(), &context("r", "s"), &mut Store::default(), &mut Stream(1))
    };
    let sealed = seal(r#"{"a":"x"}"#).unwrap();
    assert!(policy.check(&sealed.document).unwrap().to_json().contains("conforming"));
    assert!(seal(r#"{"a":1}"#).is_err());
    assert!(policy.schemas().is_ok());
}

/// Warnings cost no more than the schema is long.
#[test]
fn warnings_of_large_schemas() {
    let properties: serde_json::Map<String, Value> = (0..50_000)
        .map(|n| (format!("p{n}"), json!({"type": "string", "minLength": 1, "x-protection": {}})))
        .collect();
    let policy = compile(&json!({"x-schema-family": "f", "properties": properties}), "").unwrap();
    assert_eq!(policy.findings().len(), 50_000);
    // Marked values in marked values, each a state of its own.
    let mut inner = json!({"x-protection": {"suite": "chacha20-poly1305"}});
    for _ in 0..60 {
        inner = json!({"anyOf": [{"x-protection": {}}, {}], "properties": {"a": inner}});
    }
    let policy = compile(&json!({"x-schema-family": "f", "properties": {"a": inner}}), "").unwrap();
    assert_eq!(policy.findings().len(), 1, "{:?}", list(policy.findings()));
}
