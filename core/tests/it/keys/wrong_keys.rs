//! Key sources that answer with a wrong key: two of one id, zeros, and what opens nothing.

use fieldseal::{
    Answer, BatchItem, Caching, Context, ErrorCode, Key, KeyCache, KeyContext, KeyId, KeySource,
    Keyring, OpenOptions, RefusalCode, Request, Secret, VerdictCode,
};
use support::{Store, Stream, compile, context};

const SCHEMA: &str = r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}},"b":{"x-protection":{"subject":"1/who"}}}}"#;
const NOW: u64 = 1_795_000_000_000;
const MINUTE: u64 = 60_000;

fn at(now: u64) -> Context {
    Context { now: Some(now), ..context("r", "ada") }
}

/// A value sealed under one of two keys would be opened with the other. One key for two owners is
/// the source's business: they are erased together then.
#[test]
fn k11_two_keys_of_one_id_are_refused() {
    struct Odd(Store, [[u8; 32]; 2]);
    impl KeySource for Odd {
        fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
            let odd = |(answer, bytes): (Answer, &[u8; 32])| {
                answer.map(|_| Key::new(KeyId([5; 16]), Secret::new(*bytes)))
            };
            self.0.current(requests, host).into_iter().zip(&self.1).map(odd).collect()
        }
        fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
            self.0.by_id(requests, now)
        }
    }
    for (who, secrets, expected) in [
        ("bob", [[1; 32], [2; 32]], Err("two keys of one id")),
        ("bob", [[1; 32], [1; 32]], Ok(())),
        // One request for both values.
        ("ada", [[1; 32], [2; 32]], Ok(())),
    ] {
        let document = format!(r#"{{"a":1,"b":2,"who":"{who}"}}"#);
        let sealed = compile(SCHEMA).seal(
            document.as_bytes(),
            &at(NOW),
            &mut KeyCache::new(Odd(Store::default(), secrets), Caching::default()),
            &mut Stream(1),
        );
        match (sealed.map_err(|error| error.record().clone()), expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(said)) => {
                assert_eq!(error.code, ErrorCode::Internal);
                assert!(error.message.contains(said), "{error}");
            }
            (sealed, expected) => panic!("{expected:?}, not {:?}", sealed.map(drop)),
        }
    }
}

/// An answer that names its owner answers for nobody else.
#[test]
fn an_answer_for_another_owner_is_refused() {
    /// Answers in a wrong order, or for somebody whom nobody asked for.
    struct Mixed(Keyring, fn(&mut Vec<Answer>));
    impl KeySource for Mixed {
        fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
            let mut answers = self.0.current(requests, host);
            (self.1)(&mut answers);
            answers
        }
        fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
            let mut answers = self.0.by_id(requests, now);
            (self.1)(&mut answers);
            answers
        }
    }
    let document = br#"{"a":1,"b":2,"who":"bob"}"#;
    let (policy, mut entropy) = (compile(SCHEMA), Stream(1));
    let mut honest = Mixed(Keyring::memory(), |_| {});
    let sealed = policy.seal(document, &at(NOW), &mut honest, &mut entropy).unwrap().document;
    let swapped: fn(&mut Vec<Answer>) = |answers| answers.reverse();
    let other: fn(&mut Vec<Answer>) =
        |answers| answers[1] = Err(fieldseal::Refusal::from(RefusalCode::Erased).of("zoe"));
    for change in [swapped, other] {
        honest.1 = change;
        let refused = [
            policy
                .seal(document, &at(NOW), &mut honest, &mut entropy)
                .unwrap_err()
                .record()
                .clone(),
            policy.open(&sealed, &at(NOW), &mut honest).unwrap_err().record().clone(),
        ];
        for error in refused {
            assert_eq!(error.code, ErrorCode::Internal);
            assert!(!error.message.contains("zoe") && !error.message.contains("bob"), "{error}");
        }
    }
    honest.1 = |_| {};
    assert_eq!(policy.open(&sealed, &at(NOW), &mut honest).unwrap().document, document);
}

