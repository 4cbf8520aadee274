//! The door itself, in Node: what crosses, in which form, and that nothing that JavaScript gives
//! can bring it down.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs)]

use fieldseal_web::{Bytes, Calls, Keyring, Policy, version};
use js_sys::{JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const SCHEMA: &str =
    r#"{"x-schema-family":"f","properties":{"a":{"type":"string","x-protection":{}}}}"#;
const DOCUMENT: &str = "{ \"a\": \"cl\u{e9}ar\",\n\"b\": 1.50 }";
const NOW: f64 = 1_795_339_800_000.0;
/// As `js/src/answers.ts` counts.
const ANSWER: usize = 58;

macro_rules! with_context {
    ($call:expr; $($first:expr),*) => {
        $call($($first,)* Some("r".into()), Some("ada".into()), None, None, None, None, None, NOW)
    };
}

fn policy() -> Policy {
    Policy::compile(SCHEMA, "").ok().unwrap()
}

fn key() -> Vec<u8> {
    let mut record = vec![0];
    record.extend([1; 16]);
    record.extend([2; 32]);
    record.extend(f64::NAN.to_le_bytes());
    record.push(1);
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
    let sealing = with_context!(|d, a, b, c, e, f, g, h, i| policy.begin_seal(false, d, a, b, c, e, f, g, h, i); DOCUMENT.into()).ok().unwrap();
    assert_eq!(
        sealing.requests(),
        r#"[{"kind":"subject","ref":"ada","tenant":"","operation":"seal"}]"#
    );
    let sealed = sealing.finish(key()).ok().unwrap();
    let [verdict, indexes, document] = lines(&sealed);
    assert!(JSON::parse(verdict).is_ok());
    assert_eq!(indexes, "[]");
    assert!(document.starts_with("{ \"a\": \"Fs1") && document.ends_with("\",\n\"b\": 1.50 }"));
    let opening = with_context!(|d, a, b, c, e, f, g, h, i| policy.begin_open(false, d, a, b, c, e, f, g, h, i); document.into()).ok().unwrap();
    assert!(opening.requests().contains(&format!(r#""id":"{}""#, "01".repeat(16))));
    let opened = opening.finish(key(), false).ok().unwrap();
    let [verdict, access, document] = lines(&opened);
    assert!(JSON::parse(verdict).is_ok() && JSON::parse(access).is_ok());
    assert_eq!(document, DOCUMENT);
}

#[wasm_bindgen_test]
fn a_failure_is_the_record_as_text() {
    let policy = policy();
    assert_eq!(code(Policy::compile("{", "").err().unwrap()), "schema");
    assert_eq!(code(Policy::compile(SCHEMA, "[]").err().unwrap()), "schema");
    assert_eq!(code(policy.check(b"\xff".to_vec()).err().unwrap()), "document");
    assert_eq!(
        code(
            policy
                .begin_seal(false, DOCUMENT.into(), None, None, None, None, None, None, None, NOW)
                .err()
                .unwrap()
        ),
        "context"
    );
    assert_eq!(
        code(
            policy
                .required_keys("look", vec![], None, None, None, None, None, None, None, NOW)
                .err()
                .unwrap()
        ),
        "context"
    );
}

#[wasm_bindgen_test]
fn answers_that_are_none_are_internal_and_a_call_finishes_once() {
    let policy = policy();
    let begin = || {
        with_context!(|d, a, b, c, e, f, g, h, i| policy.begin_seal(false, d, a, b, c, e, f, g, h, i); DOCUMENT.into()).ok().unwrap()
    };
    for answers in
        [vec![], vec![0; ANSWER - 1], vec![0; 2 * ANSWER], vec![9; ANSWER], vec![6; ANSWER]]
    {
        assert_eq!(code(begin().finish(answers).err().unwrap()), "internal");
    }
    for (tag, refusal) in
        [(1, "erased"), (2, "restricted"), (3, "denied"), (4, "not-found"), (5, "unavailable")]
    {
        let mut answer = vec![0; ANSWER];
        answer[0] = tag;
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
        with_context!(|d, a, b, c, e, f, g, h, i| policy.begin_seal(false, d, a, b, c, e, f, g, h, i); DOCUMENT.into()).ok().unwrap()
    };
    assert!(sealing.finish(key()).is_ok());
}

#[wasm_bindgen_test]
fn a_batch_has_a_result_for_every_call_in_order() {
    let (policy, keyring, calls) = (policy(), Keyring::memory(), Calls::begin());
    for document in [DOCUMENT, "{", "{}"] {
        with_context!(|d, a, b, c, e, f, g, h, i| calls.push(d, a, b, c, e, f, g, h, i); document.into());
    }
    let results = policy.seal_many_with(&keyring, &calls, NOW).ok().unwrap();
    assert!(results.next().ok().unwrap().contains("Fs1"));
    assert_eq!(code(results.next().err().unwrap()), "document");
    assert!(results.next().ok().unwrap().ends_with("\n{}"));
    assert_eq!(code(results.next().err().unwrap()), "internal");
    let waiting = policy.begin_seal_many(false, &calls);
    assert_eq!(waiting.requests(), "[]");
    assert_eq!(code(waiting.finish(vec![]).ok().unwrap().next().err().unwrap()), "internal");
}

#[wasm_bindgen_test]
fn the_keyring_answers_into_bytes_of_the_caller() {
    let keyring = Keyring::memory();
    let answers = Uint8Array::new_with_length(ANSWER as u32);
    let into = answers.clone().unchecked_into::<Bytes>();
    let request = r#"[{"kind":"subject","ref":"ada","tenant":"","operation":"seal"}]"#;
    assert!(keyring.current(request, &into, NOW).is_ok());
    let first = answers.to_vec();
    assert_eq!((first[0], first[ANSWER - 1]), (0, 1));
    assert!(first[17..49].iter().any(|byte| *byte != 0));
    let id: String = first[1..17].iter().map(|byte| format!("{byte:02x}")).collect();
    let by_id = request.replace("seal\"", &format!("open\",\"id\":\"{id}\""));
    assert!(keyring.by_id(&by_id, &into, NOW).is_ok());
    assert_eq!(answers.to_vec(), first);
    assert!(keyring.erase("subject", "ada".into(), String::new(), "asked for", NOW).is_ok());
    assert_eq!(keyring.state("subject", "ada".into(), String::new()).ok().unwrap(), "erased");
    assert!(keyring.current(request, &into, NOW).is_ok());
    assert_eq!(answers.to_vec()[0], 1);
    for malformed in [
        "",
        "[",
        "[{}]",
        "[7]",
        &request.replace("seal", "look"),
        &request.replace("subject", "nobody"),
    ] {
        assert_eq!(code(keyring.current(malformed, &into, NOW).err().unwrap()), "internal");
    }
    assert_eq!(
        code(keyring.restrict("person", "ada".into(), String::new()).err().unwrap()),
        "context"
    );
}

#[wasm_bindgen_test]
fn the_keyring_tells_what_is_due_as_json() {
    let keyring = Keyring::memory();
    for (name, tenant) in [("contract/2036", "b"), ("contract/\"2036", ""), ("log/2026-11-21", "a")]
    {
        assert!(keyring.rotate("retention", name.into(), tenant.into(), Some(1), NOW).is_ok());
    }
    assert_eq!(keyring.due(None, NOW).ok().unwrap(), r#"[{"ref":"log/2026-11-21","tenant":"a"}]"#);
    assert_eq!(keyring.due(Some("2026-11-22T00:59:59.999+01:00".into()), NOW).ok().unwrap(), "[]");
    let both = r#"[{"ref":"log/2026-11-21","tenant":"a"},{"ref":"contract/2036","tenant":"b"}]"#;
    assert_eq!(keyring.due(Some("2037-01-01T00:00:00Z".into()), NOW).ok().unwrap(), both);
    assert_eq!(code(keyring.due(Some("2037".into()), NOW).err().unwrap()), "context");
    assert!(keyring.destroy("retention", "contract/2036".into(), "b".into(), NOW).is_ok());
    assert!(keyring.due(Some("2037-01-01T00:00:00Z".into()), NOW).ok().unwrap().len() < both.len());
    assert!(keyring.reopen("retention", "contract/2036".into(), "b".into(), NOW).is_ok());
    assert_eq!(
        keyring.state("retention", "contract/2036".into(), "b".into()).ok().unwrap(),
        "reopened"
    );
    assert_eq!(
        code(
            keyring
                .rotate("retention", "contract/2036".into(), "b".into(), Some(4), NOW)
                .err()
                .unwrap()
        ),
        "context"
    );
}

#[wasm_bindgen_test]
fn the_version_is_json() {
    assert!(JSON::parse(&version()).is_ok());
}
