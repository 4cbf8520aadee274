//! The evaluator alone: where nothing may be marked, it decides a document as the oracle judges it;
//! where something may be, it decides what does not depend on it; and it pays for what it reads.

use serde_json::{Value, json};

use super::proof::{Line, lines};
use crate::Limits;
use crate::json::Tape;
use crate::policy::{Options, Policy};
use crate::resolver::decide::{Depth, Evaluator, Subject, Truth};
use crate::resolver::walk::Sought;

/// Returns the outcome of the root's rule and the steps that it took.
fn evaluated(policy: &Policy, document: &Value, depth: Depth) -> (Truth, u64) {
    let text = document.to_string();
    let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
    let (program, automaton) = (&policy.0.program, &policy.0.automaton);
    let mut evaluator = Evaluator::new(program, automaton, u64::MAX);
    let subject = Subject::Value(tape.root(), automaton.root);
    let outcome = evaluator.test(program.root, subject, depth);
    (outcome, u64::MAX - evaluator.steps())
}

fn policy(schema: &Value) -> Policy {
    let mut schema = schema.clone();
    schema["x-schema-family"] = "f".into();
    Policy::compile(schema.to_string().as_bytes(), Options::default())
        .unwrap_or_else(|error| panic!("{schema}: {:?}", error.record()))
}

fn unmark(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.remove("x-protection");
            members.values_mut().for_each(unmark);
        }
        Value::Array(elements) => elements.iter_mut().for_each(unmark),
        _ => {}
    }
}

