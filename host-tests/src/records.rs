//! The results of the component's verbs.

use fieldseal::IndexValue;

/// A sealed document as it crosses the component's border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The text of the document.
    pub document: Vec<u8>,
    /// The verdict's RFC 8785 text.
    pub verdict: String,
    /// The index values.
    pub indexes: Vec<IndexValue>,
}

/// An opened document as it crosses the component's border.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The text of the document.
    pub document: Vec<u8>,
    /// The verdict's RFC 8785 text.
    pub verdict: String,
    /// The access record's RFC 8785 text.
    pub access: String,
}
