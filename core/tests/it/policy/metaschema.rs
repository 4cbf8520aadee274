//! `docs/schema/fieldseal-1.schema.json`, the metaschema of the vocabulary: it validates every
//! schema that the compiler accepts and fails every one that the compiler refuses as malformed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fieldseal::policy::{Options, Policy};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

const TEXT: &str = include_str!("../../../../docs/schema/fieldseal-1.schema.json");
const PAGE: &str = include_str!("../../../../docs/marking-a-schema.md");

static METASCHEMA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(TEXT).unwrap());
static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::validator_for(&METASCHEMA).unwrap());

/// The findings that a look at one schema alone can make.
const MALFORMED: [&str; 10] = [
    "marker-malformed",
    "marker-misplaced",
    "unknown-member",
    "unknown-keyword",
    "not-built",
    "retention-malformed",
    "retention-misplaced",
    "defaults-misplaced",
    "family-malformed",
    "family-misplaced",
];

/// Values of every kind, with everything that any member can be, and neighbours of it.
fn values() -> Vec<Value> {
    let texts = "sealed deterministic pseudonym open aes-256-gcm aes-256-gcm-iv chacha20-poly1305 aes-256-siv aes \
        record-field record-path field none record exact nfkc-casefold email digits upper domain \
        subject person contract created /customerId /a~0b/~1 /a~2 / 1/id 0 0# 1# 0-1# 2+1/a 01/id \
        id -1 1/a~2 99999999999/id P10Y P1Y6M P1Y2M3W4D P2W P90D P6M P P0D 10Y P1.5Y -P1Y P1D1Y \
        P1Y1Y PT1H P1DT1H P99999999999Y P1Y P2Y P12M P24M P5M P4M P3M P2M P1M P1M1D P7D P1W P30D \
        P01M P0Y6M P1Y0M P0Y0M7D P000000001Y P07D A6-1-b A6-1-g A9-2-a x";
    let others = json!([
        null, true, false, 0, 1, 7, 8, 24, 64, 65, 8.5, -8, "", [], {}, [1], [[]], [{}],
        ["A6-1-a"], ["A6-1-a", "A6-1-f"], ["A6-1-a", 1], {"any": ["value", 1]}, {"keepFirst": 1},
        [{"bind": "none"}], [{"bind": "all"}], [{"suite": "aes-256-siv"}], [{"suite": "aes"}],
        [{"suite": "aes-256-gcm-iv"}],
        [{"keys": []}], [{"keys": ["item"]}], [{"keys": ["subject", "index"]}],
        [{"keys": ["retention", "item"]}], [{"keys": ["subject"], "subjectBound": false}],
        [{"keys": "subject"}], [{"subjectBound": "no"}], [{"pad": true}],
        {"name": "n", "bits": 8}, {"name": "n", "bits": 64, "normalize": "email", "per": "subject"},
        {"name": "n"}, {"bits": 8}, {"name": "", "bits": 8}, {"name": "n", "bits": 7},
        {"name": "n", "bits": 65}, {"name": "n", "bits": 8.5}, {"name": "n", "bits": "8"},
        {"name": "n", "bits": 8, "per": "person"}, {"name": "n", "bits": 8, "per": "domain"},
        {"name": "n", "bits": 8, "normalize": 1}, {"name": "n", "bits": 8, "rows": 1},
        {"name": 1, "bits": 8}
    ]);
    let mut values: Vec<Value> = texts.split_whitespace().map(Value::from).collect();
    values.extend(others.as_array().unwrap().iter().cloned());
    values
}

/// The members of a marker that the metaschema has.
fn members() -> Vec<String> {
    METASCHEMA["$defs"]["members"]["properties"].as_object().unwrap().keys().cloned().collect()
}

/// A schema with rules that markers may name.
fn around(keyword: &str, value: &Value) -> Value {
    let rule = json!({"period": "P10Y", "from": "created", "bucket": "P1M"});
    let mut schema = json!({"x-schema-family": "f", "x-retention": {"contract": rule}});
    match keyword {
        "x-protection" => schema["properties"] = json!({"a": {"x-protection": value}}),
        _ => schema[keyword] = value.clone(),
    }
    schema
}

/// The findings of the compiler that a look at the schema alone can make.
fn malformed(schema: &Value) -> Vec<String> {
    match Policy::compile(schema.to_string().as_bytes(), Options::default()) {
        Ok(_) => Vec::new(),
        Err(error) => {
            let findings = &error.record().findings;
            let known = findings.iter().filter(|finding| MALFORMED.contains(&finding.id));
            known.map(|finding| format!("{} {}", finding.id, finding.pointer)).collect()
        }
    }
}

