//! The known answers of `core/conformance/vectors/envelope-1.json`, which an independent implementation made:
//! whoever seals gets these bytes, whoever opens gets these values and these codes. V-08, V-10.

use std::collections::BTreeMap;

use fieldseal::envelope::{
    Bits, Context, Demand, Domain, Envelope, Fault, IndexKey, Normalisation, Prk, PseudonymKey,
    Suite, TokenValue, Workspace, is_pseudonym,
};
use fieldseal::internal::Opener;
use fieldseal::{KeyId, Limits, Secret};
use fieldseal_conformance::vectors::known_answers;
use support::vectors::{assert_holds, bind, context, hex, prk, suite};

#[test]
fn v08_every_envelope_is_made_and_opened_byte_for_byte() {
    let (mut work, mut seen) = (Workspace::new(), BTreeMap::new());
    for case in &known_answers().envelopes {
        assert_holds(case, &mut work);
        *seen.entry(suite(case.suite)).or_insert(0) += 1;
    }
    assert_eq!(
        seen,
        BTreeMap::from([
            (Suite::Aes256Gcm, 23),
            (Suite::Aes256Siv, 2),
            (Suite::ChaCha20Poly1305, 1)
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

#[test]
fn every_token_is_made() {
    let (mut indexes, mut pseudonyms) = (0, 0);
    for case in &known_answers().tokens {
        let secret = Secret::new(hex(&case.key).unwrap());
        // A value that is no string, under `exact`.
        let (normalisation, value) = if case.normalisation == "json/1" {
            (Normalisation::Exact, TokenValue::Json(&case.value))
        } else {
            let mut all = Normalisation::ALL.into_iter();
            let named = all.find(|normalisation| normalisation.version() == case.normalisation);
            (named.unwrap(), TokenValue::Text(&case.value))
        };
        let domain = Domain { tenant: &case.tenant, name: &case.domain, normalisation };
        let token = match (case.kind.as_str(), case.bits, &case.key_id) {
            ("index", Some(bits), None) => {
                indexes += 1;
                IndexKey::derive(&secret).token(&domain, value, Bits::new(bits).unwrap())
            }
            ("pseudonym", None, Some(id)) => {
                pseudonyms += 1;
                assert!(is_pseudonym(&case.token), "{}", case.token);
                PseudonymKey::derive(&secret, KeyId(hex(id).unwrap())).token(&domain, value)
            }
            other => panic!("{other:?}"),
        };
        let token = token.unwrap();
        assert_eq!(token, case.token, "{} in {}", case.value, case.domain);
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
    let (mut work, mut out) = (Workspace::new(), Vec::new());
    let limits = &Limits::default();
    let opener = Opener { demand: *demand, prk, context: *context, depth: 0, limits };
    opener.open(&Envelope::decode(text, &mut work)?, &mut Workspace::new(), &mut out)?;
    Ok(out)
}
