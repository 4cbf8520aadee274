//! Small things that several tests need.

use fieldseal::{Context, KeySource as KeyStore};
use fieldseal_wasmtime::{HostState, Instance, KeySource, Module, Os, Policy};
use host_tests::DEFAULTS;
use host_tests::keys::Shared;
use host_tests::modules;

/// Two brothers in one document, and something about nobody.
pub(crate) const FAMILY: &str = r#"{
    "$schema": "http://json-schema.org/draft-07/schema#",
    "x-schema-family": "urn:example:family",
    "type": "object",
    "properties": {
        "brothers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": { "type": "string" },
                    "name": { "type": "string", "x-protection": { "subject": "1/id", "erased": "(forgotten)" } }
                }
            }
        },
        "town": { "type": "string" }
    }
}"#;

pub(crate) const BROTHERS: &str = r#"{"brothers": [{"id": "cust-1", "name": "Jacob Grimm"}, {"id": "cust-2", "name": "Wilhelm Grimm"}], "town": "Hanau"}"#;

pub(crate) fn record(name: &str) -> Context {
    Context { record: Some(name.into()), now: Some(1_795_339_800_000), ..Context::default() }
}

/// An instance of the default component with the family's policy, over a keyring of the host.
pub(crate) fn family() -> (Instance, Policy, KeySource, Shared) {
    let keys = Shared::default();
    let (mut instance, source) = over(modules::evaluator().unwrap(), keys.clone());
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    (instance, policy, source, keys)
}

/// An instance over a key store of the host, and the source that asks it.
pub(crate) fn over(module: &Module, keys: impl KeyStore + Send + 'static) -> (Instance, KeySource) {
    let mut instance = Instance::new(module, HostState::new(keys, Os)).unwrap();
    let source = instance.host_source().unwrap();
    (instance, source)
}

pub(crate) fn text(document: Vec<u8>) -> String {
    String::from_utf8(document).unwrap()
}

/// The code and place of a refusal.
pub(crate) fn refusal<T: std::fmt::Debug>(
    result: Result<T, fieldseal::Error>,
) -> (&'static str, Option<String>) {
    let error = result.unwrap_err();
    (error.code.as_str(), error.pointer)
}
