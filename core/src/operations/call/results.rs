//! The things that calls take and give back.

use std::fmt;

use super::context::Context;
use crate::evidence::{AccessRecord, Verdict};

/// One document of a batch with the circumstances of its call.
#[derive(Clone)]
pub struct BatchItem {
    /// The text of one JSON document, UTF-8.
    pub document: Vec<u8>,
    /// The circumstances.
    pub context: Context,
}

impl fmt::Debug for BatchItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchItem")
            .field("bytes", &self.document.len())
            .field("context", &self.context)
            .finish()
    }
}

/// The choices of a call that opens.
///
/// ```
/// use fieldseal::OpenOptions;
/// assert!(OpenOptions::strict().strict && !OpenOptions::default().strict);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenOptions {
    /// The first value whose key is erased, restricted or denied is an error, instead of becoming
    /// its placeholder.
    pub strict: bool,
}

impl OpenOptions {
    /// Returns the options of a call that refuses instead of withholding.
    #[must_use]
    pub const fn strict() -> Self {
        OpenOptions { strict: true }
    }
}

/// The choices of a call that makes index values for a query.
///
/// ```
/// use fieldseal::IndexOptions;
/// assert!(IndexOptions::with_null().null && !IndexOptions::default().null);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexOptions {
    /// `null` has a token of its own. Without it a query for `null` gives none: it would find
    /// every record whose value is absent on purpose.
    pub null: bool,
}

impl IndexOptions {
    /// Returns the options of a query that may look for `null`.
    #[must_use]
    pub const fn with_null() -> Self {
        IndexOptions { null: true }
    }
}

/// A value handed back beside a sealed document, to be stored where it can be searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexValue {
    /// The index it belongs to.
    pub name: String,
    /// RFC 6901 pointer of the value it stands for.
    pub pointer: String,
    /// The token.
    pub value: String,
}

/// A sealed document with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The text: the clear document's, but for the sealed values.
    pub document: Vec<u8>,
    /// The verdict.
    pub verdict: Verdict,
    /// Blind index values, one for each sealed value whose marker has an `index`, in document
    /// order: to be stored beside the document, where a search for the same value finds it. Index
    /// values are personal data until their key is destroyed; the verdict does not hold them.
    pub indexes: Vec<IndexValue>,
}

/// A clear document with the record of who saw what in it. `Debug` leaves the document out.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The text: the sealed document's, but for the opened values and the placeholders of withheld
    /// ones.
    pub document: Vec<u8>,
    /// The verdict.
    pub verdict: Verdict,
    /// The access record.
    pub access: AccessRecord,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("verdict", &self.verdict)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
