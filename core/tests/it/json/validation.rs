//! The tape behind the validator's traits: the contract of those traits, the same verdicts as over
//! a tree, hostile numbers.

use fieldseal::Limits;
use fieldseal::json::Tape;
use fieldseal::json::validation::{TapeJson, TapeNode};
use fieldseal_conformance::counts::VALIDATED_DOCUMENTS;
use jsonschema::{ValidationOptions, Validator};
use jsonschema_value::{Array, JsonNumber, Node, Object, conformance};
use proptest::prelude::*;
use serde_json::{Value, json};

fn tape(text: &str) -> Tape<'_> {
    Tape::parse(text.as_bytes(), &Limits::default()).unwrap()
}

fn validator(schema: &Value) -> Validator<TapeJson> {
    ValidationOptions::default().build(schema).unwrap()
}

fn is_valid(schema: &Value, text: &str) -> bool {
    validator(schema).is_valid(TapeNode::from(tape(text).root()))
}

#[test]
fn zero_has_no_sign() {
    for schema in [
        json!({"enum": [0]}),
        json!({"const": 0}),
        json!({"enum": [0.0]}),
        json!({"enum": [{"a": [0]}]}),
        json!({"const": [0]}),
    ] {
        let wrap = |zero: &str| match (schema.pointer("/enum/0/a"), schema.pointer("/const/0")) {
            (Some(_), _) => format!("{{\"a\":[{zero}]}}"),
            (_, Some(_)) => format!("[{zero}]"),
            _ => zero.to_owned(),
        };
        for zero in ["0", "-0", "0.0", "-0.0", "-0e9"] {
            assert!(is_valid(&schema, &wrap(zero)), "{schema} {zero}");
        }
        assert!(!is_valid(&schema, &wrap("-1")), "{schema}");
    }
}

#[test]
fn the_contract_of_the_traits_is_kept() {
    for text in [
        conformance::document().to_string(),
        serde_json::to_string_pretty(&conformance::document()).unwrap(),
    ] {
        conformance::assert_conformance::<TapeJson>(&TapeNode::from(tape(&text).root()));
        // The same document with every letter escaped, names included.
        let escaped: String = text
            .split('"')
            .enumerate()
            .map(|(i, part)| match i % 2 {
                0 => part.to_owned(),
                _ => format!(
                    "\"{}\"",
                    part.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>()
                ),
            })
            .collect();
        conformance::assert_conformance::<TapeJson>(&TapeNode::from(tape(&escaped).root()));
    }
}

#[test]
fn hostile_numbers_stay_bounded() {
    let digits = "7".repeat(1 << 14);
    let zeros = "0".repeat(1 << 14);
    let hostile = [
        "1e400".to_owned(),
        "-1e400".to_owned(),
        "1e999999999".to_owned(),
        "1e-999999999".to_owned(),
        "1e99999999999999999999999999".to_owned(),
        "-1e-99999999999999999999999999".to_owned(),
        digits.clone(),
        format!("-{digits}.{digits}"),
        format!("1.{zeros}"),
        format!("1{zeros}"),
        format!("0.{zeros}1e{}", 1 << 14),
        format!("1e{zeros}{digits}"),
    ];
    let schemas = [
        json!({"type": "integer"}),
        json!({"type": "number"}),
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"}),
        json!({"const": 7}),
        json!({"enum": [1, 2.5, "x", {"a": 1}]}),
        json!({"minimum": -1, "maximum": 1e300}),
        json!({"exclusiveMinimum": 0.5}),
        json!({"multipleOf": 3}),
        json!({"multipleOf": 0.01}),
    ];
    for schema in &schemas {
        let validator = validator(schema);
        for number in &hostile {
            let tape = tape(number);
            let node = TapeNode::from(tape.root());
            let verdict = validator.is_valid(node);
            assert_eq!(validator.validate(node).is_ok(), verdict, "{schema} {number:.20}");
        }
    }
    for number in &hostile {
        let list = format!("[{number},{number}]");
        assert!(!is_valid(&json!({"uniqueItems": true}), &list), "{number:.20}");
        let tape = tape(number);
        let value = TapeNode::from(tape.root()).to_value().into_owned();
        assert!(value.is_number(), "{number:.20}");
    }
}

#[test]
fn a_megabyte_of_digits_is_read_like_any_number() {
    let (digits, zeros) = ("7".repeat(1 << 20), "0".repeat(1 << 20));
    let schema = json!({"type": "integer", "minimum": 1, "multipleOf": 7});
    assert!(is_valid(&schema, &digits));
    assert!(is_valid(&schema, &format!("7{zeros}.{zeros}")));
    assert!(!is_valid(&schema, &format!("7{zeros}.{zeros}1")));
}

