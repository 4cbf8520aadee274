//! The cellar: the only place that names a cryptographic crate.

pub(crate) mod aes_256_gcm;
mod compare;
mod hkdf;
mod mac;
mod secret;
mod sha_256;

pub(crate) use compare::equal;
pub(crate) use hkdf::{Label, expand, extract};
pub(crate) use mac::Mac;
pub use secret::{KeyId, Secret};
pub(crate) use sha_256::Sha256;
