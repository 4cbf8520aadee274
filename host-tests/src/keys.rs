//! Key stores of the host.

use std::sync::{Arc, Mutex, PoisonError};

use fieldseal::{
    Answer, Error, KeyContext, KeyKind, KeyOwner, KeySource, KeyState, KeyUse, Keyring, Refusal,
    Request,
};

use fieldseal_wasmtime::Os;

/// A keyring that a test keeps in its hands while the host answers from it.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Keyring>>);

impl Shared {
    /// Destroys a person's key.
    ///
    /// # Errors
    /// As [`Keyring::erase`].
    pub fn erase(&self, person: &str) -> Result<(), Error> {
        let person = KeyOwner::person(person);
        self.with(|ring| ring.erase(&person, "request of the person", Some(0))).map(drop)
    }

    /// Restricts the use of a person's data.
    ///
    /// # Errors
    /// As [`Keyring::restrict`].
    pub fn restrict(&self, person: &str) -> Result<(), Error> {
        self.with(|ring| ring.restrict(&KeyOwner::person(person)))
    }

    /// Ends a restriction.
    ///
    /// # Errors
    /// As [`Keyring::lift`].
    pub fn lift(&self, person: &str) -> Result<(), Error> {
        self.with(|ring| ring.lift(&KeyOwner::person(person)))
    }

    /// Returns the state of a person's key.
    #[must_use]
    pub fn state(&self, person: &str) -> KeyState {
        self.with(|ring| ring.state(&KeyOwner::person(person)))
    }

    /// The id of the key that a person's values are sealed under now.
    #[must_use]
    pub fn id(&self, person: &str) -> Option<[u8; 16]> {
        let request = Request {
            reference: Some(person.to_owned()),
            tenant: String::new(),
            ..fieldseal::Request::new(KeyKind::Subject, KeyUse::Seal)
        };
        let answers = self.with(|ring| {
            ring.current(&[request], &mut KeyContext { now: Some(0), entropy: &mut Os })
        });
        answers.into_iter().next()?.ok().map(|key| key.id.0)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Keyring) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl KeySource for Shared {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        self.with(|ring| ring.current(requests, host))
    }

    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        self.with(|ring| ring.by_id(requests, now))
    }
}

/// A host that refuses everything in the same way.
pub struct Refusing(pub Refusal);

impl Refusing {
    fn answers(&self, requests: &[Request]) -> Vec<Answer> {
        requests.iter().map(|_| Err(self.0.clone())).collect()
    }
}

impl KeySource for Refusing {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.answers(requests)
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        self.answers(requests)
    }
}
