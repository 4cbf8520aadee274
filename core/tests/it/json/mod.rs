//! The tape: parsing, pointers, splicing, and the validator over it.

mod fault;
mod pointer;
mod splice;
mod tape;
#[cfg(feature = "validation")]
mod validation;
