//! A host for the built FieldSeal component: wasmtime, a key store and an entropy source behind the
//! two imports, and a probe for memory. The tests of this crate and the demo drive what `cargo
//! xtask package` made, never the core's source; the native core is here as the host's key store
//! and as the other side of parity tests.

pub mod artefacts;
pub mod cases;
mod convert;
pub mod entropy;
pub mod host;
pub mod instance;
pub mod keyring;
pub mod keys;
pub mod module;
pub mod payloads;
pub mod records;

pub use host::{Asked, Desk, Switch};
pub use instance::{Broken, Instance, Policy};
pub use module::Module;
pub use records::{Opened, Sealed};

/// Compile options of tests: the defaults.
pub const UNCACHED: &str = "{}";
