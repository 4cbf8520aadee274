//! A key source that stores no keys: each is derived from one master key and a context value of its
//! owner, a person or a period, as a talk on GDPR and event sourcing proposes. Deleting the context
//! value shreds what was sealed.
//!
//! **The context value is random and lives in the deletable store alone.** A key is gone when
//! nobody can make it again. Were the context value a customer number or a year, the master and a
//! guess would bring every forgotten person back, today and from any backup, and deleting would be
//! theatre. So the store of context values needs the care of a key store: no copy in an event, a
//! log, or a backup that cannot forget. What the master adds is that the store alone, when it is
//! stolen, opens nothing. If that is not needed, keep random keys, as [`fieldseal::Keyring`] does.

use std::collections::BTreeMap;
use std::error::Error;

use fieldseal::{
    Answer, Context, Entropy, ErrorCode, Key, KeyContext, KeyId, KeyKind, KeySource, OpenError,
    Options, Policy, Reference, Refusal, Request, Secret,
};
use hkdf::Hkdf;
use sha2::Sha256;

/// Stands for the master key, which lasts and is kept elsewhere, and for the store of context
/// values, which can forget.
struct Derived {
    master: [u8; 32],
    store: BTreeMap<Reference, Row>,
}

/// The id, random too, stays when the context value is deleted, so that a forgotten person is told
/// from an unknown one.
struct Row {
    id: KeyId,
    context: Option<[u8; 32]>,
}

impl Derived {
    /// HKDF-SHA-256 (RFC 5869) of the master, salted by the context value, as the example in
    /// TypeScript derives it: services in both languages can share one store.
    fn secret(&self, context: &[u8; 32]) -> Result<Secret, Refusal> {
        let mut secret = [0; 32];
        Hkdf::<Sha256>::new(Some(context), &self.master)
            .expand(b"derived key", &mut secret)
            .map_err(|_| Refusal::Unavailable)?;
        Ok(Secret::new(secret))
    }

    fn answer(&self, row: &Row) -> Answer {
        let context = row.context.ok_or(Refusal::Erased)?;
        Ok(Key { id: row.id, secret: self.secret(&context)?, expires: None, erasable: true })
    }

    fn forget(&mut self, owner: &Reference) {
        if let Some(row) = self.store.get_mut(owner) {
            row.context = None;
        }
    }
}

impl KeySource for Derived {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        let mut answer = |request: &Request| {
            let reference = request.reference.clone().ok_or(Refusal::NotFound)?;
            let owner = Reference { kind: request.kind, tenant: request.tenant.clone(), reference };
            if let Some(row) = self.store.get(&owner) {
                return self.answer(row);
            }
            let (mut id, mut context) = ([0; 16], [0; 32]);
            host.entropy.fill(&mut id);
            host.entropy.fill(&mut context);
            let row = Row { id: KeyId(id), context: Some(context) };
            let answer = self.answer(&row);
            self.store.insert(owner, row);
            answer
        };
        requests.iter().map(&mut answer).collect()
    }

    fn by_id(&mut self, requests: &[Request], _: u64) -> Vec<Answer> {
        let answer = |request: &Request| {
            let theirs = |(owner, row): &(&Reference, &Row)| {
                let named = request
                    .reference
                    .as_ref()
                    .is_none_or(|reference| *reference == owner.reference);
                Some(row.id) == request.id
                    && owner.kind == request.kind
                    && owner.tenant == request.tenant
                    && named
            };
            self.store
                .iter()
                .find(theirs)
                .ok_or(Refusal::NotFound)
                .and_then(|(_, row)| self.answer(row))
        };
        requests.iter().map(answer).collect()
    }
}

struct Os;

impl Entropy for Os {
    fn fill(&mut self, buffer: &mut [u8]) {
        // Without entropy nothing may go on: it would be sealed under what anybody can guess.
        if getrandom::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let schema = br#"{"x-schema-family": "urn:example:orders",
        "x-retention": {"contract": {"period": "P10Y", "from": "created", "bucket": "P1Y"}},
        "properties": {"customer": {}, "email": {"type": ["string", "null"], "x-protection": {"subject": "1/customer", "retention": "contract"}}}}"#;
    let policy = Policy::compile(schema, Options::default())?;
    let context =
        Context { record: Some("order-7".into()), now: 1_795_000_000_000, ..Context::default() };
    let mut keys = Derived { master: [0; 32], store: BTreeMap::new() };
    Os.fill(&mut keys.master);
    let (ada, clear) =
        (Reference::from("cust-1"), br#"{"customer": "cust-1", "email": "ada@example.org"}"#);

    let sealed = policy.seal(clear, &context, &mut keys, &mut Os)?.document;
    assert_eq!(policy.open(&sealed, &context, false, &mut keys)?.document, clear);
    let bobs = br#"{"customer": "cust-2", "email": "bob@example.org"}"#;
    let other = policy.seal(bobs, &context, &mut keys, &mut Os)?.document;

    keys.forget(&ada);
    // The policy keeps keys for five minutes: it is told, or waits.
    policy.evict(Some(&ada.reference));
    assert_eq!(
        policy.open(&sealed, &context, false, &mut keys)?.document,
        br#"{"customer": "cust-1", "email": null}"#
    );
    assert!(
        policy.seal(clear, &context, &mut keys, &mut Os).is_err(),
        "and no new context value is made in silence"
    );

    // Somebody with the master, the sealed document and a guess: it names the right key, and opens
    // nothing.
    let guess =
        std::array::from_fn(|at| ada.reference.as_bytes().get(at).copied().unwrap_or_default());
    let failed: OpenError = policy
        .open(&sealed, &context, false, &mut Guess(keys.secret(&guess).map_err(|_| "no key")?))
        .err()
        .ok_or("it opened")?;
    assert_eq!(fieldseal::Error::from(failed).code, ErrorCode::Integrity);

    // A period ends as a person is forgotten: the context value of its bucket is deleted, and
    // everybody's values of that time are gone.
    assert_eq!(policy.open(&other, &context, false, &mut keys)?.document, bobs);
    keys.forget(&Reference {
        kind: KeyKind::Retention,
        tenant: String::new(),
        reference: "contract/2036".to_owned(),
    });
    policy.evict(None);
    assert_eq!(
        policy.open(&other, &context, false, &mut keys)?.document,
        br#"{"customer": "cust-2", "email": null}"#
    );
    // In every language the same.
    let known = Derived { master: [0; 32], store: BTreeMap::new() }
        .secret(&[1; 32])
        .map_err(|_| "no key")?;
    assert!(known.expose().starts_with(&[0x99, 0x54, 0x95, 0xc8, 0x49, 0x37, 0xbf, 0xc1]));
    println!("sealed, opened, forgotten: the master alone does not bring it back");
    Ok(())
}

/// A source that claims to have every key.
struct Guess(Secret);

impl KeySource for Guess {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.by_id(requests, 0)
    }

    fn by_id(&mut self, requests: &[Request], _: u64) -> Vec<Answer> {
        let answer = |request: &Request| {
            let id = request.id.ok_or(Refusal::NotFound)?;
            Ok(Key { id, secret: self.0.clone(), expires: None, erasable: true })
        };
        requests.iter().map(answer).collect()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn v09_a_key_derived_from_a_deleted_context_value_is_gone() {
        super::main().unwrap();
    }
}
