//! Runs FieldSeal's WebAssembly component in [wasmtime](https://wasmtime.dev), for Rust hosts that
//! want the module that every other host runs: sandboxed, replaceable without a new build, the same
//! bytes. A host that wants the core itself uses the crate `fieldseal`; the types of calls and
//! results are the same.
//!
//! - [`Module`]: the component, compiled once. [`Module::precompile`] and [`Module::deserialize`]
//!   move that step to the build of the host.
//! - [`Instance`]: one instance, with the verbs of its policies. It is used from one thread at a
//!   time; a pool of instances serves several.
//! - [`HostState`]: the key source and the entropy behind the two imports. The component can reach
//!   nothing else: no clock, file, network or log.
//! - [`Keyring`], [`RemoteKeyring`]: the keyring that the component exports, and one of another
//!   instance as a key source.
//!
//! Every call returns two results. The outer error is [`Broken`]: the instance is gone, and nothing
//! that it returned before is lost. The inner error is the contract's, with its code.
//!
//! # Examples
//!
//! ```
//! use fieldseal::{Context, Keyring};
//! use fieldseal_wasmtime::{HostState, Instance, Module, ModuleOptions, Os};
//!
//! # std::env::set_current_dir("../../target/package")?;
//! let module = Module::compile(&std::fs::read("fieldseal-lite.component.wasm")?, ModuleOptions::default())?;
//! let mut instance = Instance::new(&module, HostState::new(Keyring::memory(), Os))?;
//!
//! let schema = br#"{
//!     "x-schema-family": "urn:example:order",
//!     "properties": {"email": {"x-protection": {}}}
//! }"#;
//! let policy = instance.compile(schema, "{}")??;
//! let call = Context {
//!     record: Some("order-7".to_owned()),
//!     subject: Some("cust-1".to_owned()),
//!     now: Some(1_795_339_800_000),
//!     ..Context::default()
//! };
//! let sealed = instance.seal(policy, br#"{"id": 7, "email": "ada@example.org"}"#, &call)??;
//! assert!(!String::from_utf8_lossy(&sealed.document).contains("ada"));
//!
//! let opened = instance.open(policy, &sealed.document, &call, false)??;
//! assert_eq!(opened.document, br#"{"id": 7, "email": "ada@example.org"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contract;
mod convert;
mod entropy;
mod host;
mod instance;
mod keyring;
mod module;
mod records;

pub use contract::{RawAnswer, RawKey, RawRefusal};
pub use entropy::Os;
pub use host::{HostState, Intercept, KeyCall};
pub use instance::{Broken, Instance, Policy};
pub use keyring::{Keyring, KeyringCalls, RemoteKeyring};
pub use module::{Module, ModuleOptions};
pub use records::{Erased, Erasure, Opened, Owner, Sealed};
