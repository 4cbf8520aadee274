//! The coverage lists every place of a marked schema, the declared places that stay clear, and the
//! objects whose undeclared members pass.

use std::fmt::Write as _;

use fieldseal::policy::MOST_PLACES;
use fieldseal::{Coverage, CoverageFormat, Options, Policy};
use serde_json::{Value, json};

fn coverage(schema: &Value) -> Coverage {
    let mut schema = schema.clone();
    schema["x-schema-family"] = json!("f");
    match Policy::compile(schema.to_string().as_bytes(), Options::default()) {
        Ok(policy) => policy.coverage(),
        Err(error) => panic!("{:?}", error.record()),
    }
}

fn sealed(schema: &Value) -> Vec<String> {
    coverage(schema).locations.into_iter().map(|place| place.document_pattern).collect()
}

fn clear(schema: &Value) -> Vec<String> {
    coverage(schema).clear.into_iter().map(|place| place.document_pattern).collect()
}

fn open(schema: &Value) -> Vec<(String, &'static str)> {
    let open = coverage(schema).open.into_iter();
    open.map(|object| (object.document_pattern, object.by)).collect()
}

/// One definition used in several places: contact, address, person.
#[test]
fn every_place_of_a_shared_definition_is_listed() {
    let defs = json!({"contact": {"properties": {"email": {"x-protection": {}}}}});
    let reference = json!({"$ref": "#/$defs/contact"});
    assert_eq!(
        sealed(&json!({"$defs": defs, "properties": {
            "author": reference, "owner": reference, "suppliers": {"items": reference}}})),
        ["/author/email", "/owner/email", "/suppliers/*/email"]
    );
    // Through a chain of definitions, in each draft's own words, and once for each place.
    assert_eq!(
        sealed(&json!({"$schema": "http://json-schema.org/draft-07/schema#",
            "definitions": {
                "contact": {"properties": {"email": {"x-protection": {}}}},
                "team": {"properties": {"lead": {"$ref": "#/definitions/contact"}, "members": {"items": [{"$ref": "#/definitions/contact"}, {"$ref": "#/definitions/contact"}]}}},
            },
            "properties": {"a": {"$ref": "#/definitions/team"}, "b": {"allOf": [{"$ref": "#/definitions/team"}]}}})),
        ["/a/lead/email", "/a/members/*/email", "/b/lead/email", "/b/members/*/email"]
    );
    // Of branches, maps and patterns.
    assert_eq!(
        sealed(&json!({"$defs": defs,
            "oneOf": [{"properties": {"buyer": reference}}, {"properties": {"payer": reference}}],
            "patternProperties": {"^x_": reference}, "properties": {"map": {"additionalProperties": reference}}})),
        ["/*/email", "/buyer/email", "/map/*/email", "/payer/email"]
    );
    // Of a reference document.
    let options = Options::from_json(
        &json!({"references": {"urn:r": {"$defs": {"email": {"x-protection": {}}}}}}).to_string(),
    )
    .unwrap();
    let schema = json!({"x-schema-family": "f", "properties": {"a": {"$ref": "urn:r#/$defs/email"}, "b": {"$ref": "urn:r#/$defs/email"}}});
    let locations =
        Policy::compile(schema.to_string().as_bytes(), options).unwrap().coverage().locations;
    let rows: Vec<(&str, &str)> = locations
        .iter()
        .map(|place| (place.schema_pointer.as_str(), place.document_pattern.as_str()))
        .collect();
    assert_eq!(rows, [("urn:r#/$defs/email", "/a"), ("urn:r#/$defs/email", "/b")]);
}

#[test]
fn a_recursion_is_listed_once_round_and_then_by_a_pattern() {
    assert_eq!(
        sealed(&json!({"properties": {"email": {"x-protection": {}}, "manager": {"$ref": "#"}}})),
        ["/**/email", "/email", "/manager/email"]
    );
    let tree = json!({"properties": {"name": {"x-protection": {}}, "children": {"items": {"$ref": "#/$defs/tree"}}}});
    assert_eq!(
        sealed(
            &json!({"$defs": {"tree": tree}, "properties": {"left": {"$ref": "#/$defs/tree"}, "right": {"$ref": "#/$defs/tree"}}})
        ),
        [
            "/left/**/name",
            "/left/children/*/name",
            "/left/name",
            "/right/**/name",
            "/right/children/*/name",
            "/right/name",
        ]
    );
    // Two that lead to one another; a marked value that holds itself.
    assert_eq!(
        sealed(&json!({"$ref": "#/$defs/a", "$defs": {
            "a": {"properties": {"b": {"$ref": "#/$defs/b"}, "x": {"x-protection": {}}}},
            "b": {"properties": {"a": {"$ref": "#/$defs/a"}, "y": {"x-protection": {}}}}}})),
        ["/**/x", "/**/y", "/b/a/x", "/b/y", "/x"]
    );
    let knot = json!({"properties": {"next": {"$ref": "#"}, "v": {"x-protection": {}}}});
    assert!(coverage(&knot).incomplete.is_empty());
}

