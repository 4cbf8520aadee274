//! The key cache (keys.md, *Key cache*): what it saves, and what it must never do.

use fieldseal::operations::Sealing;
use fieldseal::{
    BatchItem, Context, ErrorCode, KeyContext, KeySource, Keyring, Options, Policy, Refusal,
};
use support::{Store, Stream, context};

const SCHEMA: &str = r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}},"b":{"x-protection":{"subject":"1/who"}}}}"#;
const NOW: u64 = 1_795_000_000_000;
const MINUTE: u64 = 60_000;

fn policy(options: &str) -> Policy {
    Policy::compile(SCHEMA.as_bytes(), Options::from_json(options).unwrap()).unwrap()
}

fn far() -> Store {
    Store { far: true, ..Store::default() }
}

fn at(now: u64) -> Context {
    Context { now, ..context("r", "ada") }
}

fn seal(policy: &Policy, call: &Context, store: &mut Store) -> Vec<u8> {
    policy.seal(br#"{"a":1}"#, call, store, &mut Stream(1)).unwrap().document
}

/// How many questions the store was asked, by what is done.
fn questions(store: &mut Store, act: impl FnOnce(&mut Store)) -> usize {
    let before = store.asked.len();
    act(store);
    store.asked.len() - before
}

fn opened(policy: &Policy, document: &[u8], call: &Context, store: &mut Store) -> String {
    String::from_utf8(policy.open(document, call, false, store).unwrap().document).unwrap()
}

#[test]
fn a_key_is_asked_for_once_in_its_time() {
    let (policy, mut store) = (policy(""), far());
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW), store))), 1);
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW + 5 * MINUTE), store))), 0);
    assert_eq!(
        questions(&mut store, |store| drop(seal(&policy, &at(NOW + 5 * MINUTE + 1), store))),
        1,
        "older than five minutes"
    );
    let sealed = seal(&policy, &at(NOW + 5 * MINUTE + 1), &mut store);
    // Opening is another permission than sealing.
    assert_eq!(
        questions(&mut store, |store| drop(opened(&policy, &sealed, &at(NOW + 6 * MINUTE), store))),
        1
    );
    assert_eq!(
        questions(&mut store, |store| drop(opened(&policy, &sealed, &at(NOW + 6 * MINUTE), store))),
        0
    );
    assert_eq!(
        questions(&mut store, |store| drop(
            policy.check_deep(&sealed, &at(NOW + 6 * MINUTE), store).unwrap()
        )),
        0
    );
}

/// keys.md: an entry answers exactly the purpose and caller that it was fetched for. The exempt
/// purpose first, then none.
#[test]
fn h30_what_was_fetched_for_one_purpose_or_caller_never_answers_another() {
    struct Purposeful(Store);
    impl fieldseal::KeySource for Purposeful {
        fn current(
            &mut self,
            requests: &[fieldseal::Request],
            host: &mut fieldseal::KeyContext<'_>,
        ) -> Vec<fieldseal::Answer> {
            self.0.current(requests, host)
        }
        fn by_id(&mut self, requests: &[fieldseal::Request], now: u64) -> Vec<fieldseal::Answer> {
            let answers = self.0.by_id(requests, now);
            let exempt = |request: &fieldseal::Request| {
                request.purpose.as_deref() == Some("legal_claims")
                    && request.caller.as_deref() == Some("court")
            };
            requests
                .iter()
                .zip(answers)
                .map(
                    |(request, answer)| {
                        if exempt(request) { answer } else { Err(Refusal::Restricted) }
                    },
                )
                .collect()
        }
    }
    let (policy, mut store) = (policy(""), far());
    let sealed = seal(&policy, &at(NOW), &mut store);
    let mut keys = Purposeful(store);
    let with = |purpose: Option<&str>, caller: Option<&str>| Context {
        purpose: purpose.map(str::to_owned),
        caller: caller.map(str::to_owned),
        ..at(NOW)
    };
    for round in 0..3 {
        let open = |keys: &mut Purposeful, call: &Context| {
            policy
                .open(&sealed, call, true, keys)
                .map(|opened| opened.document)
                .map_err(|error| error.record().code)
        };
        assert_eq!(
            open(&mut keys, &with(Some("legal_claims"), Some("court"))).unwrap(),
            br#"{"a":1}"#,
            "round {round}"
        );
        for (purpose, caller) in [
            (None, None),
            (Some("legal_claims"), None),
            (None, Some("court")),
            (Some("legal_claims"), Some("clerk")),
            (Some("marketing"), Some("court")),
        ] {
            assert_eq!(
                open(&mut keys, &with(purpose, caller)).unwrap_err(),
                ErrorCode::Restricted,
                "round {round}, {purpose:?}, {caller:?}"
            );
        }
        let stranger =
            Context { tenant: "other".into(), ..with(Some("legal_claims"), Some("court")) };
        assert!(open(&mut keys, &stranger).is_err(), "round {round}");
    }
    assert_eq!(
        keys.0.asked.len(),
        1 + 1 + 3 * 6,
        "the permission once, each refusal and stranger anew"
    );
}