/// A source that wiped its key, or never filled it, must not seal or open with a key that anybody
/// knows.
#[test]
fn k11_a_key_or_an_id_of_zeros_is_refused() {
    struct Zeros(Store, fn(&mut fieldseal::Key));
    impl Zeros {
        fn change(&self, answers: Vec<fieldseal::Answer>) -> Vec<fieldseal::Answer> {
            let change = |answer: fieldseal::Answer| {
                answer.map(|mut key| {
                    (self.1)(&mut key);
                    key
                })
            };
            answers.into_iter().map(change).collect()
        }
    }
    impl fieldseal::KeySource for Zeros {
        fn current(
            &mut self,
            requests: &[fieldseal::Request],
            host: &mut fieldseal::KeyContext<'_>,
        ) -> Vec<fieldseal::Answer> {
            let answers = self.0.current(requests, host);
            self.change(answers)
        }
        fn by_id(
            &mut self,
            requests: &[fieldseal::Request],
            now: Option<u64>,
        ) -> Vec<fieldseal::Answer> {
            let answers = self.0.by_id(requests, now);
            self.change(answers)
        }
    }
    let secret: fn(&mut fieldseal::Key) = |key| key.secret = fieldseal::Secret::new([0; 32]);
    let id: fn(&mut fieldseal::Key) = |key| key.id = fieldseal::KeyId([0; 16]);
    let nearly: fn(&mut fieldseal::Key) = |key| {
        let mut bytes = [0; 32];
        bytes[31] = 1;
        key.secret = fieldseal::Secret::new(bytes);
        key.id.0[..14].fill(0);
        key.id.0[14] |= 1;
    };
    for marker in [r#"{}"#, r#"{"mode":"pseudonym"}"#, r#"{"index":{"name":"i","bits":8}}"#] {
        let schema = format!(
            r#"{{"x-schema-family":"f","properties":{{"a":{{"x-protection":{marker}}}}}}}"#
        );
        let policy = compile(&schema);
        for (change, is_refused) in [(secret, true), (id, true), (nearly, false)] {
            let expected = if is_refused { Err(ErrorCode::Internal) } else { Ok(()) };
            let mut source = Zeros(Store::default(), change);
            let mut cache = KeyCache::new(Zeros(Store::default(), change), Caching::default());
            let sources: [&mut dyn KeySource; 2] = [&mut source, &mut cache];
            for source in sources {
                let sealed = policy.seal(br#"{"a":1}"#, &at(NOW), source, &mut Stream(1));
                let code = sealed.map(drop).map_err(|error| error.record().code);
                assert_eq!(code, expected, "{marker}");
            }
        }
    }
    let policy = compile(r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#);
    let mut source = Zeros(Store::default(), |_| {});
    let sealed = policy.seal(br#"{"a":1}"#, &at(NOW), &mut source, &mut Stream(1)).unwrap();
    for change in [secret, id] {
        source.1 = change;
        let opened = policy.open(&sealed.document, &at(NOW), &mut source);
        let code = opened.map(drop).map_err(|error| error.record().code);
        assert_eq!(code, Err(ErrorCode::Internal));
    }
}

/// A value that does not open was perhaps sealed with a wrong key: the next value is sealed with a
/// key that is asked for anew.
#[test]
fn k11_a_key_that_sealed_what_does_not_open_is_not_kept() {
    struct WrongOnce(Store, bool);
    impl KeySource for WrongOnce {
        fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
            let wrong = std::mem::take(&mut self.1);
            let change = |answer: Answer| match wrong {
                true => answer.map(|key| Key::new(key.id, Secret::new([9; 32]))),
                false => answer,
            };
            self.0.current(requests, host).into_iter().map(change).collect()
        }
        fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
            self.0.by_id(requests, now)
        }
    }
    let (policy, mut keys) =
        (compile(SCHEMA), KeyCache::new(WrongOnce(Store::default(), true), Caching::default()));
    let mut lost = |minute: u64| {
        let sealed = policy
            .seal(br#"{"a":1}"#, &at(NOW + minute * MINUTE), &mut keys, &mut Stream(1))
            .unwrap()
            .document;
        policy
            .open(&sealed, &at(NOW + minute * MINUTE), &mut keys)
            .map(drop)
            .map_err(|error| error.record().code)
    };
    assert_eq!([lost(0), lost(1), lost(2)], [Err(ErrorCode::Integrity), Ok(()), Ok(())]);
}

/// A host that gave a wrong key is asked again, however long the cache keeps keys.
#[test]
fn k11_a_key_that_opens_nothing_is_not_kept() {
    struct Wrong(Store, bool);
    impl KeySource for Wrong {
        fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
            self.0.current(requests, host)
        }
        fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
            let wrong = |answer: Answer| match self.1 {
                true => answer.map(|key| Key::new(key.id, Secret::new([9; 32]))),
                false => answer,
            };
            self.0.by_id(requests, now).into_iter().map(wrong).collect()
        }
    }
    let policy = compile(SCHEMA);
    let mut keys = KeyCache::new(Wrong(Store::default(), true), Caching::default());
    let sealed = policy.seal(br#"{"a":1}"#, &at(NOW), &mut keys, &mut Stream(1)).unwrap().document;
    for many in [false, true] {
        let code = if many {
            let calls = [BatchItem { document: sealed.clone(), context: at(NOW) }];
            policy.open_many(&calls, &mut keys).remove(0).unwrap_err().record().code
        } else {
            policy.open(&sealed, &at(NOW), &mut keys).unwrap_err().record().code
        };
        assert_eq!(code, ErrorCode::Integrity);
        keys.source_mut().1 = false;
        let opened = policy.open(&sealed, &at(NOW), &mut keys).unwrap();
        assert_eq!(opened.document, br#"{"a":1}"#);
        keys.evict(None);
        keys.source_mut().1 = true;
    }
    // In two steps, too: the answers know which cache they are from.
    let begun = policy.begin_open(&sealed, at(NOW), OpenOptions::default()).unwrap();
    let lookup = keys.lookup(begun.requests(), NOW);
    let answers = keys.source_mut().by_id(lookup.missing(), Some(NOW));
    let refused = begun.finish(lookup.finish(answers)).unwrap_err();
    assert_eq!(refused.record().code, ErrorCode::Integrity);
    let begun = policy.begin_open(&sealed, at(NOW), OpenOptions::default()).unwrap();
    assert_eq!(keys.lookup(begun.requests(), NOW).missing().len(), 1);

    let verdict = policy.check_deep(&sealed, &at(NOW), &mut keys).unwrap();
    assert!(verdict.says(VerdictCode::Integrity), "{verdict:?}");
    keys.source_mut().1 = false;
    let verdict = policy.check_deep(&sealed, &at(NOW), &mut keys).unwrap();
    assert!(!verdict.says(VerdictCode::Integrity), "{verdict:?}");
}
