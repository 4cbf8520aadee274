//! The door itself, in Node: what crosses, in which form, and that nothing that JavaScript gives
//! can bring it down.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs)]

use fieldseal_web::{Bytes, Calls, KeyCache, Keyring, Policy, inspect_envelope, version};
use js_sys::{JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const SCHEMA: &str =
    r#"{"x-schema-family":"f","properties":{"a":{"type":"string","x-protection":{}}}}"#;
const DOCUMENT: &str = "{ \"a\": \"cl\u{e9}ar\",\n\"b\": 1.50 }";
const NOW: f64 = 1_795_339_800_000.0;
/// As `js/src/answers.ts` counts.
const ANSWER: usize = 62;

/// Calls an export with a context of record and person.
macro_rules! with_context {
    ($object:ident.$method:ident($($first:expr),*)) => {
        with_context!($object.$method($($first),*); None, None)
    };
    ($object:ident.$method:ident($($first:expr),*); $origin:expr, $consents:expr) => {
        $object.$method(
            $($first,)*
            Some("r".into()), Some("ada".into()), None, None, $origin, $consents, None, None, None,
            NOW,
        )
    };
}

fn policy() -> Policy {
    Policy::compile(SCHEMA, "", true).ok().unwrap()
}

fn key() -> Vec<u8> {
    let mut record = vec![0];
    record.extend([1; 16]);
    record.extend([2; 32]);
    record.extend(f64::NAN.to_le_bytes());
    record.push(1);
    record.extend([0xff; 4]);
    record
}

fn code(thrown: JsValue) -> String {
    let record = JSON::parse(&thrown.as_string().expect("a failure is text")).expect("of JSON");
    Reflect::get(&record, &"code".into()).unwrap().as_string().unwrap()
}

fn lines(text: &str) -> [&str; 3] {
    let mut parts = text.splitn(3, '\n');
    [(); 3].map(|()| parts.next().unwrap())
}

#[wasm_bindgen_test]
fn a_document_goes_in_as_bytes_and_comes_back_after_two_lines_of_records() {
    let policy = policy();
    let sealing = with_context!(policy.begin_seal(DOCUMENT.into(), None)).ok().unwrap();
    assert_eq!(
        sealing.requests().ok().unwrap(),
        r#"[{"kind":"subject","ref":"ada","tenant":"","operation":"seal"}]"#
    );
    let sealed = sealing.finish(key()).ok().unwrap();
    let [verdict, indexes, document] = lines(&sealed);
    assert!(JSON::parse(verdict).is_ok());
    assert_eq!(indexes, "[]");
    assert!(document.starts_with("{ \"a\": \"Fs1") && document.ends_with("\",\n\"b\": 1.50 }"));
    let opening = with_context!(policy.begin_open(false, document.into(), None)).ok().unwrap();
    assert!(opening.requests().ok().unwrap().contains(&format!(r#""id":"{}""#, "01".repeat(16))));
    let opened = opening.finish(key()).ok().unwrap();
    let [verdict, access, document] = lines(&opened);
    assert!(JSON::parse(verdict).is_ok() && JSON::parse(access).is_ok());
    assert_eq!(document, DOCUMENT);
}

#[wasm_bindgen_test]
fn a_failure_is_the_record_as_text() {
    let policy = policy();
    assert_eq!(code(Policy::compile("{", "", true).err().unwrap()), "schema");
    assert_eq!(code(Policy::compile(SCHEMA, "[]", true).err().unwrap()), "schema");
    assert_eq!(code(policy.check(b"\xff".to_vec()).err().unwrap()), "document");
    assert_eq!(
        code(
            policy
                .begin_seal(
                    DOCUMENT.into(),
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    NOW,
                )
                .err()
                .unwrap()
        ),
        "context"
    );
    assert_eq!(
        code(
            policy
                .required_keys(
                    "look",
                    vec![],
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                    NOW,
                )
                .err()
                .unwrap()
        ),
        "context"
    );
}

#[wasm_bindgen_test]
fn answers_that_are_none_are_internal_and_a_call_finishes_once() {
    let policy = policy();
    let begin = || with_context!(policy.begin_seal(DOCUMENT.into(), None)).ok().unwrap();
    for answers in
        [vec![], vec![0; ANSWER - 1], vec![0; 2 * ANSWER], vec![9; ANSWER], vec![6; ANSWER]]
    {
        assert_eq!(code(begin().finish(answers).err().unwrap()), "internal");
    }
    for (tag, refusal) in
        [(1, "erased"), (2, "restricted"), (3, "denied"), (4, "not-found"), (5, "unavailable")]
    {
        let mut answer = vec![0; ANSWER - 4];
        answer[0] = tag;
        answer.extend([0xff; 4]);
        assert_eq!(code(begin().finish(answer).err().unwrap()), refusal);
    }
    let once = begin();
    assert!(once.finish(key()).is_ok());
    assert_eq!(code(once.finish(key()).err().unwrap()), "internal");
}

#[wasm_bindgen_test]
fn a_policy_may_be_dropped_while_its_calls_wait() {
    let sealing = {
        let policy = policy();
        with_context!(policy.begin_seal(DOCUMENT.into(), None)).ok().unwrap()
    };
    assert!(sealing.finish(key()).is_ok());
}

/// A date, a line break, and the place.
#[wasm_bindgen_test]
fn a_value_has_a_place_behind_a_line_with_its_date() {
    let (policy, calls) = (policy(), Calls::begin());
    let at = |place: &str| Some(place.to_owned());
    let value = || b"\"x\"".to_vec();
    let sealing = with_context!(policy.begin_seal(value(), at("\n/a"))).ok().unwrap();
    let sealed = sealing.finish(key()).ok().unwrap();
    let [_, _, envelope] = lines(&sealed);
    assert!(envelope.starts_with("\"Fs1"));
    let opening = with_context!(policy.begin_open(true, envelope.into(), at("\n/a"))).ok().unwrap();
    let opened = opening.finish(key()).ok().unwrap();
    assert_eq!(lines(&opened)[2], "\"x\"");
    let refused = with_context!(policy.begin_seal(value(), at("\n/b")));
    assert_eq!(code(refused.err().unwrap()), "context");
    for place in ["\n/a", "2026-01-01\n/a", "\n/b"] {
        assert!(with_context!(calls.push(value(), at(place))).is_ok());
    }
    let results = policy.seal_many_with(&Keyring::memory(), &calls).ok().unwrap();
    assert!(results.next().ok().unwrap().contains("\n\"Fs1"));
    assert!(results.next().is_ok());
    assert_eq!(code(results.next().err().unwrap()), "context");
}

#[wasm_bindgen_test]
fn a_batch_has_a_result_for_every_call_in_order() {
    let (policy, keyring, calls) = (policy(), Keyring::memory(), Calls::begin());
    for document in [DOCUMENT, "{", "{}"] {
        assert!(with_context!(calls.push(document.into(), None)).is_ok());
    }
    let results = policy.seal_many_with(&keyring, &calls).ok().unwrap();
    assert!(results.next().ok().unwrap().contains("Fs1"));
    assert_eq!(code(results.next().err().unwrap()), "document");
    assert!(results.next().ok().unwrap().ends_with("\n{}"));
    assert_eq!(code(results.next().err().unwrap()), "internal");
    let waiting = policy.begin_seal_many(&calls);
    assert_eq!(waiting.requests().ok().unwrap(), "[]");
    assert_eq!(code(waiting.finish(vec![]).ok().unwrap().next().err().unwrap()), "internal");
}

fn bytes(answers: Bytes) -> Vec<u8> {
    answers.unchecked_into::<Uint8Array>().to_vec()
}

#[wasm_bindgen_test]
fn the_keyring_answers_in_bytes() {
    let keyring = Keyring::memory();
    let request = r#"[{"kind":"subject","ref":"ada","tenant":"","operation":"seal"}]"#;
    let first = bytes(keyring.current(request, NOW).ok().unwrap());
    assert_eq!((first[0], first[ANSWER - 5], &first[ANSWER - 4..]), (0, 1, &b"\x03\0\0\0ada"[..]));
    assert!(first[17..49].iter().any(|byte| *byte != 0));
    let id: String = first[1..17].iter().map(|byte| format!("{byte:02x}")).collect();
    let by_id = request.replace("seal\"", &format!("open\",\"id\":\"{id}\""));
    assert_eq!(bytes(keyring.by_id(&by_id, NOW).ok().unwrap()), first);
    let asked = request.replace("}]", r#","origin":"o","consents":[{"purpose":"p"}]}]"#);
    assert_eq!(bytes(keyring.current(&asked, NOW).ok().unwrap()), first);
    assert!(keyring.erase("subject", "ada", "", "asked for", NOW).is_ok());
    assert_eq!(keyring.state("subject", "ada", "").ok().unwrap(), "erased");
    let refused = bytes(keyring.current(request, NOW).ok().unwrap());
    assert_eq!((refused[0], refused[1], refused.len()), (1, 0, ANSWER + 3));
    for malformed in [
        "",
        "[",
        "[{}]",
        "[7]",
        &request.replace("seal", "look"),
        &request.replace("subject", "nobody"),
        &request.replace("}]", r#","consents":{}}]"#),
    ] {
        assert_eq!(code(keyring.current(malformed, NOW).err().unwrap()), "internal");
    }
    assert_eq!(code(keyring.restrict("person", "ada", "").err().unwrap()), "context");
}

#[wasm_bindgen_test]
fn the_keyring_tells_what_is_due_as_json() {
    let keyring = Keyring::memory();
    for (name, tenant) in [("contract/2036", "b"), ("contract/\"2036", ""), ("log/2026-11-21", "a")]
    {
        assert!(keyring.rotate("retention", name, tenant, Some(1), NOW).is_ok());
    }
    assert_eq!(keyring.due(None, NOW).ok().unwrap(), r#"[{"ref":"log/2026-11-21","tenant":"a"}]"#);
    assert_eq!(keyring.due(Some("2026-11-22T00:59:59.999+01:00".into()), NOW).ok().unwrap(), "[]");
    let both = r#"[{"ref":"log/2026-11-21","tenant":"a"},{"ref":"contract/2036","tenant":"b"}]"#;
    assert_eq!(keyring.due(Some("2037-01-01T00:00:00Z".into()), NOW).ok().unwrap(), both);
    assert_eq!(code(keyring.due(Some("2037".into()), NOW).err().unwrap()), "context");
    assert!(keyring.destroy("retention", "contract/2036", "b", true, NOW).is_ok());
    assert!(keyring.due(Some("2037-01-01T00:00:00Z".into()), NOW).ok().unwrap().len() < both.len());
    assert!(keyring.reopen("retention", "contract/2036", "b", NOW).is_ok());
    assert_eq!(keyring.state("retention", "contract/2036", "b").ok().unwrap(), "reopened");
    assert_eq!(
        code(keyring.rotate("retention", "contract/2036", "b", Some(4), NOW).err().unwrap()),
        "context"
    );
}

#[wasm_bindgen_test]
fn a_cache_leaves_the_missing_requests_and_the_call_has_all_keys() {
    let (policy, cache) = (policy(), KeyCache::empty(10, 60_000.0));
    let begin = || with_context!(policy.begin_seal(DOCUMENT.into(), None)).ok().unwrap();
    let first = begin();
    assert!(first.lookup(&cache));
    assert!(first.requests().ok().unwrap().contains("\"ada\""));
    let text = first.finish(key()).ok().unwrap();
    assert!(text.contains("\"shredLatencyMs\":60000"));
    let second = begin();
    assert!(!second.lookup(&cache));
    assert_eq!(second.requests().ok().unwrap(), "[]");
    assert!(second.finish(vec![]).is_ok());
    // An eviction reaches a call that has its keys already.
    let third = begin();
    assert!(!third.lookup(&cache));
    cache.evict(Some("ada".into()));
    assert_eq!(code(third.finish(vec![]).err().unwrap()), "unavailable");
    assert!(begin().lookup(&cache));
    // Without a lookup it is not asked, and the verdict says so.
    assert!(begin().finish(key()).ok().unwrap().contains("\"shredLatencyMs\":0"));
}

#[wasm_bindgen_test]
fn a_batch_looks_up_by_the_latest_clock_of_its_calls() {
    let (policy, cache) = (policy(), KeyCache::empty(10, 60_000.0));
    let batch = |now: f64| {
        let calls = Calls::begin();
        for at in [now, NOW - 1.0, 9_007_199_254_740_991.0] {
            let [record, person] = ["r", "ada"].map(|text| Some(text.into()));
            let pushed = calls.push(
                DOCUMENT.into(),
                None,
                record,
                person,
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                at,
            );
            assert!(pushed.is_ok());
        }
        policy.begin_seal_many(&calls)
    };
    let first = batch(NOW);
    assert!(first.lookup(&cache));
    let results = first.finish(key()).ok().unwrap();
    assert!(results.next().is_ok() && results.next().is_ok());
    assert_eq!(code(results.next().err().unwrap()), "context");
    assert!(!batch(NOW + 60_000.0).lookup(&cache));
    assert!(batch(NOW + 60_001.0).lookup(&cache));
}

#[wasm_bindgen_test]
fn a_cache_answers_requests_that_no_call_makes() {
    let cache = KeyCache::empty(10, 60_000.0);
    let request = r#"[{"kind":"subject","ref":"ada","tenant":"","operation":"seal"}]"#;
    let asking = cache.ask(request, NOW).ok().unwrap();
    assert_eq!(asking.requests().ok().unwrap(), request);
    assert_eq!(bytes(asking.finish(key()).ok().unwrap()), key());
    assert_eq!(code(asking.finish(key()).err().unwrap()), "internal");
    let again = cache.ask(request, NOW).ok().unwrap();
    assert_eq!(again.requests().ok().unwrap(), "[]");
    assert_eq!(bytes(again.finish(vec![]).ok().unwrap()), key());
    cache.evict(None);
    assert_eq!(cache.ask(request, NOW).ok().unwrap().requests().ok().unwrap(), request);
    assert_eq!(code(cache.ask("[7]", NOW).err().unwrap()), "internal");
}

#[wasm_bindgen_test]
fn origin_and_consents_cross() {
    let policy = policy();
    let origin = || Some("web".to_owned());
    let sealing =
        with_context!(policy.begin_seal(DOCUMENT.into(), None); origin(), None).ok().unwrap();
    assert!(sealing.requests().ok().unwrap().contains(r#""origin":"web""#));
    for consents in [r#"[{"purpose":"news"}]"#, "[7]", "{", "7"] {
        let consents = Some(consents.to_owned());
        let refused = with_context!(policy.begin_seal(DOCUMENT.into(), None); origin(), consents);
        assert_eq!(code(refused.err().unwrap()), "context");
    }
}

#[wasm_bindgen_test]
fn the_tokens_of_an_index_are_json() {
    let schema = SCHEMA.replace("{}", r#"{"index":{"name":"a","bits":32}}"#);
    let (policy, keyring) = (Policy::compile(&schema, "", true).ok().unwrap(), Keyring::memory());
    let value = || b"\"x\"".to_vec();
    let tokens =
        with_context!(policy.index_values_with(&keyring, "a", value(), false)).ok().unwrap();
    assert!(tokens.starts_with("[\"Fi1") && tokens.ends_with("\"]"));
    let waiting = with_context!(policy.begin_index_values("a", value(), false)).ok().unwrap();
    assert!(waiting.requests().ok().unwrap().contains(r#""kind":"index""#));
    assert!(waiting.finish(key()).ok().unwrap().starts_with("[\"Fi1"));
    let null = |is_sought| {
        with_context!(policy.index_values_with(&keyring, "a", b"null".to_vec(), is_sought))
    };
    assert_eq!(null(false).ok().unwrap(), "[]");
    assert!(null(true).ok().unwrap().contains("Fi1"));
    let unknown = with_context!(policy.begin_index_values("b", value(), false));
    assert_eq!(code(unknown.err().unwrap()), "context");
}

#[wasm_bindgen_test]
fn findings_and_heads_are_json() {
    assert_eq!(policy().findings(), "[]");
    let unmarked = Policy::compile(r#"{"x-schema-family":"f"}"#, "", true).ok().unwrap().findings();
    let findings = JSON::parse(&unmarked).unwrap();
    let first = Reflect::get_u32(&findings, 0).unwrap();
    assert_eq!(Reflect::get(&first, &"severity".into()).unwrap().as_string().unwrap(), "warning");
    let policy = policy();
    let sealing = with_context!(policy.begin_seal(DOCUMENT.into(), None)).ok().unwrap();
    let sealed = sealing.finish(key()).ok().unwrap();
    let envelope = sealed.split('"').find(|part| part.starts_with("Fs1")).unwrap();
    assert!(inspect_envelope(envelope).ok().unwrap().contains(&"01".repeat(16)));
    assert_eq!(code(inspect_envelope("Ada").err().unwrap()), "not-sealed");
}

#[wasm_bindgen_test]
fn the_version_is_json() {
    assert!(JSON::parse(&version()).is_ok());
}
