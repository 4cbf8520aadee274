//! The known answers of `core/conformance/vectors/envelope-1.json`, which an independent implementation made:
//! whoever seals gets these bytes, whoever opens gets these values and these codes. V-08, V-10.

use std::collections::BTreeMap;

use fieldseal::envelope::{Bind, Context, Demand, Envelope, Fault, Prk, Scratch, Suite};
use fieldseal::internal::Opener;
use fieldseal::{self as call, Keyring, Limits, Options, Policy};
use fieldseal_conformance::vectors::known_answers;
use serde_json::json;
use support::Stream;
use support::vectors::{assert_holds, assert_made, bind, context, prk, suite};

#[test]
fn v08_every_envelope_is_made_and_opened_byte_for_byte() {
    let (mut work, mut seen) = (Scratch::new(), BTreeMap::new());
    for case in &known_answers().envelopes {
        assert_holds(case, &mut work);
        *seen.entry(suite(case.suite)).or_insert(0) += 1;
    }
    assert_eq!(
        seen,
        BTreeMap::from([
            (Suite::Aes256Gcm, 23),
            (Suite::Aes256Siv, 2),
            (Suite::ChaCha20Poly1305, 1),
            (Suite::Aes256GcmIv, 2),
        ])
    );
}

#[test]
fn every_refusal_has_its_code() {
    let mut seen = 0;
    for case in &known_answers().refusals {
        let demand = Demand {
            suite: suite(case.demand.suite),
            bind: bind(&case.demand.bind),
            subject: case.demand.subject,
            retention: case.demand.retention,
            item: case.demand.item,
            subject_bound: case.demand.subject_bound,
        };
        let prk = prk([&case.subject_key, &case.retention_key, ""]);
        let field = case.place.field(&case.demand.bind);
        let context = context(&case.place, &field);
        let outcome = open_value(&case.envelope, &demand, &prk, &context);
        assert_eq!(outcome.expect_err(&case.name).code().as_str(), case.code, "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, 59);
}

/// No release pads to more than a multiple of 32 bytes, and every release reads it.
#[test]
fn envelopes_with_more_padding_open() {
    let mut seen = 0;
    for case in &known_answers().openings {
        let demand = Demand {
            suite: Suite::Aes256Gcm,
            bind: Bind::RecordField,
            subject: true,
            retention: false,
            item: false,
            subject_bound: true,
        };
        let prk = prk([&case.subject_key, "", ""]);
        let field = case.place.field(demand.bind.as_str());
        let opened = open_value(&case.envelope, &demand, &prk, &context(&case.place, &field));
        assert_eq!(opened.as_deref(), Ok(case.plaintext.as_bytes()), "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, 2);
}

/// The writer's rule: a text that a later release may have made is never sealed again.
#[test]
fn clear_values_are_sealed_or_refused_with_their_code() {
    let modes = [json!({}), json!({"mode": "deterministic"}), json!({"mode": "pseudonym"})];
    let mut seen = BTreeMap::new();
    for case in &known_answers().clear_values {
        let document = json!({"v": case.value}).to_string();
        for mode in &modes {
            let schema =
                json!({"x-schema-family": "f", "properties": {"v": {"x-protection": mode}}});
            let policy =
                Policy::compile(schema.to_string().as_bytes(), Options::default()).unwrap();
            let call = call::Context {
                record: Some("r".to_owned()),
                subject: Some("p".to_owned()),
                ..call::Context::default()
            };
            let (mut keys, mut entropy) = (Keyring::memory(), Stream(1));
            let outcome = policy.seal(document.as_bytes(), &call, &mut keys, &mut entropy);
            let expected = match (mode["mode"].as_str(), case.name.as_str()) {
                // A token where a token is demanded.
                (Some("pseudonym"), "token") => "already-sealed",
                _ => &case.code,
            };
            match outcome {
                Ok(sealed) => {
                    assert!(expected.is_empty() && sealed.document != document.as_bytes())
                }
                Err(error) => {
                    let record = error.record();
                    let found = (record.code.as_str(), record.pointer.as_deref());
                    assert_eq!(found, (expected, Some("/v")), "{}", case.name);
                }
            }
        }
        *seen.entry(case.code.as_str().to_owned()).or_insert(0) += 1;
    }
    let codes = [("", 9), ("already-sealed", 3), ("unsupported", 8)];
    assert_eq!(seen, codes.map(|(code, times)| (code.to_owned(), times)).into());
}

#[test]
fn every_token_is_made() {
    let (mut indexes, mut pseudonyms) = (0, 0);
    for case in &known_answers().tokens {
        assert_made(case);
        *(if case.kind == "index" { &mut indexes } else { &mut pseudonyms }) += 1;
    }
    assert_eq!((indexes, pseudonyms), (7, 9));
}

/// *Opening* by an envelope's own rules and the one of its content, at the root of a document.
fn open_value(
    text: &str,
    demand: &Demand,
    prk: &Prk,
    context: &Context<'_>,
) -> Result<Vec<u8>, Fault> {
    let (mut work, mut out) = (Scratch::new(), Vec::new());
    let limits = &Limits::default();
    let opener = Opener { demand: *demand, prk, context: *context, depth: 0, limits };
    opener.open(&Envelope::decode(text, &mut work)?, &mut Scratch::new(), &mut out)?;
    Ok(out)
}
