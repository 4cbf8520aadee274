//! The component compiled ahead of time, as a host's build would do it.

use fieldseal_conformance::cases::Stream;
use fieldseal_wasmtime::{HostState, Instance, Module, ModuleOptions, Sealed};
use host_tests::DEFAULTS;
use host_tests::artefacts;
use host_tests::keys::Shared;
use host_tests::modules::{self, DEFAULT};
use support::convert::Entropy;

use crate::support::{BROTHERS, FAMILY, record};

/// The document sealed under the key of a keyring that begins with the same entropy.
fn sealed(module: &Module) -> Sealed {
    let host = HostState::new(Shared::default(), Entropy(Stream::default()));
    let mut instance = Instance::new(module, host).unwrap();
    let source = instance.host_source().unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap()
}

fn load(artefact: &[u8], options: ModuleOptions) -> Result<Module, String> {
    // SAFETY: the tests below give what `Module::precompile` made, or bytes that are not native
    // code at all.
    unsafe { Module::deserialize(artefact, options) }.map_err(|error| format!("{error:#}"))
}

#[test]
fn a_precompiled_component_seals_the_same_bytes() {
    let wasm = artefacts::read(DEFAULT).unwrap();
    let artefact = Module::precompile(&wasm, ModuleOptions::default()).unwrap();
    let module = load(&artefact, ModuleOptions::default()).unwrap();
    assert_eq!(sealed(&module), sealed(modules::evaluator().unwrap()));

    // Other options are another artefact, and WebAssembly is none.
    assert!(load(&artefact, ModuleOptions::default().metered()).is_err());
    assert!(load(&wasm, ModuleOptions::default()).is_err());
    assert!(load(b"", ModuleOptions::default()).is_err());
}

#[test]
fn findings_are_named_by_constants() {
    let host = HostState::new(Shared::default(), Entropy(Stream::default()));
    let mut instance = Instance::new(modules::evaluator().unwrap(), host).unwrap();
    let mut id = || instance.compile(b"{}", "{}").unwrap().unwrap_err().findings[0].id;
    let (first, second) = (id(), id());
    assert_eq!(first, "family-missing");
    assert!(std::ptr::eq(first, second), "one text for all findings of a name");
}
