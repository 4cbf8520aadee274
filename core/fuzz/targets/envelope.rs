//! Strings and documents that nearly are what was sealed. Only what was sealed opens, where it was
//! sealed; all else is refused with the code that the format gives for its bytes, which
//! `core/tests/support/src/wire.rs` knows from the format alone.
//!
//! The first byte of an input says what the rest is: `t` the text of an envelope, `d` a document,
//! `e` edits of a genuine envelope's bytes, `m` edits of a sealed document's text.
#![no_main]

use std::sync::LazyLock;

use fieldseal::envelope::{Bind, Context, Demand, Envelope, KeyIds, Prk, Scratch, Sealer, Suite};
use fieldseal::internal::Opener;
use fieldseal::json::Tape;
use fieldseal::{ErrorCode, KeyId, Keyring, Limits, OpenOptions, Options, Policy, Secret};
use fieldseal_fuzz::edits::edited;
use fieldseal_fuzz::host::{Stream, context, keys};
use fieldseal_fuzz::opinion::is_document;
use fieldseal_fuzz::record::Record;
use libfuzzer_sys::fuzz_target;
use support::wire;

fuzz_target!(|input: &[u8]| {
    let Some((what, rest)) = input.split_first() else { return };
    match what {
        b't' => std::str::from_utf8(rest).map_or((), text),
        b'd' => document(rest),
        b'e' => {
            let Some((number, edits)) = rest.split_first() else { return };
            let (own, donor) = (pick(*number), pick(number.wrapping_add(number / 16 + 1)));
            let [own, donor] =
                [own, donor].map(|genuine| wire::decode(&genuine.text).expect("an envelope"));
            text(&wire::encode(&edited(own, &donor, edits)));
        }
        b'm' => document(&edited(SEALED.document.clone(), &SEALED.document, rest)),
        _ => {}
    }
});

/// A genuine envelope and the place that it belongs to.
struct Genuine {
    demand: Demand,
    prk: Prk,
    field: String,
    text: String,
    value: Vec<u8>,
}

/// Values of several lengths in sixteen places: every suite, with one to three keys, every bind
/// profile that binds the field, padded and not.
static GENUINE: LazyLock<Vec<Genuine>> = LazyLock::new(|| {
    let mut work = Scratch::new();
    let make = |n: usize| {
        let bind = [Bind::RecordField, Bind::RecordPath, Bind::Field][n % 3];
        let [subject, retention, item] = [n % 4 != 1, !n.is_multiple_of(4), n % 8 > 5];
        let suite = Suite::ALL[n / 3 % 4];
        let subject_bound = !subject || !n.is_multiple_of(5);
        let demand = Demand { suite, bind, subject, retention, item, subject_bound };
        let id = |present: bool, byte: u8| present.then_some(KeyId([byte; 16]));
        let ids = KeyIds {
            subject: id(subject, 0xa0),
            retention: id(retention, 0xb0),
            item: id(item, 0xc0),
        };
        let key = |present: bool, byte: u8| present.then(|| Secret::new([byte; 32]));
        let prk = Prk::derive(
            key(subject, 1).as_ref(),
            key(retention, 2).as_ref(),
            key(item, 3).as_ref(),
        );
        let value = format!("\"{}\"", "v".repeat(n * n)).into_bytes();
        let mut genuine =
            Genuine { demand, prk, field: format!("/field-{n}"), text: String::new(), value };
        let mut out = Vec::new();
        let place = genuine.context();
        let entropy = vec![n as u8; suite.entropy_bytes()];
        Sealer { prk: &genuine.prk, demand, padded: !n.is_multiple_of(7), ids, context: place }
            .seal(&genuine.value, &entropy, &mut work, &mut out)
            .expect("seals");
        genuine.text = String::from_utf8(out).expect("base64url");
        genuine
    };
    (0..16).map(make).collect()
});

impl Genuine {
    fn context(&self) -> Context<'_> {
        Context {
            tenant: "acme",
            family: "f",
            record: "rec-42",
            revision: "",
            subject: "cust-7",
            field: &self.field,
        }
    }
}

fn pick(number: u8) -> &'static Genuine {
    &GENUINE[usize::from(number % 16)]
}

/// A string at each of the sixteen places.
fn text(text: &str) {
    let mut work = Scratch::new();
    assert_eq!(Envelope::is_whole(text), wire::whole(text), "{text}");
    let decoded = Envelope::decode(text, &mut work).map(|envelope| envelope.ids());
    match decoded {
        Ok(ids) => assert!(
            wire::whole(text) && (ids.subject.is_some() || ids.retention.is_some()),
            "{text}"
        ),
        Err(fault) => assert_eq!(wire::Code::from(fault), wire::code_of(text), "{text}"),
    }
    for genuine in GENUINE.iter() {
        let mut out = b"before".to_vec();
        let opener = Opener {
            demand: genuine.demand,
            prk: &genuine.prk,
            context: genuine.context(),
            depth: 0,
            limits: &Limits::default(),
        };
        let outcome = Envelope::decode(text, &mut work)
            .and_then(|envelope| opener.open(&envelope, &mut Scratch::new(), &mut out));
        if text == genuine.text {
            assert_eq!((outcome, &out[6..]), (Ok(1), genuine.value.as_slice()));
        } else {
            assert_eq!(outcome.map_err(wire::Code::from), Err(wire::code_of(text)), "{text}");
            assert_eq!(out, b"before", "nothing is left of what did not open");
        }
    }
}