#[test]
fn rows_show_what_counts() {
    let found = coverage(&json!({
        "x-protection-defaults": {"bind": "field", "subject": "/id"},
        "x-retention": {"contract": {"period": "P10Y", "from": "created", "bucket": "P1Y"}},
        "properties": {
            "a": {"x-protection": {"bind": "none"}},
            "b": {"type": "string", "x-protection": {"retention": "contract", "rectifiable": true, "erased": "gone"}},
            "c": {"type": "integer", "x-protection": {"mode": "deterministic"}},
            "d": {"x-protection": {"mode": "pseudonym"}},
            "e": {"x-protection": {"subject": false, "retention": "contract"}},
        },
    }));
    let rows: Value = serde_json::from_str(&found.to_json()).unwrap();
    let row = |number: usize| rows["locations"][number].clone();
    assert_eq!(
        row(0),
        json!({"schemaPointer": "/properties/a", "documentPattern": "/a", "mode": "sealed", "subject": "/id",
            "bind": "none", "suite": "aes-256-gcm", "rectifiable": false, "erased": null,
            "purposes": [], "categories": [], "lawfulBasis": []})
    );
    assert_eq!(
        (&row(1)["retention"], &row(1)["rectifiable"], &row(1)["erased"], &row(1)["bind"]),
        (&json!("contract"), &json!(true), &json!("gone"), &json!("field"))
    );
    assert_eq!((&row(2)["erased"], &row(2)["suite"]), (&json!(0), &json!("aes-256-siv")));
    assert_eq!(row(3)["subject"], json!(false));
    assert_eq!(row(3).get("erased"), None, "a token stays where it is");
    assert_eq!((&row(4)["subject"], row(0).get("retention")), (&json!(false), None));
    assert_eq!(rows["incomplete"], json!([]));
    let text = found.to_text(CoverageFormat::Text);
    assert!(
        text.lines()
            .any(|line| line.starts_with("/properties/b ")
                && line.ends_with("yes          \"gone\"")),
        "{text}"
    );
    let tables = found.to_text(CoverageFormat::Markdown);
    assert!(
        tables
            .lines()
            .filter(|line| !line.is_empty())
            .all(|line| line.starts_with("| ") && line.ends_with(" |")),
        "{tables}"
    );
    for hostile in ["a|b", "a\nb", "a\u{1b}[2Jb"] {
        let tables = coverage(&json!({"properties": {hostile: {"x-protection": {}}}}))
            .to_text(CoverageFormat::Markdown);
        let row = tables.lines().nth(2).unwrap();
        assert_eq!(row.matches(" | ").count(), 9, "{row}");
    }
}

