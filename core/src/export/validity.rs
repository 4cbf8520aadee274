//! The answer of a validator.

/// Whether a clear document fits its schema.
#[cfg_attr(
    not(feature = "validation"),
    allow(dead_code, reason = "only a validator knows more than `Unvalidated`")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// It does.
    Valid,
    /// It does not.
    Invalid,
    /// A regular expression reached its limit, so that nothing is known: `limit`.
    Limit,
    /// This build has no validator.
    Unvalidated,
}
