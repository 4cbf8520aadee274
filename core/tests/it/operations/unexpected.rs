//! Envelopes at places that the policy does not mark: every verb says so.

use fieldseal::{Context, Policy, Verdict, VerdictCode, VerdictLevel};
use support::{Store, Stream, compile, context};

const BEFORE: &str = r#"{"x-schema-family":"f","properties":{"email":{"x-protection":{}}}}"#;
const AFTER: &str = r#"{"x-schema-family":"f","properties":{"mail":{"x-protection":{}},"email":{"type":"string"},"list":{}}}"#;

fn envelope(store: &mut Store, call: &Context) -> String {
    let sealed = compile(BEFORE).seal(br#"{"email":"a@b"}"#, call, store, &mut Stream(1));
    support::text_at(&String::from_utf8(sealed.unwrap().document).unwrap(), "/email")
}

/// The places with an unexpected envelope, each with its count.
fn unexpected(verdict: &Verdict) -> Vec<(String, u64)> {
    let faults = verdict.faults().filter(|fault| fault.code() == VerdictCode::UnexpectedEnvelope);
    faults.map(|fault| (fault.pointer(), fault.count())).collect()
}

/// What `seal`, `open`, `check` and both with keys say of a document.
fn all(policy: &Policy, document: &str, call: &Context, store: &mut Store) -> Vec<Verdict> {
    let bytes = document.as_bytes();
    let item = || [fieldseal::BatchItem { document: bytes.to_vec(), context: call.clone() }];
    vec![
        policy.open(bytes, call, store).unwrap().verdict,
        policy.open_many(&item(), store).remove(0).unwrap().verdict,
        policy.seal(bytes, call, store, &mut Stream(2)).unwrap().verdict,
        policy.seal_many(&item(), store, &mut Stream(2)).remove(0).unwrap().verdict,
        policy.check(bytes).unwrap(),
        policy.check_deep(bytes, call, store).unwrap(),
    ]
}

#[test]
fn an_envelope_that_nothing_marks_any_more_is_said_by_every_verb() {
    let (policy, mut store, call) = (compile(AFTER), Store::default(), context("r", "ada"));
    let envelope = envelope(&mut store, &call);
    // Escaped, it is the same string.
    let escaped = envelope.replacen('F', "\\u0046", 1).replacen('s', "\\u0073", 1);
    for (document, expected) in [
        (format!(r#"{{"email":"{envelope}"}}"#), vec![("/email", 1)]),
        (format!(r#"{{"email":"{escaped}"}}"#), vec![("/email", 1)]),
        (
            format!(r#"{{"list":[1,"{envelope}",["{envelope}"]],"ada":{{"x":"{envelope}"}}}}"#),
            vec![("/list/*", 1), ("/list/*/*", 1), ("/*/*", 1)],
        ),
        (format!(r#"{{"list":["{envelope}","{envelope}"]}}"#), vec![("/list/*", 2)]),
        // Neither a piece nor a name is an envelope.
        (format!(r#"{{"email":"{}"}}"#, &envelope[..40]), vec![]),
        (format!(r#"{{"email":" {envelope}"}}"#), vec![]),
        (format!(r#"{{"{envelope}":"Fs1 rocks"}}"#), vec![]),
    ] {
        for verdict in all(&policy, &document, &call, &mut store) {
            let expected: Vec<_> =
                expected.iter().map(|(pointer, count)| ((*pointer).to_owned(), *count)).collect();
            assert_eq!(unexpected(&verdict), expected, "{verdict:?}");
            assert_eq!(
                verdict.says(VerdictCode::UnexpectedEnvelope),
                !expected.is_empty(),
                "{verdict:?}"
            );
            if !expected.is_empty() {
                assert_eq!(verdict.level(), VerdictLevel::Warn);
            }
        }
    }
}

/// It stays in the document as it was: a policy changes only what it marks.
#[test]
fn an_unexpected_envelope_is_left_alone() {
    let (policy, mut store, call) = (compile(AFTER), Store::default(), context("r", "ada"));
    let envelope = envelope(&mut store, &call);
    let clear = format!(r#"{{"email":"{envelope}","mail":"x"}}"#);
    let sealed = policy.seal(clear.as_bytes(), &call, &mut store, &mut Stream(2)).unwrap();
    let opened = policy.open(&sealed.document, &call, &mut store).unwrap();
    assert_eq!(String::from_utf8(opened.document).unwrap(), clear);
    for verdict in [sealed.verdict, opened.verdict] {
        assert_eq!(unexpected(&verdict), [("/email".to_owned(), 1)]);
        assert_eq!(verdict.sealed().map(|place| place.pointer()).collect::<Vec<_>>(), ["/mail"]);
    }
}

/// An envelope inside a value that is sealed as a whole is part of that value.
#[test]
fn an_envelope_within_a_sealed_value_is_no_place_of_its_own() {
    let schema = r#"{"x-schema-family":"f","properties":{"whole":{"x-protection":{}}}}"#;
    let (policy, mut store, call) = (compile(schema), Store::default(), context("r", "ada"));
    let envelope = envelope(&mut store, &call);
    let clear = format!(r#"{{"whole":{{"note":"{envelope}"}}}}"#);
    let sealed = policy.seal(clear.as_bytes(), &call, &mut store, &mut Stream(2)).unwrap();
    assert_eq!(unexpected(&sealed.verdict), []);
    let opened = policy.open(&sealed.document, &call, &mut store).unwrap();
    assert_eq!(unexpected(&opened.verdict), []);
    assert_eq!(String::from_utf8(opened.document).unwrap(), clear);
}
