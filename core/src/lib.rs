#![doc = include_str!("../../README.md")]

pub mod envelope;
pub mod evidence;
mod export;
pub mod json;
pub mod keyring;
pub mod keys;
pub mod operations;
pub mod policy;
mod resolver;
mod schema;
mod time;

pub use fieldseal_json::{error, limits};

pub use error::{
    CheckError, CompileError, Error, ErrorCode, Finding, OpenError, SealError, Severity,
};
pub use keyring::Keyring;
pub use keys::{
    Answer, Entropy, Key, KeyContext, KeyId, KeyKind, KeySource, KeyUse, Reference, Refusal,
    Request, Secret,
};
pub use limits::Limits;
pub use operations::{
    BatchItem, Checking, Context, IndexValue, Opened, Opening, OpeningMany, Sealed, Sealing,
    SealingMany, version,
};
pub use policy::{Options, Policy, Schemas};

/// The examples of the pages are run.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../docs/protect-one-field.md")]
    struct ProtectOneField;
    #[doc = include_str!("../../docs/whose-key.md")]
    struct WhoseKey;
    #[doc = include_str!("../../docs/answer-a-request.md")]
    struct AnswerARequest;
}
