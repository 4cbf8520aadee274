//! `index`: tokens handed back beside a sealed document, by which sealed values are found.

use fieldseal::envelope::{Bits, Domain, IndexKey, Normalisation, TokenValue};
use fieldseal::{
    Context, CoverageFormat, ErrorCode, IndexValue, KeyKind, KeyUse, OpenOptions, Policy,
    RefusalCode, Secret,
};
use serde_json::{Value, json};
use support::{Store, Stream, compile, context};

fn indexes(policy: &Policy, document: &str, call: &Context, store: &mut Store) -> Vec<IndexValue> {
    policy.seal(document.as_bytes(), call, store, &mut Stream(1)).unwrap().indexes
}

/// Makes the token of a value with the store's key of that name.
fn token<'v>(
    store: &Store,
    tenant: &str,
    reference: &str,
    name: &str,
    normalisation: Normalisation,
    bits: u8,
    value: impl Into<TokenValue<'v>>,
) -> String {
    let id = store.keys[&(KeyKind::Index, Some(reference.to_owned()), tenant.to_owned())];
    let mut secret = [7; 32];
    secret[..16].copy_from_slice(&id.0);
    IndexKey::derive(&Secret::new(secret))
        .token(&Domain { tenant, name, normalisation }, value, Bits::new(bits).unwrap())
        .unwrap()
}

fn value(name: &str, pointer: &str, value: String) -> IndexValue {
    IndexValue { name: name.to_owned(), pointer: pointer.to_owned(), value }
}

