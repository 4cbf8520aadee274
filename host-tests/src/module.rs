//! The component, compiled once per process.

use std::sync::OnceLock;

use anyhow::Result;
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Config, Engine};

use crate::artefacts;
use crate::host::State;
use crate::instance::contract::{Fieldseal, FieldsealPre};

/// A compiled component, ready to be instantiated any number of times and from any thread.
pub struct Module {
    pre: FieldsealPre<State>,
    fuelled: bool,
}

impl Module {
    /// The component with the validator, shared by the whole process.
    pub fn full() -> Result<&'static Module> {
        static FULL: OnceLock<Result<Module, String>> = OnceLock::new();
        shared(&FULL, "fieldseal.component.wasm", false)
    }

    /// The component without the validator, shared by the whole process.
    pub fn lite() -> Result<&'static Module> {
        static LITE: OnceLock<Result<Module, String>> = OnceLock::new();
        shared(&LITE, "fieldseal-lite.component.wasm", false)
    }

    /// The lite component, compiled so that it counts every instruction and stops when its fuel is
    /// burnt.
    pub fn fuelled() -> Result<&'static Module> {
        static FUELLED: OnceLock<Result<Module, String>> = OnceLock::new();
        shared(&FUELLED, "fieldseal-lite.component.wasm", true)
    }

    /// Compiles the bytes of a component.
    ///
    /// # Errors
    /// When they are no component of the contract.
    pub fn compile(wasm: &[u8], fuelled: bool) -> Result<Module> {
        let mut config = Config::new();
        config.consume_fuel(fuelled);
        let engine = Engine::new(&config)?;
        let component = Component::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        Fieldseal::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut State| state)?;
        let pre: InstancePre<State> = linker.instantiate_pre(&component)?;
        Ok(Module { pre: FieldsealPre::new(pre)?, fuelled })
    }

    pub(crate) fn pre(&self) -> &FieldsealPre<State> {
        &self.pre
    }

    pub(crate) fn is_fuelled(&self) -> bool {
        self.fuelled
    }
}

fn shared(
    cell: &'static OnceLock<Result<Module, String>>,
    name: &str,
    fuelled: bool,
) -> Result<&'static Module> {
    cell.get_or_init(|| {
        artefacts::read(name)
            .and_then(|wasm| Module::compile(&wasm, fuelled))
            .map_err(|error| format!("{error:#}"))
    })
    .as_ref()
    .map_err(|error| anyhow::anyhow!("{name}: {error}"))
}
