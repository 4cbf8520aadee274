//! Tests of compiled policies, including GitHub's webhook schema with the overlay of the
//! demonstration.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// Prints to the standard error stream, since the test harness shows captured output of failed
/// tests only.
#[cfg(feature = "validation")]
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

#[cfg(feature = "validation")]
mod crate_use;
#[cfg(feature = "validation")]
mod engines;
#[cfg(feature = "validation")]
mod forms;
#[cfg(feature = "validation")]
mod indexes;
mod oracle;
#[cfg(feature = "validation")]
mod proof;
#[cfg(feature = "validation")]
mod suite;
#[cfg(feature = "validation")]
mod verdicts;
mod walking;

use crate::Limits;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::policy::{Options, Policy};
use crate::resolver::walk::Sought;

fn npm(path: &str) -> Vec<u8> {
    let full =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../js/node_modules").join(path);
    std::fs::read(&full).unwrap_or_else(|error| {
        panic!("{}: {error}; run `cargo xtask setup` first", full.display())
    })
}

fn webhooks() -> Policy {
    let overlay = include_str!("../../../tests/data/webhooks-overlay.json");
    let options = Options::from_json(&format!(r#"{{"overlay":{overlay}}}"#)).unwrap();
    Policy::compile(&npm("@octokit/webhooks-schemas/schema.json"), options).unwrap()
}

/// Checks the published counts (docs/what-is-sealed.md): 277 of GitHub's 329 documents conform.
/// They have 16,530 sealed values if every branch counts, and 16,391 without the branches that
/// certainly do not apply.
#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn v01_webhooks_seal_the_published_counts() {
    let policy = webhooks();
    let index: serde_json::Value =
        serde_json::from_slice(&npm("@octokit/webhooks-examples/api.github.com/index.json"))
            .unwrap();
    let (mut valid, mut invalid, mut sealed, mut decided) = (0, 0, 0, 0);
    for event in index.as_array().unwrap() {
        for example in event["examples"].as_array().unwrap() {
            let text = serde_json::to_vec(example).unwrap();
            let tape = Tape::parse(&text[..], &Limits::default()).unwrap();
            let found = policy.resolve(&tape, Sought::All).unwrap();
            assert!(
                found.disputes.is_empty()
                    && !found.locations.iter().any(|location| location.disputed)
            );
            match policy.is_valid(&tape) {
                Validity::Valid => {
                    valid += 1;
                    sealed += found.locations.len();
                    let decision = policy.resolve(&tape, Sought::Decided).unwrap();
                    decided +=
                        decision.locations.iter().filter(|location| location.decided).count();
                }
                Validity::Invalid => {
                    invalid += 1;
                    // The search for a fault is slow without optimisation, so one suffices here.
                    if invalid == 1 {
                        let fault = policy.misfit(&tape, None).pointer.unwrap();
                        assert!(example.pointer(&fault).is_some(), "a fault has a place");
                    }
                }
                other => {
                    assert_eq!(other, Validity::Unvalidated);
                    return;
                }
            }
        }
    }
    assert_eq!((valid, invalid, sealed, decided), (277, 52, 16_530, 16_391));
}
