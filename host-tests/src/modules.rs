//! The built components, each compiled once per process.

use std::sync::OnceLock;

use anyhow::Result;
use fieldseal_wasmtime::{Module, ModuleOptions};

use crate::artefacts;

/// The file of the default component, the evaluator build.
pub const DEFAULT: &str = "fieldseal.component.wasm";
/// The file of the component that carries the validator crate.
pub const FULL: &str = "fieldseal-full.component.wasm";

type Shared = OnceLock<Result<Module, String>>;

/// Returns the component that carries the validator crate.
///
/// # Errors
/// Fails if it is not built or does not compile.
pub fn full() -> Result<&'static Module> {
    static FULL_MODULE: Shared = OnceLock::new();
    shared(&FULL_MODULE, FULL, ModuleOptions::default())
}

/// Returns the default component, the evaluator build.
///
/// # Errors
/// Fails if it is not built or does not compile.
pub fn evaluator() -> Result<&'static Module> {
    static EVALUATOR_MODULE: Shared = OnceLock::new();
    shared(&EVALUATOR_MODULE, DEFAULT, ModuleOptions::default())
}

/// Returns the default component, compiled so that it counts every instruction and stops when its
/// fuel is burnt.
///
/// # Errors
/// Fails if it is not built or does not compile.
pub fn metered() -> Result<&'static Module> {
    static METERED: Shared = OnceLock::new();
    shared(&METERED, DEFAULT, ModuleOptions::default().metered())
}

fn shared(cell: &'static Shared, name: &str, options: ModuleOptions) -> Result<&'static Module> {
    let compile = |wasm: Vec<u8>| Ok(Module::compile(&wasm, options)?);
    cell.get_or_init(|| artefacts::read(name).and_then(compile).map_err(|e| format!("{e:#}")))
        .as_ref()
        .map_err(|error| anyhow::anyhow!("{name}: {error}"))
}
