//! One instance of the component.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use fieldseal::{Error, Limits};
use wasmtime::component::ResourceAny;
use wasmtime::{Store, Trap};

use crate::contract::Fieldseal;
use crate::convert;
use crate::host::{HostState, StoreData};
use crate::keyring::Keyring;
use crate::module::Module;
use crate::policy::Policy;
use crate::sources::{KeyCache, KeySource};

/// The reason why a call into an instance gave no result. Nothing that the instance returned before
/// is lost. After [`Broken::OutOfFuel`], [`Broken::Trapped`] and [`Broken::Dead`] the instance and
/// its keyrings are gone ([`Broken::is_final`]).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Broken {
    /// This call burnt all its fuel.
    OutOfFuel,
    /// This call trapped, or a host function did.
    Trapped(String),
    /// An earlier call broke the instance, or a host function panicked in it. Make a new one.
    Dead,
    /// This call was given a handle that was dropped, or one of another instance. Nothing ran, and
    /// the instance lives on.
    Handle,
    /// The module of this instance counts no instructions. The instance lives on.
    Unmetered,
}

impl Broken {
    /// Returns true if nothing more comes out of the instance.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Broken::OutOfFuel | Broken::Trapped(_) | Broken::Dead => true,
            Broken::Handle | Broken::Unmetered => false,
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::OutOfFuel => f.write_str("the call burnt all its fuel and was stopped"),
            Broken::Trapped(cause) => write!(f, "the instance trapped and is dead: {cause}"),
            Broken::Dead => {
                f.write_str("the instance is dead since an earlier call trapped: make a new one")
            }
            Broken::Handle => {
                f.write_str("the handle was dropped or is of another instance: nothing was done")
            }
            Broken::Unmetered => f.write_str(
                "the module counts no instructions: compile it with `ModuleOptions::metered`",
            ),
        }
    }
}

impl std::error::Error for Broken {}

/// The handle of a [`Policy`], [`Keyring`], [`KeySource`] or [`KeyCache`] inside an [`Instance`].
#[derive(Clone, Copy, Debug)]
pub struct Handle {
    /// The number of the instance, of which there is no second one in this process.
    instance: u64,
    /// The number of the resource, of which there is no second one in the instance.
    number: u64,
}

impl From<Policy> for Handle {
    fn from(Policy(handle): Policy) -> Self {
        handle
    }
}

impl From<Keyring> for Handle {
    fn from(Keyring(handle): Keyring) -> Self {
        handle
    }
}

impl From<KeySource> for Handle {
    fn from(KeySource(handle): KeySource) -> Self {
        handle
    }
}

impl From<KeyCache> for Handle {
    fn from(KeyCache(handle): KeyCache) -> Self {
        handle
    }
}

/// The bounds of an instance.
///
/// ```
/// use fieldseal_wasmtime::InstanceOptions;
/// let small = InstanceOptions::default().document_bytes(8 << 20).memory_bytes(256 << 20);
/// # let _ = small;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceOptions {
    /// The bytes that the component may hand over to the host in one call, for each document of the
    /// call. A call that would hand over more traps. The default is four times the bytes that a
    /// document may have by default ([`Limits`]), for the document, its verdict, its access record
    /// and its index values: 256 MiB. Raise it along with `limits.documentBytes` of a policy.
    pub document_bytes: usize,
    /// The greatest size of the instance's linear memory in bytes. A call that would need more
    /// traps. By default there is no bound besides the 4 GiB of WebAssembly.
    pub memory_bytes: usize,
}

impl Default for InstanceOptions {
    fn default() -> Self {
        let document = usize::try_from(Limits::default().document_bytes).unwrap_or(usize::MAX);
        InstanceOptions { document_bytes: document.saturating_mul(4), memory_bytes: usize::MAX }
    }
}

impl InstanceOptions {
    /// Returns these options with another number of bytes for each document.
    #[must_use]
    pub fn document_bytes(mut self, bytes: usize) -> Self {
        self.document_bytes = bytes;
        self
    }

    /// Returns these options with another bound of linear memory.
    #[must_use]
    pub fn memory_bytes(mut self, bytes: usize) -> Self {
        self.memory_bytes = bytes;
        self
    }
}

