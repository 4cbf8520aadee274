//! The result of validating a document.

/// The result of validating a document against its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// The document conforms.
    Valid,
    /// The document does not conform.
    Invalid,
    /// A limit was reached, so the result is unknown: `limit`.
    Limit,
    /// The option `validation` switches it off.
    Unvalidated,
}
