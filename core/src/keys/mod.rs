//! Keys from the host: requests, answers, key owners and the key cache.

mod answered;
mod cache;
mod caching;
mod call_answers;
mod call_keys;
mod derived_keys;
mod entries;
mod lookup;
mod owner;
mod request;
mod source;
mod unavailable;

pub use answered::AnsweredKeys;
pub use cache::KeyCache;
pub use caching::Caching;
pub(crate) use call_answers::{CallAnswers, EnvelopeKeys, KeyNumbers};
pub(crate) use call_keys::CallKeys;
pub use fieldseal_primitives::{KeyId, Secret};
pub use lookup::{Answers, KeyLookup};
pub use owner::KeyOwner;
pub(crate) use owner::listed;
pub use request::{
    Answer, Consent, Key, KeyKind, KeyUse, Refusal, RefusalCause, RefusalCode, Request,
};
pub use source::{Entropy, KeyContext, KeySource};
