//! One value by itself: corrected, dropped, purged, by the key of an item, in every copy.

use fieldseal::{Context, Destroy, ErrorCode, KeyContext, KeyOwner, Keyring, OpenOptions, Policy};
use serde_json::{Value, json};
use support::{Stream, compile, context};

/// Events of a person; the address may have to be corrected.
fn events() -> Policy {
    compile(
        &json!({
            "x-schema-family": "urn:example:events",
            "x-protection-defaults": {"subject": "/who"},
            "properties": {
                "who": {},
                "name": {"type": "string", "x-protection": {}},
                "address": {"type": "string", "x-protection": {"rectifiable": true, "erased": "(corrected)"}},
            },
        })
        .to_string(),
    )
}

fn item(family: &str, record: &str, field: &str) -> KeyOwner {
    KeyOwner::item(family, record, field)
}

fn event(who: &str, address: &str) -> String {
    format!(r#"{{"who": "{who}", "name": "Name of {who}", "address": "{address}"}}"#)
}

/// A sealed document and what it is about.
struct Stored {
    call: Context,
    sealed: Vec<u8>,
}

fn store(
    policy: &Policy,
    record: &str,
    clear: &str,
    keys: &mut Keyring,
    entropy: &mut Stream,
) -> Stored {
    let call = context(record, "");
    let sealed = policy.seal(clear.as_bytes(), &call, keys, entropy).unwrap().document;
    Stored { call, sealed }
}

fn read(policy: &Policy, stored: &Stored, keys: &mut Keyring) -> String {
    String::from_utf8(policy.open(&stored.sealed, &stored.call, keys).unwrap().document).unwrap()
}

/// In a log that only grows the wrong event stays, and its wrong value is no longer usable; the
/// right one comes in a later event.
#[test]
fn h41_h18_a_correction_in_a_log_leaves_the_wrong_value_unreadable() {
    let (policy, mut keys, mut entropy) = (events(), Keyring::memory(), Stream(1));
    let mut log: Vec<(Stored, String)> = Vec::new();
    for (n, who) in ["ann", "ben", "ann", "ann"].into_iter().enumerate() {
        let clear = event(who, &format!("{n} Wrong Street"));
        log.push((store(&policy, &format!("{who}@{n}"), &clear, &mut keys, &mut entropy), clear));
    }
    let backup = Stored { call: log[2].0.call.clone(), sealed: log[2].0.sealed.clone() };
    keys.erase(
        &item("urn:example:events", "ann@2", "/address"),
        "corrected, GDPR Art. 16",
        Some(0),
    )
    .unwrap();
    let clear = event("ann", "4 Right Street");
    log.push((store(&policy, "ann@4", &clear, &mut keys, &mut entropy), clear));
    for (n, (stored, clear)) in log.iter().enumerate() {
        let expected =
            if n == 2 { clear.replace("2 Wrong Street", "(corrected)") } else { clear.clone() };
        assert_eq!(
            read(&policy, stored, &mut keys),
            expected,
            "that value and no other, of that person or another"
        );
    }
    assert_eq!(
        read(&policy, &backup, &mut keys),
        event("ann", "(corrected)"),
        "an older copy, too"
    );
    let opened = policy.open(&log[2].0.sealed, &log[2].0.call, &mut keys).unwrap();
    let access: Value = serde_json::from_str(&opened.access.to_json()).unwrap();
    assert_eq!(
        access["withheld"],
        json!([{"count": 1, "kind": "item", "masked": false, "pointer": "/address", "reason": "erased"}])
    );
    assert_eq!(access["revealed"], json!([{"count": 1, "pointer": "/name"}]));
    let strict = policy
        .open_with(&log[2].0.sealed, &log[2].0.call, &mut keys, OpenOptions::strict())
        .unwrap_err();
    assert_eq!(
        (strict.record().code, strict.record().pointer.as_deref()),
        (ErrorCode::Erased, Some("/address"))
    );
}

/// A record that is written over: the right value needs a key that is not the wrong one's.
#[test]
fn h27_a_record_is_rectified_in_place_and_its_old_copies_do_not_open_again() {
    let (policy, mut keys, mut entropy) = (events(), Keyring::memory(), Stream(1));
    let wrong = store(&policy, "ann", &event("ann", "Wrong Street"), &mut keys, &mut entropy);
    let address = item("urn:example:events", "ann", "/address");
    keys.destroy(&address, Destroy::WhenDue, Some(0)).unwrap();
    // Destroyed is destroyed: nothing is sealed under it until somebody says that the item lives
    // on.
    let refused = policy
        .seal(event("ann", "Right Street").as_bytes(), &wrong.call, &mut keys, &mut entropy)
        .unwrap_err();
    assert_eq!(
        (refused.record().code, refused.record().pointer.as_deref()),
        (ErrorCode::Erased, Some("/address"))
    );
    keys.reopen(&address, &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
    let right = store(&policy, "ann", &event("ann", "Right Street"), &mut keys, &mut entropy);
    assert_eq!(read(&policy, &right, &mut keys), event("ann", "Right Street"));
    assert_eq!(read(&policy, &wrong, &mut keys), event("ann", "(corrected)"));
    // The old value moved into the new document does not open either.
    let mut mixed: Value = serde_json::from_slice(&right.sealed).unwrap();
    mixed["address"] = serde_json::from_slice::<Value>(&wrong.sealed).unwrap()["address"].clone();
    let mixed = Stored { call: right.call.clone(), sealed: mixed.to_string().into_bytes() };
    assert!(read(&policy, &mixed, &mut keys).contains("(corrected)"));
    // The person's key rules over both.
    keys.erase(&"ann".into(), "asked for it", Some(0)).unwrap();
    assert!(!read(&policy, &right, &mut keys).contains("Right"));
}

/// One item, as if it had never been held: in the store, in a cache and in a snapshot that hold the
/// same sealed text.
#[test]
fn h07_h43_one_item_is_purged_from_store_cache_and_snapshot() {
    let policy = compile(
        &json!({
            "x-schema-family": "f",
            "properties": {"notes": {"items": {"properties": {"text": {"x-protection": {"bind": "record-path", "rectifiable": true}}}}}},
        })
        .to_string(),
    );
    let (mut keys, mut entropy) = (Keyring::memory(), Stream(1));
    let clear = r#"{"notes": [{"text": "a"}, {"text": "b"}, {"text": "c"}]}"#;
    let call = context("r", "ann");
    let sealed = policy.seal(clear.as_bytes(), &call, &mut keys, &mut entropy).unwrap().document;
    let copies: Vec<Stored> =
        (0..3).map(|_| Stored { call: call.clone(), sealed: sealed.clone() }).collect();
    keys.destroy(&item("f", "r", "/notes/1/text"), Destroy::WhenDue, Some(0)).unwrap();
    for copy in &copies {
        assert_eq!(read(&policy, copy, &mut keys), clear.replace("\"b\"", "null"));
    }
}

/// Everything holds for events, for a projection that is made of them, and for a snapshot of that:
/// each is a family of its own.
#[test]
fn h40_events_projections_and_snapshots_lose_the_same_persons_values() {
    let family = |family: &str, marker: Value| {
        compile(
            &json!({"x-schema-family": family, "items": {"properties": {"who": {}, "name": {"type": "string", "x-protection": marker}}}}).to_string(),
        )
    };
    let policies = [
        family("urn:example:events", json!({"subject": "1/who"})),
        family("urn:example:projection", json!({"subject": "1/who", "mode": "deterministic"})),
        family(
            "urn:example:snapshot",
            json!({"subject": "1/who", "rectifiable": true, "bind": "record-path"}),
        ),
    ];
    let (mut keys, mut entropy) = (Keyring::memory(), Stream(1));
    let clear = r#"[{"who": "ann", "name": "Ann"}, {"who": "ben", "name": "Ben"}]"#;
    let stored: Vec<Stored> =
        policies.iter().map(|policy| store(policy, "r", clear, &mut keys, &mut entropy)).collect();
    keys.erase(&"ann".into(), "asked for it", Some(0)).unwrap();
    for (policy, stored) in policies.iter().zip(&stored) {
        assert_eq!(read(policy, stored, &mut keys), clear.replace("\"Ann\"", "\"\""));
    }
}

/// What an item is: its record and its field as the envelope binds it. Elements of one array are
/// one item unless the place counts, and without any bind all of a record's values are.
#[test]
fn an_item_is_as_fine_as_the_bind_of_its_value() {
    for (bind, destroyed, expected) in [
        ("record-path", "/list/0", r#"{"list": [null, 2], "other": 3}"#),
        ("record-field", "/list/~*", r#"{"list": [null, null], "other": 3}"#),
        ("field", "/list/~*", r#"{"list": [null, null], "other": 3}"#),
        ("none", "", r#"{"list": [null, null], "other": null}"#),
    ] {
        let marker = json!({"x-protection": {"rectifiable": true, "bind": bind}});
        let policy = compile(&json!({"x-schema-family": "f", "properties": {"list": {"items": marker}, "other": marker}}).to_string());
        let (mut keys, mut entropy) = (Keyring::memory(), Stream(1));
        let call = context("r", "ann");
        let stored = |record: &str, keys: &mut Keyring, entropy: &mut Stream| {
            let call = Context { record: Some(record.to_owned()), ..call.clone() };
            let sealed = policy
                .seal(br#"{"list": [1, 2], "other": 3}"#, &call, keys, entropy)
                .unwrap()
                .document;
            Stored { call, sealed }
        };
        let (mine, other) =
            (stored("r", &mut keys, &mut entropy), stored("r2", &mut keys, &mut entropy));
        keys.destroy(&item("f", "r", destroyed), Destroy::WhenDue, Some(0)).unwrap();
        assert_eq!(read(&policy, &mine, &mut keys), expected, "{bind}");
        assert_eq!(
            read(&policy, &other, &mut keys),
            r#"{"list": [1, 2], "other": 3}"#,
            "another record's are other items"
        );
    }
}
