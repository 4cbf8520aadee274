//! The keyrings inside an instance.

use fieldseal::{Answer, Destroy, Error, KeyState, Request};
use wasmtime::Store;
use wasmtime::component::ResourceAny;

use crate::contract::GeneratedAnswer;
use crate::contract::keyring::{self, GuestKeyring};
use crate::convert;
use crate::host::StoreData;
use crate::instance::{Broken, Handle, Instance};
use crate::records::{Erased, Erasure, Owner, Rotated};

/// A keyring inside an [`Instance`]. [`Instance::keyring_source`] makes a key source of it.
#[derive(Clone, Copy, Debug)]
pub struct Keyring(pub(crate) Handle);

/// The verbs of a keyring, on its instance ([`Instance::keyring_calls`]).
pub struct KeyringCalls<'a> {
    instance: &'a mut Instance,
    keyring: Keyring,
}

impl Instance {
    /// Makes an empty keyring, which ends with the instance.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn keyring(&mut self) -> Result<Keyring, Broken> {
        let keyring = self.enter(|exports, store| {
            exports.fieldseal_core_keyring().keyring().call_memory(store)
        })?;
        Ok(Keyring(self.keep(keyring)))
    }

    /// Returns the verbs of a keyring of this instance.
    pub fn keyring_calls(&mut self, keyring: Keyring) -> KeyringCalls<'_> {
        KeyringCalls { instance: self, keyring }
    }
}

