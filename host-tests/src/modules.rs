//! The built components, each compiled once per process.

use std::sync::OnceLock;

use anyhow::Result;
use fieldseal_wasmtime::{Module, ModuleOptions};

use crate::artefacts;

/// The file of the component without the validator.
pub const LITE: &str = "fieldseal-lite.component.wasm";

type Shared = OnceLock<Result<Module, String>>;

/// Returns the component with the validator.
///
/// # Errors
/// Fails if it is not built or does not compile.
pub fn full() -> Result<&'static Module> {
    static FULL: Shared = OnceLock::new();
    shared(&FULL, "fieldseal.component.wasm", ModuleOptions::default())
}

/// Returns the component without the validator.
///
/// # Errors
/// Fails if it is not built or does not compile.
pub fn lite() -> Result<&'static Module> {
    static LITE_MODULE: Shared = OnceLock::new();
    shared(&LITE_MODULE, LITE, ModuleOptions::default())
}

/// Returns the lite component, compiled so that it counts every instruction and stops when its fuel
/// is burnt.
///
/// # Errors
/// Fails if it is not built or does not compile.
pub fn metered() -> Result<&'static Module> {
    static METERED: Shared = OnceLock::new();
    shared(&METERED, LITE, ModuleOptions::default().metered())
}

fn shared(cell: &'static Shared, name: &str, options: ModuleOptions) -> Result<&'static Module> {
    let compile = |wasm: Vec<u8>| Ok(Module::compile(&wasm, options)?);
    cell.get_or_init(|| artefacts::read(name).and_then(compile).map_err(|e| format!("{e:#}")))
        .as_ref()
        .map_err(|error| anyhow::anyhow!("{name}: {error}"))
}
