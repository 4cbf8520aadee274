//! The key sources and key caches of the component, each lent to the call that needs it.

use std::sync::{Arc, Mutex};

use fieldseal::{
    Answer, BatchItem, Caching, Context, IndexQuery, Key, KeyContext, KeyId, KeyKind, KeyUse,
    OpenOptions, Refusal, RefusalCause, RefusalCode, Request, Secret,
};
use fieldseal_wasmtime::{HostState, Instance, KeySource, Os, Owner, Policy, RawAnswer, RawKey};
use host_tests::DEFAULTS;
use host_tests::keys::{Refusing, Shared};
use host_tests::modules;
use host_tests::watch::Watch;
use serde_json::Value;

use crate::support::{BROTHERS, FAMILY, family, over, record, refusal, text};

/// The schema of a value with a retention period.
const KEPT: &str = r#"{
    "x-schema-family": "urn:example:kept",
    "x-retention": {"contract": {"period": "P1Y", "from": "created", "bucket": "P1Y"}},
    "properties": {"name": {"x-protection": {"subject": false, "retention": "contract"}}}
}"#;

const NAME: &[u8] = br#"{"name":"Ada"}"#;

fn without_clock() -> Context {
    Context { now: None, ..record("tale-1") }
}

fn seal(instance: &mut Instance, policy: Policy, call: &Context, keys: KeySource) -> Vec<u8> {
    instance.seal(policy, BROTHERS.as_bytes(), call, keys).unwrap().unwrap().document
}

fn opens(instance: &mut Instance, policy: Policy, document: &[u8], keys: KeySource) -> String {
    let options = OpenOptions::default();
    let opened = instance.open(policy, document, &record("tale-1"), options, keys);
    text(opened.unwrap().unwrap().document)
}

fn member(json: &str, name: &str) -> Value {
    serde_json::from_str::<Value>(json).unwrap()[name].clone()
}

#[test]
fn two_sources_never_answer_for_one_another() {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let [one, other] = [(); 2].map(|()| {
        let keyring = instance.keyring().unwrap();
        let source = instance.keyring_source(keyring).unwrap();
        let cache = instance.key_cache(source, Caching::default()).unwrap();
        instance.cached_source(cache).unwrap()
    });
    // The same persons, call and clock: what one cache holds is no answer of the other.
    let sealed = seal(&mut instance, policy, &record("tale-1"), one);
    assert_eq!(opens(&mut instance, policy, &sealed, one), BROTHERS);
    let strict = OpenOptions::strict();
    let foreign = instance.open(policy, &sealed, &record("tale-1"), strict, other).unwrap();
    assert_eq!(refusal(foreign), ("not-found", Some("/brothers/0/name".into())));
    let again = seal(&mut instance, policy, &record("tale-1"), other);
    assert_eq!(opens(&mut instance, policy, &again, other), BROTHERS);
    let foreign = instance.open(policy, &again, &record("tale-1"), strict, one).unwrap();
    assert_eq!(refusal(foreign).0, "not-found");
}

#[test]
fn a_cache_asks_once_and_after_an_eviction_again() {
    let (mut instance, policy, host, keys) = family();
    let watch = Watch::on(&mut instance);
    let cache = instance.key_cache(host, Caching::default()).unwrap();
    let source = instance.cached_source(cache).unwrap();
    let persons = || -> Vec<String> {
        let calls = watch.take().into_iter().flat_map(|call| call.requests);
        calls.filter_map(|request| request.reference).collect()
    };
    let sealed = seal(&mut instance, policy, &record("tale-1"), source);
    assert_eq!(persons(), ["cust-1", "cust-2"]);
    seal(&mut instance, policy, &record("tale-2"), source);
    // Another source of the same cache shares its keys.
    let shared = instance.cached_source(cache).unwrap();
    seal(&mut instance, policy, &record("tale-3"), shared);
    assert_eq!(persons(), [""; 0]);

    assert_eq!(opens(&mut instance, policy, &sealed, source), BROTHERS);
    keys.erase("cust-1").unwrap();
    assert_eq!(opens(&mut instance, policy, &sealed, source), BROTHERS, "as verdicts state");
    persons();
    instance.evict(cache, Some("cust-1")).unwrap();
    let forgotten = BROTHERS.replace("Jacob Grimm", "(forgotten)");
    assert_eq!(opens(&mut instance, policy, &sealed, source), forgotten);
    assert_eq!(persons(), ["cust-1"], "the key of the other person stayed");
    instance.evict(cache, None).unwrap();
    assert_eq!(opens(&mut instance, policy, &sealed, source), forgotten);
    assert_eq!(persons(), ["cust-1", "cust-2"]);

    // A source outlives the cache that it was made of.
    instance.drop(cache).unwrap();
    assert_eq!(opens(&mut instance, policy, &sealed, source), forgotten);
}

