//! The key host of the tests.

use std::collections::BTreeMap;

use fieldseal::{Answer, Key, KeyContext, KeyId, KeyKind, KeySource, RefusalCode, Request, Secret};

/// A key store that makes a key for whoever is asked for, remembers every question, and refuses
/// whom it is told to refuse.
#[derive(Default)]
pub struct Store {
    /// The id of each key by kind, owner and tenant.
    pub keys: BTreeMap<(KeyKind, Option<String>, String), KeyId>,
    /// Owners that get a refusal instead of their key.
    pub refused: BTreeMap<String, RefusalCode>,
    /// When its keys expire, milliseconds since 1970.
    pub expires: Option<u64>,
    /// Its keys cannot be erased.
    pub lasting: bool,
    /// Every call so far, with its requests.
    pub asked: Vec<Vec<Request>>,
}

impl Store {
    /// Answers for an owner with a refusal from now on.
    pub fn refuse(&mut self, reference: &str, refusal: RefusalCode) {
        self.refused.insert(reference.to_owned(), refusal);
    }

    /// Returns the id of a data subject's key.
    pub fn id(&self, reference: &str) -> Option<KeyId> {
        self.id_of(KeyKind::Subject, reference)
    }

    /// Returns the id of the key of an owner of this kind.
    pub fn id_of(&self, kind: KeyKind, reference: &str) -> Option<KeyId> {
        self.keys.get(&(kind, Some(reference.to_owned()), String::new())).copied()
    }

    fn key(&self, id: KeyId) -> Key {
        let mut secret = [7; 32];
        secret[..16].copy_from_slice(&id.0);
        let mut key = Key::new(id, Secret::new(secret));
        (key.expires, key.erasable) = (self.expires, !self.lasting);
        key
    }

    fn answer(&self, reference: &Option<String>, id: KeyId) -> Answer {
        match reference.as_ref().and_then(|reference| self.refused.get(reference)) {
            Some(refusal) => Err((*refusal).into()),
            None => Ok(self.key(id)),
        }
    }
}

impl KeySource for Store {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.asked.push(requests.to_vec());
        requests
            .iter()
            .map(|request| {
                let next = KeyId([self.keys.len() as u8 + 1; 16]);
                let id = *self
                    .keys
                    .entry((request.kind, request.reference.clone(), request.tenant.clone()))
                    .or_insert(next);
                self.answer(&request.reference, id)
            })
            .collect()
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        self.asked.push(requests.to_vec());
        requests
            .iter()
            .map(|request| {
                let owner = self.keys.iter().find(|((kind, _, tenant), id)| {
                    Some(**id) == request.id && *kind == request.kind && *tenant == request.tenant
                });
                match owner {
                    Some(((_, reference, _), id))
                        if request.reference.is_none() || request.reference == *reference =>
                    {
                        self.answer(reference, *id)
                    }
                    _ => Err(RefusalCode::NotFound.into()),
                }
            })
            .collect()
    }
}