#[test]
fn integers_are_told_by_value_and_in_draft_4_by_spelling() {
    let by_value = json!({"type": "integer"});
    let by_spelling =
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"});
    let cases = [
        ("0", true, true),
        ("-0", true, true),
        ("12", true, true),
        ("1.0", true, false),
        ("1e2", true, false),
        ("1e400", true, false),
        ("1.5e1", true, false),
        ("123456789012345678901234567890", true, true),
        ("9007199254740993.0", true, false),
        ("9007199254740993.5", false, false),
        ("0.5", false, false),
        ("1e-1", false, false),
        ("1e-400", false, false),
        ("100000000000000000000.00000000000000000001", false, false),
    ];
    for (text, value, spelling) in cases {
        assert_eq!(is_valid(&by_value, text), value, "{text}");
        assert_eq!(is_valid(&by_spelling, text), spelling, "{text} in draft 4");
    }
}

#[test]
fn numbers_compare_by_value() {
    for (schema, text, equal) in [
        (json!(100), "1e2", true),
        (json!(1), "1.0", true),
        (json!(1.0), "1", true),
        (json!(0.1), "0.1", true),
        (json!(0.1), "1e-1", true),
        (json!(0), "-0.0", true),
        (json!(-3), "-3.000", true),
        (json!(9007199254740993u64), "9007199254740993.0", true),
        (json!(9007199254740993u64), "9007199254740992", false),
        (json!(18446744073709551615u64), "18446744073709551615", true),
        (json!(1), "1e400", false),
        (json!(1e300), "1e300", true),
        (json!(1), "\"1\"", false),
        (json!(1), "true", false),
    ] {
        assert_eq!(is_valid(&json!({"const": schema}), text), equal, "{schema} {text}");
    }
}

#[test]
fn items_are_unique_by_value() {
    let schema = json!({"uniqueItems": true});
    for (text, unique) in [
        ("[]", true),
        ("[1]", true),
        ("[1,2]", true),
        ("[1,1.0]", false),
        ("[1,\"1\",true,null,[1],{\"1\":1}]", true),
        ("[0,-0.0]", false),
        ("[1e400,10e399]", false),
        ("[1e400,1e401]", true),
        ("[\"a\",\"\\u0061\"]", false),
        ("[{\"a\":1,\"b\":[2]},{\"b\":[2.0],\"a\":1}]", false),
        ("[{\"a\":1},{\"a\":1,\"b\":1}]", true),
        ("[[\"ab\",\"c\"],[\"a\",\"bc\"]]", true),
        ("[[[]],[[],[]],[]]", true),
        ("[[1,2],[12],[1,2]]", false),
    ] {
        assert_eq!(is_valid(&schema, text), unique, "{text}");
    }
}

