//! One instance of the component and the verbs of its policies.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use fieldseal::{BatchItem, Context, Error, KeyUse, Opened, Request, Sealed};
use wasmtime::component::ResourceAny;
use wasmtime::{Store, Trap};

use crate::convert;
use crate::host::{Desk, State, lock};
use crate::module::Module;
use contract::Fieldseal;
use contract::exports::fieldseal::core::protect::GuestPolicy;

/// What wasmtime makes of the contract in `wit/`.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    reason = "generated from wit/, which holds the documentation"
)]
pub(crate) mod contract {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "fieldseal:core/fieldseal",
        imports: { default: trappable },
    });
}

/// The instance is gone: nothing that it returned is lost, and nothing more comes out of it.
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
    store: Store<State>,
    door: Fieldseal,
    desk: Arc<Mutex<Desk>>,
    dead: bool,
}

impl Instance {
    /// A fresh instance whose host works at `desk`.
    ///
    /// # Errors
    /// When the component cannot be instantiated.
    pub fn new(module: &Module, desk: Desk) -> Result<Instance, Broken> {
        let desk = Arc::new(Mutex::new(desk));
        let mut store = Store::new(module.pre().engine(), State::new(Arc::clone(&desk)));
        store.limiter(|state| state);
        if module.is_fuelled() {
            store.set_fuel(u64::MAX).map_err(broken)?;
        }
        let door = module.pre().instantiate(&mut store).map_err(broken)?;
        Ok(Instance { store, door, desk, dead: false })
    }

    /// The host's desk, to change its keys or read what was asked.
    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        lock(&self.desk)
    }

    /// The size that linear memory has grown to, in bytes. It never shrinks.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.store.data().memory
    }

    /// How many instructions the calls to come may take, of an instance of [`Module::fuelled`].
    ///
    /// # Errors
    /// When the module does not count instructions.
    pub fn refuel(&mut self, instructions: u64) -> Result<(), Broken> {
        self.store.set_fuel(instructions).map_err(broken)
    }

    /// `version` of the contract.
    pub fn version(&mut self) -> Result<String, Broken> {
        self.enter(|door, store| door.fieldseal_core_protect().call_version(store))
    }

    /// `policy.compile` of the contract.
    pub fn compile(
        &mut self,
        schema: &[u8],
        options: &str,
    ) -> Result<Result<Policy, Error>, Broken> {
        let compiled = self.policy(|policy, store| policy.call_compile(store, schema, options))?;
        Ok(compiled.map(Policy).map_err(convert::error))
    }

    /// `policy.seal` of the contract.
    pub fn seal(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
    ) -> Result<Result<Sealed, Error>, Broken> {
        let context = convert::context(context);
        let sealed =
            self.policy(|door, store| door.call_seal(store, policy.0, document, &context))?;
        Ok(sealed.map(convert::sealed).map_err(convert::error))
    }

    /// `policy.open` of the contract.
    pub fn open(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
        strict: bool,
    ) -> Result<Result<Opened, Error>, Broken> {
        let context = convert::context(context);
        let opened =
            self.policy(|door, store| door.call_open(store, policy.0, document, &context, strict))?;
        Ok(opened.map(convert::opened).map_err(convert::error))
    }

    /// `policy.seal-many` of the contract.
    pub fn seal_many(
        &mut self,
        policy: Policy,
        calls: &[BatchItem],
    ) -> Result<Vec<Result<Sealed, Error>>, Broken> {
        let calls: Vec<_> = calls.iter().map(convert::call).collect();
        let results = self.policy(|door, store| door.call_seal_many(store, policy.0, &calls))?;
        Ok(results
            .into_iter()
            .map(|result| result.map(convert::sealed).map_err(convert::error))
            .collect())
    }

    /// `policy.open-many` of the contract.
    pub fn open_many(
        &mut self,
        policy: Policy,
        calls: &[BatchItem],
        strict: bool,
    ) -> Result<Vec<Result<Opened, Error>>, Broken> {
        let calls: Vec<_> = calls.iter().map(convert::call).collect();
        let results =
            self.policy(|door, store| door.call_open_many(store, policy.0, &calls, strict))?;
        Ok(results
            .into_iter()
            .map(|result| result.map(convert::opened).map_err(convert::error))
            .collect())
    }

    /// `policy.check` of the contract.
    pub fn check(
        &mut self,
        policy: Policy,
        document: &[u8],
    ) -> Result<Result<String, Error>, Broken> {
        let verdict = self.policy(|door, store| door.call_check(store, policy.0, document))?;
        Ok(verdict.map_err(convert::error))
    }

    /// `policy.check-deep` of the contract.
    pub fn check_deep(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
    ) -> Result<Result<String, Error>, Broken> {
        let context = convert::context(context);
        let verdict =
            self.policy(|door, store| door.call_check_deep(store, policy.0, document, &context))?;
        Ok(verdict.map_err(convert::error))
    }

    /// `policy.schemas` of the contract: the plaintext and the sealed one.
    pub fn schemas(&mut self, policy: Policy) -> Result<Result<(String, String), Error>, Broken> {
        let schemas = self.policy(|door, store| door.call_schemas(store, policy.0))?;
        Ok(schemas.map(|schemas| (schemas.plaintext, schemas.sealed)).map_err(convert::error))
    }

    /// `policy.required-keys` of the contract.
    pub fn required_keys(
        &mut self,
        policy: Policy,
        call: &BatchItem,
        operation: KeyUse,
    ) -> Result<Result<Vec<Request>, Error>, Broken> {
        let call = convert::call(call);
        let requests = self.policy(|door, store| {
            door.call_required_keys(store, policy.0, &call, operation.into())
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

    /// `policy.coverage` of the contract.
    pub fn coverage(&mut self, policy: Policy) -> Result<String, Broken> {
        self.policy(|door, store| door.call_coverage(store, policy.0))
    }

    /// `policy.coverage-text` of the contract.
    pub fn coverage_text(&mut self, policy: Policy, markdown: bool) -> Result<String, Broken> {
        self.policy(|door, store| door.call_coverage_text(store, policy.0, markdown))
    }

    /// Drops a policy inside the instance.
    pub fn drop(&mut self, policy: Policy) -> Result<(), Broken> {
        self.enter(|_, store| policy.0.resource_drop(store))
    }

    fn policy<T>(
        &mut self,
        call: impl FnOnce(GuestPolicy<'_>, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        self.enter(|door, store| call(door.fieldseal_core_protect().policy(), store))
    }

    pub(crate) fn enter<T>(
        &mut self,
        call: impl FnOnce(&Fieldseal, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        if self.dead {
            return Err(Broken::Dead);
        }
        call(&self.door, &mut self.store).map_err(|error| {
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
