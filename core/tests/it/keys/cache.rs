//! The key cache (keys.md, *Key cache*): what it saves, and what it must never do.

use fieldseal::{
    Answer, BatchItem, Caching, Context, ErrorCode, KeyCache, KeyContext, KeySource, Keyring,
    OpenOptions, Policy, RefusalCode, Request,
};
use support::{Store, Stream, compile, context};

const SCHEMA: &str = r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}},"b":{"x-protection":{"subject":"1/who"}}}}"#;
const NOW: u64 = 1_795_000_000_000;
const MINUTE: u64 = 60_000;

type Cached = KeyCache<Store>;

fn cached(source: Store) -> Cached {
    KeyCache::new(source, Caching::default())
}

fn far() -> Cached {
    cached(Store::default())
}

fn at(now: u64) -> Context {
    Context { now: Some(now), ..context("r", "ada") }
}

fn seal(policy: &Policy, call: &Context, store: &mut Cached) -> Vec<u8> {
    policy.seal(br#"{"a":1}"#, call, store, &mut Stream(1)).unwrap().document
}

fn asked(store: &mut Cached, requests: &[Request], now: u64) -> Vec<Answer> {
    let mut host = KeyContext { now: Some(now), entropy: &mut Stream(1) };
    store.source_mut().current(requests, &mut host)
}

/// How many questions the store was asked, by what is done.
fn questions(store: &mut Cached, act: impl FnOnce(&mut Cached)) -> usize {
    let before = store.source().asked.len();
    act(store);
    store.source().asked.len() - before
}

fn opened(policy: &Policy, document: &[u8], call: &Context, store: &mut Cached) -> String {
    String::from_utf8(policy.open(document, call, store).unwrap().document).unwrap()
}

#[test]
fn a_key_is_asked_for_once_in_its_time() {
    let (policy, mut store) = (compile(SCHEMA), far());
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
            policy.check_deep(&sealed, &at(NOW + 6 * MINUTE), store).unwrap().to_json()
        )),
        0
    );
}

/// keys.md: an entry answers exactly the purpose and caller that it was fetched for. The exempt
/// purpose first, then none.
#[test]
fn h30_what_was_fetched_for_one_purpose_or_caller_never_answers_another() {
    struct Purposeful(Store);
    impl KeySource for Purposeful {
        fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
            self.0.current(requests, host)
        }
        fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
            let answers = self.0.by_id(requests, now);
            let exempt = |request: &Request| {
                request.purpose.as_deref() == Some("legal_claims")
                    && request.caller.as_deref() == Some("court")
            };
            requests
                .iter()
                .zip(answers)
                .map(
                    |(request, answer)| {
                        if exempt(request) { answer } else { Err(RefusalCode::Restricted.into()) }
                    },
                )
                .collect()
        }
    }
    let policy = compile(SCHEMA);
    let mut keys = KeyCache::new(Purposeful(Store::default()), Caching::default());
    let sealed = policy.seal(br#"{"a":1}"#, &at(NOW), &mut keys, &mut Stream(1)).unwrap().document;
    let with = |purpose: Option<&str>, caller: Option<&str>| Context {
        purpose: purpose.map(str::to_owned),
        caller: caller.map(str::to_owned),
        ..at(NOW)
    };
    for round in 0..3 {
        let open = |keys: &mut KeyCache<Purposeful>, call: &Context| {
            policy
                .open_with(&sealed, call, keys, OpenOptions::strict())
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
        keys.source().0.asked.len(),
        1 + 1 + 3 * 6,
        "the permission once, each refusal and stranger anew"
    );
}

#[test]
fn h28_eviction_and_age_make_an_erasure_felt() {
    let (policy, mut store) = (compile(SCHEMA), far());
    let sealed = seal(&policy, &at(NOW), &mut store);
    assert_eq!(opened(&policy, &sealed, &at(NOW), &mut store), r#"{"a":1}"#);
    store.source_mut().refuse("ada", RefusalCode::Erased);
    assert_eq!(
        opened(&policy, &sealed, &at(NOW + 5 * MINUTE), &mut store),
        r#"{"a":1}"#,
        "until the age that the verdict states"
    );
    assert_eq!(opened(&policy, &sealed, &at(NOW + 5 * MINUTE + 1), &mut store), r#"{"a":null}"#);
    for evict in [Some("ada"), None] {
        store.source_mut().refused.clear();
        assert_eq!(opened(&policy, &sealed, &at(NOW + 6 * MINUTE), &mut store), r#"{"a":1}"#);
        store.source_mut().refuse("ada", RefusalCode::Erased);
        store.evict(Some("bob"));
        assert_eq!(
            opened(&policy, &sealed, &at(NOW + 6 * MINUTE), &mut store),
            r#"{"a":1}"#,
            "nobody said that ada's is gone"
        );
        store.evict(evict);
        assert_eq!(opened(&policy, &sealed, &at(NOW + 6 * MINUTE), &mut store), r#"{"a":null}"#);
    }
    let refused = policy
        .seal(br#"{"a":1}"#, &at(NOW + 6 * MINUTE), &mut store, &mut Stream(1))
        .map_err(|error| error.record().code);
    assert_eq!(refused.unwrap_err(), ErrorCode::Erased, "evicted for sealing, too");
}

#[test]
fn a_clock_that_goes_back_empties_it_and_business_time_does_not_matter() {
    let (policy, mut store) = (compile(SCHEMA), far());
    seal(&policy, &at(NOW), &mut store);
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW - 10_001), store))), 1);
    // Replaying old events does not freeze it: the host's clock goes on.
    let replayed = |now: u64| Context { at: Some("2020-01-01T00:00:00Z".into()), ..at(now) };
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &replayed(NOW), store))), 0);
    assert_eq!(
        questions(&mut store, |store| drop(seal(&policy, &replayed(NOW + 6 * MINUTE), store))),
        1
    );
    // 0 is an ordinary time.
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(0), store))), 1);
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(0), store))), 0);
}

