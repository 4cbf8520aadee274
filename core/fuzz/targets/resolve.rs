//! A schema, a document and compile options: what seals, opens to the same bytes, but for tokens;
//! sealed again, tokens and deterministic envelopes are the same; the sealed and the clear document
//! are decided alike; the verdicts of every verb agree; what the sealed schema is exported as, the
//! sealed document fits; and a person who is erased is withheld everywhere, and nothing more is
//! sealed of them.
#![no_main]

use fieldseal::envelope::Envelope;
use fieldseal::internal;
use fieldseal::json::{Pointer, Shape, Tape};
use fieldseal::policy::Formats;
use fieldseal::{Error, ErrorCode, KeyUse, Keyring, Limits, OpenOptions, Options, Policy, Sealed};
use fieldseal_fuzz::exported;
use fieldseal_fuzz::host::{NOW, Stream, bounded, context, keys};
use fieldseal_fuzz::input::split;
use fieldseal_fuzz::mutate::{Text, mutate};
use fieldseal_fuzz::record::Record;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate([Text::Schema, Text::Document, Text::Options], data, size, max_size, seed, fuzzer_mutate)
});

fuzz_target!(|input: &[u8]| {
    let [schema, document, options] = split(input);
    let Some(mut options) =
        std::str::from_utf8(options).ok().and_then(|options| Options::from_json(options).ok())
    else {
        return;
    };
    options.limits = bounded(&options.limits);
    let (formats, limits) = (options.formats, options.limits.clone());
    let Ok(policy) = Policy::compile(schema, options) else { return };
    let (mut ring, person) = keys();
    match policy.seal(document, &context(), &mut ring, &mut Stream(1)) {
        Ok(sealed) => {
            comes_back(&policy, document, &sealed, &mut ring, formats, &limits);
            ring.erase(&person, "asked for it", Some(NOW))
                .expect("a person who has a name can be erased");
            is_withheld(&policy, document, &sealed, &mut ring);
        }
        Err(error) => refused(&policy, document, &error.into(), &limits),
    }
});

