//! Proof of what ships: the tests of this crate and the demonstration drive what `cargo xtask package`
//! made, never the core's source, through `bindings/wasmtime`. The native core is here as the
//! host's key store and as the other side of parity tests.

pub mod artefacts;
pub mod cases;
pub mod commands;
pub mod keys;
pub mod modules;
pub mod payloads;
pub mod watch;

/// Compile options of tests: the defaults.
pub const DEFAULTS: &str = "{}";
