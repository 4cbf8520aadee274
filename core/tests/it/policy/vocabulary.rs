//! The whole list of the vocabulary: what is built compiles, what is not built yet is a finding and
//! never silence.

use fieldseal::policy::{Options, Policy};
use serde_json::{Value, json};

fn compile(schema: &Value) -> Result<Policy, Vec<String>> {
    Policy::compile(schema.to_string().as_bytes(), Options::default()).map_err(|error| {
        let findings = &error.record().findings;
        findings.iter().map(|finding| format!("{} {}", finding.id, finding.pointer)).collect()
    })
}

/// Rules that markers may name.
fn rules() -> Value {
    json!({"contract": {"period": "P10Y", "from": "created", "bucket": "P1M"}})
}

/// A marker, as a marker and as the root's defaults.
#[track_caller]
fn member(name: &str, value: &Value, id: Option<&str>) {
    let marked = json!({"x-schema-family": "f", "x-retention": rules(), "properties": {"a": {"x-protection": {name: value}}}});
    let defaults = json!({"x-schema-family": "f", "x-retention": rules(), "x-protection-defaults": {name: value}});
    for (schema, at) in
        [(marked, "/properties/a/x-protection"), (defaults, "/x-protection-defaults")]
    {
        let expected: Vec<String> = id.iter().map(|id| format!("{id} {at}/{name}")).collect();
        assert_eq!(compile(&schema).err().unwrap_or_default(), expected, "{schema}");
    }
}

#[test]
fn members_that_are_built() {
    for (name, value) in [
        ("mode", json!("sealed")),
        ("mode", json!("deterministic")),
        ("mode", json!("pseudonym")),
        ("subject", json!("/customerId")),
        ("subject", json!("1/id")),
        ("subject", json!("0")),
        ("retention", json!("contract")),
        ("retention", json!(false)),
        ("bind", json!("record-field")),
        ("bind", json!("record-path")),
        ("bind", json!("field")),
        ("bind", json!("none")),
        ("suite", json!("aes-256-gcm")),
        ("suite", json!("chacha20-poly1305")),
        ("suite", json!("aes-256-gcm-iv")),
        ("pad", json!(true)),
        ("pad", json!(false)),
        ("rectifiable", json!(true)),
        ("rectifiable", json!(false)),
        ("accept", json!([])),
        (
            "accept",
            json!([{"bind": "none"}, {"suite": "aes-256-gcm", "keys": ["subject"], "subjectBound": false}]),
        ),
        (
            "accept",
            json!([{"suite": "aes-256-siv"}, {"suite": "chacha20-poly1305", "keys": ["retention", "item", "subject"]}]),
        ),
        ("index", json!({"name": "n", "bits": 8})),
        ("index", json!({"name": "n", "bits": 64, "normalize": "email", "per": "subject"})),
        ("erased", json!(null)),
        ("erased", json!({"any": ["value", 1]})),
    ] {
        member(name, &value, None);
    }
}

#[test]
fn members_that_are_not_built_yet() {
    member("mask", &json!({"keepFirst": 1}), Some("not-built"));
}

/// Members that mean nothing in a marker's mode are no silence; as defaults they wait for those
/// whose mode they fit.
#[test]
fn members_that_mean_nothing_in_a_mode() {
    let own = |marker: &Value| {
        compile(&json!({"x-schema-family": "f", "x-retention": rules(), "x-protection": marker}))
            .err()
            .unwrap_or_default()
    };
    for normalisation in ["exact", "nfkc-casefold", "email", "digits"] {
        assert!(
            own(&json!({"mode": "pseudonym", "domain": "d", "normalize": normalisation}))
                .is_empty()
        );
    }
    for (name, value) in [
        ("subject", json!("0")),
        ("retention", json!("contract")),
        ("bind", json!("none")),
        ("suite", json!("aes-256-gcm")),
        ("pad", json!(true)),
        ("rectifiable", json!(true)),
        ("accept", json!([])),
        ("index", json!({"name": "n", "bits": 8})),
        ("erased", json!(null)),
    ] {
        assert_eq!(
            own(&json!({"mode": "pseudonym", name: value})),
            [format!("marker-malformed /x-protection/{name}")]
        );
    }
    assert_eq!(own(&json!({"domain": "d"})), ["marker-malformed /x-protection/domain"]);
    assert_eq!(
        own(&json!({"mode": "deterministic", "normalize": "exact"})),
        ["marker-malformed /x-protection/normalize"]
    );
    for suite in ["aes-256-gcm", "chacha20-poly1305", "aes-256-gcm-iv"] {
        assert_eq!(
            own(&json!({"mode": "deterministic", "suite": suite})),
            ["marker-malformed /x-protection/suite"]
        );
    }
    let defaults = json!({"subject": "/id", "bind": "none", "suite": "chacha20-poly1305", "domain": "d", "normalize": "email", "retention": "contract"});
    for mode in ["sealed", "deterministic", "pseudonym"] {
        let schema = json!({"x-schema-family": "f", "x-retention": rules(), "x-protection-defaults": defaults, "items": {"x-protection": {"mode": mode}}});
        assert!(compile(&schema).is_ok());
    }
}

