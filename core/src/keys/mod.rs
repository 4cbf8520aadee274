//! Keys come from the host: requests, answers, owners and the cache.

mod cache;
mod reference;
mod request;

pub use cache::Caching;
pub(crate) use cache::{Cache, CachedKey, Generation};
pub use fieldseal_primitives::{KeyId, Secret};
pub use reference::Reference;
pub use request::{Answer, Entropy, Key, KeyContext, KeyKind, KeySource, KeyUse, Refusal, Request};
