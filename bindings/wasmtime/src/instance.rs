//! One instance of the component.

use std::fmt;

use fieldseal::Error;
use wasmtime::component::ResourceAny;
use wasmtime::{Store, Trap};

use crate::contract::Fieldseal;
use crate::convert;
use crate::host::{HostState, StoreData};
use crate::keyring::Keyring;
use crate::module::Module;
use crate::policy::Policy;
use crate::sources::{KeyCache, KeySource};

/// The instance is gone. Nothing that it returned is lost, and nothing more comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// This call burnt all its fuel.
    OutOfFuel,
    /// This call trapped, or a host function did.
    Trapped(String),
    /// An earlier call broke the instance. Make a new one.
    Dead,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::OutOfFuel => f.write_str("the call burnt all its fuel and was stopped"),
            Broken::Trapped(cause) => write!(f, "the instance trapped and is dead: {cause}"),
            Broken::Dead => {
                f.write_str("the instance is dead since an earlier call trapped: make a new one")
            }
        }
    }
}

impl std::error::Error for Broken {}

/// The handle of a [`Policy`], [`Keyring`], [`KeySource`] or [`KeyCache`] inside an [`Instance`].
#[derive(Clone, Copy, Debug)]
pub struct Handle(ResourceAny);

impl From<Policy> for Handle {
    fn from(Policy(resource): Policy) -> Self {
        Handle(resource)
    }
}

impl From<Keyring> for Handle {
    fn from(Keyring(resource): Keyring) -> Self {
        Handle(resource)
    }
}

impl From<KeySource> for Handle {
    fn from(KeySource(resource): KeySource) -> Self {
        Handle(resource)
    }
}

impl From<KeyCache> for Handle {
    fn from(KeyCache(resource): KeyCache) -> Self {
        Handle(resource)
    }
}

/// One instance and its host. The handles that it gives are valid in this instance alone.
pub struct Instance {
    store: Store<StoreData>,
    exports: Fieldseal,
    dead: bool,
}

impl Instance {
    /// Makes a fresh instance with this host.
    ///
    /// # Errors
    /// Fails if the component cannot be instantiated.
    pub fn new(module: &Module, host: HostState) -> Result<Instance, Broken> {
        let mut store = Store::new(module.pre().engine(), StoreData { host, memory: 0 });
        store.limiter(|data| data);
        if module.is_metered() {
            store.set_fuel(u64::MAX).map_err(broken)?;
        }
        let exports = module.pre().instantiate(&mut store).map_err(broken)?;
        Ok(Instance { store, exports, dead: false })
    }

    /// Returns the host, whose keys and entropy may be changed between calls.
    pub fn host(&mut self) -> &mut HostState {
        &mut self.store.data_mut().host
    }

    /// Returns the size that linear memory has grown to, in bytes. It never shrinks.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.store.data().memory
    }

    /// Sets how many instructions the calls to come may take.
    ///
    /// # Errors
    /// Fails if the module does not count instructions
    /// ([`ModuleOptions::metered`](crate::ModuleOptions::metered)).
    pub fn refuel(&mut self, instructions: u64) -> Result<(), Broken> {
        self.store.set_fuel(instructions).map_err(broken)
    }

    /// Returns the versions of crate, envelope and vocabulary, as JSON text.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn version(&mut self) -> Result<String, Broken> {
        self.enter(|exports, store| exports.fieldseal_core_protect().call_version(store))
    }

    /// Returns the public head of an envelope, as JSON text. `text` is the content of the JSON
    /// string. The call needs no key and no policy.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn inspect_envelope(&mut self, text: &str) -> Result<Result<String, Error>, Broken> {
        let head = self.enter(|exports, store| {
            exports.fieldseal_core_protect().call_inspect_envelope(store, text)
        })?;
        Ok(head.map_err(convert::error))
    }

    /// Drops a policy, keyring, key source or key cache inside the instance, whose memory is then
    /// free. A key source stays usable after its keyring or key cache was dropped.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks, or where the handle was dropped before.
    pub fn drop(&mut self, handle: impl Into<Handle>) -> Result<(), Broken> {
        let Handle(resource) = handle.into();
        self.enter(|_, store| resource.resource_drop(store))
    }

    pub(crate) fn enter<T>(
        &mut self,
        call: impl FnOnce(&Fieldseal, &mut Store<StoreData>) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        if self.dead {
            return Err(Broken::Dead);
        }
        call(&self.exports, &mut self.store).map_err(|error| {
            self.dead = true;
            broken(error)
        })
    }
}

fn broken(error: wasmtime::Error) -> Broken {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Broken::OutOfFuel,
        _ => Broken::Trapped(format!("{error:#}")),
    }
}
