//! Keys are the host's: what the core asks for, what it may be answered, and a keyring for hosts
//! without a key store.

mod bucket;
mod cache;
mod identity;
mod keyring;
mod reference;
mod request;
mod row;
mod state;

pub use cache::Caching;
pub(crate) use cache::{Cache, Era, Hit};
pub use fieldseal_primitives::{KeyId, Secret};
pub use keyring::Keyring;
pub use reference::Reference;
pub use request::{Answer, Entropy, Host, Key, KeySource, Kind, Operation, Refusal, Request};
pub use state::{Erasure, State};
