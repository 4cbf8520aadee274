//! Key derivation under [FieldSeal](https://github.com/fieldseal/fieldseal): SHA-256, HMAC whose
//! key is absorbed once, HKDF with labels.
//!
//! A crate of its own, since WebAssembly compiles it for speed even where the modes of
//! `fieldseal-primitives` are compiled for size: half of the time of a value is spent here. Use
//! `fieldseal`, not this.

mod hkdf;
mod lanes;
mod mac;
mod sha_256;

pub use hkdf::{Label, expand, expand_with, extract, extract_with};
pub use lanes::{LANES, LANES_PAY, Messages};
pub use mac::Mac;
pub use sha_256::{BLOCK, Sha256};

#[cfg(test)]
mod testing {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    /// The bytes of a known answer.
    pub(super) fn hex<const N: usize>(digits: &str) -> [u8; N] {
        assert_eq!(digits.len(), 2 * N);
        std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
    }
}
