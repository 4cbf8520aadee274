//! Judges runtimes of FieldSeal: the native core, the component in wasmtime, and whatever else
//! implements [`Runtime`] in Rust. Runtimes in other languages read the same files with a runner of
//! their own; README.md beside this crate describes the format.
//!
//! - [`cases`]: calls and results as bytes, and the runner.
//! - [`keyring_model`]: long random sequences of commands and a naive model that answers them.
//! - [`counts`]: how often the properties with large counts are tried.
//! - [`vectors`]: known answers of an independent implementation, and what releases sealed.
//! - [`documents`]: schemas and documents in which a policy seals the values of the vectors.
//!
//! Nothing here depends on a crate of FieldSeal: what judges the core shares no code with it.

pub mod cases;
pub mod counts;
pub mod documents;
pub mod keyring_model;
pub mod records;
pub mod vectors;

pub use cases::{Call, Missing, Outcome, Runtime, Source, Unknown};

/// Returns the bytes of hexadecimal digits.
///
/// # Panics
/// Panics if a character is no digit, or one digit is left over.
#[must_use]
pub fn unhex(digits: &str) -> Vec<u8> {
    let value = |digit: &u8| char::from(*digit).to_digit(16).expect("a hexadecimal digit") as u8;
    let pairs = digits.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => value(high) << 4 | value(low),
        _ => panic!("an odd number of digits: {}", digits.len()),
    });
    pairs.collect()
}

/// Returns the hexadecimal digits of bytes.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
