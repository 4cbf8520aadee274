#![doc = include_str!("../README.md")]

#[cfg(feature = "getrandom")]
pub mod entropy;
pub mod envelope;
pub mod error;
pub mod evidence;
mod export;
#[doc(hidden)]
pub mod internal;
pub mod json;
pub mod keyring;
pub mod keys;
pub mod limits;
mod memory;
pub mod operations;
mod ordered;
pub mod policy;
mod resolver;
mod schema;
mod time;

pub use envelope::{EnvelopeHead, inspect_envelope};
pub use error::{
    CheckError, CompileError, Error, ErrorCode, Finding, OpenError, SealError, Severity,
};
pub use evidence::{AccessRecord, SchemaName, Verdict, VerdictCode, VerdictLevel};
pub use keyring::{Destroy, Erased, Erasure, KeyState, Keyring, Reached, Rotated};
pub use keys::{
    Answer, AnsweredKeys, Answers, Caching, Consent, Entropy, Key, KeyCache, KeyContext, KeyId,
    KeyKind, KeyLookup, KeyOwner, KeySource, KeyUse, Refusal, RefusalCause, RefusalCode, Request,
    Secret,
};
pub use limits::Limits;
pub use memory::Workspace;
pub use operations::{
    BatchItem, Context, IndexQuery, IndexValue, OpenOptions, Opened, OpenedValue, Pending,
    PendingCheck, PendingIndexValues, PendingOpen, PendingOpenMany, PendingOpenValue,
    PendingOpenValues, PendingSeal, PendingSealMany, PendingSealValue, PendingSealValues, Sealed,
    SealedValue, ValueItem, Version, context, version,
};
pub use policy::{Coverage, CoverageFormat, Options, Policy, Schemas};

/// The examples of the pages are run.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../docs/protect-one-field.md")]
    struct ProtectOneField;
    #[doc = include_str!("../../docs/find-a-sealed-value.md")]
    struct FindASealedValue;
    #[doc = include_str!("../../docs/seal-one-value.md")]
    struct SealOneValue;
    #[doc = include_str!("../../docs/whose-key.md")]
    struct WhoseKey;
    #[doc = include_str!("../../docs/answer-a-request.md")]
    struct AnswerARequest;
}