#[test]
fn h28_eviction_and_age_make_an_erasure_felt() {
    let (policy, mut store) = (policy(""), far());
    let sealed = seal(&policy, &at(NOW), &mut store);
    assert_eq!(opened(&policy, &sealed, &at(NOW), &mut store), r#"{"a":1}"#);
    store.refuse("ada", Refusal::Erased);
    assert_eq!(
        opened(&policy, &sealed, &at(NOW + 5 * MINUTE), &mut store),
        r#"{"a":1}"#,
        "until the age that the verdict states"
    );
    assert_eq!(opened(&policy, &sealed, &at(NOW + 5 * MINUTE + 1), &mut store), r#"{"a":null}"#);
    for evict in [Some("ada"), None] {
        store.refused.clear();
        assert_eq!(opened(&policy, &sealed, &at(NOW + 6 * MINUTE), &mut store), r#"{"a":1}"#);
        store.refuse("ada", Refusal::Erased);
        policy.evict(Some("bob"));
        assert_eq!(
            opened(&policy, &sealed, &at(NOW + 6 * MINUTE), &mut store),
            r#"{"a":1}"#,
            "nobody said that ada's is gone"
        );
        policy.evict(evict);
        assert_eq!(opened(&policy, &sealed, &at(NOW + 6 * MINUTE), &mut store), r#"{"a":null}"#);
    }
    let refused = policy
        .seal(br#"{"a":1}"#, &at(NOW + 6 * MINUTE), &mut store, &mut Stream(1))
        .map_err(|error| error.record().code);
    assert_eq!(refused.unwrap_err(), ErrorCode::Erased, "evicted for sealing, too");
}

#[test]
fn a_clock_that_goes_back_empties_it_and_business_time_does_not_matter() {
    let (policy, mut store) = (policy(""), far());
    seal(&policy, &at(NOW), &mut store);
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW - 1), store))), 1);
    // Replaying old events does not freeze it: the host's clock goes on.
    let replayed = |now: u64| Context { at: Some("2020-01-01T00:00:00Z".into()), ..at(now) };
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &replayed(NOW), store))), 0);
    assert_eq!(
        questions(&mut store, |store| drop(seal(&policy, &replayed(NOW + 6 * MINUTE), store))),
        1
    );
    // A host without a clock has none.
    for _ in 0..2 {
        assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(0), store))), 1);
    }
}

/// Calls of an asynchronous host overlap, and one that waited long ends with an old clock: time has
/// not gone back.
#[test]
fn calls_that_end_out_of_order_keep_their_keys() {
    let (policy, mut store) = (policy(""), far());
    let document = br#"{"a":1}"#.as_slice();
    let call = |person: &str, now: u64| Context { subject: Some(person.into()), ..at(now) };
    let mut begun = Vec::new();
    for (person, now) in [("ada", NOW), ("bob", NOW + 1)] {
        let one = Sealing::begin(&policy, document, call(person, now)).unwrap();
        begun.push((
            store.current(one.requests(), &mut KeyContext { now, entropy: &mut Stream(1) }),
            one,
        ));
    }
    while let Some((answers, one)) = begun.pop() {
        one.finish(answers, &mut Stream(1)).unwrap();
    }
    let mut asks = |person, now| {
        questions(&mut store, |store| {
            drop(policy.seal(document, &call(person, now), store, &mut Stream(1)).unwrap())
        })
    };
    assert_eq!((asks("ada", NOW + 5 * MINUTE), asks("bob", NOW + 5 * MINUTE)), (0, 0));
    assert_eq!(
        (asks("ada", NOW + 5 * MINUTE + 1), asks("bob", NOW + 5 * MINUTE + 1)),
        (1, 0),
        "each as old as its question"
    );
}

