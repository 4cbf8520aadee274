//! `mode: pseudonym` in documents: a token stands in place of the value, for statistics, and nobody
//! opens it.

use fieldseal::envelope::{Domain, Normalisation, PseudonymKey, TokenValue};
use fieldseal::{
    Context, ErrorCode, KeyKind, KeyUse, OpenOptions, Options, Policy, RefusalCode, Secret,
};
use serde_json::{Value, json};
use support::{Store, Stream, compile, context, open, seal, text_at};

fn with(schema: &Value, options: &Value) -> Policy {
    Policy::compile(
        schema.to_string().as_bytes(),
        Options::from_json(&options.to_string()).unwrap(),
    )
    .unwrap()
}

fn marked(marker: &Value) -> Value {
    json!({"x-schema-family": "f", "properties": {"a": {"x-protection": marker}}})
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn fault<T>(result: Result<T, impl Into<fieldseal::Error>>) -> (ErrorCode, Option<String>) {
    let error: fieldseal::Error = result.err().expect("it was refused").into();
    (error.code, error.pointer)
}

fn at(code: ErrorCode, pointer: &str) -> (ErrorCode, Option<String>) {
    (code, Some(pointer.to_owned()))
}

/// Makes the token of a value with the store's key of that domain.
fn token<'v>(
    store: &Store,
    tenant: &str,
    name: &str,
    normalisation: Normalisation,
    value: impl Into<TokenValue<'v>>,
) -> String {
    let id = store.keys[&(KeyKind::Pseudonym, Some(name.to_owned()), tenant.to_owned())];
    let mut secret = [7; 32];
    secret[..16].copy_from_slice(&id.0);
    PseudonymKey::derive(&Secret::new(secret), id)
        .token(&Domain { tenant, name, normalisation }, value)
        .unwrap()
}

