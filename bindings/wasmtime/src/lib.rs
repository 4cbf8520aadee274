//! Runs FieldSeal's WebAssembly component in [wasmtime](https://wasmtime.dev), for Rust hosts that
//! want the module that every other host runs: sandboxed, replaceable without a new build, the same
//! bytes. A host that wants the core itself uses the crate `fieldseal`; the types of calls and
//! results are the same.
//!
//! - [`Module`]: the component, compiled once. [`Module::precompile`] and [`Module::deserialize`]
//!   move that step to the build of the host.
//! - [`Instance`]: one instance, with the verbs of its policies. It is used from one thread at a
//!   time; a pool of instances serves several.
//! - [`HostState`]: the key store and the entropy behind the two imports. The component can reach
//!   nothing else: no clock, file, network or log.
//! - [`KeySource`]: the place that the keys of a call come from. It is the host's key store, a
//!   [`Keyring`] of the instance, or answers given beforehand; a [`KeyCache`] stands before any of
//!   them.
//!
//! Every call returns two results. The outer error is [`Broken`]: most of its cases mean that the
//! instance is gone, with its keyrings, and nothing that it returned before is lost. The inner error
//! is the contract's, with its code. [`InstanceOptions`] bounds what an instance may take.
//!
//! No type of this crate shows a key, a person or a clear value in its `Debug`.
//!
//! # Examples
//!
//! ```
//! use fieldseal::{Caching, Context, Keyring, OpenOptions};
//! use fieldseal_wasmtime::{HostState, Instance, Module, ModuleOptions, Os};
//!
//! # std::env::set_current_dir("../../target/package")?;
//! let wasm = std::fs::read("fieldseal.component.wasm")?;
//! let module = Module::compile(&wasm, ModuleOptions::default())?;
//! let mut instance = Instance::new(&module, HostState::new(Keyring::memory(), Os))?;
//! let store = instance.host_source()?;
//! let cache = instance.key_cache(store, Caching::default())?;
//! let keys = instance.cached_source(cache)?;
//!
//! let schema = br#"{
//!     "x-schema-family": "urn:example:order",
//!     "properties": {"email": {"x-protection": {}}}
//! }"#;
//! let policy = instance.compile(schema, "")??;
//! let call = Context {
//!     record: Some("order-7".to_owned()),
//!     subject: Some("cust-1".to_owned()),
//!     now: Some(1_795_339_800_000),
//!     ..Context::default()
//! };
//! let document = br#"{"id": 7, "email": "ada@example.org"}"#;
//! let sealed = instance.seal(policy, document, &call, keys)??;
//! assert!(!String::from_utf8_lossy(&sealed.document).contains("ada"));
//!
//! let options = OpenOptions::default();
//! let opened = instance.open(policy, &sealed.document, &call, options, keys)??;
//! assert_eq!(opened.document, document);
//!
//! instance.evict(cache, Some("cust-1"))?;              // after an erasure or a rotation
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contract;
mod convert;
mod entropy;
mod host;
mod instance;
mod keyring;
mod module;
mod policy;
mod records;
mod sources;

pub use entropy::Os;
pub use host::{HostState, Intercept, KeyCall};
pub use instance::{Broken, Handle, Instance, InstanceOptions};
pub use keyring::{Keyring, KeyringCalls};
pub use module::{Module, ModuleOptions};
pub use policy::Policy;
pub use records::{
    Erased, Erasure, Opened, OpenedValue, Owner, RawAnswer, RawKey, Rotated, Sealed, SealedValue,
};
pub use sources::{KeyCache, KeySource};
