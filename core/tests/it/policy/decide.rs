//! What the decision says of a clear value is what the validator says of it, or nothing: were they
//! to differ, a document that conforms by one branch could be sealed by another (resolver.md,
//! *Phase 2*).

use fieldseal::{ErrorCode, Policy};
use serde_json::{Value, json};
use support::{Store, Stream, compile, context, say};

/// Values that readers of JSON, of JSON Schema or of regular expressions are known to take for
/// others.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "0.0",
    "-0.0",
    "0e5",
    "1",
    "1.0",
    "1e0",
    "10e-1",
    "1.5",
    "0.1",
    "0.10",
    "0.10000000000000000001",
    "1.0000000000000000001",
    "2",
    "10",
    "9007199254740992",
    "9007199254740993",
    "9007199254740992.0",
    "9007199254740993.0",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "1e22",
    "1e400",
    "-1e400",
    "1e-400",
];
const STRINGS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""\u0061""#,
    r#""ab""#,
    r#""a\n""#,
    r#""\n""#,
    r#""\r""#,
    r#""\u2028""#,
    r#""\u0085""#,
    r#""\u00a0""#,
    r#""\ufeff""#,
    r#""\u180e""#,
    r#""5""#,
    r#""٣""#,
    r#""é""#,
    r#""e\u0301""#,
    r#""ſ""#,
    r#""K""#,
    r#""😀""#,
    r#""\ud83d\ude00""#,
    r#""&""#,
    r#""-""#,
    r#""]""#,
];
const OTHERS: &[&str] = &[
    "null",
    "true",
    "[]",
    "[0,-0]",
    "[1,1.0]",
    "[1,true]",
    "[9007199254740992,9007199254740993]",
    "[0.1,0.10]",
    r#"["a","\u0061"]"#,
    "[1]",
    "[1,1]",
    r#"[{"a":1,"b":2},{"b":2.0,"a":1}]"#,
    r#"[{"a":1,"b":2},{"b":1,"a":2}]"#,
    r#"[{"a":1},{"b":1}]"#,
    r#"[{"a":{"b":1}},{"a":{"b":2}}]"#,
    "{}",
    r#"{"a":1}"#,
    r#"{"\u0061":1.0}"#,
    r#"{"é":1}"#,
    r#"{"a":1,"b":null}"#,
    r#"{"٣":1}"#,
];

fn tests() -> Vec<Value> {
    let mut tests: Vec<Value> = [
        "^.$",
        "^.+$",
        "a.b|^.$",
        "^\\d+$",
        "^\\w+$",
        "^\\s+$",
        "^\\S$",
        "^[^a]$",
        "^[\\d-]+$",
        "^a$",
        "a|^b",
        "^$",
        "",
        "^[a&&b]$",
        "^\\u00e9$",
        "^😀$",
        "^a?$",
    ]
    .into_iter()
    .flat_map(|pattern| {
        [
            json!({"pattern": pattern}),
            json!({"patternProperties": {pattern: false}}),
            json!({"propertyNames": {"pattern": pattern}}),
        ]
    })
    .collect();
    for number in NUMBERS.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok()) {
        tests.extend([
            json!({"const": number}),
            json!({"enum": [number, "a"]}),
            json!({"minimum": number}),
            json!({"exclusiveMaximum": number}),
        ]);
        tests.extend([
            json!({"contains": {"const": number}}),
            json!({"properties": {"a": {"const": number}}, "minProperties": 1}),
        ]);
    }
    tests.extend(
        ["integer", "number", "string", "object", "array"].map(|name| json!({"type": name})),
    );
    tests.extend([2, 3, 10].map(|number| json!({"multipleOf": number})));
    tests.extend([
        json!({"minLength": 2}),
        json!({"maxLength": 1.0}),
        json!({"uniqueItems": true}),
        json!({"minItems": 2.0}),
        json!({"required": ["a"]}),
    ]);
    tests.extend([
        json!({"const": [1]}),
        json!({"enum": [{"a": 1}]}),
        json!({"additionalProperties": false, "properties": {"é": true}}),
    ]);
    tests
}

fn policy(body: Value) -> Policy {
    let mut schema = body;
    schema["x-schema-family"] = "urn:example:decisions".into();
    compile(&schema.to_string())
}

