//! The result of validating a document.

/// The result of validating a document against its schema.
#[cfg_attr(
    not(feature = "validation"),
    allow(dead_code, reason = "only a validator knows more than `Unvalidated`")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// The document conforms.
    Valid,
    /// The document does not conform.
    Invalid,
    /// A regular expression reached its limit, so the result is unknown: `limit`.
    Limit,
    /// This build has no validator.
    Unvalidated,
}
