//! Sealing allocates for the document and its output, not for every value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use support::{Store, Stream, compile, context};

fn document(values: usize) -> String {
    let values: Vec<_> = (0..values).map(|number| format!("\"value {number}\"")).collect();
    format!("{{\"list\":[{}]}}", values.join(","))
}

#[test]
fn as_many_allocations_for_500_values_as_for_5() {
    let policy = compile(r#"{"x-schema-family": "f", "properties": {"list": {"items": {"x-protection": {}}}}}"#);
    let here = context("r", "ada");
    let count = |values: usize| {
        let (document, mut store) = (document(values), Store::default());
        let mut sealed = None;
        let info = allocation_counter::measure(|| {
            sealed = Some(policy.seal(document.as_bytes(), &here, &mut store, &mut Stream(1)));
        });
        assert_eq!(String::from_utf8(sealed.unwrap().unwrap().document).unwrap().matches("Fs1").count(), values);
        info.count_total
    };
    count(5);
    let (few, many) = (count(5), count(500));
    println!("{few} allocations for 5 sealed values, {many} for 500");
    assert!(many <= few, "{few} allocations for 5 sealed values, {many} for 500");
}
