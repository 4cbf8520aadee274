//! Refusals of keys name the kind of the key, the bucket where it is known, and nobody.

use fieldseal::{
    Answer, Context, Error, ErrorCode, Key, KeyContext, KeyKind, KeyOwner, KeySource, Keyring,
    OpenOptions, Policy, Refusal, RefusalCause, RefusalCode, Request, Secret,
};
use support::{Store, Stream, compile, context};

const SCHEMA: &str = r#"{
    "x-schema-family": "f",
    "x-retention": {"contract": {"period": "P1Y", "bucket": "P1Y", "from": "created"}},
    "properties": {
        "a": {"x-protection": {"retention": "contract", "rectifiable": true,
            "index": {"name": "n", "bits": 16}}},
        "p": {"x-protection": {"mode": "pseudonym", "domain": "d"}}
    }
}"#;

/// Refuses the keys of one kind.
struct Refusing(Store, KeyKind, Refusal);

impl Refusing {
    fn but(&self, requests: &[Request], answers: Vec<Answer>) -> Vec<Answer> {
        let one = |(request, answer): (&Request, Answer)| {
            if request.kind == self.1 { Err(self.2.clone()) } else { answer }
        };
        requests.iter().zip(answers).map(one).collect()
    }
}

impl KeySource for Refusing {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        let answers = self.0.current(requests, host);
        self.but(requests, answers)
    }

    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        let answers = self.0.by_id(requests, now);
        self.but(requests, answers)
    }
}

const CLEAR: &[u8] = br#"{"a":1,"p":2}"#;

fn sealing(policy: &Policy, kind: KeyKind, refusal: Refusal) -> Error {
    let mut keys = Refusing(Store::default(), kind, refusal);
    policy.seal(CLEAR, &context("r", "ada"), &mut keys, &mut Stream(1)).unwrap_err().into()
}

fn opening(policy: &Policy, kind: KeyKind, refusal: Refusal) -> Error {
    let call = context("r", "ada");
    let mut store = Store::default();
    let sealed = policy.seal(CLEAR, &call, &mut store, &mut Stream(1)).unwrap().document;
    let mut keys = Refusing(store, kind, refusal);
    policy.open_with(&sealed, &call, &mut keys, OpenOptions::strict()).unwrap_err().into()
}

#[test]
fn an_erased_person_bucket_item_index_and_domain_are_five_messages() {
    let policy = compile(SCHEMA);
    let erased = || Refusal::from(RefusalCode::Erased);
    for (kind, message) in [
        (KeyKind::Subject, "the key of this value's person was destroyed"),
        (KeyKind::Retention, "the key of the retention bucket `contract/2027` was destroyed"),
        (KeyKind::Item, "this value's own key was destroyed"),
        (KeyKind::Index, "the key of this value's index was destroyed"),
        (KeyKind::Pseudonym, "the key of this value's pseudonym domain was destroyed"),
    ] {
        let error = sealing(&policy, kind, erased());
        assert_eq!((error.code, &*error.message), (ErrorCode::Erased, message));
        let pointer = if kind == KeyKind::Pseudonym { "/p" } else { "/a" };
        assert_eq!(error.pointer.as_deref(), Some(pointer));
    }
    // Opening knows the bucket's name if the answer tells it.
    for (kind, refusal, message) in [
        (KeyKind::Subject, erased().of("ada"), "the key of this value's person was destroyed"),
        (KeyKind::Retention, erased(), "the key of this value's retention bucket was destroyed"),
        (
            KeyKind::Retention,
            erased().of("contract/2027"),
            "the key of the retention bucket `contract/2027` was destroyed",
        ),
        (KeyKind::Item, erased(), "this value's own key was destroyed"),
    ] {
        let error = opening(&policy, kind, refusal);
        assert_eq!((error.code, &*error.message), (ErrorCode::Erased, message));
    }
}

