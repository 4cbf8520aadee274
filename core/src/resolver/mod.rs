//! Decides which values of a document are sealed.
//!
//! `program` compiles schemas into rules, `automaton` finds every value that may be marked,
//! `decide` evaluates rules in three-valued logic over the clear part of a document, and `walk`
//! combines them in one traversal. `place` finds the marker of a value
//! whose document is not there. `validity` evaluates the same rules on all of a document.

pub(crate) mod automaton;
pub(crate) mod decide;
pub(crate) mod pattern;
pub(crate) mod patterns;
pub(crate) mod place;
pub(crate) mod program;
pub(crate) mod validity;
pub(crate) mod walk;