#[test]
fn nobodys_values_need_a_retention() {
    let own = |marker: &Value, defaults: &Value| {
        let schema = json!({"x-schema-family": "f", "x-retention": rules(), "x-protection-defaults": defaults, "x-protection": marker});
        compile(&schema).err().unwrap_or_default()
    };
    let (nobody, contract, nothing) =
        (json!({"subject": false}), json!({"retention": "contract"}), json!({}));
    assert_eq!(own(&nobody, &nothing), ["retention-missing /x-protection/subject"]);
    assert_eq!(own(&nothing, &nobody), ["retention-missing /x-protection"]);
    assert_eq!(
        own(&json!({"retention": false}), &json!({"subject": false, "retention": "contract"})),
        ["retention-missing /x-protection"]
    );
    assert!(own(&nobody, &contract).is_empty() && own(&contract, &nobody).is_empty());
    let keys = |kinds: &[&str]| json!({"subject": false, "retention": "contract", "accept": [{"keys": kinds}]});
    assert!(own(&keys(&["retention", "item"]), &nothing).is_empty());
    assert_eq!(own(&keys(&["subject"]), &nothing), ["marker-malformed /x-protection/accept"]);
    // Defaults are for all markers: each takes what can be meant for it.
    let accepting = json!({"accept": [{"keys": ["subject"]}], "retention": "contract"});
    for marker in [nobody.clone(), json!({"mode": "pseudonym"}), json!({})] {
        assert!(own(&marker, &accepting).is_empty(), "{marker}");
    }
    let index = json!({"subject": false, "retention": "contract", "index": {"name": "n", "bits": 8, "per": "subject"}});
    assert_eq!(own(&index, &nothing), ["marker-malformed /x-protection/index"]);
    assert_eq!(
        own(&json!({"retention": "other"}), &nothing),
        ["retention-unknown /x-protection/retention"]
    );
}

