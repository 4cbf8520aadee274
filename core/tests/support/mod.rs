//! What several test files need: keys, entropy, and short ways to call the verbs.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

/// What the run prints, also where all is well: a test's own output is only shown when it fails.
#[allow(unused_macros)]
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

use std::collections::BTreeMap;

use fieldseal::{
    Answer, Context, Entropy, Host, Key, KeyId, KeySource, Kind, Options, Policy, Refusal, Request,
    Secret,
};

/// A stream of bytes that is the same in every run: SplitMix64.
pub struct Stream(pub u64);

impl Stream {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

impl Entropy for Stream {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.next() as u8;
        }
    }
}

/// A key store that makes a key for whoever is asked for, remembers every question, and refuses
/// whom it is told to refuse.
#[derive(Default)]
pub struct Store {
    pub keys: BTreeMap<(Kind, Option<String>, String), KeyId>,
    pub refused: BTreeMap<String, Refusal>,
    pub expires: Option<u64>,
    pub lasting: bool,
    /// Its keys may be kept in a policy's cache, as those of a host far away are.
    pub far: bool,
    pub asked: Vec<Vec<Request>>,
}

impl Store {
    pub fn refuse(&mut self, reference: &str, refusal: Refusal) {
        self.refused.insert(reference.to_owned(), refusal);
    }

    pub fn id(&self, reference: &str) -> Option<KeyId> {
        self.id_of(Kind::Subject, reference)
    }

    pub fn id_of(&self, kind: Kind, reference: &str) -> Option<KeyId> {
        self.keys.get(&(kind, Some(reference.to_owned()), String::new())).copied()
    }

    fn key(&self, id: KeyId) -> Key {
        let mut secret = [7; 32];
        secret[..16].copy_from_slice(&id.0);
        Key { id, secret: Secret::new(secret), expires: self.expires, erasable: !self.lasting }
    }

    fn answer(&self, reference: &Option<String>, id: KeyId) -> Answer {
        match reference.as_ref().and_then(|reference| self.refused.get(reference)) {
            Some(refusal) => Err(*refusal),
            None => Ok(self.key(id)),
        }
    }
}

impl KeySource for Store {
    fn current(&mut self, requests: &[Request], _: &mut Host<'_>) -> Vec<Answer> {
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

    fn by_id(&mut self, requests: &[Request], _: u64) -> Vec<Answer> {
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
                    _ => Err(Refusal::NotFound),
                }
            })
            .collect()
    }

    fn holds_keys(&self) -> bool {
        !self.far
    }
}

pub fn compile(schema: &str) -> Policy {
    Policy::compile(schema.as_bytes(), Options::default()).expect("the schema compiles")
}

pub fn context(record: &str, subject: &str) -> Context {
    Context {
        record: Some(record.to_owned()),
        subject: Some(subject.to_owned()),
        now: 1_795_000_000_000,
        ..Context::default()
    }
}

/// Seals with keys of `store` and a stream that begins at the same place for every call.
pub fn seal(policy: &Policy, document: &str, context: &Context, store: &mut Store) -> String {
    let sealed = policy.seal(document.as_bytes(), context, store, &mut Stream(1)).expect("seals");
    String::from_utf8(sealed.document).unwrap()
}

pub fn open(policy: &Policy, document: &str, context: &Context, store: &mut Store) -> String {
    let opened = policy.open(document.as_bytes(), context, false, store).expect("opens");
    String::from_utf8(opened.document).unwrap()
}

/// The text of the string at an RFC 6901 pointer.
pub fn text_at(document: &str, pointer: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(document).unwrap();
    value
        .pointer(pointer)
        .and_then(|value| value.as_str())
        .expect("a string stands there")
        .to_owned()
}