#[test]
fn a_cache_has_the_bounds_that_it_was_given() {
    let (mut instance, policy, host, _) = family();
    let watch = Watch::on(&mut instance);
    let bounds = Caching { entries: 10_000, max_age_ms: 1_000 };
    let cache = instance.key_cache(host, bounds).unwrap();
    let source = instance.cached_source(cache).unwrap();
    let now = record("").now.unwrap();
    let mut asked = |millis| {
        let call = Context { now: Some(now + millis), ..record("tale-1") };
        seal(&mut instance, policy, &call, source);
        watch.take().len()
    };
    assert_eq!([0, 1_000, 1_001].map(&mut asked), [1, 0, 1]);

    let off = instance.key_cache(host, Caching { entries: 0, ..bounds }).unwrap();
    let off = instance.cached_source(off).unwrap();
    seal(&mut instance, policy, &without_clock(), off);
    seal(&mut instance, policy, &without_clock(), off);
    assert_eq!(watch.take().len(), 2);
}

#[test]
fn a_verdict_states_for_how_long_a_destroyed_key_may_stay_usable() {
    let (mut instance, policy, host, _) = family();
    let keyring = instance.keyring().unwrap();
    let keyring = instance.keyring_source(keyring).unwrap();
    let cache = instance.key_cache(host, Caching::default()).unwrap();
    let cached = instance.cached_source(cache).unwrap();
    for (source, millis) in [(host, 0), (keyring, 0), (cached, 300_000)] {
        let sealed = instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source);
        assert_eq!(member(&sealed.unwrap().unwrap().verdict, "shredLatencyMs"), millis);
    }
}

#[test]
fn a_call_without_a_clock_fails_where_the_time_is_needed_and_leaves_it_out_elsewhere() {
    let (mut instance, policy, host, _) = family();
    let call = without_clock();
    let sealed = instance.seal(policy, BROTHERS.as_bytes(), &call, host).unwrap().unwrap();
    assert_eq!(member(&sealed.verdict, "at"), Value::Null);
    let options = OpenOptions::strict();
    let opened = instance.open(policy, &sealed.document, &call, options, host).unwrap().unwrap();
    assert_eq!(text(opened.document), BROTHERS);
    assert_eq!(member(&opened.verdict, "at"), Value::Null);
    assert_eq!(member(&opened.access, "at"), Value::Null);
    let clocked = instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), host);
    assert_eq!(member(&clocked.unwrap().unwrap().verdict, "at"), "2026-11-22T09:30:00.000Z");

    let cache = instance.key_cache(host, Caching::default()).unwrap();
    let cached = instance.cached_source(cache).unwrap();
    let error = instance.seal(policy, BROTHERS.as_bytes(), &call, cached).unwrap().unwrap_err();
    assert_eq!(error.code.as_str(), "context");
    assert!(error.message.contains("give `now`"), "{error}");
    let opened = instance.open(policy, &sealed.document, &call, options, cached).unwrap();
    assert_eq!(refusal(opened).0, "context");

    let kept = instance.compile(KEPT.as_bytes(), DEFAULTS).unwrap().unwrap();
    let failed = instance.seal(kept, NAME, &call, host).unwrap();
    assert_eq!(refusal(failed).0, "context");
    let at = Context { at: Some("2026-11-22T09:30:00Z".into()), ..call };
    instance.seal(kept, NAME, &at, host).unwrap().unwrap();
}