fn comes_back(
    policy: &Policy,
    document: &[u8],
    sealed: &Sealed,
    ring: &mut Keyring,
    formats: Formats,
    limits: &Limits,
) {
    let verdict = Record::read(&sealed.verdict.to_json());
    let (conforms, all, tokens) =
        (verdict.conformity() == "conforming", verdict.count("sealed"), verdict.tokens());
    let opened = policy
        .open_with(&sealed.document, &context(), ring, OpenOptions::strict())
        .expect("what seal emits, open accepts");
    let (readable, replaced) = with_tokens(document, &sealed.document, limits);
    assert_eq!(replaced, tokens);
    assert_eq!(opened.document, readable, "byte for byte, but for tokens, which stay");

    // The clear and the sealed document are decided alike.
    let exported = policy.schemas();
    let opening = Record::read(&opened.verdict.to_json());
    assert_eq!(opening.sealed(), verdict.sealed());
    match &exported {
        _ if tokens == 0 => assert_eq!(opening.conformity(), verdict.conformity()),
        Ok(_) if conforms => assert_eq!(opening.conformity(), "conforming"),
        Ok(_) => assert_ne!(opening.conformity(), "unvalidated"),
        Err(_) => assert_eq!(opening.conformity(), "unvalidated"),
    }
    assert_eq!(Record::read(&opened.access.to_json()).count("revealed"), all - tokens);
    if conforms {
        assert!(
            !opening.says("near-miss"),
            "decided in the clear document alone: {:?}",
            opened.verdict
        );
        let [clear, sealed] = [document, &sealed.document]
            .map(|text| Tape::parse(text, limits).expect("was read before"));
        assert_eq!(internal::resolve(policy, &clear).ok(), Some(all as usize));
        assert_eq!(internal::resolve(policy, &sealed).ok(), Some(all as usize));
    }
    is_repeated(policy, document, sealed, &readable, ring, limits);

    match policy.check(&sealed.document) {
        Ok(checked) => {
            let text = checked.to_json();
            let check = Record::read(&text);
            assert_eq!(check.sealed(), verdict.sealed());
            assert!(
                !["not-sealed", "integrity", "unsupported"].iter().any(|fault| check.says(fault)),
                "{text}"
            );
            // Sealing leaves an envelope be that stood in the clear document, at a place that is
            // not marked.
            let astray = check.says("unexpected-envelope");
            assert!(!astray || holds_envelope(document, limits), "{text}");
            match &exported {
                Ok(_) if conforms && !astray => {
                    assert_eq!(check.conformity(), "conforming", "{text}")
                }
                Ok(_) => assert_ne!(check.conformity(), "unvalidated", "{text}"),
                Err(_) => assert_eq!(check.conformity(), "unvalidated", "{text}"),
            }
            let deep = policy
                .check_deep(&sealed.document, &context(), ring)
                .expect("what was checked and opened can be checked deep");
            let deep = Record::read(&deep.to_json());
            assert!(!deep.says("integrity"));
            assert_eq!(deep.sealed(), verdict.sealed());
            assert!(
                !deep.says("conforming") || conforms || tokens > 0,
                "a document that does not fit in clear fits nowhere"
            );
        }
        // A regular expression of the sealed schema may take more steps than that of the clear one.
        Err(error) => assert_eq!(error.record().code, ErrorCode::Limit, "{error}"),
    }
    if conforms
        && let Some((clear, covered)) =
            exported.ok().and_then(|schemas| exported::compiled(&schemas, formats, limits))
    {
        let [document, sealed] = [document, &sealed.document]
            .map(|text| Tape::parse(text, limits).expect("was read before"));
        assert!(
            internal::validate(&clear, &document),
            "fits its schema, and not what that is exported as"
        );
        assert!(
            internal::validate(&covered, &sealed),
            "fits its sealed schema, and not what that is exported as"
        );
    }
}

/// The clear document with the tokens of the sealed one, and how many those are.
fn with_tokens(document: &[u8], sealed: &[u8], limits: &Limits) -> (Vec<u8>, u64) {
    let [clear, sealed] =
        [document, sealed].map(|text| Tape::parse(text, limits).expect("was read before"));
    let (mut text, mut at, mut tokens) = (Vec::new(), 0, 0);
    let mut pairs = vec![(clear.root(), sealed.root())];
    while let Some((clear, sealed)) = pairs.pop() {
        match (clear.shape(), sealed.shape()) {
            _ if clear.raw() == sealed.raw() => {}
            (_, Shape::String) => {
                if sealed.as_str().is_some_and(|text| is_token(&text)) {
                    text.extend_from_slice(&document[at..clear.span().start]);
                    text.extend_from_slice(sealed.raw().as_bytes());
                    (at, tokens) = (clear.span().end, tokens + 1);
                }
            }
            // In the order of the text: the last is popped first.
            (Shape::Array, Shape::Array) => pairs.extend(
                clear.elements().zip(sealed.elements()).collect::<Vec<_>>().into_iter().rev(),
            ),
            (Shape::Object, Shape::Object) => {
                let members = clear
                    .members()
                    .zip(sealed.members())
                    .map(|((_, clear), (_, sealed))| (clear, sealed));
                pairs.extend(members.collect::<Vec<_>>().into_iter().rev());
            }
            _ => panic!("a value became another one: {} {}", clear.raw(), sealed.raw()),
        }
    }
    text.extend_from_slice(&document[at..]);
    (text, tokens)
}