impl KeyringCalls<'_> {
    /// Returns keys to seal with, as [`KeySource::current`](fieldseal::KeySource::current) does.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn current(
        &mut self,
        requests: &[Request],
        now: Option<u64>,
    ) -> Result<Vec<Answer>, Broken> {
        let requests: Vec<_> = requests.iter().map(convert::asked).collect();
        self.keys(|exports, store, keyring| exports.call_current(store, keyring, &requests, now))
    }

    /// Returns keys to open with, as [`KeySource::by_id`](fieldseal::KeySource::by_id) does.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Result<Vec<Answer>, Broken> {
        let requests: Vec<_> = requests.iter().map(convert::asked).collect();
        self.keys(|exports, store, keyring| exports.call_by_id(store, keyring, &requests, now))
    }

    /// Makes the first key of an owner who has none.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an owner without a name, `erased`
    /// after an erasure, `unavailable` for entropy that repeats itself.
    pub fn provision(&mut self, of: &Owner) -> Result<Result<(), Error>, Broken> {
        self.verb(of, |exports, store, keyring, of| exports.call_provision(store, keyring, of))
    }

    /// Makes a new version of the key, which seals from then on, and returns its number. Versions
    /// before `min_version` are denied from then on. Evict the caches of every process before
    /// anything is sealed anew ([`Instance::evict`]).
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an owner without a name, `erased`
    /// after an erasure, `unavailable` for entropy that repeats itself.
    pub fn rotate(
        &mut self,
        of: &Owner,
        min_version: Option<u32>,
    ) -> Result<Result<Rotated, Error>, Broken> {
        let of = convert::owner(of);
        let rotated = self.call(|exports, store, keyring| {
            exports.call_rotate(store, keyring, &of, min_version)
        })?;
        Ok(rotated.map(|keyring::Rotated { version }| Rotated { version }).map_err(convert::error))
    }

    /// Restricts processing (GDPR Art. 18).
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an owner without a name, `erased`
    /// after an erasure.
    pub fn restrict(&mut self, of: &Owner) -> Result<Result<(), Error>, Broken> {
        self.verb(of, |exports, store, keyring, of| exports.call_restrict(store, keyring, of))
    }

    /// Ends a restriction.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an owner without a name, `erased`
    /// after an erasure.
    pub fn lift(&mut self, of: &Owner) -> Result<Result<(), Error>, Broken> {
        self.verb(of, |exports, store, keyring, of| exports.call_lift(store, keyring, of))
    }

    /// Destroys every version of the key (GDPR Art. 17).
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an owner without a
    /// name and for a time after the year 9999.
    pub fn erase(
        &mut self,
        of: &Owner,
        reason: &str,
        now: Option<u64>,
    ) -> Result<Result<Erased, Error>, Broken> {
        let of = convert::owner(of);
        self.end(|exports, store, keyring| exports.call_erase(store, keyring, &of, reason, now))
    }

    /// Gives an owner who was erased a new key. What was erased stays erased.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an owner without a name, `erased`
    /// after an erasure, `unavailable` for entropy that repeats itself.
    pub fn reopen(&mut self, of: &Owner) -> Result<Result<(), Error>, Broken> {
        self.verb(of, |exports, store, keyring, of| exports.call_reopen(store, keyring, of))
    }

    /// Destroys every version of the key of a bucket that has ended, or of an item.
    /// [`Destroy::Early`] also destroys the key of a bucket that is not due at `now`.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an owner that is neither bucket
    /// nor item, for a bucket that is not due, and for a time after the year 9999.
    pub fn destroy(
        &mut self,
        of: &Owner,
        permission: Destroy,
        now: Option<u64>,
    ) -> Result<Result<Erased, Error>, Broken> {
        let early = permission == Destroy::Early;
        let of = convert::owner(of);
        self.end(|exports, store, keyring| exports.call_destroy(store, keyring, &of, early, now))
    }

    /// Returns the erasures of an owner, oldest first.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks, or gives ids of a wrong length; within, `context` for
    /// an owner without a name.
    pub fn erasures(&mut self, of: &Owner) -> Result<Result<Vec<Erasure>, Error>, Broken> {
        let of = convert::owner(of);
        self.call(|exports, store, keyring| match exports.call_erasures(store, keyring, &of)? {
            Ok(erasures) => {
                let erasures = erasures.into_iter().map(convert::erasure);
                erasures.collect::<wasmtime::Result<_>>().map(Ok)
            }
            Err(error) => Ok(Err(convert::error(error))),
        })
    }

    /// Returns the state of an owner's key.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks, or gives a state that this version does not know;
    /// within, `context` for an owner without a name.
    pub fn state(&mut self, of: &Owner) -> Result<Result<KeyState, Error>, Broken> {
        let of = convert::owner(of);
        self.call(|exports, store, keyring| match exports.call_state(store, keyring, &of)? {
            Ok(state) => convert::state(state).map(Ok),
            Err(error) => Ok(Err(convert::error(error))),
        })
    }

    /// Returns the retention buckets whose period is over at `at`, sorted.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for a time after the year 9999.
    pub fn due(&mut self, at: u64) -> Result<Result<Vec<Owner>, Error>, Broken> {
        let due = self.call(|exports, store, keyring| exports.call_due(store, keyring, at))?;
        Ok(due.map(|due| due.into_iter().map(convert::owned).collect()).map_err(convert::error))
    }

    fn end(
        &mut self,
        verb: impl FnOnce(
            GuestKeyring<'_>,
            &mut Store<StoreData>,
            ResourceAny,
        ) -> wasmtime::Result<Result<keyring::Erased, keyring::Error>>,
    ) -> Result<Result<Erased, Error>, Broken> {
        self.call(|exports, store, keyring| match verb(exports, store, keyring)? {
            Ok(erased) => convert::erased(erased).map(Ok),
            Err(error) => Ok(Err(convert::error(error))),
        })
    }

    fn keys(
        &mut self,
        function: impl FnOnce(
            GuestKeyring<'_>,
            &mut Store<StoreData>,
            ResourceAny,
        ) -> wasmtime::Result<Vec<GeneratedAnswer>>,
    ) -> Result<Vec<Answer>, Broken> {
        self.call(|exports, store, keyring| {
            function(exports, store, keyring)?.into_iter().map(convert::given).collect()
        })
    }

    fn verb(
        &mut self,
        of: &Owner,
        verb: impl FnOnce(
            GuestKeyring<'_>,
            &mut Store<StoreData>,
            ResourceAny,
            &keyring::Owner,
        ) -> wasmtime::Result<Result<(), keyring::Error>>,
    ) -> Result<Result<(), Error>, Broken> {
        let of = convert::owner(of);
        Ok(self
            .call(|exports, store, keyring| verb(exports, store, keyring, &of))?
            .map_err(convert::error))
    }

    fn call<T>(
        &mut self,
        call: impl FnOnce(GuestKeyring<'_>, &mut Store<StoreData>, ResourceAny) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        let ring = self.instance.resource(self.keyring)?;
        self.instance
            .enter(|exports, store| call(exports.fieldseal_core_keyring().keyring(), store, ring))
    }
}
