//! A key source that stores no keys.
//!
//! It derives each key from one master key and a context value of its owner, a person or a period,
//! as a talk on GDPR and event sourcing proposes. Deleting the context value shreds the values
//! sealed under the key.
//!
//! **The context value must be random and kept only in a store that can delete it.** A key is
//! destroyed when nobody can derive it again. If the context value were a customer number or a
//! year, anybody with the master key could guess it and recover every forgotten person, today and
//! from any backup. The store of context values therefore needs the same care as a key store: no
//! copies in events, in logs, or in backups that cannot delete. In return, a thief of that store
//! alone can open nothing without the master key. If you do not need that, keep random keys, as
//! [`fieldseal::Keyring`] does.

use std::collections::BTreeMap;
use std::error::Error;

use fieldseal::{
    Answer, Context, Entropy, ErrorCode, Key, KeyContext, KeyId, KeyOwner, KeySource, OpenError,
    Options, Policy, RefusalCode, Request, Secret,
};
use hkdf::Hkdf;
use sha2::Sha256;

/// Simulates a permanent master key, kept elsewhere, and a store of context values that can delete.
struct Derived {
    master: [u8; 32],
    store: BTreeMap<KeyOwner, Row>,
}

/// The random id stays when the context value is deleted, which distinguishes a forgotten person
/// from an unknown one.
struct Row {
    id: KeyId,
    context: Option<[u8; 32]>,
}

impl Derived {
    /// HKDF-SHA-256 (RFC 5869) of the master, salted by the context value, as the example in
    /// TypeScript derives it: services in both languages can share one store.
    fn secret(&self, context: &[u8; 32]) -> Result<Secret, RefusalCode> {
        let mut secret = [0; 32];
        Hkdf::<Sha256>::new(Some(context), &self.master)
            .expand(b"derived key", &mut secret)
            .map_err(|_| RefusalCode::Unavailable)?;
        Ok(Secret::new(secret))
    }

    fn answer(&self, row: &Row) -> Answer {
        let context = row.context.ok_or(RefusalCode::Erased)?;
        Ok(Key::new(row.id, self.secret(&context)?))
    }

    fn forget(&mut self, owner: &KeyOwner) {
        if let Some(row) = self.store.get_mut(owner) {
            row.context = None;
        }
    }
}

impl KeySource for Derived {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        let mut answer = |request: &Request| {
            let reference = request.reference.as_deref().ok_or(RefusalCode::NotFound)?;
            let owner = KeyOwner::from_parts(request.kind, &request.tenant, reference)
                .map_err(|_| RefusalCode::NotFound)?;
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

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        let answer = |request: &Request| {
            let theirs = |(owner, row): &(&KeyOwner, &Row)| {
                let named = request.reference.as_deref();
                Some(row.id) == request.id
                    && owner.kind() == request.kind
                    && owner.tenant() == request.tenant
                    && named.is_none_or(|reference| reference == owner.reference())
            };
            let (_, row) = self.store.iter().find(theirs).ok_or(RefusalCode::NotFound)?;
            self.answer(row)
        };
        requests.iter().map(answer).collect()
    }
}

struct Os;

impl Entropy for Os {
    fn fill(&mut self, buffer: &mut [u8]) {
        // Without entropy the program must stop, since it would seal under keys that anybody can
        // guess.
        if getrandom::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let schema = br#"{"x-schema-family": "urn:example:orders",
        "x-retention": {"contract": {"period": "P10Y", "from": "created", "bucket": "P1Y"}},
        "properties": {"customer": {}, "email": {"type": ["string", "null"], "x-protection": {"subject": "1/customer", "retention": "contract"}}}}"#;
    let policy = Policy::compile(schema, Options::default())?;
    let context = Context {
        record: Some("order-7".into()),
        now: Some(1_795_000_000_000),
        ..Context::default()
    };
    let mut keys = Derived { master: [0; 32], store: BTreeMap::new() };
    Os.fill(&mut keys.master);
    let (ada, clear) =
        (KeyOwner::from("cust-1"), br#"{"customer": "cust-1", "email": "ada@example.org"}"#);

    let sealed = policy.seal(clear, &context, &mut keys, &mut Os)?.document;
    assert_eq!(policy.open(&sealed, &context, &mut keys)?.document, clear);
    let bobs = br#"{"customer": "cust-2", "email": "bob@example.org"}"#;
    let other = policy.seal(bobs, &context, &mut keys, &mut Os)?.document;

    keys.forget(&ada);
    // A `KeyCache` before the source would be told, too: `keys.evict(Some("cust-1"))`.
    assert_eq!(
        policy.open(&sealed, &context, &mut keys)?.document,
        br#"{"customer": "cust-1", "email": null}"#
    );
    assert!(
        policy.seal(clear, &context, &mut keys, &mut Os).is_err(),
        "and no new context value is made in silence"
    );

    // Somebody with the master, the sealed document and a guess: it names the right key, and opens
    // nothing.
    let guess = std::array::from_fn(|at| b"cust-1".get(at).copied().unwrap_or_default());
    let failed: OpenError = policy
        .open(&sealed, &context, &mut Guess(keys.secret(&guess).map_err(|_| "no key")?))
        .err()
        .ok_or("it opened")?;
    assert_eq!(fieldseal::Error::from(failed).code, ErrorCode::Integrity);

    // A period ends as a person is forgotten: the context value of its bucket is deleted, and
    // everybody's values of that time are gone.
    assert_eq!(policy.open(&other, &context, &mut keys)?.document, bobs);
    keys.forget(&KeyOwner::bucket("contract/2036"));
    assert_eq!(
        policy.open(&other, &context, &mut keys)?.document,
        br#"{"customer": "cust-2", "email": null}"#
    );
    // The known answer that every language must give.
    let known = Derived { master: [0; 32], store: BTreeMap::new() }
        .secret(&[1; 32])
        .map_err(|_| "no key")?;
    assert!(known.expose().starts_with(&[0x99, 0x54, 0x95, 0xc8, 0x49, 0x37, 0xbf, 0xc1]));
    println!("sealed, opened, forgotten: the master alone does not bring it back");
    Ok(())
}

/// A key source that claims to have every key.
struct Guess(Secret);

impl KeySource for Guess {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.by_id(requests, None)
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        let answer = |request: &Request| {
            let id = request.id.ok_or(RefusalCode::NotFound)?;
            Ok(Key::new(id, self.0.clone()))
        };
        requests.iter().map(answer).collect()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn v09_a_key_derived_from_a_deleted_context_value_is_gone()
    -> Result<(), Box<dyn std::error::Error>> {
        super::main()
    }
}
