//! The keys and the context with which a policy seals a row of the vectors.

use fieldseal::{
    Answer, Context, Key, KeyContext, KeyId, KeyKind, KeySource, RefusalCode, Request, Secret,
};
use fieldseal_conformance::documents::{NOW, RETENTION};
use fieldseal_conformance::vectors::{Envelope, Place, Token};

use crate::vectors::hex;

/// A key source that has the keys of one row. It answers `not-found` unless kind, tenant, owner and
/// id belong together.
#[derive(Default)]
pub struct RowKeys {
    tenant: String,
    keys: Vec<RowKey>,
}

struct RowKey {
    kind: KeyKind,
    reference: String,
    key: Key,
}

impl RowKeys {
    /// Returns the source with the keys of an envelope.
    pub fn of(row: &Envelope) -> Self {
        // A year later, by the schema's retention.
        let bucket = format!("{RETENTION}/2027");
        let person = if row.subject_bound { row.place.subject.clone() } else { itself(row) };
        let mut keys = RowKeys { tenant: row.place.tenant.clone(), keys: Vec::new() };
        keys.add(KeyKind::Subject, person, &row.subject_key_id, &row.subject_key);
        keys.add(KeyKind::Retention, bucket, &row.retention_key_id, &row.retention_key);
        keys.add(KeyKind::Item, row.item(), &row.item_key_id, &row.item_key);
        keys
    }

    /// Returns the source with the key of a token. The value beside an index has a key of a person.
    pub fn of_token(row: &Token) -> Self {
        let mut keys = RowKeys { tenant: row.tenant.clone(), keys: Vec::new() };
        let (kind, id) = match &row.key_id {
            Some(id) => (KeyKind::Pseudonym, id.clone()),
            None => (KeyKind::Index, "02".repeat(16)),
        };
        keys.add(kind, row.domain.clone(), &id, &row.key);
        keys.add(KeyKind::Subject, PERSON.to_owned(), &"01".repeat(16), &"11".repeat(32));
        keys
    }

    fn add(&mut self, kind: KeyKind, reference: String, id: &str, digits: &str) {
        if let Some((id, secret)) = hex(id).zip(hex(digits).map(Secret::new)) {
            self.keys.push(RowKey { kind, reference, key: Key::new(KeyId(id), secret) });
        }
    }

    fn answers(&self, requests: &[Request]) -> Vec<Answer> {
        let answers = |request: &Request, own: &&RowKey| {
            own.kind == request.kind
                && self.tenant == request.tenant
                && request.reference.as_ref().is_none_or(|reference| *reference == own.reference)
                && request.id.is_none_or(|id| id == own.key.id)
        };
        let answer = |request: &Request| {
            let own = self.keys.iter().find(|own| answers(request, own));
            own.map(|own| own.key.clone()).ok_or(RefusalCode::NotFound.into())
        };
        requests.iter().map(answer).collect()
    }
}

impl KeySource for RowKeys {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.answers(requests)
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        self.answers(requests)
    }
}

/// Returns the context of a call with the document of a row.
pub fn call_context(place: &Place) -> Context {
    let Place { tenant, record, revision, subject, .. } = place.clone();
    Context {
        tenant,
        record: Some(record),
        revision,
        subject: Some(subject),
        now: Some(NOW),
        ..Context::default()
    }
}

/// Returns the context of a call with the document of a token.
pub fn token_context(row: &Token) -> Context {
    Context {
        tenant: row.tenant.clone(),
        record: Some("r".to_owned()),
        subject: Some(PERSON.to_owned()),
        now: Some(NOW),
        ..Context::default()
    }
}

const PERSON: &str = "p";

/// Returns the reference that a value is itself.
fn itself(row: &Envelope) -> String {
    let value: serde_json::Value = serde_json::from_str(&row.plaintext).unwrap();
    value.as_str().map_or_else(|| row.plaintext.clone(), str::to_owned)
}