#[test]
fn the_circumstance_and_the_owner_of_a_refusal_reach_the_message() {
    let (mut instance, source) = over(modules::evaluator().unwrap(), Shared::default());
    let policy = instance.compile(KEPT.as_bytes(), DEFAULTS).unwrap().unwrap();
    let sealed = instance.seal(policy, NAME, &record("tale-1"), source).unwrap().unwrap();
    let mut message = |refusal: Refusal| {
        instance.host().keys = Box::new(Refusing(refusal));
        let strict = OpenOptions::strict();
        let opened = instance.open(policy, &sealed.document, &record("tale-1"), strict, source);
        let error = opened.unwrap().unwrap_err();
        (error.code.as_str(), error.message.into_owned())
    };
    let erased = Refusal::from(RefusalCode::Erased);
    assert_eq!(
        message(erased.clone()),
        ("erased", "the key of this value's retention bucket was destroyed".to_owned())
    );
    assert_eq!(
        message(erased.of("contract/2027")),
        ("erased", "the key of the retention bucket `contract/2027` was destroyed".to_owned())
    );
    let unavailable = Refusal::from(RefusalCode::Unavailable);
    let (code, plain) = message(unavailable.clone());
    assert_eq!(code, "unavailable");
    let (code, expired) = message(unavailable.clone().because(RefusalCause::Expired));
    assert_eq!(code, "unavailable");
    assert!(expired.ends_with("has expired") && expired != plain, "{expired}");
    assert_eq!(message(unavailable.because(RefusalCause::NoClock)).0, "context");
    let denied = Refusal::from(RefusalCode::Denied);
    let (_, plain) = message(denied.clone());
    let (code, below) = message(denied.because(RefusalCause::MinimumVersion));
    assert_eq!(code, "denied");
    assert!(below.contains("version") && below != plain, "{below}");
}

#[test]
fn a_keyring_names_the_circumstance_of_its_refusals() {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let keyring = instance.keyring().unwrap();
    let source = instance.keyring_source(keyring).unwrap();
    let sealed = seal(&mut instance, policy, &record("tale-1"), source);
    let jacob = Owner::from("cust-1");
    instance.keyring_calls(keyring).rotate(&jacob, Some(2)).unwrap().unwrap();
    let strict = OpenOptions::strict();
    let opened = instance.open(policy, &sealed, &record("tale-1"), strict, source).unwrap();
    let error = opened.unwrap_err();
    assert_eq!(error.code.as_str(), "denied");
    assert!(error.message.contains("version") && !error.message.contains("cust-1"), "{error}");
    let request = Request {
        reference: Some("cust-1".into()),
        ..Request::new(fieldseal::KeyKind::Subject, KeyUse::Seal)
    };
    let answers = instance.keyring_calls(keyring).current(&[request], None).unwrap();
    let key = answers.into_iter().next().unwrap().unwrap();
    assert_eq!(key.reference.as_deref(), Some("cust-1"), "the owner comes with the key");
}

/// Answers for the requests of a call about the brothers.
fn answers(requests: &[Request]) -> Vec<Answer> {
    (1..).zip(requests).map(|(n, _)| Ok(Key::new(KeyId([n; 16]), Secret::new([n; 32])))).collect()
}

#[test]
fn answers_given_beforehand_serve_the_requests_that_a_call_lists() {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let call =
        Context { caller: Some("ledger".into()), origin: Some("batch".into()), ..record("tale-1") };
    let item = BatchItem { document: BROTHERS.into(), context: call.clone() };
    let requests = instance.required_keys(policy, &item, KeyUse::Seal).unwrap().unwrap();
    let persons: Vec<_> =
        requests.iter().map(|request| request.reference.as_deref().unwrap()).collect();
    assert_eq!(persons, ["cust-1", "cust-2"]);
    assert!(requests.iter().all(|request| request.origin.as_deref() == Some("batch")
        && request.caller.as_deref() == Some("ledger")));
    let source = instance.answered_source(&requests, answers(&requests)).unwrap().unwrap();
    let sealed = seal(&mut instance, policy, &call, source);

    let item = BatchItem { document: sealed.clone(), context: call.clone() };
    let requests = instance.required_keys(policy, &item, KeyUse::Open).unwrap().unwrap();
    let mut answered = answers(&requests);
    let source = instance.answered_source(&requests, answered.clone()).unwrap().unwrap();
    let strict = OpenOptions::strict();
    let opened = instance.open(policy, &sealed, &call, strict, source).unwrap().unwrap();
    assert_eq!(text(opened.document), BROTHERS);

    // A refusal among them counts, and another call's requests are not answered.
    answered[0] = Err(RefusalCode::Erased.into());
    let source = instance.answered_source(&requests, answered).unwrap().unwrap();
    let opened = instance.open(policy, &sealed, &call, OpenOptions::default(), source);
    assert_eq!(
        text(opened.unwrap().unwrap().document),
        BROTHERS.replace("Jacob Grimm", "(forgotten)")
    );
    let other = Context { purpose: Some("marketing".into()), ..call };
    let opened = instance.open(policy, &sealed, &other, strict, source).unwrap();
    assert_eq!(refusal(opened).0, "unavailable");
}

