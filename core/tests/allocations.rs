//! Sealing allocates for the document and its output, not for every value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use fieldseal::Limits;
use fieldseal::json::Tape;
use support::{Store, Stream, compile, context};

fn document(values: usize) -> String {
    let values: Vec<_> = (0..values).map(|number| format!("\"value {number}\"")).collect();
    format!("{{\"list\":[{}]}}", values.join(","))
}

#[test]
fn as_many_allocations_for_500_values_as_for_5() {
    let policy = compile(
        r#"{"x-schema-family": "f", "properties": {"list": {"items": {"x-protection": {}}}}}"#,
    );
    let here = context("r", "ada");
    let count = |values: usize| {
        let (document, mut store) = (document(values), Store::default());
        let mut sealed = None;
        let info = allocation_counter::measure(|| {
            sealed = Some(policy.seal(document.as_bytes(), &here, &mut store, &mut Stream(1)));
        });
        assert_eq!(
            String::from_utf8(sealed.unwrap().unwrap().document).unwrap().matches("Fs1").count(),
            values
        );
        info.count_total
    };
    count(5);
    let (few, many) = (count(5), count(500));
    println!("{few} allocations for 5 sealed values, {many} for 500");
    assert!(many <= few, "{few} allocations for 5 sealed values, {many} for 500");
}

/// A document must not make each comparison with what a schema says as long as itself.
#[test]
fn a_long_escaped_string_is_compared_without_being_written_out() {
    let long = "\\u0061".repeat(20_000);
    let text = format!("{{\"{long}\":1,\"country\":\"{long}\",\"v\":\"x\"}}");
    let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
    let root = tape.root();
    let (country, written) = (root.member("country").unwrap(), "a".repeat(20_000));
    let info = allocation_counter::measure(|| {
        assert!(root.member("aaaa").is_none() && !root.has_members(["v", "aaaaaaaab"]));
        assert!(!country.equals_str("aaaa") && country.equals_str(&written));
    });
    assert_eq!(info.bytes_total, 0);

    let countries: Vec<String> = (0..250).map(|number| format!("\"land {number}\"")).collect();
    let policy = compile(&format!(
        r#"{{"x-schema-family": "f", "if": {{"properties": {{"country": {{"enum": [{}]}}}}, "required": ["country"]}}, "then": {{"properties": {{"v": {{"x-protection": {{}}}}}}}}}}"#,
        countries.join(",")
    ));
    let mut store = Store::default();
    let info = allocation_counter::measure(|| {
        policy.seal(text.as_bytes(), &context("r", "ada"), &mut store, &mut Stream(1)).unwrap();
    });
    assert!(
        info.bytes_total < 10 * text.len() as u64,
        "{} bytes for a document of {}",
        info.bytes_total,
        text.len()
    );
}
