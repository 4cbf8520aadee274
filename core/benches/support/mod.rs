//! Shared parts of the benchmarks: the order document, random bytes, and interleaved rounds of the
//! measured operations.
#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

pub(crate) mod value;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use fieldseal::{Context, Entropy, Options, Policy};

pub(crate) fn read(path: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run `cargo xtask setup` first", path.display())
    })
}

/// Returns the order, its policy and its context.
pub(crate) fn order() -> (Vec<u8>, Policy, Context) {
    let policy = Policy::compile(&read("benches/data/order.schema.json"), Options::default())
        .expect("the order's schema compiles");
    let context = Context {
        record: Some("ord-2026-11-000417".to_owned()),
        now: Some(1_795_000_000_000),
        ..Context::default()
    };
    (read("benches/data/order.json"), policy, context)
}

/// Returns GitHub's schema, options with the demonstration's overlay, and the 329 published
/// payloads.
pub(crate) fn webhooks() -> (Vec<u8>, Options, Vec<Vec<u8>>) {
    let schema = read("../js/node_modules/@octokit/webhooks-schemas/schema.json");
    let overlay = String::from_utf8(read("tests/data/webhooks-overlay.json")).unwrap();
    let options =
        Options::from_json(&format!("{{\"overlay\":{overlay},\"nonconforming\":\"seal\"}}"))
            .expect("the options are well formed");
    let events: serde_json::Value = serde_json::from_slice(&read(
        "../js/node_modules/@octokit/webhooks-examples/api.github.com/index.json",
    ))
    .unwrap();
    let examples =
        events.as_array().unwrap().iter().flat_map(|event| event["examples"].as_array().unwrap());
    (schema, options, examples.map(|example| serde_json::to_vec(example).unwrap()).collect())
}

/// Random bytes of the system, drawn 4 KiB at a time as in the WebAssembly bindings.
pub(crate) struct Pooled {
    bytes: Vec<u8>,
}

impl Pooled {
    pub(crate) fn new() -> Self {
        Pooled { bytes: Vec::new() }
    }
}

impl Entropy for Pooled {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            if self.bytes.is_empty() {
                self.bytes.resize(4096, 0);
                getrandom::fill(&mut self.bytes).expect("the system gives random bytes");
            }
            *byte = self.bytes.pop().unwrap_or_default();
        }
    }
}

/// Returns the nanoseconds per call of `run`, averaged over `calls` calls.
pub(crate) fn time(calls: u32, mut run: impl FnMut()) -> f64 {
    let begun = Instant::now();
    for _ in 0..calls {
        run();
    }
    begun.elapsed().as_nanos() as f64 / f64::from(calls)
}

/// Appends a figure to the file that `FIELDSEAL_FIGURES` names, for the table of `cargo xtask bench
/// --table`; does nothing where it names none.
pub(crate) fn figure(id: &str, value: f64) {
    if let Some(path) = std::env::var_os("FIELDSEAL_FIGURES") {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "{{\"id\": \"{id}\", \"value\": {value}}}").unwrap();
    }
}

/// A named operation to measure.
pub(crate) type Side<'a> = (&'a str, Box<dyn FnMut() + 'a>);

/// Returns the median nanoseconds per call of each operation, from interleaved rounds.
pub(crate) fn medians(sides: &mut [Side<'_>], rounds: usize, calls: u32) -> Vec<f64> {
    let mut all = vec![Vec::with_capacity(rounds); sides.len()];
    for round in 0..=rounds {
        for ((_, run), times) in sides.iter_mut().zip(&mut all) {
            let taken = time(calls, run);
            // The first round only warms up.
            if round > 0 {
                times.push(taken);
            }
        }
    }
    all.iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect()
}
