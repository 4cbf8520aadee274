//! The document: a tape over the original text, pointers into it, and the writer that splices new
//! text in.
//!
//! It is the crate `fieldseal-json`, so that WebAssembly compiles it, and what looks at the
//! validator through it, each at a level of its own.

pub use fieldseal_json::{
    DocumentLimits, Elements, JsonError, JsonErrorKind, Members, Name, Node, Pointer, PointerError,
    Reached, Relative, Shape, Splice, Tape, TapeMemory, push_token,
};
#[cfg(feature = "validation")]
pub use fieldseal_validation as validation;