#[test]
fn a_minimum_version_an_expiry_and_a_missing_clock_have_messages_of_their_own() {
    let policy = compile(SCHEMA);
    let refusal = |code, cause: Option<RefusalCause>| match cause {
        Some(cause) => Refusal::from(code).because(cause),
        None => Refusal::from(code),
    };
    let mut seen = std::collections::BTreeSet::new();
    for (code, cause, expected) in [
        (RefusalCode::Denied, None, ErrorCode::Denied),
        (RefusalCode::Denied, Some(RefusalCause::MinimumVersion), ErrorCode::Denied),
        (RefusalCode::Unavailable, None, ErrorCode::Unavailable),
        (RefusalCode::Unavailable, Some(RefusalCause::Expired), ErrorCode::Unavailable),
        (RefusalCode::Unavailable, Some(RefusalCause::NoClock), ErrorCode::Context),
        (RefusalCode::NotFound, None, ErrorCode::NotFound),
        (RefusalCode::Restricted, None, ErrorCode::Restricted),
    ] {
        let error = opening(&policy, KeyKind::Subject, refusal(code, cause));
        assert_eq!(error.code, expected, "{code:?} {cause:?}");
        assert!(!error.message.contains("ada"), "{error}");
        seen.insert(error.message.to_string());
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
}

/// The keyring's own words: its answers name their owner, and its refusals the circumstance.
#[test]
fn the_answers_of_a_keyring_name_their_owner() {
    let policy = compile(SCHEMA);
    let call = context("r", "ada");
    let mut keys = Keyring::memory();
    let sealed = policy.seal(CLEAR, &call, &mut keys, &mut Stream(1)).unwrap().document;
    let pending = policy.begin_open(&sealed, &call, OpenOptions::default()).unwrap();
    let owners = |answers: Vec<Answer>| -> Vec<Option<String>> {
        let owner = |answer: Answer| answer.map_or_else(|no| no.reference, |key| key.reference);
        answers.into_iter().map(owner).collect()
    };
    let named = [Some("ada"), Some("contract/2027"), Some(r#"["f","r","/a"]"#)];
    let named = named.map(|name| name.map(str::to_owned));
    assert_eq!(owners(keys.by_id(pending.requests(), call.now)), named);

    let mut host = KeyContext { now: call.now, entropy: &mut Stream(9) };
    keys.rotate(&"ada".into(), Some(2), &mut host).unwrap();
    let answers = keys.by_id(pending.requests(), call.now);
    let refusal = answers[0].clone().unwrap_err();
    assert_eq!(
        (refusal.code, refusal.cause),
        (RefusalCode::Denied, Some(RefusalCause::MinimumVersion))
    );
    assert_eq!(owners(answers), named);
    assert_eq!(format!("{refusal:?}").matches("ada").count(), 0);
}

/// The record of who saw what tells a bucket's end from a person's erasure.
#[test]
fn withheld_places_name_kind_and_bucket() {
    let policy = compile(SCHEMA);
    let call = context("r", "ada");
    let withheld = |owner: KeyOwner| {
        let mut keys = Keyring::memory();
        let sealed = policy.seal(CLEAR, &call, &mut keys, &mut Stream(1)).unwrap().document;
        keys.erase(&owner, "asked", Some(1)).unwrap();
        let access = policy.open(&sealed, &call, &mut keys).unwrap().access;
        let place = access.withheld().next().unwrap();
        (place.kind(), place.bucket().map(str::to_owned))
    };
    let bucket = "contract/2027";
    assert_eq!(withheld("ada".into()), (KeyKind::Subject, None));
    assert_eq!(withheld(KeyOwner::item("f", "r", "/a")), (KeyKind::Item, None));
    assert_eq!(withheld(KeyOwner::bucket(bucket)), (KeyKind::Retention, Some(bucket.to_owned())));
}

/// Neither a key's owner nor its bytes are printed.
#[test]
fn debug_of_answers_names_nobody() {
    let key = Key::new(fieldseal::KeyId([1; 16]), Secret::new([7; 32])).of("ada");
    let refusal = Refusal::from(RefusalCode::Erased).of("ada");
    let call = Context { subject: Some("ada".into()), ..Context::default() };
    for text in [format!("{key:?}"), format!("{refusal:?}"), format!("{call:?}")] {
        assert!(!text.contains("ada") && !text.contains("7, 7"), "{text}");
    }
}