/// Calls of an asynchronous host overlap, and one that waited long ends with an old clock: time has
/// not gone back.
#[test]
fn calls_that_end_out_of_order_keep_their_keys() {
    let (policy, mut store) = (compile(SCHEMA), far());
    let document = br#"{"a":1}"#.as_slice();
    let call = |person: &str, now: u64| Context { subject: Some(person.into()), ..at(now) };
    let mut begun = Vec::new();
    for (person, now) in [("ada", NOW), ("bob", NOW + 1)] {
        let one = policy.begin_seal(document, call(person, now)).unwrap();
        let lookup = store.lookup(one.requests(), now);
        begun.push((asked(&mut store, lookup.missing(), now), lookup, one));
    }
    while let Some((answers, lookup, one)) = begun.pop() {
        one.finish(lookup.finish(answers), &mut Stream(1)).unwrap();
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

/// Threads read the clock before they lock the cache, so their times arrive out of order.
#[test]
fn a_call_with_a_slightly_older_clock_neither_empties_the_cache_nor_fails_others() {
    let (policy, mut store) = (compile(SCHEMA), far());
    let clear = br#"{"a":1,"b":2,"who":"bob"}"#.as_slice();
    seal(&policy, &at(NOW), &mut store);
    let waiting = policy.begin_seal(clear, at(NOW)).unwrap();
    let lookup = store.lookup(waiting.requests(), NOW);
    assert_eq!(lookup.missing().len(), 1, "bob's");
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW - 10_000), store))), 0);
    let answers = asked(&mut store, lookup.missing(), NOW);
    waiting.finish(lookup.finish(answers), &mut Stream(1)).unwrap();
}

