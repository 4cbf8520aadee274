//! Compiles schemas into policies: the marked values of a document, their protection and their
//! keys.
//!
//! A JSON Schema (draft-04 to 2020-12) with the keywords of the vocabulary, an overlay and the
//! schemas to which it refers are compiled once into a [`Policy`]. It consists of a state machine
//! that finds the marked values of any document in one walk, and of a validator (feature
//! `validation`). Compiling reports every finding, not only the first.

mod compile;
mod compiled;
mod plan;

#[cfg(test)]
mod tests;

pub(crate) use compile::compile;
pub use compiled::{Policy, Schemas};

pub use crate::export::coverage::{
    ClearPlace, Coverage, CoverageFormat, CoveredIndex, CoveredPlace, Loosened, MOST_PLACES,
    OpenObject, UndecidedKeyword,
};
pub use crate::schema::{
    Draft, Formats, Nonconforming, OnCleartext, Options, SchemaDialect, ValidationMode, Verify,
};