#[test]
fn answers_of_a_wrong_number_or_shape_are_no_source() {
    let (mut instance, policy, host, _) = family();
    let item = BatchItem { document: BROTHERS.into(), context: record("tale-1") };
    let requests = instance.required_keys(policy, &item, KeyUse::Seal).unwrap().unwrap();
    for number in [0, 1, 3] {
        let given = answers(&requests).into_iter().cycle().take(number).collect();
        let source = instance.answered_source(&requests, given).unwrap();
        assert_eq!(refusal(source), ("internal", None), "{number} answers");
    }
    let key = |id: usize, secret: usize| -> RawAnswer {
        let (id, secret) = (vec![1; id], vec![1; secret]);
        Ok(RawKey { id, secret, expires: None, erasable: true, reference: None })
    };
    for (id, secret) in [(15, 32), (17, 32), (0, 32), (16, 31), (16, 33), (16, 0)] {
        let source = instance.raw_answered_source(&requests, &[key(16, 32), key(id, secret)]);
        let error = source.unwrap().unwrap_err();
        assert_eq!(error.code.as_str(), "internal", "{id} and {secret} bytes");
        assert!(error.message.contains("malformed"), "{error}");
        // Nobody would ask for it, and it is judged all the same.
        let source = instance.raw_answered_source(&[], &[key(id, secret)]).unwrap();
        assert_eq!(refusal(source), ("internal", None), "{id} and {secret} bytes");
    }
    let alike = [key(16, 32), key(16, 32)];
    instance.raw_answered_source(&requests, &alike).unwrap().unwrap();
    // The instance lives on.
    seal(&mut instance, policy, &record("tale-1"), host);
}

#[test]
fn a_source_outlives_the_keyring_that_it_was_made_of() {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let keyring = instance.keyring().unwrap();
    let source = instance.keyring_source(keyring).unwrap();
    let sealed = seal(&mut instance, policy, &record("tale-1"), source);
    instance.drop(keyring).unwrap();
    assert_eq!(opens(&mut instance, policy, &sealed, source), BROTHERS);
    let host = instance.host_source().unwrap();
    let failed = instance.seal(policy, BROTHERS.as_bytes(), &record("tale-2"), host).unwrap();
    assert_eq!(refusal(failed).0, "unavailable", "the host has no key store");
    instance.drop(source).unwrap();
    instance.drop(policy).unwrap();
}

/// Notes the clock that it is given.
#[derive(Clone, Default)]
struct Clocks(Arc<Mutex<Vec<Option<u64>>>>, Shared);

impl fieldseal::KeySource for Clocks {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        self.0.lock().unwrap().push(host.now);
        self.1.current(requests, host)
    }

    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        self.0.lock().unwrap().push(now);
        self.1.by_id(requests, now)
    }
}

#[test]
fn the_key_store_is_given_the_clock_of_the_host() {
    let clocks = Clocks::default();
    let (mut instance, source) = over(modules::evaluator().unwrap(), clocks.clone());
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    for now in [None, Some(7), Some(1_795_339_800_000)] {
        instance.host().now = now;
        let sealed = seal(&mut instance, policy, &record("tale-1"), source);
        opens(&mut instance, policy, &sealed, source);
        assert_eq!(std::mem::take(&mut *clocks.0.lock().unwrap()), [now, now]);
    }
}

