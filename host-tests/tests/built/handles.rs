//! Handles that lead nowhere, and key stores that panic: what an instance survives, and what not.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fieldseal::{Answer, Caching, KeyContext, KeySource as KeyStore, OpenOptions, Request};
use fieldseal_wasmtime::{Broken, HostState, Instance, Os, Owner, Policy};
use host_tests::DEFAULTS;
use host_tests::keys::Shared;
use host_tests::modules;

use crate::support::{BROTHERS, FAMILY, over, record, text};

fn instance() -> (Instance, Policy) {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    (instance, policy)
}

/// The keyring of an instance is all that its persons have: a slip of the host must not end it.
#[test]
fn a_handle_that_leads_nowhere_costs_no_keyring() {
    let ((mut one, policy), (mut other, foreign)) = (instance(), instance());
    let ring = one.keyring().unwrap();
    let source = one.keyring_source(ring).unwrap();
    let call = record("tale-1");
    let sealed = one.seal(policy, BROTHERS.as_bytes(), &call, source).unwrap().unwrap().document;

    // Of another instance.
    let their_ring = other.keyring().unwrap();
    let theirs = other.keyring_source(their_ring).unwrap();
    let their_cache = other.key_cache(theirs, Caching::default()).unwrap();
    let strict = OpenOptions::strict();
    let gone = Err(Broken::Handle);
    assert_eq!(one.open(policy, &sealed, &call, strict, theirs).map(drop), gone);
    assert_eq!(one.seal(foreign, BROTHERS.as_bytes(), &call, source).map(drop), gone);
    assert_eq!(one.seal_many(foreign, &[], source).map(drop), gone);
    assert_eq!(one.keyring_source(their_ring).map(drop), gone);
    assert_eq!(one.key_cache(theirs, Caching::default()).map(drop), gone);
    assert_eq!(one.cached_source(their_cache).map(drop), gone);
    assert_eq!(one.evict(their_cache, None), gone);
    assert_eq!(one.drop(theirs), gone);
    assert_eq!(one.keyring_calls(their_ring).state(&Owner::from("cust-1")).map(drop), gone);
    other.seal(foreign, BROTHERS.as_bytes(), &call, theirs).unwrap().unwrap();

    // Dropped, and dropped twice; another resource has come to its place since.
    let second = one.keyring_source(ring).unwrap();
    one.drop(second).unwrap();
    let third = one.keyring_source(ring).unwrap();
    assert_eq!(one.drop(second), gone);
    assert_eq!(one.open(policy, &sealed, &call, strict, second).map(drop), gone);
    assert!(!Broken::Handle.is_final() && Broken::Handle.to_string().contains("dropped"));

    for source in [source, third] {
        let opened = one.open(policy, &sealed, &call, strict, source).unwrap().unwrap();
        assert_eq!(text(opened.document), BROTHERS);
    }
}

#[test]
fn a_module_that_counts_nothing_is_not_dead() {
    let (mut instance, policy) = instance();
    let broken = instance.refuel(5).unwrap_err();
    assert_eq!(broken, Broken::Unmetered);
    assert!(!broken.is_final() && broken.to_string().contains("metered"), "{broken}");
    instance.check(policy, b"{}").unwrap().unwrap();
}

/// Panics when it is asked.
struct Panics;

impl KeyStore for Panics {
    fn current(&mut self, _: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        panic!("the store is down")
    }

    fn by_id(&mut self, _: &[Request], _: Option<u64>) -> Vec<Answer> {
        panic!("the store is down")
    }
}

/// A panic unwinds through the guest, whose memory is then as it was in the middle of a call.
#[test]
fn after_a_panic_of_the_key_store_the_instance_is_dead() {
    let (mut instance, source) = over(modules::evaluator().unwrap(), Panics);
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let call = record("tale-1");
    let caught = catch_unwind(AssertUnwindSafe(|| {
        instance.seal(policy, BROTHERS.as_bytes(), &call, source).map(drop)
    }));
    assert!(caught.is_err(), "the host sees its panic");
    instance.host().keys = Box::new(Shared::default());
    assert_eq!(instance.check(policy, b"{}").unwrap_err(), Broken::Dead);
    let sealed = instance.seal(policy, BROTHERS.as_bytes(), &call, source);
    assert_eq!(sealed.unwrap_err(), Broken::Dead);
    assert_eq!(instance.drop(source), Err(Broken::Dead));
    assert!(Broken::Dead.is_final());
}