/// Compares both, and returns whether the compiler found something malformed.
#[track_caller]
fn agree(schema: &Value) -> bool {
    let found = malformed(schema);
    assert_eq!(VALIDATOR.is_valid(schema), found.is_empty(), "{schema}: {found:?}");
    !found.is_empty()
}

#[test]
fn the_metaschema_is_a_schema_of_its_draft_and_explains_every_member() {
    assert!(jsonschema::draft202012::meta::is_valid(&METASCHEMA));
    for member in members() {
        let described = &METASCHEMA["$defs"]["members"]["properties"][&member]["description"];
        assert!(described.as_str().is_some_and(|text| text.len() > 20), "{member}");
    }
}

#[test]
fn every_value_of_every_member() {
    let (mut accepted, mut refused) = (BTreeSet::new(), BTreeSet::new());
    let names = members().into_iter().chain(["colour".into(), "Subject".into()]);
    for name in names {
        for value in values() {
            let member = json!({ &name: value });
            let both = [around("x-protection", &member), around("x-protection-defaults", &member)];
            for schema in both {
                // A marker without a mode may be a pseudonym by the defaults, which the metaschema
                // cannot see.
                let found = malformed(&schema);
                let idle = format!("marker-malformed /properties/a/x-protection/{name}");
                let by_mode = matches!(&*name, "domain" | "normalize") && found == [idle];
                if by_mode && !malformed(&around("x-protection-defaults", &member)).is_empty() {
                    assert!(!VALIDATOR.is_valid(&schema), "{schema}");
                } else if by_mode {
                    assert!(VALIDATOR.is_valid(&schema), "{schema}");
                } else if agree(&schema) {
                    refused.insert(name.clone());
                } else {
                    accepted.insert(name.clone());
                }
            }
        }
    }
    // Every member was met both ways, but for those that take anything or nothing.
    for name in members() {
        assert_eq!(accepted.contains(&name), name != "mask", "{name}");
        assert_eq!(refused.contains(&name), name != "erased", "{name}");
    }
}

#[test]
fn members_that_mean_nothing_in_a_mode() {
    let samples = json!({"subject": "0", "retention": "contract", "bind": "none", "pad": true,
        "suite": "aes-256-gcm", "rectifiable": true, "accept": [], "domain": "d",
        "index": {"name": "n", "bits": 8}, "erased": null, "normalize": "email"});
    let (mut refused, mut met) = (0, 0);
    for mode in ["sealed", "deterministic", "pseudonym"] {
        for (name, value) in samples.as_object().unwrap() {
            let marker = json!({"mode": mode, name: value});
            refused += usize::from(agree(&around("x-protection", &marker)));
            agree(&around("x-protection-defaults", &marker));
            met += 1;
        }
        for harmless in [json!({"retention": false}), json!({"rectifiable": false})] {
            let mut marker = harmless.clone();
            marker["mode"] = mode.into();
            assert!(!agree(&around("x-protection", &marker)));
        }
    }
    assert_eq!((refused, met), (14, 33));
    for (marker, is_refused) in [
        (json!({"accept": [{"keys": ["subject"]}]}), true),
        (json!({"accept": [{"keys": ["retention", "item"]}]}), false),
        (json!({"index": {"name": "n", "bits": 8, "per": "subject"}}), true),
        (json!({"index": {"name": "n", "bits": 8, "per": "domain"}}), false),
        (json!({"index": {"name": "n", "bits": 8}}), false),
    ] {
        let mut marker = marker.clone();
        marker["retention"] = "contract".into();
        assert!(!agree(&around("x-protection", &marker)));
        marker["subject"] = false.into();
        assert_eq!(agree(&around("x-protection", &marker)), is_refused, "{marker}");
    }
}

#[test]
fn rules_of_retention() {
    let whole = json!({"period": "P1Y", "from": "created", "bucket": "P1Y"});
    let mut refused = 0;
    for name in ["period", "from", "bucket", "lawfulBasis", "basis"] {
        for value in values() {
            let mut rule = whole.clone();
            rule[name] = value;
            refused += usize::from(agree(&around("x-retention", &json!({"r": rule}))));
        }
        let mut rule = whole.clone();
        rule.as_object_mut().unwrap().remove(name);
        assert_eq!(agree(&around("x-retention", &json!({ "r": rule }))), whole.get(name).is_some());
    }
    assert!(refused > 300, "{refused}");
    for name in ["", "a/b", "a", "a b", "/"] {
        agree(&around("x-retention", &json!({ name: whole })));
    }
    for rules in [json!(1), json!([]), json!({}), json!({"r": 1}), json!({"r": []})] {
        agree(&around("x-retention", &rules));
    }
}

