//! The bounds on the cost of hostile input.

use fieldseal_json::DocumentLimits;

/// The bounds on documents and schemas. The same bounds apply to input and output, so `open`
/// accepts every document that `seal` returns.
///
/// ```
/// use fieldseal::Limits;
/// let small = Limits { document_bytes: 1 << 20, ..Limits::default() };
/// assert_eq!(small.depth, 128);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of one document's text. Default 64 MiB, at most 4 GiB − 1, since spans have 32
    /// bits.
    pub document_bytes: u32,
    /// The number of nested objects and arrays. Default 128, which is also the maximum.
    pub depth: u32,
    /// The JSON values in one document, including containers. Default 1,000,000.
    pub values: u32,
    /// The bytes of a schema's text, including overlay and references. Default 16 MiB.
    pub schema_bytes: u32,
    /// The steps of compiling a schema that references can multiply. Also the steps that its
    /// conditions may take on a document, beyond 64 for each value and one for each byte. Default
    /// 4,000,000.
    pub expansions: u32,
    /// The bytes of a compiled regular expression. Default 1 MiB.
    pub regex_bytes: u32,
    /// The steps that one match of a backtracking regular expression may take. Default 100,000.
    pub regex_backtracks: u32,
}

/// The most bytes of each text of a call's context.
pub(crate) const CONTEXT_TEXT_BYTES: usize = 16 << 20;

/// The most bytes of the texts that name the owner of a key: a tenant and a subject of the context.
pub(crate) const OWNER_BYTES: usize = 32 << 20;

impl Limits {
    /// Returns the greatest length of a verdict or access record in bytes: that of a document, and
    /// at least 1 MiB, since a record names places and no values.
    pub fn record_bytes(&self) -> u32 {
        self.document_bytes.max(1 << 20)
    }
}

impl From<&Limits> for DocumentLimits {
    fn from(limits: &Limits) -> Self {
        DocumentLimits { bytes: limits.document_bytes, depth: limits.depth, values: limits.values }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            document_bytes: 64 << 20,
            depth: 128,
            values: 1_000_000,
            schema_bytes: 16 << 20,
            expansions: 4_000_000,
            regex_bytes: 1 << 20,
            regex_backtracks: 100_000,
        }
    }
}
