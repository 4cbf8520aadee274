//! One instance of the component and the verbs of its policies.

use std::fmt;

use fieldseal::{BatchItem, Context, Error, KeyUse, Request, Schemas};
use wasmtime::component::ResourceAny;
use wasmtime::{Store, Trap};

use crate::contract::Fieldseal;
use crate::contract::protect::GuestPolicy;
use crate::convert;
use crate::host::{HostState, StoreData};
use crate::module::Module;
use crate::records::{Opened, Sealed};

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

/// A compiled policy inside an [`Instance`].
#[derive(Clone, Copy, Debug)]
pub struct Policy(ResourceAny);

/// One instance and its host.
pub struct Instance {
    store: Store<StoreData>,
    exports: Fieldseal,
    dead: bool,
}

impl Instance {
    /// Makes a fresh instance with this host.
    ///
    /// # Errors
    /// Where the component cannot be instantiated.
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
    /// Where the module does not count instructions
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

    /// Compiles a schema. `options` is the JSON text of compile options.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn compile(
        &mut self,
        schema: &[u8],
        options: &str,
    ) -> Result<Result<Policy, Error>, Broken> {
        let compiled = self.policy(|policy, store| policy.call_compile(store, schema, options))?;
        Ok(compiled.map(Policy).map_err(convert::error))
    }

    /// Seals a document.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn seal(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
    ) -> Result<Result<Sealed, Error>, Broken> {
        let context = convert::context(context);
        let sealed =
            self.policy(|exports, store| exports.call_seal(store, policy.0, document, &context))?;
        Ok(sealed.map(convert::sealed).map_err(convert::error))
    }

    /// Opens a sealed document. `strict` turns the first withheld value into an error.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn open(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
        strict: bool,
    ) -> Result<Result<Opened, Error>, Broken> {
        let context = convert::context(context);
        let opened = self.policy(|exports, store| {
            exports.call_open(store, policy.0, document, &context, strict)
        })?;
        Ok(opened.map(convert::opened).map_err(convert::error))
    }

    /// Seals a batch with one call of the key source. Returns one result for each document,
    /// in order.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn seal_many(
        &mut self,
        policy: Policy,
        calls: &[BatchItem],
    ) -> Result<Vec<Result<Sealed, Error>>, Broken> {
        let calls: Vec<_> = calls.iter().map(convert::call).collect();
        let results =
            self.policy(|exports, store| exports.call_seal_many(store, policy.0, &calls))?;
        Ok(results
            .into_iter()
            .map(|result| result.map(convert::sealed).map_err(convert::error))
            .collect())
    }

    /// Opens a batch with one call of the key source. Returns one result for each document,
    /// in order.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn open_many(
        &mut self,
        policy: Policy,
        calls: &[BatchItem],
        strict: bool,
    ) -> Result<Vec<Result<Opened, Error>>, Broken> {
        let calls: Vec<_> = calls.iter().map(convert::call).collect();
        let results =
            self.policy(|exports, store| exports.call_open_many(store, policy.0, &calls, strict))?;
        Ok(results
            .into_iter()
            .map(|result| result.map(convert::opened).map_err(convert::error))
            .collect())
    }

    /// Checks a sealed document without keys. Returns the verdict.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn check(
        &mut self,
        policy: Policy,
        document: &[u8],
    ) -> Result<Result<String, Error>, Broken> {
        let verdict =
            self.policy(|exports, store| exports.call_check(store, policy.0, document))?;
        Ok(verdict.map_err(convert::error))
    }

    /// Checks a sealed document with keys, and reveals nothing of it. Returns the verdict.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn check_deep(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
    ) -> Result<Result<String, Error>, Broken> {
        let context = convert::context(context);
        let verdict = self.policy(|exports, store| {
            exports.call_check_deep(store, policy.0, document, &context)
        })?;
        Ok(verdict.map_err(convert::error))
    }

    /// Returns the JSON Schemas of clear and of sealed documents.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn schemas(&mut self, policy: Policy) -> Result<Result<Schemas, Error>, Broken> {
        let schemas = self.policy(|exports, store| exports.call_schemas(store, policy.0))?;
        Ok(schemas.map(convert::schemas).map_err(convert::error))
    }

    /// Returns the requests for keys that an operation on a document needs.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn required_keys(
        &mut self,
        policy: Policy,
        call: &BatchItem,
        operation: KeyUse,
    ) -> Result<Result<Vec<Request>, Error>, Broken> {
        let call = convert::call(call);
        let requests = self.policy(|exports, store| {
            exports.call_required_keys(store, policy.0, &call, operation.into())
        })?;
        match requests {
            Ok(requests) => requests
                .into_iter()
                .map(TryInto::try_into)
                .collect::<wasmtime::Result<_>>()
                .map(Ok)
                .map_err(broken),
            Err(error) => Ok(Err(convert::error(error))),
        }
    }

    /// Returns the places that the policy protects, as JSON text.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn coverage(&mut self, policy: Policy) -> Result<String, Broken> {
        self.policy(|exports, store| exports.call_coverage(store, policy.0))
    }

    /// Returns the places that the policy protects, as a table for people.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn coverage_text(&mut self, policy: Policy, markdown: bool) -> Result<String, Broken> {
        self.policy(|exports, store| exports.call_coverage_text(store, policy.0, markdown))
    }

    /// Drops a policy inside the instance.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn drop(&mut self, policy: Policy) -> Result<(), Broken> {
        self.enter(|_, store| policy.0.resource_drop(store))
    }

    fn policy<T>(
        &mut self,
        call: impl FnOnce(GuestPolicy<'_>, &mut Store<StoreData>) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        self.enter(|exports, store| call(exports.fieldseal_core_protect().policy(), store))
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