/// Every keyword that holds schemas, around a schema.
fn applied(keyword: &str, schema: Value) -> Value {
    match keyword {
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => json!({ keyword: [schema] }),
        "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions"
        | "dependencies" => json!({ keyword: {"a": schema} }),
        "then" | "else" => json!({"if": true, keyword: schema}),
        _ => json!({ keyword: schema }),
    }
}

#[test]
fn keywords_at_the_root_and_below_every_applicator() {
    let keywords = json!({
        "x-protection": {}, "x-protection-defaults": {}, "x-retention": {}, "x-schema-family": "f",
        "x-privacy": {}, "x-protected": {}, "x-protection-default": {}, "x_protection": {},
        "X-Protection": {}, "x-schema-family-2": "f", "X-Schema-Family": "f", "x-retentions": {},
        "X-Retention": {}, "X-Privacy": {}, "x-projection": 1, "x-order": 1, "x-model": {"a": [1]},
        "contentMediaType": "text/plain", "title": "x-protection"
    });
    let applicators: Map<String, Value> =
        METASCHEMA["$defs"]["applicators"]["properties"].as_object().unwrap().clone();
    assert!(applicators.len() >= 22, "{}", applicators.len());
    let (mut refused, mut accepted) = (0, 0);
    for (keyword, value) in keywords.as_object().unwrap() {
        agree(&around(keyword, value));
        for applicator in applicators.keys() {
            // The compiler reads the keywords of the draft alone.
            let draft = match applicator.as_str() {
                "additionalItems" | "dependencies" => "http://json-schema.org/draft-07/schema#",
                _ => "https://json-schema.org/draft/2020-12/schema",
            };
            for inner in [json!({ keyword: value }), json!({"items": {keyword: value}})] {
                let mut schema = applied(applicator, inner);
                if applicator == "additionalItems" {
                    schema["items"] = json!([true]);
                }
                schema["x-schema-family"] = "f".into();
                schema["$schema"] = draft.into();
                if agree(&schema) { refused += 1 } else { accepted += 1 }
            }
        }
    }
    assert!(refused > 400 && accepted > 200, "{refused} {accepted}");
    for family in [json!(""), json!(1), json!(null), json!("f")] {
        agree(&json!({"$id": "https://example.org/f", "x-schema-family": family}));
    }
    assert!(agree(&around("x-protection", &json!(true))));
    assert!(agree(&json!({"x-schema-family": "f", "x-protection-defaults": []})));
}

#[test]
fn markers_in_standard_keywords_alone() {
    let sealed = "application/vnd.fieldseal.sealed";
    for media in [sealed, "Application/VND.FieldSeal.Sealed", "application/json"] {
        for encoding in [json!("base64url"), json!("base64"), json!(null)] {
            let mut value = json!({"contentMediaType": media, "contentEncoding": encoding});
            if encoding.is_null() {
                value.as_object_mut().unwrap().remove("contentEncoding");
            }
            for keyword in ["properties", "items", "not", "if", "propertyNames", "contentSchema"] {
                let mut schema = applied(keyword, value.clone());
                schema["x-schema-family"] = "f".into();
                agree(&schema);
            }
        }
    }
}

/// The metaschema has every member that the page explains, and the page every one of it.
#[test]
fn the_page_and_the_metaschema_have_the_same_members() {
    let (_, table) = PAGE.split_once("\n## Keywords\n").expect("the page has the table");
    let rows = table.split("\n## ").next().unwrap().lines();
    let named: BTreeSet<&str> = rows
        .filter_map(|row| row.strip_prefix("| `\"")?.split_once('"').map(|(name, _)| name))
        .collect();
    let known = members();
    let mut expected: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    expected.extend(["x-protection", "x-protection-defaults", "x-retention", "x-schema-family"]);
    expected.extend(["x-privacy", "contentMediaType"]);
    assert_eq!(named, expected);
}

/// Every schema on the page validates.
#[test]
fn the_examples_of_the_page_validate() {
    let mut blocks = PAGE.split("\n```json schema\n").skip(1);
    let schemas: Vec<&str> =
        blocks.by_ref().map(|rest| rest.split("\n```").next().unwrap()).collect();
    assert!(schemas.len() >= 14, "{}", schemas.len());
    for schema in schemas {
        assert!(VALIDATOR.is_valid(&serde_json::from_str(schema).unwrap()), "{schema}");
    }
}