/// One instance and its host. The handles that it gives are valid in this instance alone.
pub struct Instance {
    store: Store<StoreData>,
    exports: Fieldseal,
    options: InstanceOptions,
    /// The number of this instance.
    number: u64,
    /// The number of the next resource.
    next: u64,
    /// The resources that were given out and not dropped, by number.
    resources: BTreeMap<u64, ResourceAny>,
    dead: bool,
}

impl Instance {
    /// Makes a fresh instance with this host and the default bounds.
    ///
    /// # Errors
    /// Fails if the component cannot be instantiated.
    pub fn new(module: &Module, host: HostState) -> Result<Instance, Broken> {
        Instance::with_options(module, host, InstanceOptions::default())
    }

    /// Makes a fresh instance with this host and these bounds.
    ///
    /// # Errors
    /// Fails if the component cannot be instantiated.
    pub fn with_options(
        module: &Module,
        host: HostState,
        options: InstanceOptions,
    ) -> Result<Instance, Broken> {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let data = StoreData { host, memory: 0, most_memory: options.memory_bytes };
        let mut store = Store::new(module.pre().engine(), data);
        store.limiter(|data| data);
        if module.is_metered() {
            store.set_fuel(u64::MAX).map_err(broken)?;
        }
        let exports = module.pre().instantiate(&mut store).map_err(broken)?;
        Ok(Instance {
            store,
            exports,
            options,
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            next: 0,
            resources: BTreeMap::new(),
            dead: false,
        })
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
    /// [`Broken::Unmetered`] if the module does not count instructions
    /// ([`ModuleOptions::metered`](crate::ModuleOptions::metered)).
    pub fn refuel(&mut self, instructions: u64) -> Result<(), Broken> {
        self.store.set_fuel(instructions).map_err(|_| Broken::Unmetered)
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
    /// [`Broken`] where the instance breaks; [`Broken::Handle`] where the handle was dropped before
    /// or is of another instance.
    pub fn drop(&mut self, handle: impl Into<Handle>) -> Result<(), Broken> {
        let handle = handle.into();
        let resource = self.resource(handle)?;
        self.resources.remove(&handle.number);
        self.enter(|_, store| resource.resource_drop(store))
    }

    /// Gives out a handle of a resource of this instance.
    pub(crate) fn keep(&mut self, resource: ResourceAny) -> Handle {
        let number = self.next;
        self.next += 1;
        self.resources.insert(number, resource);
        Handle { instance: self.number, number }
    }

    /// Returns the resource of a handle. No guest has to be asked for it, so a wrong handle costs
    /// nobody a keyring.
    ///
    /// # Errors
    /// [`Broken::Handle`], and [`Broken::Dead`] where the instance is.
    pub(crate) fn resource(&self, handle: impl Into<Handle>) -> Result<ResourceAny, Broken> {
        let Handle { instance, number } = handle.into();
        if self.dead {
            return Err(Broken::Dead);
        }
        if instance != self.number {
            return Err(Broken::Handle);
        }
        self.resources.get(&number).copied().ok_or(Broken::Handle)
    }

    pub(crate) fn enter<T>(
        &mut self,
        call: impl FnOnce(&Fieldseal, &mut Store<StoreData>) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        self.enter_with(1, call)
    }

    /// Enters the guest for a call about this number of documents.
    pub(crate) fn enter_with<T>(
        &mut self,
        documents: usize,
        call: impl FnOnce(&Fieldseal, &mut Store<StoreData>) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        if self.dead {
            return Err(Broken::Dead);
        }
        let bytes = self.options.document_bytes.saturating_mul(documents.max(1));
        self.store.set_hostcall_fuel(bytes);
        // A host function that panics unwinds through the guest and leaves it in the middle.
        self.dead = true;
        let returned = call(&self.exports, &mut self.store).map_err(broken)?;
        self.dead = false;
        Ok(returned)
    }
}

fn broken(error: wasmtime::Error) -> Broken {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Broken::OutOfFuel,
        _ => Broken::Trapped(format!("{error:#}")),
    }
}
