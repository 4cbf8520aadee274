//! Errors of reading and writing a document.

use std::fmt;

/// The kinds of [`JsonError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonErrorKind {
    /// Not one JSON document: syntax, a repeated member name, a lone surrogate, invalid UTF-8.
    Document,
    /// Over a bound of [`DocumentLimits`](crate::DocumentLimits).
    Limit,
    /// A fault of the caller, such as spans out of order.
    Misuse,
}

/// A failure to read or write a document, with its place. `message` never holds text of the
/// document; `pointer` is exact and may itself be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The kind of failure.
    pub kind: JsonErrorKind,
    /// A sentence for people, in lower case.
    pub message: &'static str,
    /// RFC 6901 pointer into the document.
    pub pointer: Option<String>,
    /// Byte offset into the text.
    pub offset: Option<u64>,
}

impl JsonError {
    #[cold]
    pub(crate) fn new(kind: JsonErrorKind, message: &'static str) -> Self {
        JsonError { kind, message, pointer: None, offset: None }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for JsonError {}
