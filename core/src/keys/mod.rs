//! Keys are the host's: what the core asks for, what it may be answered, and a keyring for hosts without a key store.

mod request;

pub use crate::primitives::{KeyId, Secret};
pub use request::{Answer, Entropy, Host, Key, KeySource, Kind, Operation, Refusal, Request};
