//! Keys come from the host: requests, answers, owners and the cache.

mod cache;
mod call_keys;
mod derived_keys;
mod lookup;
mod owner;
mod request;
mod source;
mod unavailable;

pub use cache::{Caching, KeyCache};
pub(crate) use call_keys::{CallAnswers, CallKeys, EnvelopeKeys, KeyNumbers};
pub use fieldseal_primitives::{KeyId, Secret};
pub use lookup::{Answers, KeyLookup};
pub use owner::KeyOwner;
pub(crate) use owner::listed;
pub use request::{
    Answer, Consent, Key, KeyKind, KeyUse, Refusal, RefusalCause, RefusalCode, Request,
};
pub use source::{Entropy, KeyContext, KeySource};
