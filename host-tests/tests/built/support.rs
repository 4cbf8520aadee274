//! Small things that several tests need.

use fieldseal::Context;
use fieldseal_wasmtime::Os;
use fieldseal_wasmtime::{HostState, Instance, Policy};
use host_tests::UNCACHED;
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

/// An instance of the full component over a keyring, with the family's policy.
pub(crate) fn family() -> (Instance, Policy, Shared) {
    let keys = Shared::default();
    let mut instance =
        Instance::new(modules::full().unwrap(), HostState::new(keys.clone(), Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), UNCACHED).unwrap().unwrap();
    (instance, policy, keys)
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
