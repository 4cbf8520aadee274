//! Which retention key a value is sealed under: where buckets end, and what they count from.
//! `core/conformance/official` has them against another calendar.

use fieldseal::keyring::Keyring;
use fieldseal::{Context, ErrorCode, KeyKind, KeyUse, OpenOptions};
use serde_json::{Value, json};
use support::retention::{bucket, nowhere, ruled};
use support::{Store, Stream, compile, context, open, seal};

#[test]
fn month_ends_are_clamped_and_the_end_of_a_bucket_is_its_name() {
    let found = |period, bucket_, start: &str| {
        bucket(
            &ruled(period, bucket_, "/start"),
            &json!({"start": start, "v": 1}).to_string(),
            &context("r", "p"),
        )
    };
    // The example of vocabulary.md: 2034-02-28.
    assert_eq!(found("P10Y", "P1D", "2024-02-29").unwrap(), "r/2034-02-28");
    assert_eq!(found("P10Y", "P1M", "2024-02-29").unwrap(), "r/2034-02");
    assert_eq!(found("P4Y", "P1D", "2024-02-29").unwrap(), "r/2028-02-29");
    // Months before days, whatever the order of a naive reading.
    assert_eq!(found("P1M1D", "P1D", "2023-01-31").unwrap(), "r/2023-03-01");
    // Quarters count from January; weeks from 1970-01-01, a Thursday.
    assert_eq!(found("P1M", "P3M", "2026-09-30").unwrap(), "r/2026-12");
    assert_eq!(found("P1D", "P1W", "1970-01-06").unwrap(), "r/1970-01-07");
    assert_eq!(found("P1D", "P1W", "1970-01-07").unwrap(), "r/1970-01-14");
    assert_eq!(found("P1D", "P1Y", "2036-12-31").unwrap(), "r/2037");
    // A bucket whose end no date can name.
    assert_eq!(found("P1D", "P1W", "9999-12-30"), nowhere("/v"));
    assert_eq!(found("P1D", "P1Y", "9999-12-30").unwrap(), "r/9999");
}