/// The index of a person goes with the person.
#[test]
fn h28_eviction_forgets_a_persons_index() {
    let schema = r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{"index":{"name":"n","bits":8,"per":"subject"}}}}}"#;
    let (policy, mut store) =
        (Policy::compile(schema.as_bytes(), Options::default()).unwrap(), far());
    let call = |person: &str| Context { subject: Some(person.into()), ..at(NOW) };
    for person in ["a\"da", "da"] {
        drop(policy.seal(br#"{"a":1}"#, &call(person), &mut store, &mut Stream(1)).unwrap());
    }
    for (evicted, asked) in [("da", 0), ("a\"da", 2)] {
        policy.evict(Some(evicted));
        drop(policy.seal(br#"{"a":1}"#, &call("a\"da"), &mut store, &mut Stream(1)).unwrap());
        assert_eq!(store.asked.len(), 2 + usize::from(asked > 0), "{evicted}");
        assert!(
            asked == 0 || store.asked.last().unwrap().len() == asked,
            "the key and the index's"
        );
    }
}

/// What a call had asked for before the eviction must not come back with its answer.
#[test]
fn h28_a_call_under_way_does_not_undo_an_eviction() {
    for evict in [Some("ada"), None] {
        let (policy, mut store) = (policy(""), far());
        let begun = Sealing::begin(&policy, br#"{"a":1}"#.as_slice(), at(NOW)).unwrap();
        let answers =
            store.current(begun.requests(), &mut KeyContext { now: NOW, entropy: &mut Stream(1) });
        store.refuse("ada", Refusal::Erased);
        policy.evict(evict);
        begun.finish(answers, &mut Stream(1)).unwrap();
        let refused = policy
            .seal(br#"{"a":1}"#, &at(NOW), &mut store, &mut Stream(1))
            .map_err(|error| error.record().code);
        assert_eq!(refused.unwrap_err(), ErrorCode::Erased);
    }
}

/// A call that holds a cached key waits for another one; meanwhile its person is evicted, since the
/// key is destroyed.
#[test]
fn h28_an_eviction_reaches_a_call_that_waits() {
    let clear = br#"{"a":1,"b":2,"who":"bob"}"#;
    for (evicted, expected) in [
        (Some("ada"), Err(ErrorCode::Unavailable)),
        (None, Err(ErrorCode::Unavailable)),
        (Some("bob"), Ok(())),
    ] {
        let (policy, mut store) = (policy(""), far());
        seal(&policy, &at(NOW), &mut store);
        let begun = Sealing::begin(&policy, clear.as_slice(), at(NOW)).unwrap();
        assert_eq!(begun.requests().len(), 1, "Ada's is at hand");
        let answers =
            store.current(begun.requests(), &mut KeyContext { now: NOW, entropy: &mut Stream(1) });
        policy.evict(evicted);
        let finished =
            begun.finish(answers, &mut Stream(1)).map(drop).map_err(|error| error.record().code);
        assert_eq!(finished, expected, "{evicted:?}");
        // The same call again asks, and so learns of it.
        store.refuse("ada", Refusal::Erased);
        let again = policy
            .seal(clear, &at(NOW), &mut store, &mut Stream(1))
            .map(drop)
            .map_err(|error| error.record().code);
        assert_eq!(
            again,
            if expected.is_ok() { Ok(()) } else { Err(ErrorCode::Erased) },
            "{evicted:?}"
        );
    }
}

/// What is sealed under one of them the other would be asked to open.
#[test]
fn k11_two_keys_of_one_id_are_refused() {
    struct Odd(Store, [[u8; 32]; 2]);
    impl fieldseal::KeySource for Odd {
        fn current(
            &mut self,
            requests: &[fieldseal::Request],
            host: &mut fieldseal::KeyContext<'_>,
        ) -> Vec<fieldseal::Answer> {
            let odd = |(answer, bytes): (fieldseal::Answer, &[u8; 32])| {
                answer.map(|key| fieldseal::Key {
                    secret: fieldseal::Secret::new(*bytes),
                    id: fieldseal::KeyId([5; 16]),
                    ..key
                })
            };
            self.0.current(requests, host).into_iter().zip(&self.1).map(odd).collect()
        }
        fn by_id(&mut self, requests: &[fieldseal::Request], now: u64) -> Vec<fieldseal::Answer> {
            self.0.by_id(requests, now)
        }
    }
    for (secrets, expected) in [([[1; 32], [2; 32]], false), ([[1; 32], [1; 32]], true)] {
        let sealed = policy("").seal(
            br#"{"a":1,"b":2,"who":"bob"}"#,
            &at(NOW),
            &mut Odd(far(), secrets),
            &mut Stream(1),
        );
        let code = sealed.map(drop).map_err(|error| error.record().code);
        assert_eq!(code, if expected { Ok(()) } else { Err(ErrorCode::Internal) }, "{secrets:?}");
    }
}

/// What does not open was perhaps sealed with a wrong key: the next value is sealed with one that
/// is asked for anew.
#[test]
fn k11_a_key_that_sealed_what_does_not_open_is_not_kept() {
    struct WrongOnce(Store, bool);
    impl fieldseal::KeySource for WrongOnce {
        fn current(
            &mut self,
            requests: &[fieldseal::Request],
            host: &mut fieldseal::KeyContext<'_>,
        ) -> Vec<fieldseal::Answer> {
            let wrong = std::mem::take(&mut self.1);
            let change = |answer: fieldseal::Answer| match wrong {
                true => answer
                    .map(|key| fieldseal::Key { secret: fieldseal::Secret::new([9; 32]), ..key }),
                false => answer,
            };
            self.0.current(requests, host).into_iter().map(change).collect()
        }
        fn by_id(&mut self, requests: &[fieldseal::Request], now: u64) -> Vec<fieldseal::Answer> {
            self.0.by_id(requests, now)
        }
    }
    let (policy, mut keys) = (policy(""), WrongOnce(far(), true));
    let mut lost = |minute: u64| {
        let sealed = policy
            .seal(br#"{"a":1}"#, &at(NOW + minute * MINUTE), &mut keys, &mut Stream(1))
            .unwrap()
            .document;
        policy
            .open(&sealed, &at(NOW + minute * MINUTE), false, &mut keys)
            .map(drop)
            .map_err(|error| error.record().code)
    };
    assert_eq!([lost(0), lost(1), lost(2)], [Err(ErrorCode::Integrity), Ok(()), Ok(())]);
}

#[test]
fn a_key_is_never_used_past_its_expiry() {
    let (policy, mut store) = (policy(""), Store { expires: Some(NOW + 10), ..far() });
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW), store))), 1);
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW + 9), store))), 0);
    let late = policy
        .seal(br#"{"a":1}"#, &at(NOW + 10), &mut store, &mut Stream(1))
        .map_err(|error| error.record().code);
    assert_eq!((late.unwrap_err(), store.asked.len()), (ErrorCode::Unavailable, 2));
}

