//! The cellar of [FieldSeal](https://github.com/fieldseal/fieldseal): the only place that names a
//! cryptographic crate.
//!
//! A crate of its own so that WebAssembly can compile it for speed while the core around it, with
//! which goes everything of the validator that is compiled for our documents, is compiled for size.
//! Use `fieldseal`, not this: what is here knows nothing of envelopes, and a wrong combination of
//! it protects nothing.

mod aes;
pub mod aes_256_gcm;
pub mod aes_256_siv;
pub mod chacha20_poly1305;
mod compare;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod ctr_precompute;
#[doc(hidden)]
pub mod hazmat;
pub mod padding;
mod secret;
mod wipe;

pub use compare::equal;
pub use fieldseal_derivation::{LANES, LANES_PAY, Label, Mac, Messages, Sha256, expand, extract};
pub use secret::{KeyId, Secret, prepared};
pub use wipe::{WipedBytes, wipe};

#[cfg(test)]
mod testing {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    /// The bytes of a known answer.
    pub(super) fn hex<const N: usize>(digits: &str) -> [u8; N] {
        assert_eq!(digits.len(), 2 * N);
        std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
    }
}