#[test]
fn the_decision_never_contradicts_the_validator() {
    let (mut left_out, mut judged) = (0, 0);
    for test in tests() {
        let condition = json!({"properties": {"v": test}});
        let plain =
            policy(json!({"allOf": [condition], "properties": {"then": {"x-protection": {}}}}));
        let sides = policy(json!({
            "if": condition,
            "then": {"properties": {"then": {"x-protection": {}}}},
            "else": {"properties": {"else": {"x-protection": {}}}},
        }));
        for value in NUMBERS.iter().chain(STRINGS).chain(OTHERS) {
            let document = format!(r#"{{"v":{value},"then":"secret","else":"secret"}}"#);
            let seal = |policy: &Policy| {
                policy.seal(
                    document.as_bytes(),
                    &context("r", "s"),
                    &mut Store::default(),
                    &mut Stream(1),
                )
            };
            let holds = match seal(&plain) {
                Ok(_) => true,
                Err(error) => {
                    assert_eq!(error.record().code, ErrorCode::Invalid, "{test} {value}");
                    false
                }
            };
            let sealed = String::from_utf8(seal(&sides).unwrap().document).unwrap();
            let is_clear = |side: &str| sealed.contains(&format!(r#""{side}":"secret""#));
            let side = if holds { "then" } else { "else" };
            assert!(!is_clear(side), "{test} {value}: `{side}` was left clear");
            judged += 1;
            left_out += u32::from(is_clear("then") || is_clear("else"));
        }
    }
    say!("decision and validator: {judged} values judged, of {left_out} a side was left out");
    assert!(left_out * 10 > judged * 9, "nearly all of it can be decided: {left_out} of {judged}");
}

/// Where drafts and validators differ about a keyword, nothing is decided by it.
#[test]
fn what_validators_take_from_other_drafts_is_not_decided() {
    for draft in ["2019-09", "2020-12"] {
        for (test, value) in [
            (json!({"dependencies": {"a": ["b"]}}), r#"{"a":1}"#),
            (json!({"dependencies": {"a": {"required": ["b"]}}}), r#"{"a":1}"#),
            (json!({"contains": {"type": "integer"}, "unevaluatedItems": false}), "[1]"),
        ] {
            // The crate alone judges whole documents by `dependencies` of these drafts.
            if cfg!(not(feature = "validation")) && test.get("dependencies").is_some() {
                continue;
            }
            let policy = policy(json!({
                "$schema": format!("https://json-schema.org/draft/{draft}/schema"),
                "if": {"properties": {"v": test}},
                "then": {"properties": {"then": {"x-protection": {}}}},
                "else": {"properties": {"else": {"x-protection": {}}}},
            }));
            let document = format!(r#"{{"v":{value},"then":"secret","else":"secret"}}"#);
            let sealed = policy
                .seal(
                    document.as_bytes(),
                    &context("r", "s"),
                    &mut Store::default(),
                    &mut Stream(1),
                )
                .unwrap()
                .document;
            let sealed: Value = serde_json::from_slice(&sealed).unwrap();
            // In 2020-12 `contains` evaluates: there it is decided.
            let is_decided = draft == "2020-12" && test.get("contains").is_some();
            assert_ne!(sealed["then"], "secret", "{draft} {test}");
            assert_eq!(sealed["else"] == "secret", is_decided, "{draft} {test}");
        }
    }
}

/// Elements that are told apart by what is in them are not compared each with each.
#[test]
fn unique_objects_take_no_quadratic_time() {
    let policy = policy(json!({
        "properties": {"list": {"items": {"properties": {"name": {"x-protection": {}}}}}},
        "if": {"properties": {"list": {"uniqueItems": true}}},
        "then": {"properties": {"then": {"x-protection": {}}}},
    }));
    let sealed = |list: &[Value]| {
        let document = json!({"list": list, "then": "secret"}).to_string();
        let sealed = policy
            .seal(document.as_bytes(), &context("r", "s"), &mut Store::default(), &mut Stream(1))
            .unwrap();
        serde_json::from_slice::<Value>(&sealed.document).unwrap()["then"] != "secret"
    };
    let mut list: Vec<Value> =
        (0..20_000).map(|number| json!({"kind": "line", "number": number})).collect();
    assert!(sealed(&list));
    list.push(json!({"number": 3, "kind": "line"}));
    assert!(!sealed(&list), "two are equal");
    // What may be sealed is not read: they may be equal or not.
    list.truncate(9);
    list.extend([json!({"number": 1, "name": "Ann"}), json!({"number": 1, "name": "Ben"})]);
    assert!(sealed(&list));
}
