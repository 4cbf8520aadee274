//! Faults of a text, before their place in the document is known.

use crate::error::JsonErrorKind;

/// A fault at a byte. The pass makes the pointer from `place` and the tape so far, once, after the
/// fault has ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: JsonErrorKind,
    /// Never holds text of the document.
    pub(super) message: &'static str,
    pub(super) at: usize,
    pub(super) place: Place,
}

/// The location that a fault belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The whole document.
    Root,
    /// The innermost open object or array.
    Container,
    /// The value that begins at, or should stand at, this place in the open container.
    Value,
    /// The member whose name is this entry of the tape.
    Member(u32),
}

impl Fault {
    #[cold]
    pub(super) const fn document(message: &'static str, at: usize, place: Place) -> Self {
        Fault { kind: JsonErrorKind::Document, message, at, place }
    }

    #[cold]
    pub(super) const fn limit(message: &'static str, at: usize, place: Place) -> Self {
        Fault { kind: JsonErrorKind::Limit, message, at, place }
    }
}
