//! Calls whose keys come from a cache: keys that are no longer the newest, values that are sealed
//! anew, clocks, and handles of several threads.

use fieldseal::{
    BatchItem, Caching, Context, ErrorCode, KeyCache, KeyContext, KeyId, KeyKind, KeySource as _,
    KeyUse, Keyring, OpenOptions, Policy, RefusalCause, RefusalCode, Request, VerdictCode,
};
use support::{Store, Stream, compile, context};

const SCHEMA: &str = r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#;
const NOW: u64 = 1_795_000_000_000;

fn at(now: u64, purpose: Option<&str>) -> Context {
    let purpose = purpose.map(str::to_owned);
    Context { now: Some(now), purpose, ..context("r", "ada") }
}

fn seal(policy: &Policy, call: &Context, keys: &mut KeyCache<Keyring>) -> (Vec<u8>, bool, KeyId) {
    let sealed = policy.seal(br#"{"a":1}"#, call, keys, &mut Stream(call.now.unwrap())).unwrap();
    let is_stale = sealed.verdict.says(VerdictCode::StaleKey);
    let place = sealed.verdict.sealed().next().unwrap();
    let id = place.key_ids().next().unwrap();
    (sealed.document, is_stale, id)
}

fn rotate(keys: &mut KeyCache<Keyring>) {
    let mut host = KeyContext { now: Some(NOW), entropy: &mut Stream(77) };
    keys.source_mut().rotate(&"ada".into(), None, &mut host).unwrap();
}

/// A cached key seals on after a rotation elsewhere. As soon as the same cache learns of the newer
/// one, for whatever purpose, operation or caller, it says so; opening never does.
#[test]
fn k03_a_seal_under_a_key_that_is_known_to_be_old_warns() {
    let policy = compile(SCHEMA);
    let mut keys = KeyCache::new(Keyring::memory(), Caching::default());
    let (old, is_stale, first) = seal(&policy, &at(NOW, None), &mut keys);
    assert!(!is_stale);
    rotate(&mut keys);
    let (_, is_stale, id) = seal(&policy, &at(NOW + 1, None), &mut keys);
    assert!(!is_stale && id == first, "nobody told the cache");

    let (_, is_stale, second) = seal(&policy, &at(NOW + 2, Some("delivery")), &mut keys);
    assert!(!is_stale && second != first, "the newest is never stale");
    let (sealed, is_stale, id) = seal(&policy, &at(NOW + 3, None), &mut keys);
    assert!(is_stale && id == first);
    for document in [&old, &sealed] {
        let opened = policy.open(document, &at(NOW + 4, None), &mut keys).unwrap();
        assert!(!opened.verdict.says(VerdictCode::StaleKey), "older versions open as ever");
        assert_eq!(opened.document, br#"{"a":1}"#);
    }

    // Told of the rotation, it asks anew.
    keys.evict(Some("ada"));
    let (_, is_stale, id) = seal(&policy, &at(NOW + 5, None), &mut keys);
    assert!(!is_stale && id == second);
}

/// The place is named, and a batch that learns of the newer key itself warns already.
#[test]
fn k03_a_batch_warns_at_the_place_of_the_older_key() {
    let policy = compile(SCHEMA);
    let mut keys = KeyCache::new(Keyring::memory(), Caching::default());
    seal(&policy, &at(NOW, None), &mut keys);
    rotate(&mut keys);
    let item = |purpose| fieldseal::BatchItem {
        document: br#"{"a":1}"#.to_vec(),
        context: at(NOW + 1, purpose),
    };
    let results = policy.seal_many(&[item(None), item(Some("b"))], &mut keys, &mut Stream(5));
    let stale: Vec<Vec<String>> = results
        .into_iter()
        .map(|result| {
            let verdict = result.unwrap().verdict;
            let faults = verdict.faults().filter(|fault| fault.code() == VerdictCode::StaleKey);
            faults.map(|fault| fault.pointer()).collect()
        })
        .collect();
    assert_eq!(stale, [vec!["/a".to_owned()], vec![]]);
}

/// After a rotation the cached key is the one about to be destroyed: values are sealed anew under a
/// key that was asked for now. What that brings is kept, so that sealing learns of it.
#[test]
fn a_request_to_seal_anew_is_never_answered_from_the_cache() {
    let mut keys = KeyCache::new(Keyring::memory(), Caching::default());
    let request = |operation| Request {
        reference: Some("ada".to_owned()),
        ..Request::new(KeyKind::Subject, operation)
    };
    let current = |keys: &mut KeyCache<Keyring>, operation, now| {
        let mut host = KeyContext { now: Some(now), entropy: &mut Stream(now) };
        keys.current(&[request(operation)], &mut host).remove(0).unwrap().id
    };
    let first = current(&mut keys, KeyUse::Seal, NOW);
    assert_eq!(current(&mut keys, KeyUse::Reseal, NOW), first);
    rotate(&mut keys);
    assert_eq!(current(&mut keys, KeyUse::Seal, NOW + 1), first, "cached");
    let second = current(&mut keys, KeyUse::Reseal, NOW + 1);
    assert_ne!(second, first);
    assert_eq!(keys.lookup(&[request(KeyUse::Reseal)], NOW + 1).missing().len(), 1);
    let (_, is_stale, _) = seal(&compile(SCHEMA), &at(NOW + 2, None), &mut keys);
    assert!(is_stale);
}

/// Without a clock nothing would ever grow old.
#[test]
fn a_cache_without_the_time_is_context_and_asks_nobody() {
    let policy = compile(SCHEMA);
    let mut keys = KeyCache::new(Store::default(), Caching::default());
    let timeless = Context { now: None, ..context("r", "ada") };
    let requests = policy.begin_seal(br#"{"a":1}"#.as_slice(), &timeless).unwrap();
    let mut host = KeyContext { now: None, entropy: &mut Stream(1) };
    let answers = keys.current(requests.requests(), &mut host);
    let refusal = answers[0].as_ref().unwrap_err();
    assert_eq!(
        (refusal.code, refusal.cause),
        (RefusalCode::Unavailable, Some(RefusalCause::NoClock))
    );
    let error = fieldseal::Error::from(requests.finish(answers, &mut Stream(1)).unwrap_err());
    assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Context, Some("/a")));
    assert!(error.message.contains("`now`"), "{error}");
    assert!(keys.source().asked.is_empty());
    // One that is off keeps nothing, and needs no clock.
    let mut keys = KeyCache::new(Store::default(), Caching { entries: 0, ..Caching::default() });
    let mut host = KeyContext { now: None, entropy: &mut Stream(1) };
    let pending = policy.begin_seal(br#"{"a":1}"#.as_slice(), &timeless).unwrap();
    assert!(keys.current(pending.requests(), &mut host)[0].is_ok());
}

/// The verbs that do all of a call read the system's clock.
#[cfg(feature = "std")]
#[test]
fn a_cache_works_by_the_clock_where_a_call_gives_no_time() {
    let policy = compile(SCHEMA);
    let timeless = Context { now: None, ..context("r", "ada") };
    let mut keys = KeyCache::new(Store::default(), Caching::default());
    for _ in 0..2 {
        policy.seal(br#"{"a":1}"#, &timeless, &mut keys, &mut Stream(1)).unwrap();
    }
    assert_eq!(keys.source().asked.len(), 1);
}

/// Origin and consents are part of a permission, as purpose and caller are.
#[test]
fn h30_an_entry_answers_no_other_origin() {
    let policy = compile(SCHEMA);
    let mut keys = KeyCache::new(Store::default(), Caching::default());
    let from =
        |origin: Option<&str>| Context { origin: origin.map(str::to_owned), ..at(NOW, None) };
    for (origin, asked) in [(None, 1), (Some("eu"), 2), (None, 2), (Some("us"), 3), (Some("eu"), 3)]
    {
        policy.seal(br#"{"a":1}"#, &from(origin), &mut keys, &mut Stream(1)).unwrap();
        assert_eq!(keys.source().asked.len(), asked, "{origin:?}");
    }
    let last = keys.source().asked.last().unwrap();
    assert_eq!(last[0].origin.as_deref(), Some("us"));
}

/// Each thread has a handle, and all share the entries and the evictions.
#[test]
fn clones_share_what_they_keep() {
    let policy = compile(SCHEMA);
    let cache = KeyCache::new((), Caching::default());
    let begun = policy.begin_seal(br#"{"a":1}"#.as_slice(), at(NOW, None)).unwrap();
    let mut store = Store::default();
    let lookup = cache.lookup(begun.requests(), NOW);
    let mut host = KeyContext { now: Some(NOW), entropy: &mut Stream(1) };
    let answers = store.current(lookup.missing(), &mut host);
    let sealed = begun.finish(lookup.finish(answers), &mut Stream(1)).unwrap().document;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (cache, policy) = (cache.clone(), policy.clone());
            scope.spawn(move || {
                let begun = policy.begin_seal(br#"{"a":1}"#.as_slice(), at(NOW, None)).unwrap();
                assert!(cache.lookup(begun.requests(), NOW).missing().is_empty());
            });
        }
    });
    let begun = policy.begin_open(&sealed, at(NOW, None), OpenOptions::default()).unwrap();
    assert_eq!(cache.lookup(begun.requests(), NOW).missing().len(), 1, "another permission");
    cache.clone().evict(None);
    let begun = policy.begin_seal(br#"{"a":1}"#.as_slice(), at(NOW, None)).unwrap();
    assert_eq!(cache.lookup(begun.requests(), NOW).missing().len(), 1);
}

/// Too few or too many answers make the call `internal`, wherever the cached keys stand.
#[test]
fn answers_out_of_number_are_internal_behind_a_cache() {
    let schema = r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}},"b":{"x-protection":{"subject":"1/who"}}}}"#;
    let policy = compile(schema);
    for document in [r#"{"a":1,"b":2,"who":"bob"}"#, r#"{"b":2,"a":1,"who":"bob"}"#] {
        for surplus in [-1, 1] {
            let mut keys = KeyCache::new(Store::default(), Caching::default());
            policy.seal(br#"{"a":1}"#, &at(NOW, None), &mut keys, &mut Stream(1)).unwrap();
            let begun = policy.begin_seal(document.as_bytes(), at(NOW, None)).unwrap();
            let lookup = keys.lookup(begun.requests(), NOW);
            assert_eq!(lookup.missing().len(), 1);
            let mut host = KeyContext { now: Some(NOW), entropy: &mut Stream(1) };
            let mut answers = keys.source_mut().current(lookup.missing(), &mut host);
            if surplus < 0 {
                drop(answers.pop())
            } else {
                answers.push(answers[0].clone())
            }
            let error = begun.finish(lookup.finish(answers), &mut Stream(1)).unwrap_err();
            assert_eq!(error.record().code, ErrorCode::Internal, "{document} {surplus}");
            let begun = policy.begin_seal(document.as_bytes(), at(NOW, None)).unwrap();
            assert_eq!(keys.lookup(begun.requests(), NOW).missing().len(), 1, "nothing was kept");
        }
    }
}

/// Each request gets the answer to its own question, wherever among them the cache has one.
#[test]
fn answers_of_the_cache_and_the_host_stand_in_the_order_of_the_requests() {
    let request = |who: &str| Request {
        reference: Some(who.to_owned()),
        ..Request::new(KeyKind::Subject, KeyUse::Seal)
    };
    let everybody = ["ada", "bob", "eve", "ida", "joe"];
    for known in 0..1 << everybody.len() {
        let mut keys = KeyCache::new(Store::default(), Caching::default());
        let mut ask = |of: &[Request]| {
            keys.current(of, &mut KeyContext { now: Some(NOW), entropy: &mut Stream(1) })
        };
        let is_known = |at: &usize| known >> at & 1 == 1;
        for at in (0..everybody.len()).filter(is_known) {
            assert_eq!(ask(&[request(everybody[at])]).len(), 1);
        }
        let answers = ask(&everybody.map(request));
        let ids: Vec<_> = answers.into_iter().map(|answer| Some(answer.unwrap().id)).collect();
        assert_eq!(ids, everybody.map(|who| keys.source().id(who)), "{known:b}");
    }
}

/// A document of a batch is judged as if it came alone: the clock of another one serves no cache for
/// it.
#[test]
fn a_cache_answers_no_document_of_a_batch_without_a_clock() {
    let policy = compile(SCHEMA);
    let timeless = Context { now: None, ..context("r", "ada") };
    let item = |document: &[u8], context: &Context| BatchItem {
        document: document.to_vec(),
        context: context.clone(),
    };
    let batch = |document: &[u8]| [item(document, &timeless), item(document, &at(NOW, None))];
    let (clear, cache) = (br#"{"a":1}"#, KeyCache::new(Keyring::memory(), Caching::default()));
    let mut layered = KeyCache::new(cache, Caching { entries: 0, ..Caching::default() });
    let begun = |batch: [BatchItem; 2]| {
        batch.map(|item| (item.document, item.context)).into_iter().collect::<Vec<_>>()
    };

    let pending = policy.begin_seal_many(begun(batch(clear)));
    let mut host = KeyContext { now: Some(NOW), entropy: &mut Stream(5) };
    let lookup = layered.source().lookup(pending.requests(), NOW);
    let fetched = layered.source_mut().source_mut().current(lookup.missing(), &mut host);
    let sealed = pending.finish(lookup.finish(fetched), &mut Stream(6));
    let code = |error: &fieldseal::Error| (error.code, error.pointer.clone());
    let missing = (ErrorCode::Context, Some("/a".to_owned()));
    assert_eq!(code(sealed[0].as_ref().unwrap_err().record()), missing);
    let sealed = sealed[1].as_ref().unwrap().document.clone();

    let pending = policy.begin_open_many(begun(batch(&sealed)), OpenOptions::default());
    let lookup = layered.source().lookup(pending.requests(), NOW);
    let fetched = layered.source_mut().source_mut().by_id(lookup.missing(), Some(NOW));
    let opened = pending.finish(lookup.finish(fetched));
    assert_eq!(code(opened[0].as_ref().unwrap_err().record()), missing);
    assert_eq!(opened[1].as_ref().unwrap().document, clear);
    assert!(layered.needs_clock());
    assert!(!Keyring::memory().needs_clock());
}

/// A record is RFC 8785, whose integers end at 2^53 − 1.
#[test]
fn a_shred_latency_beyond_the_integers_of_json_is_the_greatest_of_them() {
    let policy = compile(SCHEMA);
    for (max_age_ms, expected) in
        [(u64::MAX, (1 << 53) - 1), (1 << 53, (1 << 53) - 1), ((1 << 53) - 1, (1 << 53) - 1)]
    {
        let caching = Caching { max_age_ms, ..Caching::default() };
        let mut keys = KeyCache::new(Keyring::memory(), caching);
        let sealed = policy.seal(br#"{"a":1}"#, &at(NOW, None), &mut keys, &mut Stream(1)).unwrap();
        assert_eq!(sealed.verdict.shred_latency_ms(), expected);
        assert!(sealed.verdict.to_json().contains(r#""shredLatencyMs":9007199254740991"#));
    }
}