/// A host that gave a wrong key is asked again, and not believed for as long as the cache keeps it.
#[test]
fn k11_a_key_that_opens_nothing_is_not_kept() {
    struct Wrong(Store);
    impl fieldseal::KeySource for Wrong {
        fn current(
            &mut self,
            requests: &[fieldseal::Request],
            host: &mut fieldseal::KeyContext<'_>,
        ) -> Vec<fieldseal::Answer> {
            self.0.current(requests, host)
        }
        fn by_id(&mut self, requests: &[fieldseal::Request], now: u64) -> Vec<fieldseal::Answer> {
            let wrong = |answer: fieldseal::Answer| {
                answer.map(|key| fieldseal::Key { secret: fieldseal::Secret::new([9; 32]), ..key })
            };
            self.0.by_id(requests, now).into_iter().map(wrong).collect()
        }
    }
    let (policy, mut store) = (policy(""), far());
    let sealed = seal(&policy, &at(NOW), &mut store);
    let mut wrong = Wrong(store);
    for many in [false, true] {
        let code = if many {
            let calls = [BatchItem { document: sealed.clone(), context: at(NOW) }];
            policy.open_many(&calls, false, &mut wrong).remove(0).unwrap_err().record().code
        } else {
            policy.open(&sealed, &at(NOW), false, &mut wrong).unwrap_err().record().code
        };
        assert_eq!(code, ErrorCode::Integrity);
        assert_eq!(opened(&policy, &sealed, &at(NOW), &mut wrong.0), r#"{"a":1}"#);
        policy.evict(None);
    }
    let verdict = policy.check_deep(&sealed, &at(NOW), &mut wrong).unwrap();
    assert!(verdict.contains(r#""integrity""#), "{verdict}");
    let verdict = policy.check_deep(&sealed, &at(NOW), &mut wrong.0).unwrap();
    assert!(!verdict.contains(r#""integrity""#), "{verdict}");
}

#[test]
fn v29_a_batch_asks_once_for_all_that_is_missing() {
    let (policy, mut store) = (policy(""), far());
    seal(&policy, &at(NOW), &mut store);
    let call = |who: &str| BatchItem {
        document: format!(r#"{{"a":1,"b":2,"who":"{who}"}}"#).into_bytes(),
        context: at(NOW),
    };
    let calls = [call("bob"), call("eve"), call("bob")];
    assert_eq!(
        questions(&mut store, |store| assert!(
            policy.seal_many(&calls, store, &mut Stream(1)).iter().all(Result::is_ok)
        )),
        1
    );
    let asked: Vec<_> = store
        .asked
        .last()
        .unwrap()
        .iter()
        .map(|request| request.reference.clone().unwrap())
        .collect();
    assert_eq!(asked, ["bob", "eve"], "ada's is there");
    assert_eq!(
        questions(&mut store, |store| assert!(
            policy.seal_many(&calls, store, &mut Stream(1)).iter().all(Result::is_ok)
        )),
        0
    );
}

#[test]
fn entries_are_bounded_and_the_verdict_tells_the_latency() {
    let latency = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text).unwrap()["shredLatencyMs"].as_u64().unwrap()
    };
    for (options, expected) in [
        ("", 300_000),
        (r#"{"cache":{"maxAgeMs":7}}"#, 7),
        (r#"{"cache":{"entries":0}}"#, 0),
        (r#"{"cache":{"maxAgeMs":0}}"#, 0),
    ] {
        let (policy, mut store) = (policy(options), far());
        let sealed = policy.seal(br#"{"a":1}"#, &at(NOW), &mut store, &mut Stream(1)).unwrap();
        let opened = policy.open(&sealed.document, &at(NOW), false, &mut store).unwrap();
        let (check, deep) = (
            policy.check(&sealed.document).unwrap(),
            policy.check_deep(&sealed.document, &at(NOW), &mut store).unwrap(),
        );
        assert_eq!(
            [&sealed.verdict, &opened.verdict, &check, &deep].map(|verdict| latency(verdict)),
            [expected; 4],
            "{options}"
        );
    }
    let (policy, mut store) = (policy(r#"{"cache":{"entries":2}}"#), far());
    let of = |who: &str| Context { subject: Some(who.into()), ..at(NOW) };
    for who in ["a", "b", "c"] {
        seal(&policy, &of(who), &mut store);
    }
    let asked = ["c", "b", "a"]
        .map(|who| questions(&mut store, |store| drop(seal(&policy, &of(who), store))));
    assert_eq!(asked, [0, 0, 1], "the one that came first is gone");
}

/// A source that holds the keys itself is asked each time, and what it erases is gone at once.
/// A document chooses its references, and must not choose how much memory is kept for them.
#[test]
fn a_key_of_a_long_reference_is_not_kept() {
    let (policy, mut store) = (policy(""), far());
    for (length, asks) in [(1024, 0), (1025, 1)] {
        let document = format!(r#"{{"b":1,"who":"{}"}}"#, "a".repeat(length));
        let seal = |store: &mut Store| {
            drop(policy.seal(document.as_bytes(), &at(NOW), store, &mut Stream(1)).unwrap())
        };
        seal(&mut store);
        assert_eq!(questions(&mut store, seal), asks);
    }
}

#[test]
fn h28_a_keyring_in_the_same_process_is_never_cached() {
    let (policy, mut keys, call) = (policy(""), Keyring::memory(), at(NOW));
    let sealed = policy.seal(br#"{"a":1}"#, &call, &mut keys, &mut Stream(1)).unwrap();
    assert!(sealed.verdict.contains(r#""shredLatencyMs":0"#));
    assert_eq!(
        policy.open(&sealed.document, &call, false, &mut keys).unwrap().document,
        br#"{"a":1}"#
    );
    keys.erase(&"ada".into(), "request", NOW).unwrap();
    assert_eq!(
        policy.open(&sealed.document, &call, false, &mut keys).unwrap().document,
        br#"{"a":null}"#
    );
}
