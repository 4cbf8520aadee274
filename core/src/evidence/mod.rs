//! Facts that a call returns for the host to keep: the verdict and the access record. They never
//! hold clear values or keys.

mod access;
mod bound;
mod builder;
mod code;
mod places;
mod schema_name;
mod tally;
mod verdict;

pub(crate) use access::{AccessBuilder, Withheld};
pub use access::{AccessRecord, RevealedPlace, WithheldPlace, WithheldReason};
pub(crate) use builder::VerdictBuilder;
pub use code::{VerdictCode, VerdictLevel};
pub(crate) use places::Places;
pub use schema_name::SchemaName;
pub(crate) use verdict::Protection;
pub use verdict::{PlaceFault, SealedPlace, Verdict};
