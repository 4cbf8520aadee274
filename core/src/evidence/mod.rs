//! Facts that a call hands back for the host to keep: the verdict and the access record. They never
//! hold clear values or keys.

mod access;
mod canonical;
mod tally;
mod verdict;

pub(crate) use access::{Access, Withheld};
pub(crate) use verdict::{Code, Protection, SchemaName, Verdict};
