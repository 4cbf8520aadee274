//! Linear memory does not grow with the number of documents.

use fieldseal::OpenOptions;
use fieldseal_conformance::counts::DOCUMENTS_OF_AN_INSTANCE;
use host_tests::DEFAULTS;

use crate::support::{BROTHERS, family, record};

#[test]
fn linear_memory_is_flat_over_100_000_documents() {
    let (mut instance, policy, source, _) = family();
    let mut warm = 0;
    for n in 0..DOCUMENTS_OF_AN_INSTANCE.get() {
        let context = record(if n % 2 == 0 { "tale-1" } else { "tale-2" });
        let sealed = instance.seal(policy, BROTHERS.as_bytes(), &context, source).unwrap().unwrap();
        if n % 10 == 0 {
            instance
                .open(policy, &sealed.document, &context, OpenOptions::strict(), source)
                .unwrap()
                .unwrap();
            assert!(instance.seal(policy, &sealed.document, &context, source).unwrap().is_err());
        }
        if n == 999 {
            warm = instance.memory();
        }
    }
    assert!(warm > 0, "the probe sees memory");
    assert_eq!(
        instance.memory(),
        warm,
        "bytes of linear memory after 1,000 documents and after 100,000"
    );
}

#[test]
fn policies_that_are_dropped_leave_their_memory() {
    let (mut instance, ..) = family();
    let mut warm = 0;
    for n in 0..2_000 {
        let policy =
            instance.compile(crate::support::FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
        instance.drop(policy).unwrap();
        if n == 99 {
            warm = instance.memory();
        }
    }
    assert_eq!(
        instance.memory(),
        warm,
        "bytes of linear memory after 100 policies and after 2,000"
    );
}
