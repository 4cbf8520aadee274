//! The known answers of `vectors/envelope-1.json`, which an independent implementation made: whoever seals gets these bytes,
//! whoever opens gets these values and these codes. V-08, V-10.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use fieldseal::envelope::{
    Bind, Bits, Context, Demand, Domain, Envelope, Fault, IndexKey, KeyIds, Normalisation, Prk, PseudonymKey, Suite, Workspace, is_pseudonym, seal,
    sealed_len,
};
use fieldseal::operations::value;
use fieldseal::{KeyId, Limits, Secret};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    format: String,
    envelopes: Vec<Sealed>,
    refusals: Vec<Refused>,
    tokens: Vec<Tokenised>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sealed {
    name: String,
    plaintext: String,
    suite: u8,
    bind: String,
    padded: bool,
    subject_bound: bool,
    subject_key: String,
    retention_key: String,
    item_key: String,
    subject_key_id: String,
    retention_key_id: String,
    item_key_id: String,
    #[serde(flatten)]
    context: Place,
    entropy: String,
    envelope: String,
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
    context: Place,
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

#[derive(Deserialize)]
struct Place {
    tenant: String,
    family: String,
    record: String,
    revision: String,
    subject: String,
    path: Vec<Token>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Token {
    Element(u32),
    Member(String),
}

fn file() -> File {
    let file: File = serde_json::from_str(include_str!("vectors/envelope-1.json")).unwrap();
    assert_eq!(file.format, "fieldseal envelope 1");
    file
}

fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> = text.bytes().map(|digit| char::from(digit).to_digit(16).unwrap() as u8).collect();
    (!text.is_empty()).then(|| {
        let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        bytes.try_into().expect("as many digits as the field has")
    })
}

fn suite(number: u8) -> Suite {
    Suite::ALL.into_iter().find(|suite| *suite as u8 == number).unwrap()
}

fn bind(name: &str) -> Bind {
    [Bind::None, Bind::RecordField, Bind::RecordPath, Bind::Field].into_iter().find(|bind| bind.as_str() == name).unwrap()
}

/// RFC 6901, with `~*` for an element unless the exact path is bound.
fn field(path: &[Token], bind: Bind) -> String {
    path.iter()
        .map(|token| match token {
            Token::Element(at) if bind == Bind::RecordPath => format!("/{at}"),
            Token::Element(_) => "/~*".to_owned(),
            Token::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        })
        .collect()
}

impl Place {
    fn context<'a>(&'a self, field: &'a str) -> Context<'a> {
        let Place { tenant, family, record, revision, subject, .. } = self;
        Context { tenant, family, record, revision, subject, field }
    }
}

fn prk(keys: [&str; 3]) -> Prk {
    let [subject, retention, item] = keys.map(|key| hex(key).map(Secret::new));
    Prk::derive(subject.as_ref(), retention.as_ref(), item.as_ref())
}

#[test]
fn v08_every_envelope_is_made_and_opened_byte_for_byte() {
    let (mut work, mut seen) = (Workspace::new(), BTreeMap::new());
    for case in &file().envelopes {
        let name = &case.name;
        let [subject, retention, item] = [&case.subject_key_id, &case.retention_key_id, &case.item_key_id].map(|id| hex(id).map(KeyId));
        let ids = KeyIds { subject, retention, item };
        let demand = Demand {
            suite: suite(case.suite),
            bind: bind(&case.bind),
            subject: subject.is_some(),
            retention: retention.is_some(),
            item: item.is_some(),
            subject_bound: case.subject_bound,
        };
        let prk = prk([&case.subject_key, &case.retention_key, &case.item_key]);
        let field = field(&case.context.path, demand.bind);
        let context = case.context.context(&field);
        let (plaintext, entropy) = (case.plaintext.as_bytes(), hex(&case.entropy).filter(|_| !demand.suite.is_deterministic()));

        let mut sealed = b"before".to_vec();
        seal(&prk, &demand, case.padded, &ids, &context, plaintext, entropy.as_ref(), &mut work, &mut sealed).unwrap();
        assert_eq!(std::str::from_utf8(&sealed).unwrap(), format!("before{}", case.envelope), "{name}");
        assert_eq!(sealed_len(&ids, case.padded, plaintext.len()), case.envelope.len(), "{name}");

        assert!(Envelope::is_whole(&case.envelope), "{name}");
        let envelope = Envelope::decode(&case.envelope, &mut work).unwrap();
        assert!(envelope.meets(&demand), "{name}");
        assert_eq!((envelope.ids(), envelope.padded()), (ids, case.padded), "{name}");
        let mut opened = b"before".to_vec();
        envelope.open(&prk, &context, &mut opened).unwrap();
        assert_eq!(std::str::from_utf8(&opened).unwrap(), format!("before{}", case.plaintext), "{name}");
        *seen.entry(demand.suite).or_insert(0) += 1;
    }
    assert_eq!(seen, BTreeMap::from([(Suite::Aes256Gcm, 23), (Suite::Aes256Siv, 2), (Suite::ChaCha20Poly1305, 1)]));
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
        let field = field(&case.context.path, demand.bind);
        let context = case.context.context(&field);
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
        let normalisation = Normalisation::ALL.into_iter().find(|normalisation| normalisation.version() == case.normalisation).unwrap();
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
fn open_value(text: &str, demand: &Demand, prk: &Prk, context: &Context<'_>) -> Result<Vec<u8>, Fault> {
    let (mut work, mut out) = (Workspace::new(), Vec::new());
    value::open_value(text, demand, prk, context, 0, &Limits::default(), &mut work, &mut out)?;
    Ok(out)
}
