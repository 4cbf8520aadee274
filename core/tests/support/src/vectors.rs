//! Rows of the known answers, as the core takes them. Names and numbers that no row may have are
//! failures of a test, so that each function here panics at them.

use fieldseal::envelope::{
    self, Bind, Bits, Context, Demand, Domain, IndexKey, KeyIds, Normalisation, Prk, PseudonymKey,
    Scratch, Sealer, Suite, TokenValue, is_pseudonym, sealed_len,
};
use fieldseal::{KeyId, Secret};
use fieldseal_conformance::unhex;
use fieldseal_conformance::vectors::{Envelope, Place, Token};

/// Returns the ids of a row's keys.
pub fn ids(row: &Envelope) -> KeyIds {
    let [subject, retention, item] =
        [&row.subject_key_id, &row.retention_key_id, &row.item_key_id].map(|id| hex(id).map(KeyId));
    KeyIds { subject, retention, item }
}

/// Returns what a policy would demand of a row's envelope.
pub fn demand(row: &Envelope) -> Demand {
    let KeyIds { subject, retention, item } = ids(row);
    Demand {
        suite: suite(row.suite),
        bind: bind(&row.bind),
        subject: subject.is_some(),
        retention: retention.is_some(),
        item: item.is_some(),
        subject_bound: row.subject_bound,
    }
}

/// Returns everything that the header of a row's envelope says, besides its key ids: suite, bind
/// profile, kinds of key, binding of the person, padding.
pub fn header(row: &Envelope) -> impl Ord + use<> {
    let demand = demand(row);
    let keys = [demand.subject, demand.retention, demand.item];
    (demand.suite, demand.bind as u8, keys, demand.subject_bound, row.padded)
}

/// Seals a row's value with its keys, place and entropy.
pub fn sealed(row: &Envelope, work: &mut Scratch) -> String {
    let (demand, ids, field) = (demand(row), ids(row), row.place.field(&row.bind));
    let prk = prk([&row.subject_key, &row.retention_key, &row.item_key]);
    let mut entropy = row.drawn();
    entropy.truncate(demand.suite.entropy_bytes());
    let (context, mut out) = (context(&row.place, &field), b"before".to_vec());
    let sealer = Sealer { prk: &prk, demand, padded: row.padded, ids, context };
    sealer.seal(row.plaintext.as_bytes(), &entropy, work, &mut out).unwrap();
    String::from_utf8(out).unwrap().strip_prefix("before").unwrap().to_owned()
}

/// Asserts that a row's value is sealed to its envelope, and its envelope opened to its value.
pub fn assert_holds(row: &Envelope, work: &mut Scratch) {
    let Envelope { name, envelope, plaintext, padded, .. } = row;
    let (demand, ids, field) = (demand(row), ids(row), row.place.field(&row.bind));
    assert_eq!(&sealed(row, work), envelope, "{name}");
    assert_eq!(sealed_len(demand.suite, &ids, *padded, plaintext.len()), envelope.len(), "{name}");

    assert!(envelope::Envelope::is_whole(envelope), "{name}");
    let prk = prk([&row.subject_key, &row.retention_key, &row.item_key]);
    let envelope = envelope::Envelope::decode(envelope, work).unwrap();
    assert!(envelope.meets(&demand), "{name}");
    assert_eq!((envelope.ids(), envelope.padded()), (ids, *padded), "{name}");
    let mut opened = b"before".to_vec();
    envelope.open(&prk, &context(&row.place, &field), &mut opened).unwrap();
    assert_eq!(std::str::from_utf8(&opened).unwrap(), format!("before{plaintext}"), "{name}");
}

/// Asserts that a row's value gives its token.
pub fn assert_made(row: &Token) {
    let secret = Secret::new(hex(&row.key).unwrap());
    // A value that is no string, under `exact`.
    let (normalisation, value) = if row.normalisation == "json/1" {
        (Normalisation::Exact, TokenValue::Json(&row.value))
    } else {
        let mut all = Normalisation::ALL.into_iter();
        let named = all.find(|normalisation| normalisation.version() == row.normalisation);
        (named.unwrap(), TokenValue::Text(&row.value))
    };
    let domain = Domain { tenant: &row.tenant, name: &row.domain, normalisation };
    let token = match (row.kind.as_str(), row.bits, &row.key_id) {
        ("index", Some(bits), None) => {
            IndexKey::derive(&secret).token(&domain, value, Bits::new(bits).unwrap())
        }
        ("pseudonym", None, Some(id)) => {
            assert!(is_pseudonym(&row.token), "{}", row.token);
            PseudonymKey::derive(&secret, KeyId(hex(id).unwrap())).token(&domain, value)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(token.unwrap(), row.token, "{} in {}", row.value, row.domain);
}

/// Returns a place as the core takes it; `field` is [`Place::field`].
pub fn context<'a>(place: &'a Place, field: &'a str) -> Context<'a> {
    let Place { tenant, family, record, revision, subject, .. } = place;
    Context { tenant, family, record, revision, subject, field }
}

/// Returns the bytes of hexadecimal digits, `None` for no digits.
pub fn hex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    (!digits.is_empty()).then(|| unhex(digits).try_into().expect("as many digits as the field has"))
}

/// Returns the suite of that number.
pub fn suite(number: u8) -> Suite {
    Suite::ALL.into_iter().find(|suite| *suite as u8 == number).unwrap()
}

/// Returns the bind profile of that name.
pub fn bind(name: &str) -> Bind {
    [Bind::None, Bind::RecordField, Bind::RecordPath, Bind::Field]
        .into_iter()
        .find(|bind| bind.as_str() == name)
        .unwrap()
}

/// Derives from the keys of a person, a bucket and an item, each in hexadecimal or empty.
pub fn prk(keys: [&str; 3]) -> Prk {
    let [subject, retention, item] = keys.map(|key| hex(key).map(Secret::new));
    Prk::derive(subject.as_ref(), retention.as_ref(), item.as_ref())
}