/// A policy with places of every kind, and a document that it sealed.
struct Sealed {
    policy: Policy,
    ring: std::sync::Mutex<Keyring>,
    document: Vec<u8>,
}

const SCHEMA: &str = r#"{"x-schema-family": "f", "x-retention": {"r": {"period": "P1Y", "bucket": "P1Y", "from": "created"}}, "type": "object", "properties": {
    "login": {"type": "string", "x-protection": {"mode": "deterministic"}},
    "token": {"type": "string", "x-protection": {"mode": "pseudonym"}},
    "kept": {"type": "string", "x-protection": {"suite": "chacha20-poly1305", "retention": "r", "rectifiable": true}},
    "law": {"type": "string", "x-protection": {"subject": false, "retention": "r", "accept": [{"bind": "none"}]}},
    "name": {"type": "string", "x-protection": {}},
    "card": {"type": "object", "x-protection": {"bind": "field", "pad": false}},
    "owner": {"type": "string", "x-protection": {"subject": "0"}},
    "note": {"type": "string", "x-protection": {"subject": "/owner", "bind": "record-path"}},
    "other": {"type": "object", "properties": {"id": {"type": "integer"}, "mail": {"x-protection": {"subject": "1/id", "bind": "none"}}}},
    "list": {"type": "array", "items": {"x-protection": {"bind": "record-path"}}}}}"#;

/// Every marked value is another, so that one in the place of another would show.
const CLEAR: &str = r#"{"name": "Ada", "card": {"n": 41, "v": [1.50]}, "owner": "ada@example.org", "note": "n\u006fte",
    "other": {"id": 7, "mail": null}, "list": [true, "two", 3e0], "plain": "x",
    "login": "al", "token": "t", "kept": "until", "law": "books"}"#;

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let policy = Policy::compile(SCHEMA.as_bytes(), Options::default()).expect("compiles");
    let (mut ring, _) = keys();
    let document = policy
        .seal(CLEAR.as_bytes(), &context(), &mut ring, &mut Stream(1))
        .expect("seals")
        .document;
    Sealed { policy, ring: std::sync::Mutex::new(ring), document }
});

const MARKED: [&str; 11] = [
    "/login",
    "/kept",
    "/law",
    "/name",
    "/card",
    "/owner",
    "/note",
    "/other/mail",
    "/list/0",
    "/list/1",
    "/list/2",
];

/// A document that may be the sealed one with changes: what opens, opens to what was sealed at that
/// place.
fn document(text: &[u8]) {
    let Sealed { policy, ring, document } = &*SEALED;
    let mut ring = ring.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let check = policy.check(text).map(|verdict| Record::read(&verdict.to_json()));
    let opened = match policy.open_with(text, &context(), &mut *ring, OpenOptions::strict()) {
        Ok(opened) => opened,
        Err(error) => {
            use ErrorCode::{
                Context, Document, Integrity, Limit, NotFound, NotSealed, Unsupported,
            };
            let code = error.record().code;
            assert!(
                [Document, Limit, Context, NotSealed, Unsupported, Integrity, NotFound]
                    .contains(&code),
                "{error}"
            );
            assert!(text != document.as_slice());
            assert_eq!(check.is_err(), code == Document || code == Limit, "{error}");
            let deep = policy.check_deep(text, &context(), &mut *ring);
            assert!(
                !deep.is_ok_and(|verdict| Record::read(&verdict.to_json()).says("conforming")),
                "conforms, and does not open: {error}"
            );
            return;
        }
    };
    let verdict = Record::read(&opened.verdict.to_json());
    let access = Record::read(&opened.access.to_json());
    let limits = Limits::default();
    let (genuine, tape) = (
        Tape::parse(CLEAR.as_bytes(), &limits).expect("JSON"),
        Tape::parse(opened.document.as_slice(), &limits).expect("JSON"),
    );
    let place = |tape: &Tape<'_>, pointer: &str| {
        fieldseal::json::Pointer::parse(pointer)
            .ok()
            .and_then(|pointer| pointer.resolve(tape.root()).map(|node| node.raw().to_owned()))
    };
    let mut present = 0;
    for pointer in MARKED {
        if let Some(value) = place(&tape, pointer) {
            present += 1;
            assert_eq!(Some(value), place(&genuine, pointer), "{pointer} opened to something else");
        }
    }
    // Nobody can tell whose a token is: any stays as it stands.
    let tokens = Tape::parse(text, &limits).ok().and_then(|text| place(&text, "/token")).map_or(
        0,
        |token| {
            assert_eq!(Some(&token), place(&tape, "/token").as_ref());
            assert!(
                token.len() == 37 || token.contains('\\'),
                "a token is a mark and 24 bytes: {token}"
            );
            1
        },
    );
    assert_eq!(
        (access.count("revealed"), verdict.tokens(), verdict.count("sealed")),
        (present, tokens, present + tokens)
    );
    if text == document.as_slice() {
        let token = place(&tape, "/token").expect("was sealed");
        assert_eq!(opened.document, CLEAR.replace("\"t\"", &token).as_bytes());
    }
    let check = check.expect("what opens can be checked");
    assert_eq!(check.sealed(), verdict.sealed());
    assert!(
        !["near-miss", "not-sealed", "integrity", "unsupported"]
            .iter()
            .any(|fault| check.says(fault))
    );
    let deep =
        policy.check_deep(text, &context(), &mut *ring).expect("what opens can be checked deep");
    let deep = deep.to_json();
    assert!(!Record::read(&deep).says("integrity"), "{deep}");
    assert_ne!(is_document(&opened.document), Some(false), "an opened document is one");
}
