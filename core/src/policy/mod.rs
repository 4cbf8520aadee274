//! Schema to policy: what of a document is protected, how, and under whose key.
//!
//! A JSON Schema (draft-04 to 2020-12) with the keywords of the vocabulary, beside it an overlay
//! and the schemas it refers to, is compiled once into a [`Policy`]: a state machine that finds the
//! marked values of any document in one walk, and (feature `validation`) a validator. Compiling
//! reports every finding, not the first.

mod compile;
mod compiled;
mod plan;

#[cfg(test)]
mod tests;

pub use compiled::{Policy, Schemas};

pub use crate::export::coverage::{
    ClearPlace, Coverage, CoverageFormat, CoveredIndex, CoveredPlace, Loosened, MOST_PLACES,
    OpenObject,
};
pub use crate::schema::{
    Draft, Formats, Nonconforming, OnCleartext, Options, SchemaDialect, Verify,
};
