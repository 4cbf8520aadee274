//! The cellar: the only place that names a cryptographic crate.

pub(crate) mod aes_256_gcm;
mod compare;
mod hkdf;
mod mac;
mod secret;
mod sha_256;

pub(crate) use self::hkdf::{Label, expand, extract};
pub(crate) use compare::equal;
pub(crate) use mac::Mac;
pub use secret::{KeyId, Secret};
pub(crate) use sha_256::Sha256;

#[cfg(test)]
mod testing {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    /// The bytes of a known answer.
    pub(super) fn hex<const N: usize>(digits: &str) -> [u8; N] {
        assert_eq!(digits.len(), 2 * N);
        std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
    }
}
