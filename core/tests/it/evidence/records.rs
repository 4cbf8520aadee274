//! Verdicts and access records: accessors and text say the same, and the limit counts bytes of the
//! text. `support::native` compares both for every result of the case files.

use fieldseal::envelope::{Bind, Suite};
use fieldseal::evidence::WithheldReason;
use fieldseal::{
    Context, Destroy, Error, ErrorCode, KeyKind, KeyOwner, Keyring, Limits, Options, Policy,
    VerdictCode, VerdictLevel, version,
};
use serde_json::{Map, Value, json};
use support::evidence::{access_text, verdict_text};
use support::{Store, Stream, compile, context};

/// Every kind of row: names that need escapes, more places than are few, tokens, two buckets.
fn survey() -> (Policy, Value) {
    let mut properties = Map::new();
    let mut document = Map::new();
    for name in ["\"\\", "~/", "\u{1}\u{8}\n", "é\u{7f}𝄞", "", "*"] {
        properties.insert(name.to_owned(), json!({"x-protection": {"subject": "/who"}}));
        document.insert(name.to_owned(), json!(name));
    }
    for number in 0..20 {
        let name = format!("p{number}");
        properties.insert(name.clone(), json!({"items": {"x-protection": {"subject": "/who"}}}));
        document.insert(name, json!([1, 2, number]));
    }
    for (name, value) in [("who", "ann"), ("old", "2025-03-01"), ("new", "2026-03-01")] {
        properties.insert(name.to_owned(), json!({}));
        document.insert(name.to_owned(), json!(value));
    }
    for name in ["old", "new"] {
        let marker = json!({"x-protection": {"subject": false, "retention": name}});
        properties.insert(format!("of {name}"), marker);
        document.insert(format!("of {name}"), json!(1));
    }
    properties
        .insert("token".into(), json!({"x-protection": {"mode": "pseudonym", "domain": "d"}}));
    document.insert("token".into(), json!("ann"));
    let schema = json!({
        "$id": "https://example.org/survey",
        "x-schema-family": "urn:example:\u{1}survey",
        "x-retention": {
            "old": {"period": "P1Y", "from": "/old", "bucket": "P1Y"},
            "new": {"period": "P1M", "from": "/new", "bucket": "P1M"},
        },
        "properties": properties,
    });
    (compile(&schema.to_string()), document.into())
}