/// `Fp1` and 24 bytes in base64url.
fn is_token(text: &str) -> bool {
    text.len() == 35
        && text.starts_with("Fp1")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Sealed again under the same keys and other entropy: the same tokens in the document and beside
/// it, and the same envelopes where all are deterministic.
fn is_repeated(
    policy: &Policy,
    document: &[u8],
    sealed: &Sealed,
    readable: &[u8],
    ring: &mut Keyring,
    limits: &Limits,
) {
    let again = policy.seal(document, &context(), ring, &mut Stream(2)).expect("was sealed before");
    assert_eq!(again.verdict, sealed.verdict);
    assert_eq!(again.indexes, sealed.indexes);
    assert_eq!(with_tokens(document, &again.document, limits).0, readable);
    assert_eq!(
        again.document == sealed.document,
        Record::read(&sealed.verdict.to_json()).is_deterministic()
    );
    let [clear, covered] = [document, &sealed.document]
        .map(|text| Tape::parse(text, limits).expect("was read before"));
    for index in &sealed.indexes {
        let pointer = Pointer::parse(&index.pointer).expect("a pointer");
        let values =
            [&clear, &covered].map(|tape| pointer.resolve(tape.root()).expect("leads to a value"));
        assert!(
            values[1].as_str().is_some_and(|text| Envelope::is_whole(&text)),
            "{} is beside a sealed value",
            index.name
        );
        assert_ne!(values[0].raw(), values[1].raw());
    }
}

fn holds_envelope(document: &[u8], limits: &Limits) -> bool {
    let tape = Tape::parse(document, limits).expect("was read before");
    let mut nodes = (0..tape.len() as u32).filter_map(|index| tape.node(index));
    nodes.any(|node| {
        node.shape() == Shape::String && node.as_str().is_some_and(|text| Envelope::is_whole(&text))
    })
}

fn is_withheld(policy: &Policy, document: &[u8], sealed: &Sealed, ring: &mut Keyring) {
    let opened = match policy.open(&sealed.document, &context(), ring) {
        Ok(opened) => opened,
        // A placeholder may be larger than what it stands for.
        Err(error) => return assert_eq!(error.record().code, ErrorCode::Limit, "{error}"),
    };
    let access = Record::read(&opened.access.to_json());
    let all = Record::read(&opened.verdict.to_json());
    assert_eq!(
        access.count("revealed") + access.count("withheld"),
        all.count("sealed") - all.tokens()
    );
    let strict = policy
        .open_with(&sealed.document, &context(), ring, OpenOptions::strict())
        .map_err(|error| error.record().code);
    match access.count("withheld") {
        0 => assert_eq!(strict.as_ref().map(|strict| &strict.document), Ok(&opened.document)),
        _ => assert_eq!(strict.map(drop), Err(ErrorCode::Erased)),
    }
    assert_eq!(all.says("withheld"), access.count("withheld") > 0);
    let written = policy
        .seal(document, &context(), ring, &mut Stream(3))
        .map(drop)
        .map_err(|error| error.record().code);
    assert_eq!(
        written,
        if access.count("withheld") > 0 { Err(ErrorCode::Erased) } else { Ok(()) },
        "nothing is written of an erased person"
    );
}

fn refused(policy: &Policy, document: &[u8], error: &Error, limits: &Limits) {
    let tape = Tape::parse(document, limits);
    match error.code {
        ErrorCode::Document => assert_eq!(tape.err().map(Error::from).as_ref(), Some(error)),
        ErrorCode::Invalid => {
            assert!(!internal::validate(policy, &tape.expect("is read before it is judged")))
        }
        ErrorCode::Limit | ErrorCode::Context | ErrorCode::Conflict | ErrorCode::AlreadySealed => {}
        code => panic!("{code} is no answer to a clear document: {error}"),
    }
    // Whoever asks for the keys first is refused alike; only what the envelopes take up shows
    // later.
    match policy.required_keys(document, &context(), KeyUse::Seal) {
        Err(asked) => assert_eq!(&asked, error),
        Ok(_) => assert_eq!(error.code, ErrorCode::Limit, "{error}"),
    }
}
