//! The keyrings inside an instance, and one of them as the key store behind another instance.

use std::sync::{Arc, Mutex, PoisonError};

use fieldseal::keyring::KeyState;
use fieldseal::keys::Reference;
use fieldseal::{Answer, Error, KeyContext, KeySource, Request};
use wasmtime::Store;
use wasmtime::component::ResourceAny;

use crate::convert;
use crate::host;
use crate::instance::contract::exports::fieldseal::core::keyring::{self, GuestKeyring};
use crate::{Broken, Instance};

/// A keyring inside an [`Instance`].
#[derive(Clone, Copy, Debug)]
pub struct Keyring(ResourceAny);

/// A keyring and its instance, for calls.
pub struct Ring<'a> {
    instance: &'a mut Instance,
    keyring: Keyring,
}

impl Instance {
    /// `keyring.memory` of the contract.
    pub fn keyring(&mut self) -> Result<Keyring, Broken> {
        self.enter(|door, store| door.fieldseal_core_keyring().keyring().call_memory(store))
            .map(Keyring)
    }

    /// The verbs of a keyring.
    pub fn ring(&mut self, keyring: Keyring) -> Ring<'_> {
        Ring { instance: self, keyring }
    }
}

impl Ring<'_> {
    /// `keyring.current` of the contract.
    pub fn current(&mut self, requests: &[Request], now: u64) -> Result<Vec<Answer>, Broken> {
        let requests: Vec<_> = requests.iter().map(convert::asked).collect();
        self.keys(|door, store, ring| door.call_current(store, ring, &requests, now))
    }

    /// `keyring.by-id` of the contract.
    pub fn by_id(&mut self, requests: &[Request], now: u64) -> Result<Vec<Answer>, Broken> {
        let requests: Vec<_> = requests.iter().map(convert::asked).collect();
        self.keys(|door, store, ring| door.call_by_id(store, ring, &requests, now))
    }

    /// `keyring.provision` of the contract.
    pub fn provision(&mut self, who: &Reference, now: u64) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |door, store, ring, who| door.call_provision(store, ring, who, now))
    }

    /// `keyring.rotate` of the contract.
    pub fn rotate(
        &mut self,
        who: &Reference,
        min_version: Option<u32>,
        now: u64,
    ) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |door, store, ring, who| {
            door.call_rotate(store, ring, who, min_version, now)
        })
    }

    /// `keyring.restrict` of the contract.
    pub fn restrict(&mut self, who: &Reference, now: u64) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |door, store, ring, who| door.call_restrict(store, ring, who, now))
    }

    /// `keyring.lift` of the contract.
    pub fn lift(&mut self, who: &Reference, now: u64) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |door, store, ring, who| door.call_lift(store, ring, who, now))
    }

    /// `keyring.erase` of the contract.
    pub fn erase(
        &mut self,
        who: &Reference,
        reason: &str,
        now: u64,
    ) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |door, store, ring, who| door.call_erase(store, ring, who, reason, now))
    }

    /// `keyring.reopen` of the contract.
    pub fn reopen(&mut self, who: &Reference, now: u64) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |door, store, ring, who| door.call_reopen(store, ring, who, now))
    }

    /// `keyring.destroy` of the contract.
    pub fn destroy(&mut self, who: &Reference, now: u64) -> Result<Result<(), Error>, Broken> {
        self.verb(who, |door, store, ring, who| door.call_destroy(store, ring, who, now))
    }

    /// `keyring.state` of the contract. What the core has no word for is a trap of the harness.
    pub fn state(&mut self, who: &Reference) -> Result<KeyState, Broken> {
        let who = convert::reference(who);
        self.call(|door, store, ring| convert::state(door.call_state(store, ring, &who)?))
    }

    /// `keyring.due` of the contract.
    pub fn due(&mut self, at: u64) -> Result<Vec<Reference>, Broken> {
        let due = self.call(|door, store, ring| door.call_due(store, ring, at))?;
        Ok(due.into_iter().map(convert::owner).collect())
    }

    fn keys(
        &mut self,
        function: impl FnOnce(
            GuestKeyring<'_>,
            &mut Store<host::State>,
            ResourceAny,
        ) -> wasmtime::Result<Vec<convert::Given>>,
    ) -> Result<Vec<Answer>, Broken> {
        self.call(|door, store, ring| {
            function(door, store, ring)?.into_iter().map(convert::given).collect()
        })
    }

    fn verb(
        &mut self,
        who: &Reference,
        verb: impl FnOnce(
            GuestKeyring<'_>,
            &mut Store<host::State>,
            ResourceAny,
            &keyring::Reference,
        ) -> wasmtime::Result<Result<(), keyring::Error>>,
    ) -> Result<Result<(), Error>, Broken> {
        let who = convert::reference(who);
        Ok(self.call(|door, store, ring| verb(door, store, ring, &who))?.map_err(convert::error))
    }

    fn call<T>(
        &mut self,
        call: impl FnOnce(GuestKeyring<'_>, &mut Store<host::State>, ResourceAny) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        let Keyring(ring) = self.keyring;
        self.instance
            .enter(|door, store| call(door.fieldseal_core_keyring().keyring(), store, ring))
    }
}

/// A keyring of an instance of its own, as the key store of a host. The component lets nobody call
/// in from an import, so it cannot be the one whose policies ask.
#[derive(Clone)]
pub struct Remote(Arc<Mutex<(Instance, Keyring)>>);

impl Remote {
    /// A keyring in this instance.
    ///
    /// # Errors
    /// When the instance breaks.
    pub fn new(mut instance: Instance) -> Result<Remote, Broken> {
        let keyring = instance.keyring()?;
        Ok(Remote(Arc::new(Mutex::new((instance, keyring)))))
    }

    /// Calls it.
    pub fn with<T>(
        &self,
        call: impl FnOnce(&mut Ring<'_>) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        let mut locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (instance, keyring) = &mut *locked;
        call(&mut instance.ring(*keyring))
    }
}

impl KeySource for Remote {
    /// A broken instance answers nothing, which the core calls `internal`.
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        self.with(|ring| ring.current(requests, host.now)).unwrap_or_default()
    }

    fn by_id(&mut self, requests: &[Request], now: u64) -> Vec<Answer> {
        self.with(|ring| ring.by_id(requests, now)).unwrap_or_default()
    }
}
