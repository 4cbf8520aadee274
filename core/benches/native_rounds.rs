//! Measures native calls on request, so that a benchmark in another language can alternate with
//! them.
//!
//! Each line of standard input holds a number of calls and an operation: `seal` or `open` for the
//! order, `validate` for the judging alone of an order that was read before, `seal-value` or
//! `open-value` for one value of 64 bytes. The answer is the nanoseconds per call.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::hint::black_box;
use std::io::{BufRead as _, Write as _};

use fieldseal::envelope::Suite;
use fieldseal::json::Tape;
use fieldseal::{Keyring, Limits, internal};
use support::value::Value;
use support::{Pooled, order, time};

fn main() {
    let (document, policy, context) = order();
    let policy = policy.sealer();
    let (mut keys, mut random) = (Keyring::memory(), Pooled::new());
    let sealed = policy.seal(&document, &context, &mut keys, &mut random).unwrap().document;
    let tape = Tape::parse(document.as_slice(), &Limits::default()).unwrap();
    let mut value = Value::new(Suite::Aes256Gcm);
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (calls, what) = line.split_once(' ').unwrap();
        let calls = calls.parse().unwrap();
        let taken = match what {
            "seal-value" => time(calls, || value.seal(black_box(&[7; 44]))),
            "open-value" => time(calls, || value.open()),
            "validate" => time(calls, || assert!(internal::validate(&policy, black_box(&tape)))),
            "seal" => time(calls, || {
                drop(black_box(policy.seal(&document, &context, &mut keys, &mut random).unwrap()))
            }),
            _ => {
                time(calls, || drop(black_box(policy.open(&sealed, &context, &mut keys).unwrap())))
            }
        };
        println!("{taken}");
        std::io::stdout().flush().unwrap();
    }
}
