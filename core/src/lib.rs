#![doc = include_str!("../README.md")]

pub mod envelope;
pub mod evidence;
mod export;
#[doc(hidden)]
pub mod internal;
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
pub use evidence::{AccessRecord, SchemaName, Verdict, VerdictCode, VerdictLevel};
pub use keyring::{Destroy, Erased, Erasure, KeyState, Keyring, Reached};
pub use keys::{
    Answer, Answers, Caching, Consent, Entropy, Key, KeyCache, KeyContext, KeyId, KeyKind,
    KeyLookup, KeyOwner, KeySource, KeyUse, Refusal, RefusalCause, RefusalCode, Request, Secret,
};
pub use limits::Limits;
pub use operations::{
    BatchItem, Context, IndexOptions, IndexValue, OpenOptions, Opened, Pending, PendingCheck,
    PendingOpen, PendingOpenMany, PendingSeal, PendingSealMany, Sealed, Version, context, version,
};
pub use policy::{Options, Policy, Schemas};

/// The examples of the page are run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/keys-and-forgetting.md")]
struct KeysAndForgetting;
