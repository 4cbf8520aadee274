//! For each verb: bad input, the code it gets, and where. And nothing that a message, a verdict or
//! a `Debug` may not hold.

use fieldseal::{
    Answer, BatchItem, Context, Error, ErrorCode, KeyContext, KeySource, KeyUse, Limits,
    OpenOptions, Options, Policy, RefusalCode, Request,
};
use support::{Store, Stream, compile, context, seal, text_at};

const SCHEMA: &str = r#"{"x-schema-family": "urn:example:bad", "type": "object", "required": ["id"], "properties": {
    "id": {"type": "integer"}, "secret": {"x-protection": {}}, "more": {"x-protection": {"bind": "none"}}, "open": {"type": "string"}}}"#;

fn small(limits: Limits) -> Policy {
    Policy::compile(SCHEMA.as_bytes(), Options { limits, ..Options::default() }).unwrap()
}

fn sealing(
    policy: &Policy,
    document: &[u8],
    context: &Context,
    store: &mut dyn KeySource,
) -> Error {
    Error::from(policy.seal(document, context, store, &mut Stream(1)).unwrap_err())
}

fn opening(
    policy: &Policy,
    document: &[u8],
    context: &Context,
    store: &mut dyn KeySource,
) -> Error {
    Error::from(policy.open(document, context, store).unwrap_err())
}

#[test]
fn what_is_no_document_is_refused_by_every_verb_alike() {
    let policy = small(Limits { document_bytes: 2000, depth: 5, values: 50, ..Limits::default() });
    let here = context("r", "ada");
    let long = format!("{{\"id\":1,\"open\":\"{}\"}}", "x".repeat(2000));
    let deep = "[[[[[[]]]]]]";
    let many = format!("[{}0]", "0,".repeat(50));
    let cases: [(&[u8], ErrorCode, Option<u64>); 9] = [
        (b"", ErrorCode::Document, Some(0)),
        (b"{\"id\":1", ErrorCode::Document, Some(7)),
        (b"{\"id\":1}x", ErrorCode::Document, Some(8)),
        (b"{\"id\":1,\"\\u0069d\":2}", ErrorCode::Document, Some(8)),
        (b"{\"id\":\"\\ud800\"}", ErrorCode::Document, Some(7)),
        (b"{\"id\":\"\xff\"}", ErrorCode::Document, Some(7)),
        (long.as_bytes(), ErrorCode::Limit, None),
        (deep.as_bytes(), ErrorCode::Limit, Some(5)),
        (many.as_bytes(), ErrorCode::Limit, None),
    ];
    for (document, code, offset) in cases {
        let mut store = Store::default();
        let errors = [
            sealing(&policy, document, &here, &mut store),
            opening(&policy, document, &here, &mut store),
            Error::from(policy.check(document).unwrap_err()),
            policy.required_keys(document, &here, KeyUse::Seal).unwrap_err(),
            policy.required_keys(document, &here, KeyUse::Open).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.code, code, "{}", String::from_utf8_lossy(document));
            if offset.is_some() {
                assert_eq!(error.offset, offset, "{}", String::from_utf8_lossy(document));
            }
        }
        assert!(store.asked.is_empty(), "no key is asked for what cannot be read");
    }
}