#[test]
fn a_start_is_a_date_of_the_document_or_the_value_is_refused_by_its_place() {
    let schema = |from: &str| {
        let marked =
            json!({"properties": {"start": {}, "v": {"x-protection": {"retention": "r"}}}});
        let rule = json!({"period": "P1Y", "bucket": "P1Y", "from": from});
        compile(&json!({"x-schema-family": "f", "x-retention": {"r": rule}, "properties": {"at": {}, "list": {"items": marked}}}).to_string())
    };
    let call = context("r", "p");
    let document =
        |start: &Value| json!({"at": start, "list": [{"v": 1, "start": start}]}).to_string();
    for from in ["/at", "1/start", "2/0/start", "3/at", "/list/0/start", "0-0/start"] {
        let found = bucket(&schema(from), &document(&json!("2030-05-01")), &call);
        assert_eq!(
            found,
            if from == "0-0/start" { nowhere("/list/0/v") } else { Ok("r/2031".to_owned()) },
            "{from}"
        );
    }
    for start in [
        json!("2030-02-30"),
        json!("2030-5-1"),
        json!("2030"),
        json!("20300501"),
        json!("2030-05-01T10:00"),
        json!("2030-05-01T10:00:00"),
        json!("2030-05-01T25:00:00Z"),
        json!(" 2030-05-01"),
        json!("tomorrow"),
        json!(""),
        json!(20_300_501),
        json!(1.5),
        json!(null),
        json!(true),
        json!(["2030-05-01"]),
        json!({}),
    ] {
        for from in ["/at", "1/start"] {
            assert_eq!(
                bucket(&schema(from), &document(&start), &call),
                nowhere("/list/0/v"),
                "{from} {start}"
            );
        }
    }
    let missing = r#"{"list": [{"start": "2030-05-01", "v": 1}, {"v": 2}]}"#;
    assert_eq!(bucket(&schema("1/start"), missing, &call), nowhere("/list/1/v"));
    assert_eq!(bucket(&schema("/at"), missing, &call), nowhere("/list/0/v"));
    let error = schema("/at")
        .seal(missing.as_bytes(), &call, &mut Store::default(), &mut Stream(1))
        .unwrap_err();
    assert!(!error.record().message.contains("2030"));
    // A value that is absent needs no start.
    assert!(
        schema("1/start")
            .required_keys(br#"{"list": [{}]}"#, &call, KeyUse::Seal)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn created_is_the_business_time_of_the_call_or_else_its_clock() {
    let policy = ruled("P1M", "P1D", "created");
    let with = |at: Option<&str>, now: u64| {
        bucket(
            &policy,
            r#"{"v": 1}"#,
            &Context { at: at.map(str::to_owned), now: Some(now), ..context("r", "p") },
        )
    };
    assert_eq!(with(None, 1_795_339_800_000).unwrap(), "r/2026-12-22");
    // 1970 to the last moment that the clock may tell.
    assert_eq!(with(None, 0).unwrap(), "r/1970-02-01");
    assert_eq!(with(None, 253_402_300_799_999), nowhere("/v"));
    assert_eq!(with(Some("2019-01-31T12:00:00Z"), 1_795_339_800_000).unwrap(), "r/2019-02-28");
    // An old event, from before the clock's own beginning.
    assert_eq!(with(Some("1955-11-05T23:59:59-08:00"), 0).unwrap(), "r/1955-12-06");
    assert_eq!(with(Some("2019-01-31"), 0), Err((ErrorCode::Context, None)));
}

/// The bucket is named while sealing, when the start is clear; opening finds its key by id and
/// needs no start.
#[test]
fn a_start_may_be_sealed_itself() {
    let policy = compile(
        &json!({
            "x-schema-family": "f",
            "x-retention": {"r": {"period": "P1Y", "bucket": "P1M", "from": "/born"}},
            "properties": {"born": {"x-protection": {"retention": "r"}}, "v": {"x-protection": {"retention": "r"}}},
        })
        .to_string(),
    );
    let (mut store, call) = (Store::default(), context("r", "p"));
    let clear = r#"{"born": "2000-02-29", "v": 1}"#;
    let sealed = seal(&policy, clear, &call, &mut store);
    assert!(!sealed.contains("2000"));
    assert!(store.id_of(KeyKind::Retention, "r/2001-02").is_some());
    assert_eq!(open(&policy, &sealed, &call, &mut store), clear);
    let requests = policy.required_keys(sealed.as_bytes(), &call, KeyUse::Open).unwrap();
    let asked: Vec<_> =
        requests.iter().map(|request| (request.kind, request.reference.as_deref())).collect();
    assert_eq!(asked, [(KeyKind::Subject, Some("p")), (KeyKind::Retention, None)]);
}

/// Two rules and many starts in one document: each bucket is asked for once, in the order of the
/// first value that is kept in it.
#[test]
fn each_bucket_is_asked_for_once() {
    let rule = |period: &str| json!({"period": period, "bucket": "P1Y", "from": "1/start"});
    let policy = compile(
        &json!({
            "x-schema-family": "f",
            "x-retention": {"long": rule("P10Y"), "short": rule("P1Y")},
            "items": {"properties": {"a": {"x-protection": {"retention": "long"}}, "b": {"x-protection": {"retention": "short", "subject": false}}}},
        })
        .to_string(),
    );
    let elements: Vec<Value> = (0..40)
        .map(|n| json!({"start": format!("20{:02}-0{}-01", 30 + n % 3, n % 9 + 1), "a": n, "b": n}))
        .collect();
    let clear = Value::from(elements).to_string();
    let requests =
        policy.required_keys(clear.as_bytes(), &context("r", "p"), KeyUse::Seal).unwrap();
    let asked: Vec<&str> =
        requests.iter().map(|request| request.reference.as_deref().unwrap()).collect();
    assert_eq!(
        asked,
        ["p", "long/2040", "short/2031", "long/2041", "short/2032", "long/2042", "short/2033"]
    );
    // The keyring takes their names for what they are: in 2034 the short ones are due.
    let (mut keys, mut entropy) = (Keyring::memory(), Stream(1));
    let sealed =
        policy.seal(clear.as_bytes(), &context("r", "p"), &mut keys, &mut entropy).unwrap();
    let due: Vec<String> = keys
        .due(2_019_686_400_000)
        .unwrap()
        .into_iter()
        .map(|bucket| bucket.reference().into_owned())
        .collect();
    assert_eq!(due, ["short/2031", "short/2032", "short/2033"]);
    assert_eq!(
        policy
            .open_with(&sealed.document, &context("r", "p"), &mut keys, OpenOptions::strict())
            .unwrap()
            .document,
        clear.as_bytes()
    );
}