#[test]
fn a_cache_keeps_no_more_keys_than_it_was_given_room_for() {
    let (mut instance, policy, host, _) = family();
    let watch = Watch::on(&mut instance);
    for (entries, again) in [(2, 0), (1, 2)] {
        let cache = instance.key_cache(host, Caching { entries, ..Caching::default() }).unwrap();
        let source = instance.cached_source(cache).unwrap();
        seal(&mut instance, policy, &record("tale-1"), source);
        assert_eq!(watch.take().len(), 1);
        // Each brother by himself: with room for one, the other pushed him out.
        for person in [1, 2] {
            let document = format!(r#"{{"brothers":[{{"id":"cust-{person}","name":"Grimm"}}]}}"#);
            let call = record("tale-1");
            instance.seal(policy, document.as_bytes(), &call, source).unwrap().unwrap();
        }
        assert_eq!(watch.take().len(), again, "{entries} entries");
    }
}

/// Opens with a secret that may be wrong, and counts how often it is asked.
#[derive(Clone)]
struct Doubtful(Arc<Mutex<(u8, u32)>>);

impl fieldseal::KeySource for Doubtful {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        requests.iter().map(|_| Ok(Key::new(KeyId([5; 16]), Secret::new([1; 32])))).collect()
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        let mut state = self.0.lock().unwrap();
        state.1 += 1;
        let key = |request: &Request| Key::new(request.id.unwrap(), Secret::new([state.0; 32]));
        requests.iter().map(|request| Ok(key(request))).collect()
    }
}

#[test]
fn a_cache_forgets_a_key_that_opened_nothing() {
    let store = Doubtful(Arc::new(Mutex::new((2, 0))));
    let (mut instance, host) = over(modules::evaluator().unwrap(), store.clone());
    let policy = instance
        .compile(br#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#, DEFAULTS)
        .unwrap()
        .unwrap();
    let inner = instance.key_cache(host, Caching::default()).unwrap();
    let inner = instance.cached_source(inner).unwrap();
    // Another cache in front of it, which passes on what it forgets.
    let cache = instance.key_cache(inner, Caching::default()).unwrap();
    let source = instance.cached_source(cache).unwrap();
    let call = Context { subject: Some("ada".into()), ..record("r") };
    let sealed = instance.seal(policy, br#"{"a":1}"#, &call, source).unwrap().unwrap().document;
    let mut open = |secret| {
        store.0.lock().unwrap().0 = secret;
        let opened = instance.open(policy, &sealed, &call, OpenOptions::strict(), source).unwrap();
        opened.map(|opened| text(opened.document)).map_err(|error| error.code.as_str())
    };
    assert_eq!(open(2), Err("integrity"));
    assert_eq!(open(1).as_deref(), Ok(r#"{"a":1}"#), "asked again at once");
    assert_eq!(open(1).as_deref(), Ok(r#"{"a":1}"#));
    assert_eq!(store.0.lock().unwrap().1, 2, "what opened is kept");
}

/// A search asks for one key, which `required_keys` does not list: the host writes the request.
#[test]
fn a_search_is_served_by_answers_given_beforehand() {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let schema = br#"{"x-schema-family":"f","properties":{
        "a":{"x-protection":{"index":{"name":"shared","bits":32}}},
        "b":{"x-protection":{"index":{"name":"own","per":"subject","bits":32}}}
    }}"#;
    let policy = instance.compile(schema, DEFAULTS).unwrap().unwrap();
    let keyring = instance.keyring().unwrap();
    let source = instance.keyring_source(keyring).unwrap();
    let call = Context {
        tenant: "acme".into(),
        subject: Some("ada".into()),
        purpose: Some("support".into()),
        caller: Some("desk".into()),
        origin: Some("web".into()),
        ..record("r")
    };
    let sealed = instance.seal(policy, br#"{"a":1,"b":1}"#, &call, source).unwrap().unwrap();
    for (name, reference) in [("shared", "shared"), ("own", r#"["own","ada"]"#)] {
        let request = Request {
            reference: Some(reference.into()),
            tenant: call.tenant.clone(),
            purpose: call.purpose.clone(),
            caller: call.caller.clone(),
            origin: call.origin.clone(),
            ..Request::new(KeyKind::Index, KeyUse::Seal)
        };
        let requests = [request];
        let answers = instance.keyring_calls(keyring).current(&requests, None).unwrap();
        let answered = instance.answered_source(&requests, answers).unwrap().unwrap();
        let query = IndexQuery::new(name, b"1");
        let tokens = instance.index_values(policy, &query, &call, answered).unwrap().unwrap();
        let stored = sealed.indexes.iter().find(|index| index.name == name).unwrap();
        assert_eq!(tokens, [stored.value.as_str()]);
    }
}