/// Returns true if readers may differ about what decides this document.
fn is_disputed(line: &Line, document: &str) -> bool {
    let schema = line.value["schema"].to_string();
    line.takes_contains_for_evaluating()
        || document.contains('😀') && schema.contains("\"pattern")
        || document.contains("3.5") && schema.contains("\"multipleOf\"")
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn a_readable_document_is_decided_as_the_oracle_judges_it() {
    let (mut decided, mut left_open, mut failed_at_a_glance) = (0, 0, 0);
    for mut line in lines("random.ndjson").take(3_000) {
        unmark(&mut line.value["schema"]);
        let policy = line.compile().unwrap_or_else(|error| panic!("{:?}", error.record()));
        for instance in line.value["instances"].as_array().unwrap() {
            let (document, valid) = (&instance["data"], instance["valid"] == true);
            let fault = || format!("{}: {document}\n{}", line.origin, line.value["schema"]);
            match evaluated(&policy, document, Depth::Whole).0 {
                Truth::Unknown if is_disputed(&line, &document.to_string()) => left_open += 1,
                outcome => {
                    assert_eq!(outcome, Truth::known(valid), "{}", fault());
                    decided += 1;
                }
            }
            if evaluated(&policy, document, Depth::Shallow).0 == Truth::Fail {
                assert!(!valid, "{}", fault());
                failed_at_a_glance += 1;
            }
        }
    }
    say!(
        "readable documents of random schemas: {decided} decided, {left_open} left open; {failed_at_a_glance} fail at a glance"
    );
    assert!(decided > 30_000 && left_open < 200 && failed_at_a_glance > 2_000);
}

const PASS: Truth = Truth::Pass;
const FAIL: Truth = Truth::Fail;
const OPEN: Truth = Truth::Unknown;

fn assert_outcomes(cases: &[(Value, &[(Value, Truth)])]) {
    for (schema, documents) in cases {
        let policy = policy(schema);
        for (document, expected) in *documents {
            let outcome = evaluated(&policy, document, Depth::Whole).0;
            assert_eq!(outcome, *expected, "{document} of {schema}");
        }
    }
}

/// Values that may be marked are not read, and leave open only what depends on them.
#[test]
fn what_may_be_marked_leaves_open_what_depends_on_it() {
    let marked = || json!({"x-protection": {}});
    let unknown = || json!({"properties": {"m": {"x-protection": {}, "const": 1}}});
    let both = |first: Value, second: Value| json!({"m": first, "n": second});
    assert_outcomes(&[
        (json!({"properties": {"m": marked()}}), &[(json!({"m": 1}), PASS)]),
        (unknown(), &[(json!({"m": 1}), OPEN), (json!({"m": 2}), OPEN), (json!({}), PASS)]),
        (
            json!({"anyOf": [unknown(), {"required": ["n"]}]}),
            &[(both(json!(2), json!(0)), PASS), (json!({"m": 2}), OPEN)],
        ),
        (
            json!({"oneOf": [unknown(), {"required": ["n"]}]}),
            &[(both(json!(2), json!(0)), OPEN), (json!({"m": 2}), OPEN), (json!({}), PASS)],
        ),
        (
            json!({"properties": {"m": {"x-protection": {}, "dependentSchemas": {"a": false}}}}),
            &[(json!({"m": {"a": 1}}), OPEN), (json!({"m": {}}), OPEN)],
        ),
        (
            json!({"properties": {"m": {"x-protection": {}, "dependentSchemas": {"a": true}}}}),
            &[(json!({"m": {"a": 1}}), PASS)],
        ),
    ]);
}

/// A choice evaluates what the side that is left does, or else what all sides do that may pass.
#[test]
fn what_a_choice_evaluates_is_not_sealed_as_unevaluated() {
    let marked = || json!({"x-protection": {}});
    let sealed = |policy: &Policy, document: &Value| -> Vec<String> {
        let text = document.to_string();
        let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
        let found = policy.resolve(&tape, Sought::Decided).unwrap();
        let decided = found.locations.iter().filter(|location| location.decided);
        decided.map(|location| tape.node(location.node).unwrap().pointer()).collect()
    };
    let side = |name: &str| {
        let properties: Value =
            [name, "z"].map(|name| (name.to_owned(), json!(true))).into_iter().collect();
        json!({"required": [name], "properties": properties})
    };
    // Nobody may read `m`, so the names of the members alone decide.
    let either = policy(&json!({
        "properties": {"m": marked()},
        "if": {"properties": {"m": {"const": 1}}},
        "then": side("a"),
        "else": side("b"),
        "unevaluatedProperties": marked(),
    }));
    let mut unread = side("a");
    unread["properties"]["m"] = json!({"const": 1});
    let any = |keyword: &str| {
        policy(&json!({
            "properties": {"m": marked()},
            keyword: [unread, side("b"), side("c")],
            "unevaluatedProperties": marked(),
        }))
    };
    for (policy, members, expected) in [
        (&either, "maz", "m"),
        (&either, "mbz", "m"),
        (&either, "mabz", "mab"),
        (&either, "mabzy", "maby"),
        (&any("anyOf"), "maz", "m"),
        (&any("anyOf"), "mbz", "m"),
        (&any("anyOf"), "mbcz", "m"),
        (&any("anyOf"), "mabz", "ma"),
        (&any("oneOf"), "mabz", "ma"),
    ] {
        let document: Value = members.chars().map(|name| (name.to_string(), json!(1))).collect();
        let expected: Vec<String> = expected.chars().map(|name| format!("/{name}")).collect();
        assert_eq!(sealed(policy, &document), expected, "{members}");
    }
}

/// Equal parts of two items count if neither of them may be marked.
#[test]
fn unique_items_are_compared_where_all_may_read_them() {
    let unique = |rest: Value| {
        let mut schema = json!({"uniqueItems": true});
        schema.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        schema
    };
    let marked = || json!({"x-protection": {}});
    assert_outcomes(&[
        (
            unique(json!({})),
            &[
                (json!([null, null]), FAIL),
                (json!([null, false, 0, "", [], {}]), PASS),
                (json!([true, false]), PASS),
                (json!([true, true]), FAIL),
                (json!(["a", "b"]), PASS),
                (json!([[1, 2], [1, 3]]), PASS),
                (json!([[1, 2], [1, 2]]), FAIL),
                (json!([[null], [null]]), FAIL),
                (json!([{"a": 1, "b": 2}, {"b": 3, "a": 1}]), PASS),
                (json!([{"a": 1, "b": 2}, {"b": 2, "a": 1}]), FAIL),
                (json!([{"a": null}, {"b": null}]), PASS),
                (json!([{"a": [1, 2]}, {"a": [1, 3]}]), PASS),
            ],
        ),
        (
            unique(json!({"items": marked()})),
            &[(json!([1, 2]), OPEN), (json!([1, 1]), OPEN), (json!([]), PASS)],
        ),
        (
            unique(json!({"prefixItems": [marked()]})),
            &[(json!([1, 2, 2]), FAIL), (json!([1, 2, 3]), OPEN)],
        ),
        (
            unique(json!({"items": {"properties": {"m": marked()}}})),
            &[
                (json!([{"m": 1, "n": 1}, {"m": 1, "n": 2}]), PASS),
                (json!([{"m": 1, "n": 1}, {"m": 2, "n": 1}]), OPEN),
                (json!([{"n": 1}, {"n": 1}]), FAIL),
            ],
        ),
        (
            unique(json!({"prefixItems": [{"properties": {"m": marked()}}, true]})),
            &[(json!([{"m": 1}, {"m": 1}]), OPEN), (json!([{"m": 1}, {"m": 2}]), OPEN)],
        ),
    ]);
}

/// Readers differ about formats, about 1.0 as an integer in draft-04 and about names beyond the
/// Basic Multilingual Plane, so none of them decides.
#[test]
fn what_readers_differ_about_is_left_open() {
    let four = |schema: Value| {
        let mut schema = schema;
        schema["$schema"] = "http://json-schema.org/draft-04/schema#".into();
        schema
    };
    let all = |expected: Truth| {
        [json!([]), json!({}), json!("a"), json!(1), json!(true), json!(null)]
            .map(|document| (document, expected))
    };
    assert_outcomes(&[
        (json!({"format": "ipv4"}), &all(OPEN)),
        (json!({}), &all(PASS)),
        (json!({"propertyNames": {"format": "ipv4"}}), &[(json!({"a": 1}), OPEN)]),
        (
            json!({"propertyNames": {"minLength": 2}}),
            &[(json!({"a": 1}), FAIL), (json!({"éé": 1}), PASS)],
        ),
        (
            four(json!({"type": "integer"})),
            &[(json!(1.0), OPEN), (json!(1), PASS), (json!(1.5), FAIL)],
        ),
        (json!({"type": "integer"}), &[(json!(1.0), PASS), (json!(1.5), FAIL)]),
        // A name that may match may be evaluated.
        (
            json!({
                "allOf": [{"patternProperties": {"^[ab]+$": true}}],
                "unevaluatedProperties": false,
            }),
            &[(json!({"é😀": 1}), OPEN), (json!({"a": 1}), PASS), (json!({"-": 1}), FAIL)],
        ),
    ]);
}

/// The sets of evaluated children hold as many as a document has.
#[test]
fn each_of_many_children_is_evaluated_or_not() {
    for count in [1, 63, 64, 65, 66, 127, 128, 129, 200] {
        let names: Vec<String> = (0..count).map(|number| format!("n{number}")).collect();
        let members = |names: &[String], value: &Value| -> Value {
            names.iter().map(|name| (name.clone(), value.clone())).collect()
        };
        let object = members(&names, &json!(0));
        let array: Value = names.iter().map(|_| json!(0)).collect();
        for left_out in [0, count / 2, count - 1] {
            let mut others = names.clone();
            let rest = others.split_off(left_out);
            let known = [&others, rest.get(1..).unwrap_or_default()].concat();
            let without = |names: &[String]| {
                policy(&json!({
                    "allOf": [{"properties": members(names, &json!(true))}],
                    "unevaluatedProperties": false,
                }))
            };
            let outcome = |policy: &Policy| evaluated(policy, &object, Depth::Whole).0;
            assert_eq!(outcome(&without(&names)), PASS, "{count}");
            assert_eq!(outcome(&without(&known)), FAIL, "{count} without {left_out}");
            let prefix = |length: usize| {
                policy(&json!({
                    "allOf": [{"prefixItems": vec![true; length.max(1)]}],
                    "unevaluatedItems": false,
                }))
            };
            let outcome = |policy: &Policy| evaluated(policy, &array, Depth::Whole).0;
            assert_eq!(outcome(&prefix(count)), PASS, "{count}");
            let shorter = left_out.max(1);
            assert_eq!(outcome(&prefix(shorter)), Truth::known(shorter >= count), "{count}");
        }
    }
}

/// The keyword takes all that is left of its own kind of children, so the schemas around it find
/// nothing unevaluated.
#[test]
fn what_an_inner_keyword_takes_is_evaluated_further_out() {
    let nested = |inner: &str, outer: &str| json!({"allOf": [{inner: true}], outer: false});
    let (members, elements) = ("unevaluatedProperties", "unevaluatedItems");
    let (object, array) = (|| json!({"a": 1}), || json!([1]));
    assert_outcomes(&[
        (nested(members, members), &[(object(), PASS), (array(), PASS)]),
        (nested(elements, members), &[(object(), FAIL), (array(), PASS)]),
        (nested(members, elements), &[(object(), PASS), (array(), FAIL)]),
        (nested(elements, elements), &[(object(), PASS), (array(), PASS)]),
    ]);
}

/// An evaluation that reads more takes more steps. Reading once takes less than a document brings:
/// 64 steps for a value and one for a byte.
#[test]
fn what_is_read_is_paid_for() {
    let numbers = |count: usize| -> Value { (0..count).map(|number| json!(number)).collect() };
    let members = |count: usize| -> Value {
        (0..count).map(|number| (format!("n{number}"), json!(0))).collect()
    };
    let text = |count: usize| json!("a".repeat(count));
    type Sized<'s> = &'s dyn Fn(usize) -> Value;
    let cases: [(&str, Sized<'_>, Sized<'_>); 10] = [
        ("required", &|_| json!({"required": ["n0"]}), &members),
        ("items", &|_| json!({"items": true}), &numbers),
        ("pattern", &|_| json!({"pattern": "^b"}), &text),
        ("lengths", &|_| json!({"minLength": 1}), &text),
        ("presence", &|_| json!({"dependentSchemas": {"n0": true}}), &members),
        ("equal values", &|count| json!({"const": numbers(count)}), &numbers),
        ("equal texts", &|_| json!({"uniqueItems": true}), &|count| {
            json!([text(count), text(count)])
        }),
        ("objects compared", &|_| json!({"uniqueItems": true}), &|count| {
            json!([members(count), members(count + 1)])
        }),
        (
            "evaluated members",
            &|_| json!({"allOf": [{"maxProperties": 9999}], "unevaluatedProperties": false}),
            &members,
        ),
        ("branches", &|_| json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}), &members),
    ];
    for (name, schema, document) in cases {
        let cost = |count: usize| {
            let document = document(count);
            let bytes = document.to_string().len() as u64;
            (evaluated(&policy(&schema(count)), &document, Depth::Whole).1, bytes)
        };
        let ((few, _), (many, bytes)) = (cost(100), cost(2_000));
        assert!(many - few >= 1_900 / 16, "{name}: {few} and {many} steps");
        assert!(many < 64 * 2_000 && many < 4 * bytes, "{name}: {many} steps for {bytes} bytes");
    }
}

/// Once the steps are used up, nothing is decided, and the document is refused.
#[test]
fn without_steps_nothing_is_decided() {
    let schema = json!({
        "anyOf": [{"required": ["a"], "properties": {"b": {"x-protection": {}}}}, {"required": ["b"]}],
    });
    let policy = policy(&schema);
    let text = br#"{"b":1}"#;
    let tape = Tape::parse(&text[..], &Limits::default()).unwrap();
    let (program, automaton) = (&policy.0.program, &policy.0.automaton);
    let subject = Subject::Value(tape.root(), automaton.root);
    let outcome = |steps: u64| {
        let mut evaluator = Evaluator::new(program, automaton, steps);
        let outcome = evaluator.test(program.root, subject, Depth::Whole);
        (outcome, evaluator.is_within())
    };
    let needed = evaluated(&policy, &json!({"b": 1}), Depth::Whole).1;
    assert_eq!(outcome(needed + 1), (PASS, true));
    assert!(!outcome(needed).1);
    assert_eq!(outcome(0), (OPEN, false));
    assert_eq!(outcome(1), (OPEN, false));
}
