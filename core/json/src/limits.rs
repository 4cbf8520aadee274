//! The bounds of one document.

/// Bounds on one document's text.
///
/// ```
/// use fieldseal_json::DocumentLimits;
/// let small = DocumentLimits { bytes: 1 << 20, ..DocumentLimits::default() };
/// assert_eq!(small.depth, 128);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Bytes of the text. Default 64 MiB; never above 4 GiB − 1, since spans are 32 bits.
    pub bytes: u32,
    /// Objects and arrays around a value, itself included. Default 128, which is also the greatest
    /// that can be set.
    pub depth: u32,
    /// JSON values, containers included. Default 1,000,000.
    pub values: u32,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        DocumentLimits { bytes: 64 << 20, depth: 128, values: 1_000_000 }
    }
}
