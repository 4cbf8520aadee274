//! Decides which values of a document are sealed.
//!
//! `program` turns schemas into rules, `automaton` finds every value that may be marked, `decide`
//! evaluates rules with three truth values over the clear part of a document, and `walk` combines
//! them into one pass.

pub(crate) mod automaton;
pub(crate) mod decide;
pub(crate) mod pattern;
pub(crate) mod patterns;
pub(crate) mod program;
pub(crate) mod walk;
