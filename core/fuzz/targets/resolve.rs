//! A schema, a document and compile options: what seals, opens to the same bytes; the sealed and the clear document are decided alike; the
//! verdicts of every verb agree; what the sealed schema is exported as, the sealed document fits; and a person who is erased is withheld
//! everywhere.
#![no_main]

use fieldseal::envelope::Envelope;
use fieldseal::json::{Shape, Tape};
use fieldseal::operations::stages;
use fieldseal::policy::Formats;
use fieldseal::{Error, ErrorCode, Keyring, Limits, Operation, Options, Policy, Sealed};
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
    let Some(mut options) = std::str::from_utf8(options).ok().and_then(|options| Options::from_json(options).ok()) else { return };
    options.limits = bounded(&options.limits);
    let (formats, limits) = (options.formats, options.limits.clone());
    let Ok(policy) = Policy::compile(schema, options) else { return };
    let (mut ring, person) = keys();
    match policy.seal(document, &context(), &mut ring, &mut Stream(1)) {
        Ok(sealed) => {
            comes_back(&policy, document, &sealed, &mut ring, formats, &limits);
            ring.erase(&person, "asked for it", NOW).expect("a person who has a name can be erased");
            is_withheld(&policy, &sealed, &mut ring);
        }
        Err(error) => refused(&policy, document, &error.into(), &limits),
    }
});

fn comes_back(policy: &Policy, document: &[u8], sealed: &Sealed, ring: &mut Keyring, formats: Formats, limits: &Limits) {
    let verdict = Record::read(&sealed.verdict);
    let (conforms, envelopes) = (verdict.conformity() == "conforming", verdict.count("sealed"));
    let opened = policy.open(&sealed.document, &context(), true, ring).expect("what seal emits, open accepts");
    assert_eq!(opened.document, document, "byte for byte");

    // The clear and the sealed document are decided alike.
    let opening = Record::read(&opened.verdict);
    assert_eq!(opening.list("sealed"), verdict.list("sealed"));
    assert_eq!(opening.conformity(), verdict.conformity());
    assert_eq!(Record::read(&opened.access).count("revealed"), envelopes);
    if conforms {
        assert!(!opening.says("near-miss"), "decided in the clear document alone: {}", opened.verdict);
        let [clear, sealed] = [document, &sealed.document].map(|text| Tape::parse(text, limits).expect("was read before"));
        assert_eq!(stages::resolve(policy, &clear).ok(), Some(envelopes as usize));
        assert_eq!(stages::resolve(policy, &sealed).ok(), Some(envelopes as usize));
    }

    let exported = policy.schemas();
    match policy.check(&sealed.document) {
        Ok(text) => {
            let check = Record::read(&text);
            assert_eq!(check.list("sealed"), verdict.list("sealed"));
            assert!(!["not-sealed", "integrity", "unsupported"].iter().any(|fault| check.says(fault)), "{text}");
            // Sealing leaves an envelope be that stood in the clear document, at a place that is not marked.
            let astray = check.says("unexpected-envelope");
            assert!(!astray || holds_envelope(document, limits), "{text}");
            match &exported {
                Ok(_) if conforms && !astray => assert_eq!(check.conformity(), "conforming", "{text}"),
                Ok(_) => assert_ne!(check.conformity(), "unvalidated", "{text}"),
                Err(_) => assert_eq!(check.conformity(), "unvalidated", "{text}"),
            }
            let deep = policy.check_deep(&sealed.document, &context(), ring).expect("what was checked and opened can be checked deep");
            let deep = Record::read(&deep);
            assert!(!deep.says("integrity"));
            assert_eq!(deep.list("sealed"), verdict.list("sealed"));
            assert!(!deep.says("conforming") || conforms, "a document that does not fit in clear fits nowhere");
        }
        // A regular expression of the sealed schema may take more steps than that of the clear one.
        Err(error) => assert_eq!(error.record().code, ErrorCode::Limit, "{error}"),
    }
    if conforms && let Some((clear, covered)) = exported.ok().and_then(|schemas| exported::compiled(&schemas, formats, limits)) {
        let [document, sealed] = [document, &sealed.document].map(|text| Tape::parse(text, limits).expect("was read before"));
        assert!(stages::validate(&clear, &document), "fits its schema, and not what that is exported as");
        assert!(stages::validate(&covered, &sealed), "fits its sealed schema, and not what that is exported as");
    }
}

fn holds_envelope(document: &[u8], limits: &Limits) -> bool {
    let tape = Tape::parse(document, limits).expect("was read before");
    let mut nodes = (0..tape.len() as u32).filter_map(|index| tape.node(index));
    nodes.any(|node| node.shape() == Shape::String && node.as_str().is_some_and(|text| Envelope::is_whole(&text)))
}

fn is_withheld(policy: &Policy, sealed: &Sealed, ring: &mut Keyring) {
    let opened = match policy.open(&sealed.document, &context(), false, ring) {
        Ok(opened) => opened,
        // A placeholder may be larger than what it stands for.
        Err(error) => return assert_eq!(error.record().code, ErrorCode::Limit, "{error}"),
    };
    let access = Record::read(&opened.access);
    let all = Record::read(&opened.verdict);
    assert_eq!(access.count("revealed") + access.count("withheld"), all.count("sealed"));
    let strict = policy.open(&sealed.document, &context(), true, ring).map_err(|error| error.record().code);
    match access.count("withheld") {
        0 => assert_eq!(strict.as_ref().map(|strict| &strict.document), Ok(&opened.document)),
        _ => assert_eq!(strict.map(drop), Err(ErrorCode::Erased)),
    }
    assert_eq!(all.says("withheld"), access.count("withheld") > 0);
}

fn refused(policy: &Policy, document: &[u8], error: &Error, limits: &Limits) {
    let tape = Tape::parse(document, limits);
    match error.code {
        ErrorCode::Document => assert_eq!(tape.err().as_ref(), Some(error)),
        ErrorCode::Invalid => assert!(!stages::validate(policy, &tape.expect("is read before it is judged"))),
        ErrorCode::Limit | ErrorCode::Context | ErrorCode::Conflict | ErrorCode::AlreadySealed => {}
        code => panic!("{code} is no answer to a clear document: {error}"),
    }
    // Whoever asks for the keys first is refused alike; only what the envelopes take up shows later.
    match policy.required_keys(document, &context(), Operation::Seal) {
        Err(asked) => assert_eq!(&asked, error),
        Ok(_) => assert_eq!(error.code, ErrorCode::Limit, "{error}"),
    }
}
