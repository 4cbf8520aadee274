//! Compares the suites, and measures the cost of a token.
//!
//! Run with `cargo bench -p fieldseal --bench suites`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::hint::black_box;

use fieldseal::Secret;
use fieldseal::envelope::{Bits, Domain, IndexKey, Normalisation, Suite};
use support::value::Value;
use support::{Side, medians};

fn main() {
    suites();
    tokens();
}

fn suites() {
    let mut values = Suite::ALL.map(Value::new);
    let mut sealing: Vec<Side<'_>> = values
        .iter_mut()
        .zip(Suite::ALL)
        .map(|(value, suite)| (suite.as_str(), seal(value)))
        .collect();
    let sealed = medians(&mut sealing, 301, 200);
    drop(sealing);
    let mut opening: Vec<Side<'_>> = values
        .iter_mut()
        .zip(Suite::ALL)
        .map(|(value, suite)| (suite.as_str(), open(value)))
        .collect();
    let opened = medians(&mut opening, 301, 200);
    println!("one value of 64 bytes, native");
    for ((suite, _), (seal, open)) in opening.iter().zip(sealed.iter().zip(&opened)) {
        println!(
            "  {suite:<18} sealed in {:>5.2} µs, {:.2} × aes-256-gcm; opened in {:>5.2} µs, {:.2} ×",
            seal / 1000.0,
            seal / sealed[0],
            open / 1000.0,
            open / opened[0]
        );
    }
}

fn seal(value: &mut Value) -> Box<dyn FnMut() + '_> {
    Box::new(|| value.seal(black_box(&[7; 44])))
}

fn open(value: &mut Value) -> Box<dyn FnMut() + '_> {
    Box::new(|| value.open())
}

fn tokens() {
    let key = IndexKey::derive(&Secret::new([1; 32]));
    let texts = [
        (Normalisation::Exact, "ada@example.org"),
        (Normalisation::Email, "Ada@Example.org"),
        (Normalisation::NfkcCasefold, "Jürgen Müller"),
        (Normalisation::NfkcCasefold, "Влади́мир"),
        (Normalisation::NfkcCasefold, "王小明"),
        (Normalisation::Digits, "+49 (471) 23-45"),
    ];
    let token = |normalisation, text: &'static str| -> Box<dyn FnMut()> {
        let key = &key;
        Box::new(move || {
            drop(black_box(key.token(
                &Domain { tenant: "", name: "customers", normalisation },
                black_box(text),
                Bits::MAX,
            )))
        })
    };
    let mut sides: Vec<Side<'_>> =
        texts.map(|(normalisation, text)| (text, token(normalisation, text))).into();
    let times = medians(&mut sides, 301, 200);
    println!("\none blind index, native");
    for ((normalisation, text), time) in texts.iter().zip(times) {
        println!("  {:<15} {time:>6.0} ns  {text}", normalisation.version());
    }
}
