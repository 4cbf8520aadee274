//! Sealing allocates for the document and its output, not for every value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use fieldseal::json::Tape;
use fieldseal::{Context, Keyring, Limits, Options, Policy};
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

fn order() -> (Vec<u8>, Policy, Context) {
    let read = |name| std::fs::read(format!("benches/data/{name}")).unwrap();
    let policy = Policy::compile(&read("order.schema.json"), Options::default()).unwrap();
    let record = Some("ord-2026-11-000417".to_owned());
    let about = Context { record, now: Some(1_795_000_000_000), ..Context::default() };
    (read("order.json"), policy, about)
}

/// With a workspace, the five values of the order cost these allocations. In both directions: the
/// document; the list of requests and the person in the only one; the keyring's list of answers and
/// the person in its answer; the verdict's places and its key ids. In sealing also the owner that
/// the keyring looks up, in opening the places of the access record.
#[test]
fn an_order_costs_at_most_ten_allocations_after_the_first() {
    let (document, policy, about) = order();
    let (policy, mut keys) = (policy.sealer(), Keyring::memory());
    let mut counts = Vec::new();
    for _ in 0..3 {
        let mut outcome = None;
        let info = allocation_counter::measure(|| {
            outcome = Some(policy.seal(&document, &about, &mut keys, &mut Stream(1)));
        });
        let sealed = outcome.unwrap().unwrap();
        let mut outcome = None;
        let opening = allocation_counter::measure(|| {
            outcome = Some(policy.open(&sealed.document, &about, &mut keys));
        });
        assert_eq!(outcome.unwrap().unwrap().document, document);
        counts.push((info.count_total, opening.count_total));
    }
    println!("allocations to seal and to open the order, three times: {counts:?}");
    let (seal, open) = counts[2];
    assert!(seal <= 10 && open <= 10, "{counts:?}");
    assert_eq!(counts[1], counts[2]);
}

/// A long document leaves no long list behind, and the calls after it work.
#[test]
fn a_workspace_gives_the_memory_of_a_long_document_back() {
    let policy = compile(
        r#"{"x-schema-family": "f", "properties": {"list": {"items": {"x-protection": {}}}}}"#,
    );
    let (policy, here, mut store) = (policy.sealer(), context("r", "ada"), Store::default());
    let seal = |values: usize, store: &mut Store| {
        let text = document(values);
        allocation_counter::measure(|| {
            policy.seal(text.as_bytes(), &here, store, &mut Stream(1)).unwrap();
        })
    };
    seal(3, &mut store);
    let before = seal(3, &mut store);
    let long = seal(100_000, &mut store);
    assert!(long.bytes_current < 1 << 20, "{} bytes stay", long.bytes_current);
    let (first, second) = (seal(3, &mut store), seal(3, &mut store));
    println!("{before:?}\n{long:?}\n{first:?}\n{second:?}");
    assert_eq!(second.count_total, before.count_total);
}