#[test]
fn sealing_refuses_with_code_and_place() {
    let policy = compile(SCHEMA);
    let mut store = Store::default();
    let here = context("r", "ada");
    let sealed = seal(&policy, r#"{"id":1,"secret":"s"}"#, &here, &mut store);
    let envelope = text_at(&sealed, "/secret");
    let again = format!(r#"{{"id":1,"more":"{envelope}"}}"#);
    let escaped = format!(r#"{{"id":1,"more":"\u0046s1{}"}}"#, &envelope[3..]);
    for (document, context, code, pointer) in [
        (r#"{"secret":"s"}"#, here.clone(), ErrorCode::Invalid, Some("")),
        (r#"{"id":"x"}"#, here.clone(), ErrorCode::Invalid, Some("/id")),
        (
            r#"{"id":1,"secret":"s"}"#,
            Context { record: None, ..here.clone() },
            ErrorCode::Context,
            Some("/secret"),
        ),
        (
            r#"{"id":1,"secret":"s"}"#,
            Context { record: Some(String::new()), ..here.clone() },
            ErrorCode::Context,
            Some("/secret"),
        ),
        (
            r#"{"id":1,"more":"s"}"#,
            Context { subject: None, ..here.clone() },
            ErrorCode::Context,
            Some("/more"),
        ),
        (
            r#"{"id":1}"#,
            Context { at: Some("yesterday".to_owned()), ..here.clone() },
            ErrorCode::Context,
            None,
        ),
        (r#"{"id":1}"#, Context { now: Some(u64::MAX), ..here.clone() }, ErrorCode::Context, None),
        (again.as_str(), here.clone(), ErrorCode::AlreadySealed, Some("/more")),
        (escaped.as_str(), here.clone(), ErrorCode::AlreadySealed, Some("/more")),
    ] {
        let error = sealing(&policy, document.as_bytes(), &context, &mut store);
        assert_eq!((error.code, error.pointer.as_deref()), (code, pointer), "{document}");
    }
    // What only looks like an envelope is an ordinary value; what the call lacks matters only where
    // a value needs it.
    for (document, context) in [
        (r#"{"id":1,"secret":"Fs1 and more"}"#, here.clone()),
        (r#"{"id":1,"more":1}"#, Context { record: None, ..here.clone() }),
        (r#"{"id":1}"#, Context::default()),
    ] {
        assert!(
            policy.seal(document.as_bytes(), &context, &mut store, &mut Stream(1)).is_ok(),
            "{document}"
        );
    }
    let tight = small(Limits { document_bytes: 60, ..Limits::default() });
    assert_eq!(
        sealing(&tight, br#"{"id":1,"secret":"s"}"#, &here, &mut store).code,
        ErrorCode::Limit,
        "what is emitted keeps to the limits too"
    );
}

#[test]
fn opening_refuses_with_code_and_place() {
    let policy = compile(SCHEMA);
    let mut store = Store::default();
    let here = context("r", "ada");
    let sealed = seal(&policy, r#"{"id":1,"secret":"s"}"#, &here, &mut store);
    let envelope = text_at(&sealed, "/secret");
    let put = |text: &str| format!(r#"{{"id":1,"secret":"{text}"}}"#);
    // Base64url character 3 is the suite, characters 4 and 5 the flags.
    let suite = |character: &str| put(&format!("Fs1{character}{}", &envelope[4..]));
    for (document, code) in [
        (r#"{"id":1,"secret":"s"}"#.to_owned(), ErrorCode::NotSealed),
        (r#"{"id":1,"secret":7}"#.to_owned(), ErrorCode::NotSealed),
        (r#"{"id":1,"secret":null}"#.to_owned(), ErrorCode::NotSealed),
        (put("Fs1"), ErrorCode::Integrity),
        (put("Fs1="), ErrorCode::Integrity),
        (put(&envelope[..100]), ErrorCode::Integrity),
        (put(&format!("{envelope}=")), ErrorCode::Integrity),
        (suite("A"), ErrorCode::Unsupported),
        (suite("E"), ErrorCode::Unsupported),
        (suite("C"), ErrorCode::Integrity),
        (suite("D"), ErrorCode::Integrity),
        (format!(r#"{{"id":1,"more":"{envelope}"}}"#), ErrorCode::Integrity),
    ] {
        let error = opening(&policy, document.as_bytes(), &here, &mut store);
        let place = if document.contains("more") { "/more" } else { "/secret" };
        assert_eq!((error.code, error.pointer.as_deref()), (code, Some(place)), "{document}");
        let verdict = policy.check(document.as_bytes()).unwrap().to_json();
        assert!(
            verdict.contains(&format!(r#"{{"code":"{code}","count":1,"pointer":"{place}"}}"#)),
            "{verdict}"
        );
    }
    let stray = format!(r#"{{"id":1,"open":"{envelope}","other":["\u0046s1{}"]}}"#, &envelope[3..]);
    let verdict = policy.check(stray.as_bytes()).unwrap().to_json();
    assert!(
        verdict.contains(r#"{"code":"unexpected-envelope","count":1,"pointer":"/open"}"#),
        "{verdict}"
    );
    assert!(
        verdict.contains(r#"{"code":"unexpected-envelope","count":1,"pointer":"/*/*"}"#),
        "a name that the schema does not write: {verdict}"
    );
}

#[test]
fn each_refusal_of_the_key_host_has_its_outcome() {
    let policy = compile(SCHEMA);
    let here = context("r", "ada");
    for (refusal, code, withheld) in [
        (RefusalCode::Erased, ErrorCode::Erased, true),
        (RefusalCode::Restricted, ErrorCode::Restricted, true),
        (RefusalCode::Denied, ErrorCode::Denied, true),
        (RefusalCode::NotFound, ErrorCode::NotFound, false),
        (RefusalCode::Unavailable, ErrorCode::Unavailable, false),
    ] {
        let mut store = Store::default();
        let sealed = seal(&policy, r#"{"id":1,"secret":"s"}"#, &here, &mut store);
        store.refuse("ada", refusal);
        let error = sealing(&policy, br#"{"id":1,"secret":"s"}"#, &here, &mut store);
        assert_eq!((error.code, error.pointer.as_deref()), (code, Some("/secret")));
        let strict = Error::from(
            policy
                .open_with(sealed.as_bytes(), &here, &mut store, OpenOptions::strict())
                .unwrap_err(),
        );
        assert_eq!((strict.code, strict.pointer.as_deref()), (code, Some("/secret")));
        match policy.open(sealed.as_bytes(), &here, &mut store) {
            Ok(opened) => {
                assert!(withheld);
                assert_eq!(opened.document, br#"{"id":1,"secret":null}"#);
                let listed = format!(
                    r#""withheld":[{{"count":1,"kind":"subject","masked":false,"pointer":"/secret","reason":"{code}"}}]"#
                );
                assert!(opened.access.to_json().contains(&listed), "{:?}", opened.access);
                assert!(opened.verdict.to_json().contains("\"withheld\""), "{:?}", opened.verdict);
            }
            Err(error) => assert!(!withheld && Error::from(error).code == code),
        }
    }
    // Expired is unavailable, at the very millisecond too.
    let mut store = Store { expires: here.now, ..Store::default() };
    assert_eq!(
        sealing(&policy, br#"{"id":1,"secret":"s"}"#, &here, &mut store).code,
        ErrorCode::Unavailable
    );
    store.expires = here.now.map(|now| now + 1);
    seal(&policy, r#"{"id":1,"secret":"s"}"#, &here, &mut store);
}

/// Answers in a wrong number, or with a key that was not asked for.
struct Crooked {
    store: Store,
    answers: fn(Vec<Answer>) -> Vec<Answer>,
}

impl KeySource for Crooked {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        (self.answers)(self.store.current(requests, host))
    }
    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        (self.answers)(self.store.by_id(requests, now))
    }
}

#[test]
fn answers_out_of_shape_are_internal() {
    let policy = compile(SCHEMA);
    let here = context("r", "ada");
    let mut store = Store::default();
    let sealed = seal(&policy, r#"{"id":1,"secret":"s"}"#, &here, &mut store);
    let mut crooked = Crooked { store, answers: |_| Vec::new() };
    assert_eq!(
        sealing(&policy, br#"{"id":1,"secret":"s"}"#, &here, &mut crooked).code,
        ErrorCode::Internal
    );
    assert_eq!(opening(&policy, sealed.as_bytes(), &here, &mut crooked).code, ErrorCode::Internal);
    let batch = [BatchItem { document: sealed.clone().into_bytes(), context: here.clone() }];
    let results = policy.open_many(&batch, &mut crooked);
    assert!(
        results
            .into_iter()
            .all(|result| Error::from(result.unwrap_err()).code == ErrorCode::Internal)
    );
    crooked.answers = |mut answers| {
        answers.push(Err(RefusalCode::NotFound.into()));
        answers
    };
    assert_eq!(
        sealing(&policy, br#"{"id":1,"secret":"s"}"#, &here, &mut crooked).code,
        ErrorCode::Internal
    );
    crooked.answers = |answers| {
        answers
            .into_iter()
            .map(|answer| {
                answer.map(|key| fieldseal::Key::new(fieldseal::KeyId([99; 16]), key.secret))
            })
            .collect()
    };
    assert_eq!(opening(&policy, sealed.as_bytes(), &here, &mut crooked).code, ErrorCode::Internal);
}

#[test]
fn a_key_that_cannot_be_destroyed_is_warned_about() {
    let policy = compile(SCHEMA);
    let here = context("r", "ada");
    let mut store = Store { lasting: true, ..Store::default() };
    let sealed =
        policy.seal(br#"{"id":1,"secret":"s"}"#, &here, &mut store, &mut Stream(1)).unwrap();
    assert!(
        sealed.verdict.to_json().contains("unerasable-key")
            && sealed.verdict.to_json().contains(r#""level":"warn""#),
        "{:?}",
        sealed.verdict
    );
}

#[test]
fn reseal_is_said_to_be_missing() {
    let error =
        compile(SCHEMA).required_keys(b"{}", &Context::default(), KeyUse::Reseal).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
}

#[test]
fn no_message_verdict_record_or_debug_tells_what_is_secret() {
    let policy = compile(SCHEMA);
    let (clear, person, record) = ("tell-nobody", "person-4711", "record-4712");
    let here = context(record, person);
    let document = format!(r#"{{"id":1,"secret":"{clear}"}}"#);
    let mut store = Store::default();
    let sealed = policy.seal(document.as_bytes(), &here, &mut store, &mut Stream(1)).unwrap();
    let opened = policy.open(&sealed.document, &here, &mut store).unwrap();
    let mut said = vec![
        sealed.verdict.to_json(),
        opened.verdict.to_json(),
        opened.access.to_json(),
        policy.check(&sealed.document).unwrap().to_json(),
        policy.coverage().to_json(),
        policy.coverage().to_text(fieldseal::CoverageFormat::Markdown),
        format!("{policy:?} {sealed:?} {opened:?} {here:?} {:?}", store.asked),
        format!(
            "{:?}",
            BatchItem { document: document.clone().into_bytes(), context: here.clone() }
        ),
    ];
    let invalid = document.replace("\"id\":1", "\"id\":\"tell-nobody\"");
    let broken = document.replace('}', "");
    let elsewhere = context("another", person);
    for error in [
        sealing(&policy, invalid.as_bytes(), &here, &mut store),
        sealing(&policy, broken.as_bytes(), &here, &mut store),
        opening(&policy, document.as_bytes(), &here, &mut store),
        opening(&policy, &sealed.document, &elsewhere, &mut store),
    ] {
        said.push(format!("{error} {error:?}"));
    }
    store.refuse(person, RefusalCode::Erased);
    said.push(format!("{:?}", sealing(&policy, document.as_bytes(), &here, &mut store)));
    let key = hex(&[7; 16]);
    // `Debug` of bytes prints a list of decimal numbers, in one line or one in each.
    let bytes = |text: &str| {
        let list = format!("{:?}", text.as_bytes());
        list.trim_matches(['[', ']']).to_owned()
    };
    for text in said {
        let lists = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for secret in [clear, person, record] {
            assert!(!text.contains(secret), "{secret} in {text}");
            assert!(!lists.contains(&bytes(secret)), "{secret} as bytes in {text}");
        }
        assert!(!text.contains(&key) && !lists.contains("7, 7, 7"), "a key in {text}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What opening refuses for its size, checking with keys does not call conforming; and it shows no
/// place within a value.
#[test]
fn checking_with_keys_ends_in_the_limits_of_opening() {
    let (large, few) =
        (small(Limits::default()), small(Limits { values: 30, ..Limits::default() }));
    let mut store = Store::default();
    let call = context("r", "s");
    let list: Vec<u32> = (0..20).collect();
    let document = serde_json::json!({"id": 1, "secret": list, "more": list}).to_string();
    let sealed =
        large.seal(document.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap().document;
    assert!(
        large.check_deep(&sealed, &call, &mut store).unwrap().to_json().contains("\"conforming\"")
    );
    assert_eq!(opening(&few, &sealed, &call, &mut store).code, ErrorCode::Limit);
    let error = few.check_deep(&sealed, &call, &mut store).unwrap_err();
    assert_eq!((error.record().code, error.record().pointer.as_deref()), (ErrorCode::Limit, None));
}