#[test]
fn rules_of_retention() {
    let rule = |name: &str, rule: Value| {
        compile(&json!({"x-schema-family": "f", "x-retention": {name: rule}}))
            .err()
            .unwrap_or_default()
    };
    for period in ["P10Y", "P1Y6M", "P6M", "P2W", "P90D", "P1Y2M3W4D"] {
        for bucket in
            ["P1Y", "P1M", "P2M", "P3M", "P4M", "P6M", "P12M", "P1D", "P7D", "P1W", "P30D"]
        {
            for from in ["created", "/contract/end", "1/date", ""] {
                assert!(rule("r", json!({"period": period, "bucket": bucket, "from": from, "lawfulBasis": "A6-1-b"})).is_empty());
            }
        }
    }
    assert!(rule("r", json!({"period": "P1Y", "bucket": "P1Y", "from": "created", "lawfulBasis": ["A6-1-a", "A6-1-f"]})).is_empty());
    for (member, value) in [
        ("period", json!("P")),
        ("period", json!("P0D")),
        ("period", json!("10Y")),
        ("period", json!("P1.5Y")),
        ("period", json!("-P1Y")),
        ("period", json!("P1D1Y")),
        ("period", json!("P1Y1Y")),
        ("period", json!("PT1H")),
        ("period", json!("P1DT1H")),
        ("period", json!("P99999999999Y")),
        ("period", json!(10)),
        ("bucket", json!("P2Y")),
        ("bucket", json!("P5M")),
        ("bucket", json!("P24M")),
        ("bucket", json!("P1M1D")),
        ("from", json!("date")),
        ("from", json!("/a~2")),
        ("from", json!(null)),
        ("lawfulBasis", json!("A9-2-a")),
        ("lawfulBasis", json!([])),
    ] {
        let mut members = json!({"period": "P1Y", "bucket": "P1Y", "from": "created"});
        members[member] = value;
        assert_eq!(
            rule("r", members.clone()),
            [format!("retention-malformed /x-retention/r/{member}")],
            "{members}"
        );
    }
    for member in ["period", "bucket", "from"] {
        let mut members = json!({"period": "P1Y", "bucket": "P1Y", "from": "created"});
        members.as_object_mut().unwrap().remove(member);
        assert_eq!(rule("r", members), ["retention-malformed /x-retention/r"]);
    }
    let whole = || json!({"period": "P1Y", "bucket": "P1Y", "from": "created"});
    assert_eq!(rule("", whole()), ["retention-malformed /x-retention/"]);
    assert_eq!(rule("a/b", whole()), ["retention-malformed /x-retention/a~1b"]);
    assert_eq!(rule("r", json!(1)), ["retention-malformed /x-retention/r"]);
    // Who names a malformed rule is not at fault, too.
    for faulty in [json!(1), json!({"period": "P1Y", "bucket": "P2Y", "from": "created"})] {
        let schema = json!({"x-schema-family": "f", "x-retention": {"r": faulty}, "x-protection": {"subject": false, "retention": "r"}});
        let findings = compile(&schema).err().unwrap_or_default();
        assert!(
            matches!(findings.as_slice(), [only] if only.starts_with("retention-malformed /x-retention/r")),
            "{findings:?}"
        );
    }
    assert_eq!(
        rule("r", json!({"period": "P1Y", "bucket": "P1Y", "from": "created", "basis": 1})),
        ["unknown-member /x-retention/r/basis"]
    );
    let nested = json!({"x-schema-family": "f", "items": {"x-retention": {}}});
    assert_eq!(compile(&nested).unwrap_err(), ["retention-misplaced /items/x-retention"]);
}

#[test]
fn members_that_are_wrong() {
    for (name, value) in [
        ("mode", json!("open")),
        ("mode", json!(1)),
        ("subject", json!("customerId")),
        ("subject", json!("/a~2")),
        ("subject", json!("01/id")),
        ("subject", json!(true)),
        ("subject", json!(null)),
        ("bind", json!("record")),
        ("bind", json!(1)),
        ("suite", json!("aes")),
        ("suite", json!(1)),
        ("pad", json!("yes")),
        ("accept", json!({})),
        ("retention", json!(true)),
        ("retention", json!(null)),
        ("suite", json!("aes-256-siv")),
        ("rectifiable", json!("yes")),
        ("index", json!("n")),
        ("domain", json!("")),
        ("normalize", json!("upper")),
    ] {
        member(name, &value, Some("marker-malformed"));
    }
    for (entry, finding) in [
        (json!(1), "marker-malformed /x-protection/accept/0"),
        (json!({"bind": "all"}), "marker-malformed /x-protection/accept/0/bind"),
        (json!({"keys": []}), "marker-malformed /x-protection/accept/0/keys"),
        (json!({"keys": ["item"]}), "marker-malformed /x-protection/accept/0/keys"),
        (json!({"keys": ["subject", "index"]}), "marker-malformed /x-protection/accept/0/keys"),
        (json!({"suite": "aes-128-gcm"}), "marker-malformed /x-protection/accept/0/suite"),
        (json!({"subjectBound": "no"}), "marker-malformed /x-protection/accept/0/subjectBound"),
        (json!({"pad": true}), "unknown-member /x-protection/accept/0/pad"),
    ] {
        assert_eq!(
            compile(&json!({"x-schema-family": "f", "x-protection": {"accept": [entry]}}))
                .unwrap_err(),
            [finding]
        );
    }
    for (index, finding) in [
        (json!({"bits": 8}), "marker-malformed /x-protection/index"),
        (json!({"name": "n"}), "marker-malformed /x-protection/index"),
        (json!({"name": "", "bits": 8}), "marker-malformed /x-protection/index/name"),
        (json!({"name": "n", "bits": 7}), "marker-malformed /x-protection/index/bits"),
        (json!({"name": "n", "bits": 65}), "marker-malformed /x-protection/index/bits"),
        (json!({"name": "n", "bits": 8.5}), "marker-malformed /x-protection/index/bits"),
        (
            json!({"name": "n", "bits": 8, "per": "person"}),
            "marker-malformed /x-protection/index/per",
        ),
        (
            json!({"name": "n", "bits": 8, "normalize": 1}),
            "marker-malformed /x-protection/index/normalize",
        ),
        (json!({"name": "n", "bits": 8, "rows": 1}), "unknown-member /x-protection/index/rows"),
    ] {
        assert_eq!(
            compile(&json!({"x-schema-family": "f", "x-protection": {"index": index}}))
                .unwrap_err(),
            [finding]
        );
    }
    member("colour", &json!(1), Some("unknown-member"));
    member("Subject", &json!("0"), Some("unknown-member"));
    let not_an_object = json!({"x-schema-family": "f", "x-protection": true});
    assert_eq!(compile(&not_an_object).unwrap_err(), ["marker-malformed /x-protection"]);
}

