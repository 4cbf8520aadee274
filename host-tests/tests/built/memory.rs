//! Linear memory does not grow with the number of documents.

use fieldseal::{Context, OpenOptions};
use fieldseal_conformance::counts::DOCUMENTS_OF_AN_INSTANCE;
use host_tests::keys::Shared;
use host_tests::{DEFAULTS, modules};

use crate::support::{BROTHERS, family, over, record};

/// A list of objects with a marked member each.
const LIST: &str = r#"{
    "x-schema-family": "f",
    "properties": {"list": {"items": {"properties": {"marked": {"x-protection": {}}}}}}
}"#;

/// The most bytes of linear memory after sealing a document of 10 MB.
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
    let clear = "x".repeat(920);
    let object = format!("{{\"marked\":\"{}\",\"clear\":\"{clear}\"}}", "y".repeat(62));
    let document = format!("{{\"list\":[{}]}}", vec![object; 10_000].join(","));
    let context = Context { subject: Some("ada".into()), ..record("long") };
    let mut peaks = Vec::new();
    for _ in 0..3 {
        let sealed = instance.seal(policy, document.as_bytes(), &context, source).unwrap().unwrap();
        let sealing = instance.memory();
        let options = OpenOptions::strict();
        let opened = instance.open(policy, &sealed.document, &context, options, source);
        assert_eq!(opened.unwrap().unwrap().document, document.as_bytes());
        peaks.push((sealing, instance.memory()));
    }
    println!("bytes of linear memory after sealing and opening 10 MB: {peaks:?}");
    assert!(peaks[0].0 <= MOST_FOR_10_MB && document.len() > 10_000_000, "{peaks:?}");
    assert_eq!(peaks[1], (peaks[0].1, peaks[0].1), "a second document adds nothing");
    assert_eq!(peaks[2], peaks[1]);
}
