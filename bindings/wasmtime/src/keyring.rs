//! The keyrings inside an instance, and one of them as the key source of another instance.

use std::sync::{Arc, Mutex, PoisonError};

use fieldseal::{Answer, Error, KeyContext, KeySource, KeyState, Request};
use wasmtime::Store;
use wasmtime::component::ResourceAny;

use crate::contract::RawAnswer;
use crate::contract::keyring::{self, GuestKeyring};
use crate::convert;
use crate::host::StoreData;
use crate::instance::{Broken, Instance};
use crate::records::{Erased, Erasure, Owner};

/// A keyring inside an [`Instance`].
#[derive(Clone, Copy, Debug)]
pub struct Keyring(ResourceAny);

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
        self.enter(|exports, store| exports.fieldseal_core_keyring().keyring().call_memory(store))
            .map(Keyring)
    }

    /// Returns the verbs of a keyring of this instance.
    pub fn keyring_calls(&mut self, keyring: Keyring) -> KeyringCalls<'_> {
        KeyringCalls { instance: self, keyring }
    }
}

impl KeyringCalls<'_> {
    /// Returns keys to seal with, as [`KeySource::current`] does.
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

    /// Returns keys to open with, as [`KeySource::by_id`] does.
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
    /// [`Broken`] where the instance breaks; within, `context` for an empty reference, `erased` after
    /// an erasure, `unavailable` for entropy that repeats itself.
    pub fn provision(
        &mut self,
        who: &Owner,
        now: Option<u64>,
    ) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |exports, store, keyring, who| {
            exports.call_provision(store, keyring, who, now)
        })
    }

    /// Makes a new version of the key. Versions before `min_version` are denied from then
    /// on.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an empty reference, `erased` after
    /// an erasure, `unavailable` for entropy that repeats itself.
    pub fn rotate(
        &mut self,
        who: &Owner,
        min_version: Option<u32>,
        now: Option<u64>,
    ) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |exports, store, keyring, who| {
            exports.call_rotate(store, keyring, who, min_version, now)
        })
    }

    /// Restricts processing (GDPR Art. 18).
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an empty reference, `erased` after
    /// an erasure.
    pub fn restrict(&mut self, who: &Owner, now: Option<u64>) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |exports, store, keyring, who| {
            exports.call_restrict(store, keyring, who, now)
        })
    }

    /// Ends a restriction.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an empty reference, `erased` after
    /// an erasure.
    pub fn lift(&mut self, who: &Owner, now: Option<u64>) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |exports, store, keyring, who| exports.call_lift(store, keyring, who, now))
    }

    /// Destroys every version of the key (GDPR Art. 17).
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an empty reference.
    pub fn erase(
        &mut self,
        who: &Owner,
        reason: &str,
        now: Option<u64>,
    ) -> Result<Result<Erased, Error>, Broken> {
        let who = convert::reference(who);
        self.end(|exports, store, keyring| exports.call_erase(store, keyring, &who, reason, now))
    }

    /// Gives an owner who was erased a new key. What was erased stays erased.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an empty reference, `erased` after
    /// an erasure, `unavailable` for entropy that repeats itself.
    pub fn reopen(&mut self, who: &Owner, now: Option<u64>) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |exports, store, keyring, who| exports.call_reopen(store, keyring, who, now))
    }

    /// Destroys every version of the key of a bucket or an item whose time has passed. `early` also
    /// destroys that of a bucket that is not due.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `context` for an owner that is neither bucket
    /// nor item, and for a bucket that is not due.
    pub fn destroy(
        &mut self,
        who: &Owner,
        early: bool,
        now: Option<u64>,
    ) -> Result<Result<Erased, Error>, Broken> {
        let who = convert::reference(who);
        self.end(|exports, store, keyring| exports.call_destroy(store, keyring, &who, early, now))
    }

    /// Returns the erasures of an owner that are on record, oldest first.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks, or gives ids of a wrong length.
    pub fn erasures(&mut self, who: &Owner) -> Result<Vec<Erasure>, Broken> {
        let who = convert::reference(who);
        self.call(|exports, store, keyring| {
            let erasures = exports.call_erasures(store, keyring, &who)?;
            erasures.into_iter().map(convert::erasure).collect()
        })
    }

    /// Returns the state of an owner's key.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks, or gives a state that this version does not know.
    pub fn state(&mut self, who: &Owner) -> Result<KeyState, Broken> {
        let who = convert::reference(who);
        self.call(|exports, store, keyring| {
            convert::state(exports.call_state(store, keyring, &who)?)
        })
    }

    /// Returns the retention buckets whose period is over at `at`, sorted.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn due(&mut self, at: u64) -> Result<Vec<Owner>, Broken> {
        let due = self.call(|exports, store, keyring| exports.call_due(store, keyring, at))?;
        Ok(due.into_iter().map(convert::owner).collect())
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
        ) -> wasmtime::Result<Vec<RawAnswer>>,
    ) -> Result<Vec<Answer>, Broken> {
        self.call(|exports, store, keyring| {
            function(exports, store, keyring)?.into_iter().map(convert::given).collect()
        })
    }

    fn verb(
        &mut self,
        who: &Owner,
        verb: impl FnOnce(
            GuestKeyring<'_>,
            &mut Store<StoreData>,
            ResourceAny,
            &keyring::Reference,
        ) -> wasmtime::Result<Result<(), keyring::Error>>,
    ) -> Result<Result<(), Error>, Broken> {
        let who = convert::reference(who);
        Ok(self
            .call(|exports, store, keyring| verb(exports, store, keyring, &who))?
            .map_err(convert::error))
    }

    fn call<T>(
        &mut self,
        call: impl FnOnce(GuestKeyring<'_>, &mut Store<StoreData>, ResourceAny) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        let Keyring(ring) = self.keyring;
        self.instance
            .enter(|exports, store| call(exports.fieldseal_core_keyring().keyring(), store, ring))
    }
}

/// A keyring of an instance of its own, as the key source of other instances. Clones share it.
///
/// The component lets nobody call in from an import, so the instance whose policies ask for keys
/// cannot be the one that answers.
#[derive(Clone)]
pub struct RemoteKeyring(Arc<Mutex<(Instance, Keyring)>>);

impl RemoteKeyring {
    /// Makes a keyring in this instance.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn new(mut instance: Instance) -> Result<RemoteKeyring, Broken> {
        let keyring = instance.keyring()?;
        Ok(RemoteKeyring(Arc::new(Mutex::new((instance, keyring)))))
    }

    /// Calls verbs of the keyring.
    ///
    /// # Errors
    /// What the call returns.
    pub fn with<T>(
        &self,
        call: impl FnOnce(&mut KeyringCalls<'_>) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        let mut locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (instance, keyring) = &mut *locked;
        call(&mut instance.keyring_calls(*keyring))
    }
}

impl KeySource for RemoteKeyring {
    /// A broken instance answers nothing, which is `internal` to whoever asks.
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        self.with(|keyring| keyring.current(requests, host.now)).unwrap_or_default()
    }

    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        self.with(|keyring| keyring.by_id(requests, now)).unwrap_or_default()
    }
}
