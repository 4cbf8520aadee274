//! The cellar: the only place that names a cryptographic crate.

mod secret;

pub use secret::{KeyId, Secret};