#[test]
fn each_marked_value_has_its_token_at_its_exact_pointer() {
    let policy = compile(
        &json!({
            "x-schema-family": "f",
            "properties": {
                "email": {"x-protection": {"index": {"name": "mail", "bits": 16, "normalize": "email"}}},
                "phones": {"items": {"x-protection": {"mode": "deterministic", "index": {"name": "phone", "bits": 64, "normalize": "digits"}}}},
                "a/b": {"x-protection": {"index": {"name": "any", "bits": 13}}},
                "plain": {"x-protection": {}},
            },
        })
        .to_string(),
    );
    for tenant in ["", "acme"] {
        let (mut store, call) =
            (Store::default(), Context { tenant: tenant.into(), ..context("r", "p") });
        let found = indexes(
            &policy,
            r#"{"phones": ["030 12", "+30-12", "7"], "plain": 1, "email": " Ann@X", "a/b": {"z": 1.0, "a": [null]}}"#,
            &call,
            &mut store,
        );
        let asked: Vec<_> = store.asked[0]
            .iter()
            .map(|request| (request.kind, request.reference.as_deref().unwrap()))
            .collect();
        assert_eq!(
            asked,
            [
                (KeyKind::Subject, "p"),
                (KeyKind::Index, "phone"),
                (KeyKind::Index, "mail"),
                (KeyKind::Index, "any")
            ]
        );
        let phone = |pointer: &str, text: &str| {
            value(
                "phone",
                pointer,
                token(&store, tenant, "phone", "phone", Normalisation::Digits, 64, text),
            )
        };
        assert_eq!(
            found,
            [
                phone("/phones/0", "03012"),
                phone("/phones/1", "3012"),
                phone("/phones/2", "7"),
                value(
                    "mail",
                    "/email",
                    token(&store, tenant, "mail", "mail", Normalisation::Email, 16, "ann@x")
                ),
                value(
                    "any",
                    "/a~1b",
                    token(
                        &store,
                        tenant,
                        "any",
                        "any",
                        Normalisation::Exact,
                        13,
                        TokenValue::Json(r#"{"a":[null],"z":1}"#)
                    )
                ),
            ],
        );
    }
}

/// A number, an object or `null` is its RFC 8785 text, so that what is equal as JSON is found
/// however it was written.
#[test]
fn values_that_are_equal_as_json_have_one_token() {
    let policy = compile(&json!({"x-schema-family": "f", "items": {"x-protection": {"index": {"name": "n", "bits": 64}}}}).to_string());
    let mut store = Store::default();
    let mut all: Vec<String> = Vec::new();
    for equal in [
        &["1", "1.0", "10e-1", "1.000"][..],
        // A string is its own text (envelope.md, `exact/1`) and no number.
        &["\"1\"", r#""\u0031""#],
        &["-0", "0", "0.0", "0e9"],
        &["1e21", "1000000000000000000000"],
        &["null"],
        &["\"null\"", r#""\u006eull""#],
        &["true"],
        &["\"true\""],
        &["[]"],
        &["\"\""],
        &[r#"{"b":1,"a":{"y":"x","x":null}}"#, r#"{ "a": {"x": null, "y": "\u0078"}, "b": 1.0 }"#],
        &["[1, 2]", "[1.0,2]"],
        &["[2, 1]"],
        &[
            r#"{"€":1,"\r":2,"1":3,"😀":4,"ö":5,"דּ":6}"#,
            r#"{"דּ":6,"😀":4,"€":1,"ö":5,"1":3,"\r":2}"#,
        ],
    ] {
        let found =
            indexes(&policy, &format!("[{}]", equal.join(",")), &context("r", "p"), &mut store);
        assert_eq!(found.len(), equal.len());
        assert!(found.iter().all(|one| one.value == found[0].value), "{equal:?}");
        assert!(!all.contains(&found[0].value), "{equal:?}");
        all.push(found[0].value.clone());
    }
}

#[test]
fn an_index_of_a_person_has_a_key_of_the_person() {
    let policy = compile(
        &json!({
            "x-schema-family": "f",
            "items": {"properties": {"mail": {"x-protection": {"subject": "1/who", "index": {"name": "m", "bits": 32, "per": "subject"}}}}},
        })
        .to_string(),
    );
    let mut store = Store::default();
    // Names that an escape is needed for (RFC 8785, section 3.2.2.2).
    let people = ["ann", "b\"n", "ö\u{1}\\", "7"];
    let document: Vec<Value> =
        people.iter().chain(&people).map(|who| json!({"who": who, "mail": "x"})).collect();
    let found =
        indexes(&policy, &Value::from(document.clone()).to_string(), &context("r", ""), &mut store);
    let references =
        [r#"["m","ann"]"#, r#"["m","b\"n"]"#, "[\"m\",\"ö\\u0001\\\\\"]", r#"["m","7"]"#];
    let asked: Vec<_> = store.asked[0]
        .iter()
        .filter(|request| request.kind == KeyKind::Index)
        .map(|request| request.reference.as_deref().unwrap())
        .collect();
    assert_eq!(asked, references);
    for (n, found) in found.iter().enumerate() {
        let expected = token(&store, "", references[n % 4], "m", Normalisation::Exact, 32, "x");
        assert_eq!(*found, value("m", &format!("/{n}/mail"), expected));
    }
    let different: std::collections::BTreeSet<_> = found.iter().map(|found| &found.value).collect();
    assert_eq!(different.len(), 4, "the same mail of two people is not the same token");
    // An integer and its text are one person here, too.
    let number = indexes(&policy, r#"[{"who": 7, "mail": "x"}]"#, &context("r", ""), &mut store);
    assert_eq!(number[0].value, found[3].value);
}

/// A key that is missing refuses the document before anything is drawn, by the value's place;
/// opening needs none.
#[test]
fn without_the_key_of_the_index_nothing_is_sealed() {
    let policy = compile(
        &json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {}}, "b": {"x-protection": {"index": {"name": "n", "bits": 8}}}}})
            .to_string(),
    );
    let (mut store, call) = (Store::default(), context("r", "p"));
    let clear = br#"{"a": 1, "b": 2}"#;
    let sealed = policy.seal(clear, &call, &mut store, &mut Stream(1)).unwrap();
    for (refusal, code) in [
        (RefusalCode::Erased, ErrorCode::Erased),
        (RefusalCode::Restricted, ErrorCode::Restricted),
        (RefusalCode::Denied, ErrorCode::Denied),
        (RefusalCode::NotFound, ErrorCode::NotFound),
        (RefusalCode::Unavailable, ErrorCode::Unavailable),
    ] {
        store.refuse("n", refusal);
        let mut entropy = Stream(1);
        let error = policy.seal(clear, &call, &mut store, &mut entropy).unwrap_err();
        assert_eq!(
            (error.record().code, error.record().pointer.as_deref(), entropy.0),
            (code, Some("/b"), 1)
        );
    }
    let requests = policy.required_keys(&sealed.document, &call, KeyUse::Open).unwrap();
    assert!(requests.iter().all(|request| request.kind == KeyKind::Subject));
    assert_eq!(
        policy
            .open_with(&sealed.document, &call, &mut store, OpenOptions::strict())
            .unwrap()
            .document,
        clear
    );
    // An expired one is none.
    let mut expired = Store { expires: call.now, ..Store::default() };
    assert_eq!(
        policy.seal(clear, &call, &mut expired, &mut Stream(1)).unwrap_err().record().code,
        ErrorCode::Unavailable
    );
}

/// RFC 8785 writes no number that a double does not hold: it has no token, and the document is
/// refused before anything is drawn.
#[test]
fn a_number_beyond_doubles_has_no_token() {
    for marker in [json!({"index": {"name": "n", "bits": 8}}), json!({"mode": "pseudonym"})] {
        let policy = compile(
            &json!({"x-schema-family": "f", "items": {"x-protection": marker}}).to_string(),
        );
        let mut entropy = Stream(1);
        let error = policy
            .seal(
                br#"[1, {"x": [1e400]}]"#,
                &context("r", "p"),
                &mut Store::default(),
                &mut entropy,
            )
            .unwrap_err();
        assert_eq!(
            (error.record().code, error.record().pointer.as_deref()),
            (ErrorCode::Limit, Some("/1/x/0")),
            "{marker}"
        );
        assert_eq!(entropy.0, 1, "nothing is drawn for a call that fails: {marker}");
    }
}

/// Equal tokens are equal values: a number that RFC 8785 would round to another one has none.
#[test]
fn a_number_that_a_double_rounds_has_no_token() {
    for marker in [
        json!({"index": {"name": "n", "bits": 64}, "mode": "deterministic"}),
        json!({"mode": "pseudonym"}),
    ] {
        let policy = compile(
            &json!({"x-schema-family": "f", "properties": {"n": {"x-protection": marker}}})
                .to_string(),
        );
        let seal = |number: &str| {
            let document = format!("{{\"n\":{number}}}");
            let sealed = policy.seal(
                document.as_bytes(),
                &context("r", "p"),
                &mut Store::default(),
                &mut Stream(1),
            );
            sealed
                .map(|sealed| {
                    (sealed.indexes.first().map(|index| index.value.clone()), sealed.document)
                })
                .map_err(|error| {
                    assert_eq!(error.record().pointer.as_deref(), Some("/n"));
                    assert!(!error.record().message.contains(number));
                    error.record().code
                })
        };
        for rounded in [
            "1234567890123456789",
            "-9007199254740993",
            "0.10000000000000000001",
            "1e-400",
            "[9007199254740993]",
        ] {
            let document = format!("{{\"n\":{rounded}}}");
            let error = policy
                .seal(
                    document.as_bytes(),
                    &context("r", "p"),
                    &mut Store::default(),
                    &mut Stream(1),
                )
                .unwrap_err();
            assert_eq!(error.record().code, ErrorCode::Limit, "{rounded}");
        }
        for (one, other) in [
            ("9007199254740992", "9007199254740992.0"),
            ("0.1", "1e-1"),
            ("1e21", "1000000000000000000000"),
            ("0", "-0.0"),
            ("5e-324", "0.5e-323"),
        ] {
            let (one, other) = (seal(one).unwrap(), seal(other).unwrap());
            assert_eq!(one.0, other.0);
            assert!(one.0.is_some() || one.1 == other.1, "one token");
        }
        assert_eq!(seal("1234567890123456788"), Err(ErrorCode::Limit));
    }
}

#[test]
fn the_coverage_shows_what_an_index_gives_away() {
    let index = |name: &str, bits: u8| json!({"x-protection": {"index": {"name": name, "bits": bits, "normalize": "email", "per": "subject"}}});
    let schema = json!({"x-schema-family": "f", "properties": {"a": index("n", 8), "b": index("n", 8), "c": index("m", 20)}});
    let policy = compile(&schema.to_string());
    let coverage: Value = serde_json::from_str(&policy.coverage().to_json()).unwrap();
    // A million rows over 2^bits tokens.
    let expected = json!([
        {"name": "n", "bits": 8, "rows": 1_000_000, "expectedPerValue": 3906.25},
        {"name": "m", "bits": 20, "rows": 1_000_000, "expectedPerValue": 0.95367431640625},
    ]);
    assert_eq!(coverage["indexes"], expected);
    let text = policy.coverage().to_text(CoverageFormat::Text);
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert!(
        lines.contains(&vec!["/properties/c", "m", "email", "20", "subject", "0.95367431640625"]),
        "{text}"
    );
    assert!(
        lines.contains(&vec!["/properties/b", "n", "email", "8", "subject", "3906.25"]),
        "{text}"
    );
    assert!(policy.coverage().to_text(CoverageFormat::Markdown).contains("| /properties/c"));
    let none = compile(&json!({"x-schema-family": "f", "x-protection": {}}).to_string());
    assert!(!none.coverage().to_text(CoverageFormat::Text).contains("index"));
}
