//! The bounds that keep hostile input from costing more than its author's time.

use fieldseal_json::DocumentLimits;

/// Bounds on documents and schemas. Documents in and documents out keep to the same ones, so what
/// `seal` emits, `open` accepts.
///
/// ```
/// use fieldseal::Limits;
/// let small = Limits { document_bytes: 1 << 20, ..Limits::default() };
/// assert_eq!(small.depth, 128);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document's text. Default 64 MiB; never above 4 GiB − 1, since spans are 32
    /// bits.
    pub document_bytes: u32,
    /// Objects and arrays around a value, itself included. Default 128, which is also the greatest
    /// that can be set.
    pub depth: u32,
    /// JSON values in one document, containers included. Default 1,000,000.
    pub values: u32,
    /// Bytes of a schema's text, overlay and references included. Default 16 MiB.
    pub schema_bytes: u32,
    /// Steps of compiling a schema that references can multiply, and those that its conditions may
    /// take on a document beyond 64 for each value and one for each byte. Default 4,000,000.
    pub expansions: u32,
    /// Bytes of a compiled regular expression. Default 1 MiB.
    pub regex_bytes: u32,
    /// Steps that one match of a backtracking regular expression may take. Default 100,000.
    pub regex_backtracks: u32,
}

impl Limits {
    /// Bytes of a verdict or access record: those of a document, but never less than 1 MiB, since
    /// it names places, not values.
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
