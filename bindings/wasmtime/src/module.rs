//! The component, compiled once.

use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Config, Engine};

use crate::contract::{Fieldseal, FieldsealPre};
use crate::host::StoreData;

/// Options of a compiled component. The options that load a precompiled artefact are those that
/// made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleOptions {
    /// Counts instructions, so that [`Instance::refuel`](crate::Instance::refuel) can bound a call.
    pub metered: bool,
    /// Refuses modules that use vectors, as engines without them do: for the scalar build.
    pub scalar: bool,
    /// Keeps wasmtime's structures for concurrent calls in every store. FieldSeal's contract has no
    /// asynchronous function and makes no use of them, so that they are off by default. wasmtime
    /// refuses the option where its feature `component-model-async` is not compiled, which the
    /// feature `concurrency` of this crate does; `cargo xtask bench --table` measures both.
    pub concurrency: bool,
}

impl ModuleOptions {
    /// Returns these options with instructions counted.
    #[must_use]
    pub fn metered(mut self) -> Self {
        self.metered = true;
        self
    }

    /// Returns these options without vectors.
    #[must_use]
    pub fn scalar(mut self) -> Self {
        self.scalar = true;
        self
    }

    /// Returns these options with wasmtime's support for concurrent calls.
    #[must_use]
    pub fn concurrency(mut self) -> Self {
        self.concurrency = true;
        self
    }

    fn engine(self) -> wasmtime::Result<Engine> {
        let mut config = Config::new();
        config.consume_fuel(self.metered);
        config.concurrency_support(self.concurrency);
        config.wasm_simd(!self.scalar).wasm_relaxed_simd(!self.scalar);
        Engine::new(&config)
    }
}

/// A compiled component, ready to be instantiated any number of times and from any thread.
pub struct Module {
    pre: FieldsealPre<StoreData>,
    metered: bool,
}

impl Module {
    /// Compiles a component from its WebAssembly.
    ///
    /// # Errors
    /// Fails if the bytes are no component of the contract.
    #[cfg(feature = "compile")]
    pub fn compile(wasm: &[u8], options: ModuleOptions) -> wasmtime::Result<Module> {
        let engine = options.engine()?;
        let component = Component::new(&engine, wasm)?;
        Module::link(&engine, &component, options)
    }

    /// Compiles a component ahead of time, for [`Module::deserialize`] on a machine of the same
    /// kind. The artefact is native code: whoever can change it runs code in the host, so that it
    /// needs the care of the host's own program.
    ///
    /// # Errors
    /// Fails if the bytes are no component.
    #[cfg(feature = "compile")]
    pub fn precompile(wasm: &[u8], options: ModuleOptions) -> wasmtime::Result<Vec<u8>> {
        options.engine()?.precompile_component(wasm)
    }

    /// Loads an artefact of [`Module::precompile`], which takes milliseconds where compiling takes
    /// seconds, and needs no compiler: the feature `compile` may be off.
    ///
    /// # Errors
    /// Fails if another version of wasmtime, other options or a machine of another kind made the
    /// artefact, or if it is no component of the contract.
    ///
    /// # Safety
    /// The bytes must be what [`Module::precompile`] returned, unchanged. They are executed: the
    /// checks above find mistakes, not malice. Load them from where the host's own program comes
    /// from (embed them with `include_bytes!`, or verify a signature or digest that is shipped with
    /// the program), and never from the place where documents are.
    ///
    /// # Examples
    ///
    /// ```
    /// use fieldseal_wasmtime::{Module, ModuleOptions};
    ///
    /// # std::env::set_current_dir("../../target/package")?;
    /// // In the build of the host:
    /// let wasm = std::fs::read("fieldseal.component.wasm")?;
    /// let artefact = Module::precompile(&wasm, ModuleOptions::default())?;
    ///
    /// // In the host:
    /// // SAFETY: the bytes are those that `precompile` returned.
    /// let module = unsafe { Module::deserialize(&artefact, ModuleOptions::default()) }?;
    /// # drop(module);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[allow(unsafe_code, reason = "the caller vouches for native code")]
    pub unsafe fn deserialize(artefact: &[u8], options: ModuleOptions) -> wasmtime::Result<Module> {
        let engine = options.engine()?;
        // SAFETY: the caller vouches that `Module::precompile` made these bytes.
        let component = unsafe { Component::deserialize(&engine, artefact) }?;
        Module::link(&engine, &component, options)
    }

    fn link(
        engine: &Engine,
        component: &Component,
        options: ModuleOptions,
    ) -> wasmtime::Result<Module> {
        let mut linker = Linker::new(engine);
        Fieldseal::add_to_linker::<_, HasSelf<_>>(&mut linker, |data: &mut StoreData| data)?;
        let pre: InstancePre<StoreData> = linker.instantiate_pre(component)?;
        Ok(Module { pre: FieldsealPre::new(pre)?, metered: options.metered })
    }

    pub(crate) fn pre(&self) -> &FieldsealPre<StoreData> {
        &self.pre
    }

    pub(crate) fn is_metered(&self) -> bool {
        self.metered
    }
}

#[cfg(test)]
mod tests {
    use super::ModuleOptions;

    #[test]
    fn concurrency_is_off_and_refused_where_it_is_not_compiled() {
        assert!(ModuleOptions::default().engine().is_ok());
        let concurrent = ModuleOptions::default().concurrency().engine();
        assert_eq!(concurrent.is_ok(), cfg!(feature = "concurrency"));
    }
}
