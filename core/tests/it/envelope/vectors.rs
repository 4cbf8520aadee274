//! The known answers of `vectors/envelope-1.json`, which an independent implementation made:
//! whoever seals gets these bytes, whoever opens gets these values and these codes. V-08, V-10.

use std::collections::BTreeMap;

use fieldseal::envelope::{
    Bits, Context, Demand, Domain, Fault, IndexKey, Normalisation, Prk, PseudonymKey, Suite,
    Workspace, is_pseudonym,
};
use fieldseal::operations::value;
use fieldseal::{KeyId, Limits, Secret};
use serde::Deserialize;
use support::sealed::{Place, Sealed, bind, hex, prk, suite};

#[derive(Deserialize)]
struct File {
    format: String,
    envelopes: Vec<Sealed>,
    refusals: Vec<Refused>,
    tokens: Vec<Tokenised>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Refused {
    name: String,
    code: String,
    envelope: String,
    demand: Demanded,
    subject_key: String,
    retention_key: String,
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Demanded {
    suite: u8,
    bind: String,
    subject: bool,
    retention: bool,
    item: bool,
    subject_bound: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Tokenised {
    kind: String,
    key: String,
    tenant: String,
    domain: String,
    normalisation: String,
    value: String,
    token: String,
    bits: Option<u8>,
    key_id: Option<String>,
}

fn file() -> File {
    let file: File = serde_json::from_str(include_str!("../../vectors/envelope-1.json")).unwrap();
    assert_eq!(file.format, "fieldseal envelope 1");
    file
}

#[test]
fn v08_every_envelope_is_made_and_opened_byte_for_byte() {
    let (mut work, mut seen) = (Workspace::new(), BTreeMap::new());
    for case in &file().envelopes {
        case.assert_holds(&mut work);
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
    for case in &file().refusals {
        let demand = Demand {
            suite: suite(case.demand.suite),
            bind: bind(&case.demand.bind),
            subject: case.demand.subject,
            retention: case.demand.retention,
            item: case.demand.item,
            subject_bound: case.demand.subject_bound,
        };
        let prk = prk([&case.subject_key, &case.retention_key, ""]);
        let field = case.place.field(demand.bind);
        let context = case.place.context(&field);
        let outcome = open_value(&case.envelope, &demand, &prk, &context);
        assert_eq!(outcome.expect_err(&case.name).code().as_str(), case.code, "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, 59);
}

#[test]
fn every_token_is_made() {
    let (mut indexes, mut pseudonyms) = (0, 0);
    for case in &file().tokens {
        let secret = Secret::new(hex(&case.key).unwrap());
        let normalisation = Normalisation::ALL
            .into_iter()
            .find(|normalisation| normalisation.version() == case.normalisation)
            .unwrap();
        let domain = Domain { tenant: &case.tenant, name: &case.domain, normalisation };
        let token = match (case.kind.as_str(), case.bits, &case.key_id) {
            ("index", Some(bits), None) => {
                indexes += 1;
                IndexKey::derive(&secret).token(&domain, &case.value, Bits::new(bits).unwrap())
            }
            ("pseudonym", None, Some(id)) => {
                pseudonyms += 1;
                assert!(is_pseudonym(&case.token), "{}", case.token);
                PseudonymKey::derive(&secret, KeyId(hex(id).unwrap())).token(&domain, &case.value)
            }
            other => panic!("{other:?}"),
        };
        let token = token.unwrap();
        assert_eq!(token, case.token, "{} in {}", case.value, case.domain);
    }
    assert_eq!((indexes, pseudonyms), (6, 3));
}

/// *Opening* by an envelope's own rules and the one of its content, at the root of a document.
fn open_value(
    text: &str,
    demand: &Demand,
    prk: &Prk,
    context: &Context<'_>,
) -> Result<Vec<u8>, Fault> {
    let (mut work, mut out) = (Workspace::new(), Vec::new());
    value::open_value(text, demand, prk, context, 0, &Limits::default(), &mut work, &mut out)?;
    Ok(out)
}
