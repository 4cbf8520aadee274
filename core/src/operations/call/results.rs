//! The input of batches, the options of opening, and the results of calls.

use std::fmt;

use super::context::Context;
use crate::evidence::{AccessRecord, Verdict};

/// One document of a batch with the context of its call.
#[derive(Clone)]
pub struct BatchItem {
    /// The text of one JSON document, UTF-8.
    pub document: Vec<u8>,
    /// The context of the call.
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

/// The options of a call that opens.
///
/// ```
/// use fieldseal::OpenOptions;
/// assert!(OpenOptions::strict().strict && !OpenOptions::default().strict);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenOptions {
    /// True if the first value whose key is erased, restricted or denied fails the call, instead of
    /// being replaced by its placeholder.
    pub strict: bool,
}

impl OpenOptions {
    /// Returns the options of a call that fails instead of withholding values.
    #[must_use]
    pub const fn strict() -> Self {
        OpenOptions { strict: true }
    }
}

/// A token that is returned beside a sealed document, to be stored for searches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexValue {
    /// The name of the index.
    pub name: String,
    /// The RFC 6901 pointer of the sealed value.
    pub pointer: String,
    /// The token.
    pub value: String,
}

/// A sealed document with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The text. It differs from the clear document only in the sealed values.
    pub document: Vec<u8>,
    /// The verdict.
    pub verdict: Verdict,
    /// The index values, one for each sealed value whose marker has an `index`, in document order.
    /// They are stored beside the document, where a search for the same value finds it. Index
    /// values are personal data until their key is destroyed. The verdict does not contain them.
    pub indexes: Vec<IndexValue>,
}

/// A clear document with its access record. `Debug` omits the document.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The text. It differs from the sealed document only in the opened values and the
    /// placeholders.
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
