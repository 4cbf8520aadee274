//! What becomes of documents when their persons' keys are erased, restricted, reopened, or somebody
//! else's: a policy over the keyring.

use fieldseal::{
    Answer, Context, Destroy, Error, ErrorCode, Key, KeyContext, KeyOwner, KeySource, KeyState,
    Keyring, OpenOptions, Policy, Request,
};
use support::{Stream, compile, context};

const EVENT: &str = r#"{"x-schema-family": "urn:example:events", "properties": {
    "by": {}, "name": {"type": "string", "x-protection": {"subject": "/by", "erased": "(gone)"}}, "what": {}}}"#;

/// Five events of each of two brothers, sealed.
fn stored(
    policy: &Policy,
    keys: &mut Keyring,
    entropy: &mut Stream,
) -> Vec<(Context, String, Vec<u8>)> {
    let events = (0..10).map(|n| {
        let (by, name) = [("jacob", "Jacob Grimm"), ("wilhelm", "Wilhelm Grimm")][n % 2];
        (
            context(&format!("tale@{n}"), ""),
            format!(r#"{{"by": "{by}", "name": "{name}", "what": {n}}}"#),
        )
    });
    events
        .map(|(context, clear)| {
            let sealed = policy.seal(clear.as_bytes(), &context, keys, entropy).unwrap().document;
            (context, clear, sealed)
        })
        .collect()
}

fn read(
    policy: &Policy,
    (context, _, sealed): &(Context, String, Vec<u8>),
    keys: &mut dyn KeySource,
) -> String {
    String::from_utf8(policy.open(sealed, context, keys).unwrap().document).unwrap()
}

fn refusal<T>(result: Result<T, impl Into<Error>>) -> (ErrorCode, Option<String>) {
    let error: Error = result.err().expect("it was refused").into();
    (error.code, error.pointer)
}

#[test]
fn v13_h28_every_event_of_the_forgotten_is_unreadable_and_no_other() {
    let (policy, mut keys, mut entropy) = (compile(EVENT), Keyring::memory(), Stream(1));
    let events = stored(&policy, &mut keys, &mut entropy);
    keys.erase(&"jacob".into(), "asked for it", Some(0)).unwrap();
    let mut forgotten = 0;
    for event in &events {
        let expected = event.1.replace("Jacob Grimm", "(gone)");
        forgotten += u32::from(expected != event.1);
        assert_eq!(
            read(&policy, event, &mut keys),
            expected,
            "count, order and everything else are as they were"
        );
        assert_eq!(
            event.1.contains("Jacob"),
            policy.open_with(&event.2, &event.0, &mut keys, OpenOptions::strict()).is_err()
        );
    }
    assert_eq!(forgotten, 5);
}

#[test]
fn k10_what_comes_after_is_refused_and_no_key_is_made_until_somebody_reopens() {
    let (policy, mut keys, mut entropy) = (compile(EVENT), Keyring::memory(), Stream(1));
    let events = stored(&policy, &mut keys, &mut entropy);
    keys.erase(&"jacob".into(), "asked for it", Some(0)).unwrap();
    keys.erase(&"ludwig".into(), "asked before he came", Some(0)).unwrap();
    for person in ["jacob", "ludwig"] {
        let late = format!(r#"{{"by": "{person}", "name": "Grimm"}}"#);
        let drawn = entropy.0;
        for purpose in [None, Some("storage".to_owned()), Some("legal_claims".to_owned())] {
            let context = Context { purpose, ..context("late", "") };
            let refused = refusal(policy.seal(late.as_bytes(), &context, &mut keys, &mut entropy));
            assert_eq!(refused, (ErrorCode::Erased, Some("/name".to_owned())));
        }
        assert_eq!(
            (entropy.0, keys.state(&person.into())),
            (drawn, KeyState::Erased),
            "nothing was drawn, so no key was made"
        );
    }
    keys.reopen(&"jacob".into(), &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
    let (back, clear) = (context("back", ""), r#"{"by": "jacob", "name": "Jacob Grimm"}"#);
    let sealed = policy.seal(clear.as_bytes(), &back, &mut keys, &mut entropy).unwrap().document;
    assert_eq!(read(&policy, &(back, String::new(), sealed), &mut keys), clear);
    assert!(read(&policy, &events[0], &mut keys).contains("(gone)"), "what was erased stays so");
}

/// Answers every request for a key with the key of somebody: under its own id, or under the one
/// that was asked for.
struct Foreign {
    key: Key,
    claims: bool,
}

impl KeySource for Foreign {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.by_id(requests, None)
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        let id = |request: &Request| if self.claims { request.id.unwrap() } else { self.key.id };
        requests.iter().map(|request| Ok(Key::new(id(request), self.key.secret.clone()))).collect()
    }
}

#[test]
fn k11_a_foreign_key_is_refused_and_never_gives_garbage() {
    let (policy, mut keys, mut entropy) = (compile(EVENT), Keyring::memory(), Stream(1));
    let events = stored(&policy, &mut keys, &mut entropy);
    let (jacob, wilhelm) = (&events[0], &events[1]);
    // A document that says it is his brother's: the keyring has no such key of the brother.
    let forged = String::from_utf8(jacob.2.clone()).unwrap().replace("\"jacob\"", "\"wilhelm\"");
    let place = Some("/name".to_owned());
    assert_eq!(
        refusal(policy.open(forged.as_bytes(), &jacob.0, &mut keys)),
        (ErrorCode::NotFound, place.clone())
    );
    // A tenant's keyring has no key of another tenant.
    let elsewhere = Context { tenant: "acme".to_owned(), ..jacob.0.clone() };
    assert_eq!(
        refusal(policy.open(&jacob.2, &elsewhere, &mut keys)),
        (ErrorCode::NotFound, place.clone())
    );
    // A source that mixes them up, knowingly or not.
    let request = Request {
        id: None,
        ..policy.required_keys(&wilhelm.2, &wilhelm.0, fieldseal::KeyUse::Open).unwrap()[0].clone()
    };
    let key = keys
        .current(&[request], &mut KeyContext { now: Some(0), entropy: &mut entropy })
        .remove(0)
        .unwrap();
    let outcome = |claims| {
        refusal(policy.open(&jacob.2, &jacob.0, &mut Foreign { key: key.clone(), claims }))
    };
    assert_eq!(outcome(true), (ErrorCode::Integrity, place));
    assert_eq!(outcome(false).0, ErrorCode::Internal);
    assert_eq!(
        read(&policy, wilhelm, &mut Foreign { key: key.clone(), claims: true }),
        wilhelm.1,
        "his own it opens"
    );
}

#[test]
fn h30_what_is_restricted_is_stored_and_not_used() {
    let (policy, mut keys, mut entropy) = (compile(EVENT), Keyring::memory(), Stream(1));
    let events = stored(&policy, &mut keys, &mut entropy);
    keys.restrict(&"jacob".into()).unwrap();
    for (purpose, opens, seals) in [
        (None, false, false),
        (Some("marketing"), false, false),
        (Some("legal_claims"), true, false),
        (Some("storage"), true, true),
    ] {
        for event in &events {
            let his = event.1.contains("jacob");
            let context = Context { purpose: purpose.map(str::to_owned), ..event.0.clone() };
            let opened = policy.open(&event.2, &context, &mut keys).unwrap();
            let expected = if his && !opens {
                event.1.replace("Jacob Grimm", "(gone)")
            } else {
                event.1.clone()
            };
            assert_eq!(String::from_utf8(opened.document).unwrap(), expected, "{purpose:?}");
            assert_eq!(
                opened.access.to_json().contains("\"reason\":\"restricted\""),
                his && !opens,
                "{purpose:?}"
            );
            assert_eq!(
                policy.seal(event.1.as_bytes(), &context, &mut keys, &mut entropy).is_ok(),
                seals || !his,
                "{purpose:?}"
            );
        }
    }
    keys.lift(&"jacob".into()).unwrap();
    assert!(events.iter().all(|event| read(&policy, event, &mut keys) == event.1));
}

#[test]
fn h42_an_erasure_leaves_nothing_to_open_with_not_even_by_a_backup_of_the_key() {
    let (policy, mut keys, mut entropy) = (compile(EVENT), Keyring::memory(), Stream(1));
    let jacob = KeyOwner::from("jacob");
    let events = stored(&policy, &mut keys, &mut entropy);
    let request = Request {
        id: None,
        ..policy.required_keys(&events[0].2, &events[0].0, fieldseal::KeyUse::Open).unwrap()[0]
            .clone()
    };
    let copy = *keys
        .current(&[request], &mut KeyContext { now: Some(0), entropy: &mut entropy })
        .remove(0)
        .unwrap()
        .secret
        .expose();
    keys.rotate(&jacob, None, &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
    keys.erase(&jacob, "asked for it", Some(7)).unwrap();
    // Both versions are gone, whoever asks for whatever.
    for purpose in [None, Some("storage".to_owned()), Some("legal_claims".to_owned())] {
        let context = Context { purpose, ..events[0].0.clone() };
        assert_eq!(
            refusal(policy.open_with(&events[0].2, &context, &mut keys, OpenOptions::strict())),
            (ErrorCode::Erased, Some("/name".to_owned()))
        );
    }
    assert_eq!(keys.erasures(&jacob)[0].destroyed.len(), 2);
    // The bytes of the key, brought back as if they were fresh, are known and refused: for him and
    // for anybody.
    struct Backup([u8; 32]);
    impl fieldseal::Entropy for Backup {
        fn fill(&mut self, buffer: &mut [u8]) {
            buffer.copy_from_slice(&self.0);
        }
    }
    for result in [
        keys.reopen(&jacob, &mut KeyContext { now: Some(8), entropy: &mut Backup(copy) }),
        keys.provision(
            &"ludwig".into(),
            &mut KeyContext { now: Some(8), entropy: &mut Backup(copy) },
        ),
        keys.rotate(
            &"wilhelm".into(),
            None,
            &mut KeyContext { now: Some(8), entropy: &mut Backup(copy) },
        )
        .map(drop),
    ] {
        assert_eq!(result.unwrap_err().code, ErrorCode::Unavailable);
    }
    assert_eq!(
        (keys.state(&jacob), keys.state(&"ludwig".into())),
        (KeyState::Erased, KeyState::Never)
    );
}

/// A backup of the documents from before an erasure, and a line of a log, stay what they are:
/// nobody reads them any more.
#[test]
fn v14_an_erasure_reaches_backups_and_log_lines_made_before_it() {
    let (policy, mut keys, mut entropy) = (compile(EVENT), Keyring::memory(), Stream(1));
    let events = stored(&policy, &mut keys, &mut entropy);
    let backup: Vec<_> = events.clone();
    let line = String::from_utf8(events[0].2.clone()).unwrap();
    let log = format!("2026-11-22T09:30:00Z INFO stored {line}");
    assert!(read(&policy, &backup[0], &mut keys).contains("Jacob Grimm"));
    keys.erase(&"jacob".into(), "asked for it", Some(0)).unwrap();
    for event in backup.iter().filter(|event| event.1.contains("jacob")) {
        assert!(read(&policy, event, &mut keys).contains("(gone)"), "restored");
    }
    let (_, found) = log.split_once("stored ").unwrap();
    let restored = (events[0].0.clone(), events[0].1.clone(), found.as_bytes().to_vec());
    assert!(read(&policy, &restored, &mut keys).contains("(gone)") && !log.contains("Jacob Grimm"));
}

/// An aggregate that was sealed as one value is gone as one: nothing of its parts outlives its
/// person, nor the bucket that it is kept in.
#[test]
fn k12_an_aggregate_collapses_as_a_whole() {
    let policy = compile(
        r#"{"x-schema-family": "urn:example:views", "x-retention": {"view": {"period": "P1Y", "from": "created", "bucket": "P1Y"}}, "properties": {
            "by": {}, "view": {"x-protection": {"subject": "1/by", "retention": "view", "erased": null},
                               "properties": {"name": {"x-protection": {"subject": "2/by"}}, "orders": {}}}}}"#,
    );
    let clear = r#"{"by": "jacob", "view": {"name": "Jacob Grimm", "orders": [1, 2]}}"#;
    let bucket = KeyOwner::bucket("view/2027");
    for ends in ["person", "bucket"] {
        let (mut keys, call) = (Keyring::memory(), context("jacob", ""));
        let sealed =
            policy.seal(clear.as_bytes(), &call, &mut keys, &mut Stream(1)).unwrap().document;
        assert_eq!(policy.open(&sealed, &call, &mut keys).unwrap().document, clear.as_bytes());
        match ends {
            "person" => keys.erase(&"jacob".into(), "asked for it", call.now),
            _ => keys.destroy(&bucket, Destroy::Early, call.now),
        }
        .unwrap();
        let opened = policy.open(&sealed, &call, &mut keys).unwrap();
        assert_eq!(opened.document, br#"{"by": "jacob", "view": null}"#, "{ends}");
        let kind = if ends == "person" { r#""kind":"subject""# } else { r#""kind":"retention""# };
        assert!(
            opened.access.to_json().contains(kind)
                && opened.access.to_json().contains(r#""reason":"erased""#),
            "{:?}",
            opened.access
        );
    }
}
