//! The document: a tape over the original text, pointers into it, and the writer that splices new
//! text in.
//!
//! JSON comes in as bytes and stays text (RFC 8259). One pass finds every value's span; nothing is
//! ever serialised again, so numbers, order, white space and escapes outside a replaced span
//! survive byte for byte.
//!
//! ```
//! use fieldseal_json::{DocumentLimits, Pointer, Splice, Tape};
//!
//! let text = br#"{"name": "Ada", "total": 1.50}"#;
//! let limits = DocumentLimits::default();
//! let tape = Tape::parse(&text[..], limits)?;
//! let name = Pointer::parse("/name")?.resolve(tape.root()).ok_or("no name")?;
//! assert_eq!(name.as_str().as_deref(), Some("Ada"));
//!
//! let mut splice = Splice::new(tape.text(), text.len(), limits);
//! splice.replace(name.span(), |out| out.extend_from_slice(b"null"));
//! assert_eq!(splice.finish()?, br#"{"name": null, "total": 1.50}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod base64url;
pub mod canonical;
pub mod decimal;
mod duplicate;
mod entry;
mod error;
mod fault;
mod limits;
mod name;
mod node;
mod parse;
mod pointer;
mod relative;
mod scan;
mod segment;
#[doc(hidden)]
pub mod sort;
mod splice;
mod tape;
mod unescape;
mod unique;

pub use entry::Shape;
pub use error::{JsonError, JsonErrorKind};
pub use limits::DocumentLimits;
pub use name::Name;
#[doc(hidden)]
pub use name::key;
pub use node::{Elements, Members, Node};
pub use pointer::{Pointer, PointerError, Reached};
pub use relative::Relative;
pub use segment::push_token;
pub use splice::Splice;
pub use tape::{Tape, TapeMemory};
