//! Linear memory does not grow with the number of documents.

use fieldseal::{Context, OpenOptions};
use fieldseal_conformance::counts::DOCUMENTS_OF_AN_INSTANCE;
use host_tests::keys::Shared;
use host_tests::{DEFAULTS, modules};

use crate::support::{BROTHERS, family, over, record};

/// A list of values that are all marked.
const LIST: &str =
    r#"{"x-schema-family": "f", "properties": {"list": {"items": {"x-protection": {}}}}}"#;

/// The most bytes of linear memory after documents of 10 MB.
const MOST_FOR_10_MB: usize = 30 << 20;

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

/// Lists of more than 1 MB go back to the allocator after each call, so what an instance has grown
/// to serves every later document of the same size.
#[test]
fn a_second_document_of_10_mb_adds_no_memory() {
    let keys = Shared::default();
    let (mut instance, source) = over(modules::evaluator().unwrap(), keys);
    let policy = instance.compile(LIST.as_bytes(), DEFAULTS).unwrap().unwrap();
    let value = format!("\"{}\"", "x".repeat(1_000));
    let document = format!("{{\"list\":[{}]}}", vec![value; 10_000].join(","));
    let context = Context { subject: Some("ada".into()), ..record("long") };
    let mut peaks = Vec::new();
    for _ in 0..3 {
        let sealed = instance.seal(policy, document.as_bytes(), &context, source).unwrap().unwrap();
        peaks.push(instance.memory());
        assert!(sealed.document.len() > 10_000_000);
    }
    println!("bytes of linear memory after each document of 10 MB: {peaks:?}");
    assert!(peaks.iter().all(|peak| *peak == peaks[0]), "{peaks:?}");
    assert!(peaks[0] <= MOST_FOR_10_MB, "{peaks:?}");
}
