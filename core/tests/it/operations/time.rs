//! Calls with a clock, with another one, and with none.

use fieldseal::{
    Context, Error, ErrorCode, KeyContext, KeySource as _, OpenOptions, Policy, VerdictCode,
};
use support::{Store, Stream, compile, context};

const PLAIN: &str = r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#;
const KEPT: &str = r#"{
    "x-schema-family": "f",
    "x-retention": {"r": {"period": "P1M", "bucket": "P1M", "from": "created"}},
    "properties": {"a": {"x-protection": {"retention": "r"}}}
}"#;

fn timeless() -> Context {
    Context { now: None, ..context("r", "ada") }
}

/// Both steps without a clock.
fn sealed(policy: &Policy, call: &Context, store: &mut Store) -> Result<fieldseal::Sealed, Error> {
    let pending = policy.begin_seal(br#"{"a":1}"#.as_slice(), call)?;
    let mut host = KeyContext { now: call.now, entropy: &mut Stream(1) };
    let answers = store.current(pending.requests(), &mut host);
    Ok(pending.finish(answers, &mut Stream(1))?)
}

#[test]
fn without_a_clock_records_leave_the_time_out() {
    let (policy, call, mut store) = (compile(PLAIN), timeless(), Store::default());
    let sealed = sealed(&policy, &call, &mut store).unwrap();
    assert_eq!(sealed.verdict.at(), None);
    assert!(!sealed.verdict.to_json().contains("\"at\""));
    let pending = policy.begin_open(&sealed.document, &call, OpenOptions::default()).unwrap();
    let answers = store.by_id(pending.requests(), None);
    let opened = pending.finish(answers).unwrap();
    assert_eq!((opened.verdict.at(), opened.access.at()), (None, None));
    assert!(!opened.access.to_json().contains("\"at\""), "{}", opened.access.to_json());
    assert_eq!(opened.document, br#"{"a":1}"#);
}

#[cfg(feature = "std")]
#[test]
fn a_verb_that_does_all_of_a_call_reads_the_clock() {
    let (policy, mut store) = (compile(KEPT), Store::default());
    let before = std::time::SystemTime::now();
    let since = |time: std::time::SystemTime| {
        u64::try_from(time.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap()
    };
    let call = timeless();
    let sealed = policy.seal(br#"{"a":1}"#, &call, &mut store, &mut Stream(1)).unwrap();
    let opened = policy.open(&sealed.document, &call, &mut store).unwrap();
    let deep = policy.check_deep(&sealed.document, &call, &mut store).unwrap();
    let after = since(std::time::SystemTime::now());
    for at in [sealed.verdict.at(), opened.access.at(), deep.at()] {
        assert!((since(before)..=after).contains(&at.unwrap()), "{at:?}");
    }
    // A time that is given is taken, and 0 is an ordinary one.
    let call = Context { now: Some(0), ..call };
    let sealed = policy.seal(br#"{"a":1}"#, &call, &mut store, &mut Stream(1)).unwrap();
    assert_eq!(sealed.verdict.at(), Some(0));
    let place = sealed.verdict.sealed().next().unwrap();
    assert_eq!(place.bucket(), Some("r/1970-02"));
    assert!(sealed.verdict.to_json().contains("\"at\":\"1970-01-01T00:00:00.000Z\""));
}

#[test]
fn a_call_that_needs_the_time_and_has_none_is_context() {
    let (policy, mut store) = (compile(KEPT), Store::default());
    let error = sealed(&policy, &timeless(), &mut store).unwrap_err();
    assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Context, Some("/a")));
    assert!(error.message.contains("`at`") && error.message.contains("`now`"), "{error}");
    // The business time is enough for a retention that counts from the call.
    let dated = Context { at: Some("2026-03-01T00:00:00Z".into()), ..timeless() };
    let verdict = sealed(&policy, &dated, &mut store).unwrap().verdict;
    assert_eq!(verdict.sealed().next().unwrap().bucket(), Some("r/2026-04"));

    // A key that expires cannot be used by a call without a clock, for sealing or opening.
    let policy = compile(PLAIN);
    let document = sealed(&policy, &timeless(), &mut store).unwrap().document;
    store.expires = Some(u64::MAX);
    let error = sealed(&policy, &timeless(), &mut store).unwrap_err();
    assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Context, Some("/a")));
    let pending = policy.begin_open(&document, timeless(), OpenOptions::default()).unwrap();
    let answers = store.by_id(pending.requests(), None);
    let error = Error::from(pending.finish(answers).unwrap_err());
    assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Context, Some("/a")));
    assert!(error.message.contains("`now`"), "{error}");
}

/// A bucket is due from the first moment after its last day, by the host's clock; business time may
/// lie long before it.
#[test]
fn v15_sealing_into_a_bucket_that_has_ended_warns() {
    let policy = compile(KEPT);
    let at = |now: Option<u64>| Context {
        at: Some("2026-03-01T00:00:00Z".into()),
        now,
        ..context("r", "ada")
    };
    // 2026-05-01T00:00:00Z
    let end = 1_777_593_600_000;
    for (now, expected) in [(Some(end - 1), false), (Some(end), true), (None, false)] {
        let sealed = sealed(&policy, &at(now), &mut Store::default()).unwrap();
        let place = sealed.verdict.sealed().next().unwrap();
        assert_eq!((place.bucket(), place.ends()), (Some("r/2026-04"), Some(end)));
        assert_eq!(sealed.verdict.says(VerdictCode::BucketDue), expected, "{now:?}");
        let faults: Vec<_> = sealed.verdict.faults().map(|fault| fault.pointer()).collect();
        assert_eq!(faults, if expected { vec!["/a"] } else { vec![] });
    }
}

#[test]
fn consents_are_not_built_yet() {
    let policy = compile(PLAIN);
    let consent = fieldseal::Consent { purpose: "news".into(), subject: None, until: None };
    let call = Context { consents: vec![consent], ..context("r", "ada") };
    let mut store = Store::default();
    let seal = policy.seal(br#"{"a":1}"#, &call, &mut store, &mut Stream(1)).map(drop);
    let open = policy.open(br#"{"a":1}"#, &call, &mut store).map(drop);
    for error in [Error::from(seal.unwrap_err()), Error::from(open.unwrap_err())] {
        assert_eq!(error.code, ErrorCode::Context);
        assert!(error.message.contains("not built yet"), "{error}");
    }
    assert!(store.asked.is_empty());
}