#[test]
fn keywords() {
    for (keyword, value, id) in [
        ("x-privacy", json!({"category": ["user.contact.email"]}), "not-built"),
        ("x-protection-default", json!({}), "unknown-keyword"),
        ("x-protected", json!({}), "unknown-keyword"),
        ("x-schema-famly", json!("f"), "unknown-keyword"),
        ("X-Protection", json!({}), "unknown-keyword"),
        ("x_protection", json!({}), "unknown-keyword"),
        // A letter left out, doubled, or two that changed places.
        ("x-protetion", json!({}), "unknown-keyword"),
        ("x-protcetion", json!({}), "unknown-keyword"),
        ("xprotection", json!({}), "unknown-keyword"),
        ("x-portection", json!({}), "unknown-keyword"),
        ("x-pprotection", json!({}), "unknown-keyword"),
        ("x-retentions", json!({}), "unknown-keyword"),
        ("x-privcay", json!({}), "unknown-keyword"),
        ("X-Schema-Family", json!("f"), "unknown-keyword"),
    ] {
        assert_eq!(
            compile(&json!({"x-schema-family": "f", keyword: value})).unwrap_err(),
            [format!("{id} /{keyword}")]
        );
        assert_eq!(
            compile(&json!({"x-schema-family": "f", "items": {keyword: value}})).unwrap_err(),
            [format!("{id} /items/{keyword}")]
        );
    }
    let nested = |keyword: &str| {
        compile(&json!({"x-schema-family": "f", "items": {keyword: {}}})).unwrap_err()
    };
    assert_eq!(
        nested("x-protection-defaults"),
        ["defaults-misplaced /items/x-protection-defaults"]
    );
    assert_eq!(nested("x-schema-family"), ["family-misplaced /items/x-schema-family"]);
}

/// What modelling tools write is theirs.
#[test]
fn v24_other_keywords_are_tolerated() {
    let schema = json!({"x-schema-family": "f", "x-model-id": {"a": [1]}, "tsType": "string", "example": 1, "discriminator": {"propertyName": "a"},
        "x-projection": 1, "x-production": 1, "x-detention": 1, "x-order": 1, "xprivate": 1});
    assert!(compile(&schema).is_ok());
}

fn coverage(schema: &Value) -> Value {
    serde_json::from_str(&compile(schema).unwrap().coverage().to_json()).unwrap()
}

/// Standard keywords alone mark a value, in draft-07 too.
#[test]
fn v03_standard_keywords_alone_mark() {
    for draft in
        ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"]
    {
        let sealed = json!({"type": "string", "contentEncoding": "base64url", "contentMediaType": "application/vnd.fieldseal.sealed", "contentSchema": {"type": "integer"}});
        let schema = json!({"$schema": draft, "x-schema-family": "f", "properties": {"a": sealed}});
        let found = coverage(&schema);
        assert_eq!(found["locations"].as_array().unwrap().len(), 1);
        assert_eq!(found["locations"][0]["schemaPointer"], "/properties/a");
        assert_eq!(found["locations"][0]["documentPattern"], "/a");
    }
    let half = json!({"x-schema-family": "f", "contentEncoding": "base64", "contentMediaType": "application/vnd.fieldseal.sealed"});
    assert_eq!(compile(&half).unwrap_err(), ["marker-malformed /contentEncoding"]);
    let other = json!({"x-schema-family": "f", "contentEncoding": "base64url", "contentMediaType": "image/png"});
    assert_eq!(coverage(&other)["locations"], json!([]));
}