#[test]
fn the_token_of_the_value_stands_in_its_place() {
    use TokenValue::{Json, Text};
    for (normalize, normalisation, value, hashed) in [
        (None, Normalisation::Exact, json!("Ann"), Text("Ann")),
        (Some("exact"), Normalisation::Exact, json!(" Ann "), Text(" Ann ")),
        (Some("email"), Normalisation::Email, json!(" Ann@Example.ORG"), Text("ann@example.org")),
        (Some("digits"), Normalisation::Digits, json!("+49 (30) 12"), Text("493012")),
        (Some("digits"), Normalisation::Digits, json!(493_012), Text("493012")),
        (Some("nfkc-casefold"), Normalisation::NfkcCasefold, json!("STRASSE"), Text("straße")),
        (Some("nfkc-casefold"), Normalisation::NfkcCasefold, json!(true), Text("TRUE")),
        (None, Normalisation::Exact, json!(1.50), Json("1.5")),
        (None, Normalisation::Exact, json!(null), Json("null")),
        (Some("digits"), Normalisation::Exact, json!(null), Json("null")),
        (Some("email"), Normalisation::Exact, json!(null), Json("null")),
        (
            None,
            Normalisation::Exact,
            json!({"b": [true, "x"], "a": 1e3}),
            Json(r#"{"a":1000,"b":[true,"x"]}"#),
        ),
    ] {
        for domain in [None, Some("people")] {
            for tenant in ["", "acme"] {
                let mut marker = json!({"mode": "pseudonym"});
                for (name, member) in [("normalize", normalize), ("domain", domain)] {
                    if let Some(member) = member {
                        marker[name] = member.into();
                    }
                }
                let policy = compile(&marked(&marker).to_string());
                let (mut store, call) =
                    (Store::default(), Context { tenant: tenant.into(), ..Context::default() });
                let sealed =
                    seal(&policy, &json!({"a": value, "b": 1}).to_string(), &call, &mut store);
                let name = domain.unwrap_or("f");
                let asked: Vec<_> = store.asked[0]
                    .iter()
                    .map(|request| (request.kind, request.reference.as_deref(), request.id))
                    .collect();
                assert_eq!(
                    asked,
                    [(KeyKind::Pseudonym, Some(name), None)],
                    "neither person nor record is needed"
                );
                let expected = token(&store, tenant, name, normalisation, hashed);
                assert_eq!(sealed, format!(r#"{{"a":"{expected}","b":1}}"#), "{value}");
            }
        }
    }
}

#[test]
fn equal_values_of_a_domain_share_a_token_wherever_they_stand() {
    let schema = |family: &str, domain: &str| {
        let marker =
            json!({"x-protection": {"mode": "pseudonym", "domain": domain, "normalize": "email"}});
        compile(&json!({"x-schema-family": family, "properties": {"a": marker, "list": {"items": marker}}}).to_string())
    };
    let mut store = Store::default();
    let sealed = seal(
        &schema("f", "mail"),
        r#"{"a": "ann@x", "list": ["ANN@X ", "ben@x"]}"#,
        &context("r", "p"),
        &mut store,
    );
    let other = seal(
        &schema("g", "mail"),
        r#"{"list": [], "a": "ann@x"}"#,
        &context("r2", "q"),
        &mut store,
    );
    let elsewhere =
        seal(&schema("f", "other"), r#"{"a": "ann@x"}"#, &context("r", "p"), &mut store);
    assert_eq!(text_at(&sealed, "/a"), text_at(&sealed, "/list/0"));
    assert_eq!(
        text_at(&sealed, "/a"),
        text_at(&other, "/a"),
        "across families, records and persons"
    );
    assert_ne!(text_at(&sealed, "/a"), text_at(&sealed, "/list/1"));
    assert_ne!(text_at(&sealed, "/a"), text_at(&elsewhere, "/a"));
    assert_eq!(store.asked[0].len(), 1, "one key for all of a domain");
}

#[test]
fn opening_leaves_it_and_every_verdict_names_it() {
    let policy = compile(
        &json!({"x-schema-family": "f", "properties": {"a": {"x-protection": {"mode": "pseudonym"}}, "b": {"x-protection": {}}}}).to_string(),
    );
    let (mut store, call) = (Store::default(), context("r", "p"));
    let sealed = policy.seal(br#"{"a": "x", "b": 1}"#, &call, &mut store, &mut Stream(1)).unwrap();
    let id = store.id_of(KeyKind::Pseudonym, "f").unwrap().to_string();
    let row = |ids: &[&str]| json!({"bind": "none", "count": 1, "keyIds": ids, "keys": ["pseudonym"], "pointer": "/a", "suite": "pseudonym"});
    assert_eq!(read(&sealed.verdict.to_json())["sealed"][0], row(&[&id]));
    assert_eq!(read(&sealed.verdict.to_json())["codes"], json!(["conforming"]));
    let requests = policy.required_keys(&sealed.document, &call, KeyUse::Open).unwrap();
    assert_eq!(requests.iter().map(|request| request.kind).collect::<Vec<_>>(), [KeyKind::Subject]);
    let opened =
        policy.open_with(&sealed.document, &call, &mut store, OpenOptions::strict()).unwrap();
    let (document, stored) = (
        String::from_utf8(opened.document).unwrap(),
        String::from_utf8(sealed.document.clone()).unwrap(),
    );
    assert_eq!(document, stored.replace(&format!("\"{}\"", text_at(&stored, "/b")), "1"));
    assert_eq!(
        (&read(&opened.verdict.to_json())["sealed"][0], &read(&opened.verdict.to_json())["codes"]),
        (&row(&[]), &json!(["conforming"]))
    );
    let access = read(&opened.access.to_json());
    assert_eq!(
        (&access["revealed"], &access["withheld"]),
        (&json!([{"count": 1, "pointer": "/b"}]), &json!([]))
    );
    for verdict in [
        policy.check(&sealed.document).unwrap().to_json(),
        policy.check_deep(&sealed.document, &call, &mut store).unwrap().to_json(),
    ] {
        assert_eq!(
            (&read(&verdict)["sealed"][0], &read(&verdict)["codes"]),
            (&row(&[]), &json!(["conforming"]))
        );
    }
    // Its own key, gone, changes nothing for who reads, and keeps new ones from being made.
    store.refuse("f", RefusalCode::Erased);
    assert!(policy.open_with(&sealed.document, &call, &mut store, OpenOptions::strict()).is_ok());
    assert_eq!(
        fault(policy.seal(br#"{"a": "x"}"#, &call, &mut store, &mut Stream(1))),
        at(ErrorCode::Erased, "/a")
    );
    // It outlives the person.
    store.refuse("p", RefusalCode::Erased);
    let after = open(&policy, &String::from_utf8(sealed.document).unwrap(), &call, &mut store);
    assert_eq!(read(&after)["a"], read(&document)["a"]);
    // A key that nobody can destroy is said to be one.
    let mut lasting = Store { lasting: true, ..Store::default() };
    let verdict = policy.seal(br#"{"a": 1}"#, &call, &mut lasting, &mut Stream(1)).unwrap().verdict;
    assert_eq!(
        read(&verdict.to_json())["faults"],
        json!([{"code": "unerasable-key", "count": 1, "pointer": "/a"}])
    );
}

#[test]
fn what_is_no_token_there_is_not_sealed_and_a_token_is_no_clear_value() {
    let (policy, call) =
        (compile(&marked(&json!({"mode": "pseudonym"})).to_string()), context("r", "p"));
    let plain = compile(&marked(&json!({})).to_string());
    let mut store = Store::default();
    let envelope = text_at(&seal(&plain, r#"{"a": 1}"#, &call, &mut store), "/a");
    let token = text_at(&seal(&policy, r#"{"a": 1}"#, &call, &mut store), "/a");
    let document = |text: &str| json!({"a": text}).to_string();
    for text in [
        "",
        "Ann",
        &envelope,
        &token[..34],
        &format!("{token}A"),
        &token.replacen("Fp1", "Fi1", 1),
        &format!("{}=", &token[..34]),
    ] {
        let document = document(text);
        assert_eq!(
            fault(policy.open(document.as_bytes(), &call, &mut store)),
            at(ErrorCode::NotSealed, "/a"),
            "{text}"
        );
        let verdicts = [
            policy.check(document.as_bytes()).unwrap().to_json(),
            policy.check_deep(document.as_bytes(), &call, &mut store).unwrap().to_json(),
        ];
        for verdict in verdicts.iter().map(|verdict| read(verdict)) {
            assert_eq!(verdict["codes"], json!(["nonconforming", "not-sealed"]), "{text}");
            assert_eq!(
                (&verdict["faults"], &verdict["sealed"]),
                (&json!([{"code": "not-sealed", "count": 1, "pointer": "/a"}]), &json!([]))
            );
        }
    }
    for value in ["1", "null", "{}", r#"["Fp1"]"#] {
        let document = format!(r#"{{"a": {value}}}"#);
        assert_eq!(
            fault(policy.open(document.as_bytes(), &call, &mut store)),
            at(ErrorCode::NotSealed, "/a"),
            "{value}"
        );
    }
    // What must be clear is neither a token nor an envelope; what only begins like one is.
    for text in [&token, &envelope] {
        assert_eq!(
            fault(policy.seal(document(text).as_bytes(), &call, &mut store, &mut Stream(1))),
            at(ErrorCode::AlreadySealed, "/a")
        );
    }
    assert!(seal(&policy, &document("Fp1 is how they begin"), &call, &mut store).contains("Fp1"));
    // Escapes of the JSON text count.
    let escaped = document(&token).replace("Fp1", r"\u0046p1");
    assert_eq!(
        fault(policy.seal(escaped.as_bytes(), &call, &mut store, &mut Stream(1))),
        at(ErrorCode::AlreadySealed, "/a")
    );
    assert_eq!(open(&policy, &escaped, &call, &mut store), escaped);
    // Where an envelope comes, a token is a string like any other, and where an envelope must stand
    // it is none.
    assert_eq!(
        open(&plain, &seal(&plain, &document(&token), &call, &mut store), &call, &mut store),
        document(&token)
    );
    assert_eq!(
        fault(plain.open(document(&token).as_bytes(), &call, &mut store)),
        at(ErrorCode::NotSealed, "/a")
    );
}

#[test]
fn clear_values_pass_if_told_to_and_envelopes_do_not() {
    let moving = with(&marked(&json!({"mode": "pseudonym"})), &json!({"clear": "pass"}));
    let (mut store, call) = (Store::default(), context("r", "p"));
    let opened =
        moving.open_with(br#"{"a": "Ann"}"#, &call, &mut store, OpenOptions::strict()).unwrap();
    assert_eq!(
        (opened.document.as_slice(), &read(&opened.verdict.to_json())["codes"]),
        (br#"{"a": "Ann"}"#.as_slice(), &json!(["conforming", "clear-passed"]))
    );
    let token = seal(&moving, r#"{"a": "Ann"}"#, &call, &mut store);
    let opened =
        moving.open_with(token.as_bytes(), &call, &mut store, OpenOptions::strict()).unwrap();
    assert_eq!(
        (opened.document.as_slice(), &read(&opened.verdict.to_json())["codes"]),
        (token.as_bytes(), &json!(["conforming"]))
    );
    let envelope =
        seal(&compile(&marked(&json!({})).to_string()), r#"{"a": 1}"#, &call, &mut store);
    for text in [envelope.as_str(), r#"{"a": "Fp1 and no more"}"#, r#"{"a": "Fs1 and no more"}"#] {
        assert_eq!(
            fault(moving.open(text.as_bytes(), &call, &mut store)),
            at(ErrorCode::NotSealed, "/a"),
            "{text}"
        );
    }
    assert!(
        read(&moving.check(br#"{"a": "Ann"}"#).unwrap().to_json())["codes"]
            .as_array()
            .unwrap()
            .contains(&json!("not-sealed"))
    );
}

/// Who asks for a token within a value that is sealed as a whole, or the other way round, gets
/// neither: it would come back in clear.
#[test]
fn tokens_and_envelopes_do_not_absorb_each_other() {
    let nobody = json!({"subject": false, "retention": "r"});
    let (pseudonym, person) = (json!({"mode": "pseudonym"}), json!({}));
    let nested = |outer: &Value, inner: &Value, certain: bool| {
        let inside = json!({"properties": {"i": {"x-protection": inner}}});
        let mut marked =
            if certain { inside } else { json!({"anyOf": [inside, {"required": ["j"]}]}) };
        marked["x-protection"] = outer.clone();
        json!({"x-schema-family": "f", "x-retention": {"r": {"period": "P1Y", "from": "created", "bucket": "P1Y"}}, "properties": {"o": marked}})
    };
    let (mut store, call) = (Store::default(), context("r", "p"));
    for (outer, inner) in
        [(&nobody, &pseudonym), (&person, &pseudonym), (&pseudonym, &nobody), (&pseudonym, &person)]
    {
        let error =
            Policy::compile(nested(outer, inner, true).to_string().as_bytes(), Options::default())
                .err()
                .unwrap();
        assert_eq!(
            error.record().findings.iter().map(|finding| finding.id).collect::<Vec<_>>(),
            ["conflict"],
            "{outer} {inner}"
        );
        let policy = compile(&nested(outer, inner, false).to_string());
        assert_eq!(
            fault(policy.seal(br#"{"o": {"i": 1}}"#, &call, &mut store, &mut Stream(1))),
            at(ErrorCode::Conflict, "/o/i")
        );
        assert!(policy.seal(br#"{"o": {"j": 1}}"#, &call, &mut store, &mut Stream(1)).is_ok());
    }
    let whole = compile(&nested(&pseudonym, &pseudonym, true).to_string());
    let sealed = seal(&whole, r#"{"o": {"i": 1}}"#, &call, &mut store);
    assert_eq!(
        text_at(&sealed, "/o"),
        token(&store, "", "f", Normalisation::Exact, TokenValue::Json(r#"{"i":1}"#))
    );
}

/// Equal values of a domain share a token and different ones do not: neither a string and another
/// value with its text, nor numbers of other scripts.
#[test]
fn different_values_have_different_tokens() {
    for (normalize, values) in [
        ("exact", &["1", "\"1\"", "null", "\"null\"", "true", "\"true\"", "[]", "\"[]\""][..]),
        ("exact", &["{\"a\":1}", r#""{\"a\":1}""#, "[null]", "\"[null]\""]),
        ("digits", &["\"٠١٢٣٤٥\"", "\"٩٨٧٦٥\"", "\"०१२\"", "\"۰۳۰\"", "null"]),
        ("email", &["null", "\"null\"", "\"ann@x\""]),
        ("nfkc-casefold", &["null", "\"null\"", "\"ann\""]),
    ] {
        let marker = json!({"mode": "pseudonym", "normalize": normalize});
        let policy = compile(
            &json!({"x-schema-family": "f", "items": {"x-protection": marker}}).to_string(),
        );
        let document = format!("[{}]", values.join(","));
        let sealed = seal(&policy, &document, &Context::default(), &mut Store::default());
        let tokens: Vec<String> = serde_json::from_str(&sealed).unwrap();
        let different: std::collections::BTreeSet<&String> = tokens.iter().collect();
        assert_eq!(different.len(), values.len(), "{normalize}: {values:?}");
    }
}

/// A digit counts by its value, whatever script it is written in.
#[test]
fn digits_of_all_scripts_are_one_number() {
    let marker = json!({"mode": "pseudonym", "normalize": "digits"});
    let policy =
        compile(&json!({"x-schema-family": "f", "items": {"x-protection": marker}}).to_string());
    let document = r#"["030", "０３０", "٠٣٠", "۰۳۰", "०३०", "๐๓๐", "0-3 (0)", "𝟎𝟛𝟢"]"#;
    let sealed = seal(&policy, document, &Context::default(), &mut Store::default());
    let tokens: Vec<String> = serde_json::from_str(&sealed).unwrap();
    assert_eq!((tokens.len(), tokens.iter().filter(|token| **token == tokens[0]).count()), (8, 8));
}

/// The token of no digits would be that of everybody without a number.
#[test]
fn a_value_without_a_digit_is_invalid_under_digits() {
    for marker in [
        json!({"mode": "pseudonym", "normalize": "digits"}),
        json!({"index": {"name": "n", "bits": 8, "normalize": "digits"}}),
    ] {
        let policy = compile(
            &json!({"x-schema-family": "f", "items": {"x-protection": marker}}).to_string(),
        );
        for value in ["\"n/a\"", "\"\"", "\"½\"", "\"Ⅳ\"", "true", "[]", "{\"a\":\"b\"}"] {
            let mut entropy = Stream(1);
            let outcome = policy.seal(
                format!("[\"1\", {value}]").as_bytes(),
                &context("r", "p"),
                &mut Store::default(),
                &mut entropy,
            );
            if value == "\"½\"" {
                // NFKC makes of it a one, a fraction slash and a two.
                assert!(outcome.is_ok());
                continue;
            }
            assert_eq!(fault(outcome), at(ErrorCode::Invalid, "/1"), "{value}");
            assert_eq!(entropy.0, 1, "nothing is drawn for a call that fails: {value}");
        }
    }
}

/// Without a validator, and where a document does not conform, every place that may be marked gets
/// its token; elsewhere it is a near miss.
#[test]
fn a_token_where_none_had_to_be_is_a_near_miss() {
    let schema = json!({
        "x-schema-family": "f",
        "oneOf": [
            {"properties": {"kind": {"const": "person"}, "name": {"x-protection": {"mode": "pseudonym"}}}, "required": ["kind"]},
            {"properties": {"kind": {"const": "ship"}}, "required": ["kind"]},
        ],
    });
    let policy = with(&schema, &json!({"nonconforming": "seal"}));
    let (mut store, call) = (Store::default(), context("r", "p"));
    let ship = r#"{"kind": "ship", "name": "Aurora"}"#;
    assert_eq!(seal(&policy, ship, &call, &mut store), ship);
    let odd = seal(&policy, r#"{"kind": "plane", "name": "Aurora"}"#, &call, &mut store);
    let token = text_at(&odd, "/name");
    assert!(token.starts_with("Fp1"));
    let over = json!({"kind": "ship", "name": token}).to_string();
    let opened =
        policy.open_with(over.as_bytes(), &call, &mut store, OpenOptions::strict()).unwrap();
    assert_eq!(String::from_utf8(opened.document).unwrap(), over);
    let near = json!([{"code": "near-miss", "count": 1, "pointer": "/name"}]);
    assert_eq!(
        (
            &read(&opened.verdict.to_json())["faults"],
            &read(&policy.check(over.as_bytes()).unwrap().to_json())["faults"]
        ),
        (&near, &near)
    );
    assert_eq!(
        fault(policy.seal(over.as_bytes(), &call, &mut store, &mut Stream(1))),
        at(ErrorCode::AlreadySealed, "/name")
    );
}

/// The exported sealed schema, judged by the same validator as a plain schema.
#[test]
fn the_sealed_schema_demands_a_token() {
    let schema = json!({
        "x-schema-family": "f",
        "type": "object",
        "properties": {
            "id": {"type": "integer", "x-protection": {"mode": "pseudonym"}},
            "ids": {"type": "array", "uniqueItems": true, "items": {"type": "integer", "x-protection": {"mode": "pseudonym"}}},
            "name": {"type": "string", "x-protection": {}},
        },
        "required": ["id"],
    });
    let policy = with(&schema, &json!({}));
    let (mut store, call) = (Store::default(), context("r", "p"));
    let sealed = seal(&policy, r#"{"id": 1, "ids": [1, 2], "name": "Ann"}"#, &call, &mut store);
    let (token, envelope) = (text_at(&sealed, "/id"), text_at(&sealed, "/name"));
    let exported = read(&policy.schemas().unwrap().sealed);
    let mut plain = exported.clone();
    plain["x-schema-family"] = "g".into();
    // By these keywords envelopes would be what is to be sealed.
    plain["$defs"]["sealed"].as_object_mut().unwrap().remove("contentMediaType");
    let judge = with(&plain, &json!({}));
    let fits = |document: Value| {
        judge.required_keys(document.to_string().as_bytes(), &call, KeyUse::Seal).is_ok()
    };
    assert!(fits(read(&sealed)), "{exported}");
    let document = |id: Value, name: Value| json!({"id": id, "name": name});
    assert!(fits(document(token.clone().into(), envelope.clone().into())));
    for id in [
        json!(1),
        json!("1"),
        json!(envelope),
        json!(token[..34]),
        json!(format!("{token}A")),
        json!(null),
    ] {
        assert!(!fits(document(id.clone(), envelope.clone().into())), "{id}");
    }
    assert!(
        !fits(document(token.clone().into(), token.clone().into())),
        "a token where an envelope comes"
    );
    // Distinct values may have one token, so `uniqueItems` says nothing of tokens any more, and the
    // coverage says that.
    assert!(fits(json!({"id": token, "ids": [token, token]})));
    let loosened = read(&policy.coverage().to_json())["loosened"].clone();
    assert_eq!(
        (&loosened[0]["keyword"], &loosened[0]["schemaPointer"], loosened[1].is_null()),
        (&json!("uniqueItems"), &json!("/properties/ids"), true)
    );
    assert_eq!(
        fault(policy.seal(br#"{"id": 1, "ids": [1, 1]}"#, &call, &mut store, &mut Stream(1))).0,
        ErrorCode::Invalid
    );
}

/// Values that differ and normalise alike have one token: a sealed document of them is no fault.
#[test]
fn unique_items_that_normalise_alike_are_not_refused_once_sealed() {
    let items =
        json!({"type": "string", "x-protection": {"mode": "pseudonym", "normalize": "email"}});
    let schema = json!({"x-schema-family": "f", "properties": {"mails": {"type": "array", "uniqueItems": true, "items": items}}});
    let policy = with(&schema, &json!({}));
    let (mut store, call) = (Store::default(), context("r", "p"));
    let clear = r#"{"mails": ["Ann@x", "ann@x"]}"#;
    let sealed = policy.seal(clear.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap();
    assert_eq!(read(&sealed.verdict.to_json())["codes"], json!(["conforming"]));
    assert_eq!(
        read(&policy.check(&sealed.document).unwrap().to_json())["codes"],
        json!(["conforming"]),
        "{}",
        policy.schemas().unwrap().sealed
    );
    assert_eq!(
        read(
            &policy
                .open_with(&sealed.document, &call, &mut store, OpenOptions::strict())
                .unwrap()
                .verdict
                .to_json()
        )["codes"],
        json!(["conforming"])
    );
}
