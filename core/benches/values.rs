//! Seals and opens single values without a document, in batches and one by one: those of one person
//! and those of a person each.
//!
//! Run with `cargo bench -p fieldseal --bench values`. `FIELDSEAL_VALUES` is another number of values
//! than 1,000,000. `cargo xtask bench --table` takes the rates from the file that `FIELDSEAL_FIGURES`
//! names.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::hint::black_box;
use std::time::Instant;

use fieldseal::{Context, Keyring, OpenOptions, Options, Policy, ValueItem};
use support::{Pooled, figure};

const SCHEMA: &str = r#"{"x-schema-family": "urn:example:customers", "type": "object",
    "properties": {"address": {"type": "string", "x-protection": {}}}}"#;
const PLACE: &str = "/address";
/// 64 bytes with its quotes.
const TEXT: &[u8; 64] = b"\"Ada Lovelace, 12, St James's Square, London SW1Y 4JH, England.\"";
/// The values of one batch.
const BATCH: usize = 1_000;

fn main() {
    let count = std::env::var("FIELDSEAL_VALUES").map_or(1_000_000, |text| text.parse().unwrap());
    println!("{count} values of 64 bytes without a document, native, on one core");
    measure("one person", "one", count, |_| "cust-1".to_owned());
    measure("a person each", "each", count, |number| format!("cust-{number}"));
}

/// Seals and opens the values in batches, and a tenth of them one by one.
fn measure(whose: &str, id: &str, count: usize, person: impl Fn(usize) -> String) {
    let policy = Policy::compile(SCHEMA.as_bytes(), Options::default()).unwrap().sealer();
    let mut keys = Keyring::memory();
    let mut entropy = Pooled::new();
    let context = |number| Context {
        record: Some(format!("customer-{number}")),
        subject: Some(person(number)),
        now: Some(1_795_000_000_000),
        ..Context::default()
    };
    // Keys are made before, since that is the cost of the keyring.
    for number in 0..count {
        let context = context(number);
        let value = ValueItem::new(PLACE, TEXT.as_slice(), &context);
        policy.seal_value(&value, &mut keys, &mut entropy).unwrap();
        if person(number) == person(number + 1) {
            break;
        }
    }
    let (mut sealing, mut opening) = (0.0, 0.0);
    let (mut sealing_alone, mut opening_alone) = (0.0, 0.0);
    let mut alone = 0;
    for first in (0..count).step_by(BATCH) {
        let last = count.min(first + BATCH);
        let contexts: Vec<Context> = (first..last).map(context).collect();
        let clear: Vec<ValueItem<'_>> = contexts
            .iter()
            .map(|context| ValueItem::new(PLACE, TEXT.as_slice(), context))
            .collect();
        let begun = Instant::now();
        let sealed = policy.seal_values(black_box(&clear), &mut keys, &mut entropy);
        sealing += begun.elapsed().as_secs_f64();
        let envelopes: Vec<String> =
            sealed.into_iter().map(|sealed| sealed.unwrap().envelope).collect();
        let items: Vec<ValueItem<'_>> = envelopes
            .iter()
            .zip(&contexts)
            .map(|(envelope, context)| ValueItem::new(PLACE, envelope.as_bytes(), context))
            .collect();
        let begun = Instant::now();
        let opened = policy.open_values(black_box(&items), &mut keys, OpenOptions::default());
        opening += begun.elapsed().as_secs_f64();
        assert!(opened.iter().all(|opened| opened.as_ref().unwrap().value == TEXT));
        if (first / BATCH).is_multiple_of(10) {
            alone += last - first;
            let begun = Instant::now();
            for value in &clear {
                let sealed = policy.seal_value(black_box(value), &mut keys, &mut entropy);
                drop(black_box(sealed.unwrap()));
            }
            sealing_alone += begun.elapsed().as_secs_f64();
            let begun = Instant::now();
            for value in &items {
                drop(black_box(policy.open_value(black_box(value), &mut keys).unwrap()));
            }
            opening_alone += begun.elapsed().as_secs_f64();
        }
    }
    let rate = |count: usize, seconds: f64| count as f64 / seconds / 1_000.0;
    println!(
        "  {whose:<14} sealed {:>5.0}, opened {:>5.0} thousand a second in batches of {BATCH}; \
         one by one {:>5.0} and {:>5.0}",
        rate(count, sealing),
        rate(count, opening),
        rate(alone, sealing_alone),
        rate(alone, opening_alone)
    );
    for (what, count, seconds) in [
        ("seal", count, sealing),
        ("open", count, opening),
        ("sealAlone", alone, sealing_alone),
        ("openAlone", alone, opening_alone),
    ] {
        figure(&format!("values.native.{id}.{what}"), rate(count, seconds));
    }
}