/// The index of a person goes with the person.
#[test]
fn h28_eviction_forgets_a_persons_index() {
    let schema = r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{"index":{"name":"n","bits":8,"per":"subject"}}}}}"#;
    let (policy, mut store) = (compile(schema), far());
    let call = |person: &str| Context { subject: Some(person.into()), ..at(NOW) };
    for person in ["a\"da", "da"] {
        drop(policy.seal(br#"{"a":1}"#, &call(person), &mut store, &mut Stream(1)).unwrap());
    }
    for (evicted, asked) in [("da", 0), ("a\"da", 2)] {
        store.evict(Some(evicted));
        drop(policy.seal(br#"{"a":1}"#, &call("a\"da"), &mut store, &mut Stream(1)).unwrap());
        assert_eq!(store.source().asked.len(), 2 + usize::from(asked > 0), "{evicted}");
        assert!(
            asked == 0 || store.source().asked.last().unwrap().len() == asked,
            "the key and the index's"
        );
    }
}

/// What a call had asked for before the eviction must not come back with its answer.
#[test]
fn h28_a_call_under_way_does_not_undo_an_eviction() {
    for evict in [Some("ada"), None] {
        let (policy, mut store) = (compile(SCHEMA), far());
        let begun = policy.begin_seal(br#"{"a":1}"#.as_slice(), at(NOW)).unwrap();
        let lookup = store.lookup(begun.requests(), NOW);
        let answers = asked(&mut store, lookup.missing(), NOW);
        store.source_mut().refuse("ada", RefusalCode::Erased);
        store.evict(evict);
        begun.finish(lookup.finish(answers), &mut Stream(1)).unwrap();
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
        let (policy, mut store) = (compile(SCHEMA), far());
        seal(&policy, &at(NOW), &mut store);
        let begun = policy.begin_seal(clear.as_slice(), at(NOW)).unwrap();
        let lookup = store.lookup(begun.requests(), NOW);
        assert_eq!(lookup.missing().len(), 1, "Ada's is at hand");
        let answers = asked(&mut store, lookup.missing(), NOW);
        store.evict(evicted);
        let finished = begun
            .finish(lookup.finish(answers), &mut Stream(1))
            .map(drop)
            .map_err(|error| error.record().code);
        assert_eq!(finished, expected, "{evicted:?}");
        // The same call again asks, and so learns of it.
        store.source_mut().refuse("ada", RefusalCode::Erased);
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

#[test]
fn a_key_is_never_used_past_its_expiry() {
    let (policy, mut store) =
        (compile(SCHEMA), cached(Store { expires: Some(NOW + 10), ..Store::default() }));
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW), store))), 1);
    assert_eq!(questions(&mut store, |store| drop(seal(&policy, &at(NOW + 9), store))), 0);
    let late = policy
        .seal(br#"{"a":1}"#, &at(NOW + 10), &mut store, &mut Stream(1))
        .map_err(|error| error.record().code);
    assert_eq!((late.unwrap_err(), store.source().asked.len()), (ErrorCode::Unavailable, 2));
}

#[test]
fn v29_a_batch_asks_once_for_all_that_is_missing() {
    let (policy, mut store) = (compile(SCHEMA), far());
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
        .source()
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
    let policy = compile(SCHEMA);
    for (caching, expected) in [
        (Caching::default(), 300_000),
        (Caching { max_age_ms: 7, ..Caching::default() }, 7),
        (Caching { entries: 0, ..Caching::default() }, 0),
        (Caching { max_age_ms: 0, ..Caching::default() }, 0),
    ] {
        let mut store = KeyCache::new(Store::default(), caching);
        let sealed = policy.seal(br#"{"a":1}"#, &at(NOW), &mut store, &mut Stream(1)).unwrap();
        let opened = policy.open(&sealed.document, &at(NOW), &mut store).unwrap();
        let deep = policy.check_deep(&sealed.document, &at(NOW), &mut store).unwrap();
        let verdicts = [&sealed.verdict, &opened.verdict, &deep];
        let latencies = verdicts.map(|verdict| verdict.shred_latency_ms());
        assert_eq!(latencies, [expected; 3], "{caching:?}");
        // Nothing was asked for a check without keys, and a source is as old as it says.
        assert_eq!(policy.check(&sealed.document).unwrap().shred_latency_ms(), 0);
        let begun = policy.begin_open(&sealed.document, at(NOW), OpenOptions::default()).unwrap();
        let lookup = store.lookup(begun.requests(), NOW);
        let answers = store.source_mut().by_id(lookup.missing(), Some(NOW));
        let opened = begun.finish(lookup.finish(answers)).unwrap();
        assert_eq!(opened.verdict.shred_latency_ms(), expected, "{caching:?}");
    }
    let mut raw = Store::default();
    let sealed = policy.seal(br#"{"a":1}"#, &at(NOW), &mut raw, &mut Stream(1)).unwrap();
    assert_eq!(sealed.verdict.shred_latency_ms(), 0);
    let mut twice = KeyCache::new(far(), Caching { max_age_ms: 7, ..Caching::default() });
    let sealed = policy.seal(br#"{"a":1}"#, &at(NOW), &mut twice, &mut Stream(1)).unwrap();
    assert_eq!(sealed.verdict.shred_latency_ms(), 300_007);

    let mut store = KeyCache::new(Store::default(), Caching { entries: 2, ..Caching::default() });
    let of = |who: &str| Context { subject: Some(who.into()), ..at(NOW) };
    for who in ["a", "b", "c"] {
        seal(&policy, &of(who), &mut store);
    }
    let asked = ["c", "b", "a"]
        .map(|who| questions(&mut store, |store| drop(seal(&policy, &of(who), store))));
    assert_eq!(asked, [0, 0, 1], "the one that came first is gone");
}

/// A document chooses its references, and must not choose how much memory is kept for them.
#[test]
fn a_key_of_a_long_reference_is_not_kept() {
    let (policy, mut store) = (compile(SCHEMA), far());
    for (length, asks) in [(1024, 0), (1025, 1)] {
        let document = format!(r#"{{"b":1,"who":"{}"}}"#, "a".repeat(length));
        let seal = |store: &mut Cached| {
            drop(policy.seal(document.as_bytes(), &at(NOW), store, &mut Stream(1)).unwrap())
        };
        seal(&mut store);
        assert_eq!(questions(&mut store, seal), asks);
    }
}

/// A source without a cache is asked each time, and what it erases is gone at once.
#[test]
fn h28_a_keyring_in_the_same_process_is_never_cached() {
    let (policy, mut keys, call) = (compile(SCHEMA), Keyring::memory(), at(NOW));
    let sealed = policy.seal(br#"{"a":1}"#, &call, &mut keys, &mut Stream(1)).unwrap();
    assert!(sealed.verdict.to_json().contains(r#""shredLatencyMs":0"#));
    assert_eq!(policy.open(&sealed.document, &call, &mut keys).unwrap().document, br#"{"a":1}"#);
    keys.erase(&"ada".into(), "request", Some(NOW)).unwrap();
    assert_eq!(policy.open(&sealed.document, &call, &mut keys).unwrap().document, br#"{"a":null}"#);
}