#[test]
fn names_run_through_property_names() {
    let schema = json!({"propertyNames": {"maxLength": 3, "pattern": "^[a-z\u{e9}]*$", "not": {"const": "bad"}}});
    for (text, valid) in [
        (r#"{"abc":1,"x":2}"#, true),
        (r#"{"abcd":1}"#, false),
        (r#"{"\u0061\u0062":1}"#, true),
        (r#"{"éé":1,"\u00e9":2}"#, true),
        (r#"{"bad":1}"#, false),
        (r#"{"b\u0061d":1}"#, false),
        (r#"{"A":1}"#, false),
    ] {
        assert_eq!(is_valid(&schema, text), valid, "{text}");
    }
}

#[test]
fn an_error_has_its_pointer_and_builds_its_instance_when_read() {
    let text = r#"{"a":[{"n":1e400},{"n":"\u0078"}]}"#;
    let schema = json!({"properties": {"a": {"items": {"properties": {"n": {"type": "number"}}}}}});
    let tape = tape(text);
    let validator = validator(&schema);
    let error = validator.validate(TapeNode::from(tape.root())).unwrap_err();
    assert_eq!(error.instance_path().as_str(), "/a/1/n");
    assert_eq!(error.instance().as_ref(), &json!("x"));
    let whole = TapeNode::from(tape.root()).lazy_value();
    assert_eq!(whole.get().as_ref(), &json!({"a": [{"n": f64::MAX}, {"n": "x"}]}));
}

#[test]
fn a_recursive_schema_ends_at_the_deepest_document() {
    let schema = json!({"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}, "uniqueItems": true}}});
    let deepest = format!("{}{}", "[".repeat(128), "]".repeat(128));
    assert!(is_valid(&schema, &deepest));
    let last_differs = format!("{}1,1{}", "[".repeat(128), "]".repeat(128));
    assert!(!is_valid(&schema, &last_differs));
}

/// Values whose tree loses nothing: what the validator says of the tree is the truth for the tape.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-5i64..20).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-40i32..40).prop_map(|quarters| Value::from(f64::from(quarters) / 4.0)),
        "[a-cé\u{1f600}\\\\\"\n]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-d\\\\]{0,2}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "null", "boolean", "integer", "number", "string", "array", "object"
        ])
        .prop_map(|kind| json!({"type": kind})),
        document().prop_map(|value| json!({"const": value})),
        prop::collection::vec(document(), 1..4).prop_map(|values| json!({"enum": values})),
        (-5i64..10).prop_map(|limit| json!({"minimum": limit, "multipleOf": 2})),
        (0u64..4).prop_map(
            |length| json!({"minLength": length, "minItems": length, "minProperties": length})
        ),
        (0u64..4).prop_map(
            |length| json!({"maxLength": length, "maxItems": length, "maxProperties": length})
        ),
        Just(json!({"uniqueItems": true})),
        prop::collection::btree_set("[a-d]{0,2}", 0..3)
            .prop_map(|names| json!({"required": names})),
        Just(json!({"pattern": "^[a-b]"})),
        Just(json!(true)),
        Just(json!(false)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::btree_map("[a-d]{0,2}", inner.clone(), 0..4)
                .prop_map(|properties| json!({"properties": properties, "additionalProperties": {"type": ["number", "string"]}})),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({"anyOf": [a, b]})),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({"oneOf": [a, b], "unevaluatedProperties": false})),
            inner.clone().prop_map(|a| json!({"not": a})),
            inner.clone().prop_map(|a| json!({"items": a})),
            inner.clone().prop_map(|a| json!({"contains": a})),
            inner.clone().prop_map(|a| json!({"propertyNames": a})),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({"if": a, "then": b})),
            inner.prop_map(|a| json!({"patternProperties": {"^a": a}})),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(VALIDATED_DOCUMENTS.get()) })]

    #[test]
    fn verdicts_and_pointers_are_those_over_a_tree(document in document(), schema in schema()) {
        let text = document.to_string();
        let tape = tape(&text);
        let ours = validator(&schema);
        let theirs = jsonschema::validator_for(&schema).unwrap();
        let node = TapeNode::from(tape.root());
        prop_assert_eq!(ours.is_valid(node), theirs.is_valid(&document));
        // Members come in another order out of the tree's map, and so do the errors.
        let sorted = |mut pointers: Vec<String>| { pointers.sort(); pointers };
        let own = sorted(ours.iter_errors(node).map(|error| error.instance_path().to_string()).collect());
        let other = sorted(theirs.iter_errors(&document).map(|error| error.instance_path().to_string()).collect());
        prop_assert_eq!(own, other);
    }

    #[test]
    fn equality_is_that_of_trees(left in document(), right in document()) {
        let text = left.to_string();
        let tape = tape(&text);
        let node = TapeNode::from(tape.root());
        prop_assert!(node.equals_value(&left));
        prop_assert_eq!(node.equals_value(&right), jsonschema::json::cmp::equal(&left, &right));
        prop_assert_eq!(node.to_value().into_owned(), left);
    }

    #[test]
    fn uniqueness_is_that_of_trees(items in prop::collection::vec(document(), 0..24)) {
        let text = Value::from(items.clone()).to_string();
        let tape = tape(&text);
        let array = TapeNode::from(tape.root()).as_array().unwrap();
        prop_assert_eq!(array.is_unique(), jsonschema::json::unique::is_unique(&items));
        prop_assert_eq!(Array::len(&array), items.len());
    }

    #[test]
    fn numbers_read_as_serde_json_reads_them(text in "-?(0|[1-9][0-9]{0,21})(\\.[0-9]{1,19})?([eE][-+]?[0-9]{1,2})?") {
        let tape = tape(&text);
        let own = TapeNode::from(tape.root()).as_number().unwrap();
        let other: serde_json::Number = serde_json::from_str(&text).unwrap();
        // Integers that are written with a point or an exponent are integers here, and so is -0.
        if !text.contains(['.', 'e', 'E']) && text != "-0" {
            prop_assert_eq!(own.as_u64(), other.as_u64());
            prop_assert_eq!(own.as_i64(), other.as_i64());
        }
        for integer in [own.as_u64().map(i128::from), own.as_i64().map(i128::from)].into_iter().flatten() {
            prop_assert!(own.is_integer());
            prop_assert_eq!(integer as f64, other.as_f64().unwrap());
        }
        prop_assert_eq!(own.as_f64(), other.as_f64());
        prop_assert_eq!(own.to_number().as_f64(), other.as_f64());
        prop_assert_eq!(own.is_written_as_integer(), !text.contains(['.', 'e', 'E']));
    }
}

#[test]
fn lookups_find_escaped_names() {
    let tape = tape(r#"{"\u0061":1,"b":{"c\"d":2},"":3}"#);
    let object = TapeNode::from(tape.root()).as_object().unwrap();
    assert!(object.get(&"a".to_owned()).is_some());
    assert!(object.get(&"\\u0061".to_owned()).is_none());
    assert!(object.get(&String::new()).is_some());
    let inner = object.get(&"b".to_owned()).unwrap().as_object().unwrap();
    assert_eq!(inner.get(&"c\"d".to_owned()).unwrap().as_number().unwrap().as_u64(), Some(2));
}
