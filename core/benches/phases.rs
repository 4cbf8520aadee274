//! The phases of sealing and their time: tape, resolve, validate, derive, seal, splice.
//!
//! Run with `cargo bench -p fieldseal --bench phases`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::hint::black_box;

use fieldseal::envelope::{self, Bind, Demand, KeyIds, Prk, Scratch, Suite};
use fieldseal::internal;
use fieldseal::json::{Splice, Tape};
use fieldseal::policy::Verify;
use fieldseal::{KeyId, Keyring, Limits, Options, Policy, Secret};
use support::{Pooled, Side, medians, order, read, webhooks};

fn main() {
    phases_of_an_order();
    webhook_payloads();
}

fn phases_of_an_order() {
    let (document, policy, context) = order();
    let limits = Limits::default();
    let tape = Tape::parse(document.as_slice(), &limits).unwrap();
    let secret = Secret::new([1; 32]);
    let prk = Prk::derive(Some(&secret), None, None);
    let demand = Demand {
        suite: Suite::Aes256Gcm,
        bind: Bind::RecordField,
        subject: true,
        retention: false,
        item: false,
        subject_bound: true,
    };
    let ids = KeyIds { subject: Some(KeyId([2; 16])), ..KeyIds::default() };
    let place = envelope::Context {
        tenant: "",
        family: "urn:example:orders",
        record: "ord-2026-11-000417",
        revision: "",
        subject: "cust-90210",
        field: "/customer/email",
    };
    let (mut keys, mut random, mut work) = (Keyring::memory(), Pooled::new(), Scratch::new());
    let spans: Vec<_> = tape
        .root()
        .members()
        .filter(|(_, value)| value.as_str().is_some())
        .map(|(_, value)| value.span())
        .collect();
    let sealed = policy.seal(&document, &context, &mut keys, &mut random).unwrap().document;
    let (mut opening_keys, mut more) = (Keyring::memory(), Pooled::new());
    let again = policy.seal(&document, &context, &mut opening_keys, &mut more).unwrap().document;
    assert_eq!(sealed.len(), again.len());
    let options = Options { verify: Verify::Sealed, ..Options::default() };
    let verifying = Policy::compile(&read("benches/data/order.schema.json"), options).unwrap();
    let (mut verify_keys, mut verify_random) = (Keyring::memory(), Pooled::new());
    let mut out = Vec::new();
    let mut sides: Vec<Side<'_>> = vec![
        ("tape", Box::new(|| drop(black_box(Tape::parse(document.as_slice(), &limits))))),
        ("resolve", Box::new(|| drop(black_box(internal::resolve(&policy, &tape))))),
        ("validate", Box::new(|| assert!(internal::validate(&policy, &tape)))),
        (
            "derive one key",
            Box::new(|| drop(black_box(Prk::derive(Some(&Secret::new([1; 32])), None, None)))),
        ),
        (
            "seal five values",
            Box::new(|| {
                out.clear();
                for _ in 0..5 {
                    envelope::Sealer { prk: &prk, demand, padded: true, ids, context: place }
                        .seal(b"\"ada@example.org\"", &[7; 32], &mut work, &mut out)
                        .unwrap();
                }
            }),
        ),
        (
            "splice",
            Box::new(|| {
                let mut splice = Splice::new(tape.text(), 2 * document.len(), &limits);
                spans.iter().take(5).for_each(|span| {
                    splice.replace(span.clone(), |out| out.extend_from_slice(b"\"x\""))
                });
                drop(black_box(splice.finish()));
            }),
        ),
        (
            "seal, all of it",
            Box::new(|| {
                drop(black_box(policy.seal(&document, &context, &mut keys, &mut random).unwrap()))
            }),
        ),
        (
            "open, all of it",
            Box::new(|| drop(black_box(policy.open(&again, &context, &mut opening_keys).unwrap()))),
        ),
        (
            "seal and verify",
            Box::new(|| {
                let (keys, random) = (&mut verify_keys, &mut verify_random);
                let sealed = verifying.seal(&document, &context, keys, random).unwrap();
                assert_eq!(black_box(sealed).verdict.verified(), Some("sealed"));
            }),
        ),
    ];
    let times = medians(&mut sides, 21, 2000);
    let whole = times[6];
    println!("one order, {} bytes, 5 of its values sealed", document.len());
    for ((name, _), time) in sides.iter().zip(&times) {
        println!(
            "  {name:<18} {:>8.2} µs  {:>5.1} % of sealing",
            time / 1000.0,
            100.0 * time / whole
        );
    }
    let price = 100.0 * (times[8] / whole - 1.0);
    println!("  option verify: \"sealed\" adds {price:.1} % to sealing");
}

fn webhook_payloads() {
    let (schema, options, payloads) = webhooks();
    let bytes: usize = payloads.iter().map(Vec::len).sum();
    let kilobytes = bytes as f64 / 1000.0;
    let limits = Limits::default();
    let compile = medians(
        &mut [(
            "compile",
            Box::new(|| drop(black_box(Policy::compile(&schema, options.clone()).unwrap()))),
        )],
        5,
        1,
    )[0];
    let policy = Policy::compile(&schema, options.clone()).unwrap();
    let tapes: Vec<_> =
        payloads.iter().map(|payload| Tape::parse(payload.as_slice(), &limits).unwrap()).collect();
    let context = fieldseal::Context {
        record: Some("delivery".to_owned()),
        subject: Some("octocat".to_owned()),
        now: Some(1_795_000_000_000),
        ..fieldseal::Context::default()
    };
    let (mut keys, mut random) = (Keyring::memory(), Pooled::new());
    let mut sides: Vec<Side<'_>> = vec![
        (
            "tape",
            Box::new(|| {
                payloads
                    .iter()
                    .for_each(|payload| drop(black_box(Tape::parse(payload.as_slice(), &limits))))
            }),
        ),
        (
            "serde_json::Value",
            Box::new(|| {
                payloads.iter().for_each(|payload| {
                    drop(black_box(serde_json::from_slice::<serde_json::Value>(payload)))
                })
            }),
        ),
        (
            "resolve",
            Box::new(|| {
                tapes.iter().for_each(|tape| drop(black_box(internal::resolve(&policy, tape))))
            }),
        ),
        (
            "validate",
            Box::new(|| {
                tapes.iter().for_each(|tape| _ = black_box(internal::validate(&policy, tape)))
            }),
        ),
        (
            "seal, all of it",
            Box::new(|| {
                payloads.iter().for_each(|payload| {
                    drop(black_box(policy.seal(payload, &context, &mut keys, &mut random).unwrap()))
                })
            }),
        ),
    ];
    let times = medians(&mut sides, 5, 2);
    println!(
        "\n{} webhook payloads, {kilobytes:.0} KB; the schema of {} KB compiles in {:.1} ms",
        payloads.len(),
        schema.len() / 1000,
        compile / 1e6
    );
    for ((name, _), time) in sides.iter().zip(&times) {
        println!(
            "  {name:<18} {:>8.0} ns/KB  {:>6.2} × the tape",
            time / kilobytes,
            time / times[0]
        );
    }
}
