//! The writer that puts new text over spans of a document and copies all the rest.

use std::fmt;
use std::ops::Range;

use crate::error::{JsonError, JsonErrorKind};
use crate::limits::DocumentLimits;

/// A document's text with some spans replaced. What lies between them is copied, never written
/// anew.
///
/// The first fault stays: later replacements do nothing, and [`Splice::finish`] tells it.
pub struct Splice<'t> {
    text: &'t str,
    out: Vec<u8>,
    /// The bytes of `text` that are in `out`.
    copied: usize,
    most: usize,
    fault: Option<JsonError>,
}

impl<'t> Splice<'t> {
    /// Begins with nothing copied. `capacity` is the result's length in bytes, as well as it is
    /// known: the only allocation where that suffices.
    pub fn new(text: &'t str, capacity: usize, limits: impl Into<DocumentLimits>) -> Self {
        let most = limits.into().bytes as usize;
        Splice { text, out: Vec::with_capacity(capacity.min(most)), copied: 0, most, fault: None }
    }

    /// Writes what `write` appends in place of a span. Spans come in ascending order and do not
    /// overlap.
    ///
    /// `write` must only append; it sees what is written so far only because that spares a buffer
    /// for each value.
    pub fn replace(&mut self, span: Range<usize>, write: impl FnOnce(&mut Vec<u8>)) {
        if self.fault.is_some() {
            return;
        }
        if span.start > span.end {
            return self
                .fail(JsonError::new(JsonErrorKind::Misuse, "a span ends before it begins"));
        }
        // Where it begins before what is copied, or inside a character, there is no such slice.
        let Some(untouched) =
            self.text.get(self.copied..span.start).filter(|_| self.text.is_char_boundary(span.end))
        else {
            return self
                .fail(JsonError::new(JsonErrorKind::Misuse, "spans to replace are not in order"));
        };
        self.out.extend_from_slice(untouched.as_bytes());
        self.copied = span.end;
        let before = self.out.len();
        write(&mut self.out);
        if self.out.len() < before {
            return self.fail(JsonError::new(JsonErrorKind::Misuse, "a replacement removed text"));
        }
        self.keep_limit();
    }

    /// Copies the rest.
    ///
    /// # Errors
    /// `Limit` when the result is over [`DocumentLimits::bytes`]; `Misuse` when spans were out of
    /// order.
    pub fn finish(mut self) -> Result<Vec<u8>, JsonError> {
        if self.fault.is_none() {
            let rest = self.text.get(self.copied..).unwrap_or_default();
            self.out.extend_from_slice(rest.as_bytes());
            self.keep_limit();
        }
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.out),
        }
    }

    fn keep_limit(&mut self) {
        if self.out.len() > self.most {
            self.fail(JsonError::new(
                JsonErrorKind::Limit,
                "the resulting document is over the limit of bytes",
            ));
        }
    }

    fn fail(&mut self, fault: JsonError) {
        self.fault.get_or_insert(fault);
    }
}

/// Documents are personal: only sizes are printed.
impl fmt::Debug for Splice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splice")
            .field("read", &self.copied)
            .field("written", &self.out.len())
            .finish()
    }
}
