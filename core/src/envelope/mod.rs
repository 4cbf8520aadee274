//! Seals and opens single values in wire format 1, bound to their context.
//!
//! ```
//! use fieldseal::envelope::{
//!     Bind, Context, Demand, Envelope, KeyIds, Prk, Sealer, Suite, Scratch,
//! };
//! use fieldseal::{KeyId, Secret};
//!
//! let demand = Demand {
//!     suite: Suite::Aes256Gcm, bind: Bind::RecordField,
//!     subject: true, retention: false, item: false, subject_bound: true,
//! };
//! let ids = KeyIds { subject: Some(KeyId([7; 16])), ..KeyIds::default() };
//! // A real key is random and comes from a key store.
//! let prk = Prk::derive(Some(&Secret::new([1; 32])), None, None);
//! let context =
//!     Context { record: "order-7", subject: "cust-1", field: "/email", ..Context::default() };
//! let (mut work, mut sealed) = (Scratch::new(), Vec::new());
//!
//! let entropy = [2; 32];                       // fresh random bytes for each value
//! let sealer = Sealer { prk: &prk, demand, padded: true, ids, context };
//! sealer.seal(b"\"ada@example.org\"", &entropy, &mut work, &mut sealed)?;
//! let sealed = String::from_utf8(sealed)?;
//! assert!(sealed.starts_with("Fs1"));
//!
//! let envelope = Envelope::decode(&sealed, &mut work)?;
//! assert!(envelope.meets(&demand));
//! let mut clear = Vec::new();
//! envelope.open(&prk, &context, &mut clear)?;
//! assert_eq!(clear, b"\"ada@example.org\"");
//!
//! let elsewhere = Context { field: "/name", ..context };
//! assert!(envelope.open(&prk, &elsewhere, &mut clear).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bound_value;
mod context;
mod fault;
mod header;
mod inspect;
mod open;
mod prk;
mod scratch;
mod seal;
mod token;
mod value_key;
mod wire;

pub(crate) use bound_value::BoundValue;
pub use context::Context;
pub use fault::Fault;
pub use header::{Bind, Demand, KeyIds, Suite};
pub use inspect::{EnvelopeHead, inspect_envelope};
pub use open::Envelope;
pub(crate) use open::Form;
pub use prk::Prk;
pub use scratch::Scratch;
pub use seal::{Sealer, sealed_len};
pub(crate) use token::PSEUDONYM_MARK;
pub use token::{Bits, Domain, IndexKey, Normalisation, PseudonymKey, TokenValue, is_pseudonym};
pub(crate) use wire::{MARK, MARK_BYTES, SHORTEST, VERSION};