#[test]
fn accessors_and_text_of_every_kind_of_row() {
    let (policy, document) = survey();
    let mut keys = Keyring::memory();
    let call = Context {
        caller: Some("desk \"7\"\n".into()),
        purpose: Some("audit".into()),
        ..context("r", "")
    };
    let sealed =
        policy.seal(document.to_string().as_bytes(), &call, &mut keys, &mut Stream(1)).unwrap();
    verdict_text(&sealed.verdict);
    let verdict = &sealed.verdict;
    assert_eq!((verdict.operation(), verdict.at()), ("seal", call.now));
    assert_eq!(verdict.schema().family(), "urn:example:\u{1}survey");
    assert_eq!(verdict.schema().id(), Some("https://example.org/survey"));
    assert_eq!(verdict.sealed().count(), 29);
    let row = |pointer: &str| verdict.sealed().find(|row| row.pointer() == pointer).unwrap();
    let many = row("/p7/*");
    assert_eq!((many.count(), many.suite()), (3, Some(Suite::Aes256Gcm)));
    assert_eq!((many.bind(), many.keys().collect()), (Bind::RecordField, vec![KeyKind::Subject]));
    assert_eq!((many.key_ids().count(), many.retention(), many.bucket()), (1, None, None));
    let old = row("/of old");
    assert_eq!((old.retention(), old.bucket()), (Some("old"), Some("old/2026")));
    assert_eq!(old.ends(), Some(1_798_761_600_000), "2027-01-01T00:00:00Z");
    let new = row("/of new");
    assert_eq!((new.retention(), new.bucket()), (Some("new"), Some("new/2026-04")));
    assert_eq!(new.ends(), Some(1_777_593_600_000), "2026-05-01T00:00:00Z");
    let token = row("/token");
    assert_eq!((token.suite(), token.keys().collect()), (None, vec![KeyKind::Pseudonym]));
    row("/~0~1");
    row("/\u{1}\u{8}\n");

    // The second bucket is over at the call's time, and nobody may read Ann's values.
    keys.restrict(&"ann".into()).unwrap();
    keys.destroy(&KeyOwner::bucket("old/2026"), Destroy::Early, None).unwrap();
    let opened = policy.open(&sealed.document, &call, &mut keys).unwrap();
    verdict_text(&opened.verdict);
    access_text(&opened.access);
    assert_eq!(opened.verdict.codes().collect::<Vec<_>>()[1..], [VerdictCode::Withheld]);
    assert_eq!(opened.verdict.level(), VerdictLevel::Info);
    let access = &opened.access;
    assert_eq!(
        (access.at(), access.purpose(), access.caller()),
        (call.now, call.purpose.as_deref(), call.caller.as_deref())
    );
    let revealed: Vec<_> = access.revealed().map(|row| (row.pointer(), row.count())).collect();
    assert_eq!(revealed, [("/of new".to_owned(), 1)]);
    let over = access.withheld().find(|row| row.pointer() == "/of old").unwrap();
    assert_eq!((over.kind(), over.reason()), (KeyKind::Retention, WithheldReason::Erased));
    assert_eq!(over.bucket(), Some("old/2026"));
    let hers = access.withheld().find(|row| row.pointer() == "/p7/*").unwrap();
    assert_eq!((hers.kind(), hers.reason()), (KeyKind::Subject, WithheldReason::Restricted));
    assert_eq!((hers.count(), hers.bucket()), (3, None));
    assert_eq!(access.withheld().map(|row| row.count()).sum::<u64>(), 67);
    assert!(!format!("{opened:?}").contains("desk"), "a caller may be a person");

    // What `check` finds without a key and without a clock.
    let mut faulty: Value = serde_json::from_slice(&sealed.document).unwrap();
    faulty["p3"][1] = "clear".into();
    let stray = faulty["of new"].clone();
    faulty["elsewhere"] = json!([{"x": stray}]);
    let check = policy.check(faulty.to_string().as_bytes()).unwrap();
    verdict_text(&check);
    assert_eq!((check.operation(), check.at(), check.level()), ("check", None, VerdictLevel::Warn));
    let faults: Vec<_> =
        check.faults().map(|fault| (fault.pointer(), fault.code(), fault.count())).collect();
    assert_eq!(
        faults,
        [
            ("/p3/*".to_owned(), VerdictCode::NotSealed, 1),
            ("/*/*/*".to_owned(), VerdictCode::UnexpectedEnvelope, 1),
        ]
    );
    assert!(check.says(VerdictCode::NotSealed) && !check.says(VerdictCode::Conforming));
    assert!(check == check.clone() && check != *verdict);
}

/// The limit is one of bytes of the text, whatever a record is kept as.
#[test]
fn the_limit_of_a_record_counts_the_bytes_of_its_text() {
    let long = "\u{1}~".repeat(600);
    let properties: Map<String, Value> =
        (0..300).map(|number| (format!("p{number}"), json!({"x-protection": {}}))).collect();
    let document: Map<String, Value> =
        (0..300).map(|number| (format!("p{number}"), json!(number))).collect();
    let schema = json!({
        "x-schema-family": "f",
        "properties": {long.clone(): {"properties": properties}},
    });
    let document = json!({ long: document }).to_string();
    let with = |document_bytes| {
        let limits = Limits { document_bytes, ..Limits::default() };
        let options = Options { limits, ..Options::default() };
        Policy::compile(schema.to_string().as_bytes(), options).unwrap()
    };
    let call = context("r", "s");
    let seal = |policy: &Policy| {
        policy.seal(document.as_bytes(), &call, &mut Store::default(), &mut Stream(1))
    };
    let sealed = seal(&with(1 << 26)).unwrap();
    let bytes = u32::try_from(sealed.verdict.to_json().len()).unwrap();
    assert!(bytes > 1 << 20 && sealed.document.len() < 1 << 17, "{bytes}");
    assert!(seal(&with(bytes)).is_ok());
    assert_eq!(Error::from(seal(&with(bytes - 1)).unwrap_err()).code, ErrorCode::Limit);
    assert!(with(bytes).check(&sealed.document).is_ok());
    assert_eq!(
        Error::from(with(bytes / 2).check(&sealed.document).unwrap_err()).code,
        ErrorCode::Limit
    );
}

#[test]
fn the_version_as_fields_and_as_text() {
    let version = version();
    let text: Value = serde_json::from_str(&version.to_json()).unwrap();
    assert_eq!(
        text,
        json!({
            "build": version.build, "crate": version.crate_version,
            "envelope": version.envelope, "vocabulary": version.vocabulary,
        })
    );
    assert_eq!(version.build, if cfg!(feature = "validation") { "full" } else { "evaluator" });
}
