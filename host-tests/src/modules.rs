//! The built components, each compiled once per process.

use std::sync::OnceLock;

use anyhow::Result;
use fieldseal_wasmtime::{Module, ModuleOptions};
use wit_component::ComponentEncoder;

use crate::artefacts;

/// The file of the default component, the evaluator build.
pub const DEFAULT: &str = "fieldseal.component.wasm";
/// The file of the component that carries the validator crate.
pub const FULL: &str = "fieldseal-full.component.wasm";

/// The file of the scalar core module.
pub const SCALAR_CORE: &str = "fieldseal-scalar.core.wasm";

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

/// Returns the default component in an engine with wasmtime's support for concurrent calls.
///
/// # Errors
/// Fails if it is not built or does not compile.
#[cfg(feature = "concurrency")]
pub fn concurrent() -> Result<&'static Module> {
    static CONCURRENT: Shared = OnceLock::new();
    shared(&CONCURRENT, DEFAULT, ModuleOptions::default().concurrency())
}

/// Returns the scalar build as a component, in an engine without vectors.
///
/// # Errors
/// Fails if it is not built, does not compile, or uses a vector.
pub fn scalar() -> Result<&'static Module> {
    static SCALAR: OnceLock<Result<Module, String>> = OnceLock::new();
    let encode = || -> Result<Module> {
        let core = artefacts::read(SCALAR_CORE)?;
        let component = ComponentEncoder::default().validate(true).module(&core)?.encode()?;
        Ok(Module::compile(&component, ModuleOptions::default().scalar())?)
    };
    SCALAR
        .get_or_init(|| encode().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow::anyhow!("{SCALAR_CORE}: {error}"))
}

fn shared(cell: &'static Shared, name: &str, options: ModuleOptions) -> Result<&'static Module> {
    let compile = |wasm: Vec<u8>| Ok(Module::compile(&wasm, options)?);
    cell.get_or_init(|| artefacts::read(name).and_then(compile).map_err(|e| format!("{e:#}")))
        .as_ref()
        .map_err(|error| anyhow::anyhow!("{name}: {error}"))
}