#[test]
fn declared_places_that_stay_clear_are_listed() {
    let schema = json!({"properties": {
        "id": {"type": "string"},
        "email": {"type": "string", "x-protection": {}},
        "any": true,
        "never": false,
        "address": {"type": "object", "properties": {"street": {"x-protection": {}}, "city": {"type": "string"}}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "list": {"type": "array"},
        "pair": {"prefixItems": [{"type": "string"}, {"x-protection": {}}]},
        "labels": {"additionalProperties": {"type": "string"}},
        "sealed": {"x-protection": {}, "properties": {"inside": {"type": "string"}}},
        "mixed": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"part": {"type": "string"}}}]},
    }});
    let found = coverage(&schema);
    let rows: Vec<(&str, &str)> = found
        .clear
        .iter()
        .map(|place| (place.document_pattern.as_str(), place.schema_pointer.as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            ("/address/city", "/properties/address/properties/city"),
            ("/any", "/properties/any"),
            ("/id", "/properties/id"),
            ("/labels/*", "/properties/labels/additionalProperties"),
            ("/list", "/properties/list"),
            ("/mixed", "/properties/mixed"),
            ("/mixed/part", "/properties/mixed/anyOf/1/properties/part"),
            ("/pair/*", "/properties/pair/prefixItems/0"),
            ("/tags/*", "/properties/tags/items"),
        ]
    );
    // Conditions mark: what may be sealed is listed as sealed, and not as clear.
    let conditional = json!({"properties": {"kind": {"type": "string"}, "value": {"type": "string"}},
        "if": {"properties": {"kind": {"const": "secret"}}}, "then": {"properties": {"value": {"x-protection": {}}}}});
    assert_eq!(sealed(&conditional), ["/value"]);
    assert_eq!(clear(&conditional), ["/kind"]);
    // What is said of one value by several schemas is one place.
    assert_eq!(
        clear(
            &json!({"allOf": [{"type": "object"}, {"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"minLength": 1}}}]})
        ),
        ["/a"]
    );
    // A recursion is bounded here, too.
    assert_eq!(
        clear(&json!({"properties": {"n": {"type": "integer"}, "next": {"$ref": "#"}}})),
        ["/**/n", "/n", "/next/n"]
    );
    assert!(clear(&json!({"x-protection": {}, "properties": {"a": {}}})).is_empty());
}

#[test]
fn objects_whose_undeclared_members_pass_are_listed() {
    let object = |more: Value| {
        let mut object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        for (keyword, value) in more.as_object().unwrap() {
            object[keyword] = value.clone();
        }
        json!({"additionalProperties": false, "properties": {"o": object, "s": {"x-protection": {}}}})
    };
    let by = |by: &'static str| vec![("/o".to_owned(), by)];
    for (more, expected) in [
        (json!({}), by("absent")),
        (json!({"additionalProperties": true}), by("additionalProperties")),
        (json!({"additionalProperties": {"type": "string"}}), by("additionalProperties")),
        (json!({"unevaluatedProperties": {"type": "string"}}), by("unevaluatedProperties")),
        (json!({"patternProperties": {"^x-": {}}}), by("absent")),
        (json!({"additionalProperties": false}), vec![]),
        (json!({"unevaluatedProperties": false}), vec![]),
        (json!({"allOf": [{"additionalProperties": false}]}), vec![]),
        (json!({"anyOf": [{"additionalProperties": false}, {"required": ["a"]}]}), by("absent")),
        (json!({"anyOf": [{"additionalProperties": false}, {"type": "string"}]}), vec![]),
        // Undeclared members are sealed.
        (json!({"additionalProperties": {"x-protection": {}}}), vec![]),
    ] {
        assert_eq!(open(&object(more.clone())), expected, "{more}");
    }
    let root =
        open(&json!({"properties": {"a": {"type": "string"}, "l": {"items": {"type": "object"}}}}));
    assert_eq!(root, [(String::new(), "absent"), ("/l/*".to_owned(), "absent")]);
    assert!(open(&json!({"x-protection": {}, "type": "object"})).is_empty());
}

/// 100,000 places, and more ways than anybody could count, are summarised and not refused.
#[test]
fn many_places_are_summarised() {
    let many: Value = (0..100_000)
        .map(|n| (format!("p{n}"), json!({"$ref": "#/$defs/contact"})))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let defs = json!({"contact": {"properties": {"email": {"x-protection": {}}, "phone": {"x-protection": {}}, "id": {"type": "string"}}}});
    let found = coverage(&json!({"$defs": defs, "properties": many}));
    assert_eq!(found.incomplete, ["locations", "clear", "open"]);
    for listed in [found.locations.len(), found.clear.len(), found.open.len()] {
        assert_eq!(listed, MOST_PLACES);
    }
    assert!(found.to_text(CoverageFormat::Text).ends_with("too many ways to them.\n"));
    assert!(found.to_json().contains(r#""incomplete":["locations","clear","open"]"#));
    // 2^40 ways through 40 definitions: the marker at the end has a place all the same.
    let mut chain = String::new();
    for level in 0..40 {
        let next = format!(r##"{{"$ref":"#/$defs/d{}"}}"##, level + 1);
        write!(chain, r#""d{level}":{{"properties":{{"a":{next},"b":{next}}}}},"#).unwrap();
    }
    let schema = format!(
        r##"{{"$ref":"#/$defs/d0","$defs":{{{chain}"d40":{{"properties":{{"end":{{"x-protection":{{}}}},"clear":{{"type":"string"}}}}}}}}}}"##
    );
    let found = coverage(&serde_json::from_str(&schema).unwrap());
    assert_eq!(found.locations.len(), 1);
    assert_eq!(found.incomplete, ["locations", "clear", "open"]);
    assert_eq!(found.locations[0].document_pattern, format!("{}/end", "/a".repeat(40)));
    // Every schema may lead to every other.
    let knot = (0..60)
        .map(|n| {
            let links: serde_json::Map<String, Value> = (0..60)
                .map(|m| (format!("k{m}"), json!({"$ref": format!("#/$defs/k{m}")})))
                .collect();
            let mut properties = Value::Object(links);
            properties["secret"] = json!({"x-protection": {}});
            (format!("k{n}"), json!({"properties": properties}))
        })
        .collect::<serde_json::Map<_, _>>();
    let found = coverage(&json!({"$ref": "#/$defs/k0", "$defs": knot}));
    let of_each: std::collections::BTreeSet<_> =
        found.locations.iter().map(|place| place.schema_pointer.clone()).collect();
    assert_eq!(of_each.len(), 60);
}
