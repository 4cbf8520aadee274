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

/// The examples of the page are run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/keys-and-forgetting.md")]
struct KeysAndForgetting;
