//! The bounds on the host's resources that an instance may use.

use fieldseal::{BatchItem, Context, OpenOptions};
use fieldseal_wasmtime::{Broken, HostState, Instance, InstanceOptions, Os};
use host_tests::DEFAULTS;
use host_tests::modules;

use crate::support::record;

const SCHEMA: &[u8] = br#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#;

fn call() -> Context {
    Context { subject: Some("ada".into()), ..record("r") }
}

fn document(bytes: usize) -> Vec<u8> {
    format!(r#"{{"a":"x","b":"{}"}}"#, "y".repeat(bytes)).into_bytes()
}

/// Each document of a batch may be as large as a document may be: what the component hands over in
/// one call is bounded for each of them.
#[test]
fn a_batch_of_large_documents_is_sealed_and_opened() {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(SCHEMA, DEFAULTS).unwrap().unwrap();
    let ring = instance.keyring().unwrap();
    let keys = instance.keyring_source(ring).unwrap();
    let item = BatchItem { document: document(30 << 20), context: call() };
    let sealed = instance.seal_many(policy, &vec![item; 5], keys).unwrap();
    let items: Vec<_> = sealed
        .into_iter()
        .map(|sealed| BatchItem { document: sealed.unwrap().document, context: call() })
        .collect();
    let opened = instance.open_many(policy, &items, OpenOptions::strict(), keys).unwrap();
    for opened in opened {
        assert!(opened.unwrap().document == document(30 << 20));
    }
}

/// An instance whose every call is bounded: the bytes for each document, and its memory.
#[test]
fn what_a_call_hands_over_and_the_memory_are_bounded() {
    let seal = |options: InstanceOptions, documents: usize, bytes: usize| {
        let host = HostState::without_keys(Os);
        let mut instance =
            Instance::with_options(modules::evaluator().unwrap(), host, options).unwrap();
        let policy = instance.compile(SCHEMA, DEFAULTS).unwrap().unwrap();
        let ring = instance.keyring().unwrap();
        let keys = instance.keyring_source(ring).unwrap();
        let item = BatchItem { document: document(bytes), context: call() };
        let sealed = instance.seal_many(policy, &vec![item; documents], keys);
        assert!(instance.memory() <= options.memory_bytes);
        sealed.map(|sealed| sealed.into_iter().filter(Result::is_ok).count())
    };
    let options = InstanceOptions::default().document_bytes(1 << 20);
    assert_eq!(seal(options, 1, 1 << 19), Ok(1));
    assert_eq!(seal(options, 8, 1 << 19), Ok(8));
    let broken = seal(options, 1, 2 << 20).unwrap_err();
    assert!(matches!(&broken, Broken::Trapped(_)) && broken.is_final(), "{broken}");

    let options = InstanceOptions::default().memory_bytes(32 << 20);
    assert_eq!(seal(options, 1, 1 << 19), Ok(1));
    let broken = seal(options, 1, 30 << 20).unwrap_err();
    assert!(matches!(&broken, Broken::Trapped(_)), "{broken}");
}
