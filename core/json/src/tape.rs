//! The tape: every value and member name of one document, in document order, as spans over the
//! text.

use std::borrow::Cow;
use std::fmt;

use super::entry::{Entry, Token};
use super::fault::{Fault, Place};
use super::parse::Pass;
use super::scan;
use crate::error::{JsonError, JsonErrorKind};
use crate::limits::DocumentLimits;

/// One JSON document (RFC 8259): its text, checked once, and the places of its values.
///
/// Made in one pass, without recursion, in time linear in the text (and `n log n` in the members of
/// one object). Beyond the text it keeps 20 bytes for each value and member name.
pub struct Tape<'t> {
    text: Cow<'t, str>,
    entries: Vec<Entry>,
    values: u32,
    depth: u32,
}

/// The memory of a tape that is dropped, for the tape of another document. It holds no text.
#[derive(Default)]
pub struct TapeMemory(Vec<Entry>);

impl fmt::Debug for TapeMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapeMemory").finish_non_exhaustive()
    }
}

impl<'t> Tape<'t> {
    /// Reads one document.
    ///
    /// # Errors
    /// With byte offset and exact pointer:
    /// - `Document`: not JSON, two members of one name (as characters: `"a"` and `"\u0061"` are one
    ///   name), a lone surrogate in an escape, invalid UTF-8, a byte order mark, or anything after
    ///   the document;
    /// - `Limit`: over [`DocumentLimits::bytes`], [`DocumentLimits::depth`] (never above 128) or
    ///   [`DocumentLimits::values`] (never above 2^28 − 1); or the tape needs more memory than the
    ///   machine has.
    pub fn parse(
        text: impl Into<Cow<'t, [u8]>>,
        limits: impl Into<DocumentLimits>,
    ) -> Result<Tape<'t>, JsonError> {
        Tape::read(text.into(), limits.into(), TapeMemory::default())
    }

    /// Reads one document into the memory of an earlier tape, which grows if it is too small.
    ///
    /// # Errors
    /// Those of [`Tape::parse`].
    pub fn parse_into(
        memory: TapeMemory,
        text: impl Into<Cow<'t, [u8]>>,
        limits: impl Into<DocumentLimits>,
    ) -> Result<Tape<'t>, JsonError> {
        Tape::read(text.into(), limits.into(), memory)
    }

    /// Takes the memory out of a tape that is not read any more, which leaves no value in it.
    pub fn take_memory(&mut self) -> TapeMemory {
        let mut entries = std::mem::take(&mut self.entries);
        entries.clear();
        TapeMemory(entries)
    }

    /// Returns the tape of a copy of this document in which scalars stand in place of some scalars.
    /// Each change is the index of a value, and the number of bytes by which everything after the
    /// value moved; they come in document order. Returns `None` for any other copy that its first
    /// bytes give away, which then has to be read.
    pub fn with_changes<'c>(
        &self,
        memory: TapeMemory,
        text: &'c [u8],
        changes: &[(u32, i64)],
    ) -> Option<Tape<'c>> {
        let text = str::from_utf8(text).ok()?;
        let TapeMemory(mut entries) = memory;
        entries.reserve_exact(self.entries.len());
        let (mut shift, mut ahead) = (0, changes);
        for (entry, index) in self.entries.iter().zip(0..) {
            let mut copy = *entry;
            copy.start = u32::try_from(i64::from(entry.start) + shift).ok()?;
            let change = ahead.split_first().filter(|((changed, _), _)| *changed == index);
            let mut after = shift;
            if let Some(((_, to), rest)) = change {
                (shift, ahead, after) = (*to, rest, *to);
            } else if matches!(entry.token(), Token::Array | Token::Object) {
                let within = ahead.partition_point(|(changed, _)| *changed < entry.next);
                let last = within.checked_sub(1).and_then(|last| ahead.get(last));
                after = last.map_or(shift, |(_, to)| *to);
            }
            copy.end = u32::try_from(i64::from(entry.end) + after).ok()?;
            if change.is_some() {
                copy.set_scalar(text.get(copy.start as usize..copy.end as usize)?.as_bytes())?;
            }
            entries.push(copy);
        }
        Some(Tape { text: Cow::Borrowed(text), entries, values: self.values, depth: self.depth })
    }

    fn read(
        bytes: Cow<'t, [u8]>,
        limits: DocumentLimits,
        memory: TapeMemory,
    ) -> Result<Tape<'t>, JsonError> {
        let most = limits.bytes as usize;
        if bytes.len() > most {
            return Err(Pass::new("", limits).error(Fault::limit(
                "the document is over the limit of bytes",
                most,
                Place::Root,
            )));
        }
        let text = match bytes {
            Cow::Borrowed(bytes) => str::from_utf8(bytes)
                .map(Cow::Borrowed)
                .map_err(|e| utf8_error(bytes, e.valid_up_to(), limits)),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                utf8_error(error.as_bytes(), at, limits)
            }),
        }?;
        let mut pass = Pass::into_entries(memory.0, &text, limits);
        match pass.run() {
            Ok(()) => {
                let (entries, values, depth) = pass.finish();
                Ok(Tape { text, entries, values, depth })
            }
            Err(fault) => Err(pass.error(fault)),
        }
    }

    /// Returns true if a text is one JSON string and nothing else, by the rules and limits of
    /// [`Tape::parse`], which takes longer to decide it.
    pub fn is_string(text: &[u8], limits: impl Into<DocumentLimits>) -> bool {
        let limits = limits.into();
        let whole = || scan::string(text, 1).is_ok_and(|(end, _)| end == text.len());
        text.len() <= limits.bytes as usize
            && limits.values > 0
            && text.first() == Some(&b'"')
            && whole()
            && str::from_utf8(text).is_ok()
    }

    /// Returns the whole text, as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the number of entries: values and member names.
    #[expect(clippy::len_without_is_empty, reason = "a tape holds at least its root")]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the number of values, objects and arrays included, which [`DocumentLimits::values`]
    /// bounds.
    pub fn values(&self) -> u32 {
        self.values
    }

    /// Returns the greatest number of objects and arrays around a value, itself included, which
    /// [`DocumentLimits::depth`] bounds.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    #[inline]
    pub(super) fn get(&self, index: u32) -> Option<&Entry> {
        self.entries.get(index as usize)
    }

    #[inline]
    pub(super) fn entry(&self, index: u32) -> Entry {
        self.entries.get(index as usize).copied().unwrap_or(Entry::VOID)
    }

    #[inline]
    pub(super) fn slice(&self, entry: &Entry) -> &str {
        self.text.get(entry.start as usize..entry.end as usize).unwrap_or_default()
    }
}

/// Documents are personal: only their size is printed.
impl fmt::Debug for Tape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape")
            .field("bytes", &self.text.len())
            .field("values", &self.values)
            .finish()
    }
}

/// Returns the fault of a text that is no UTF-8 from `at` on, or an earlier one. Reads the valid
/// part to find the pointer.
#[cold]
fn utf8_error(bytes: &[u8], at: usize, limits: DocumentLimits) -> JsonError {
    let valid = bytes.get(..at).and_then(|valid| str::from_utf8(valid).ok()).unwrap_or_default();
    let mut pass = Pass::new(valid, limits);
    let place = match pass.run() {
        Ok(()) => Place::Root,
        Err(fault) if fault.at < at || fault.kind != JsonErrorKind::Document => {
            return pass.error(fault);
        }
        Err(fault) => fault.place,
    };
    pass.error(Fault::document("the text is not UTF-8", at, place))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::Shape;

    /// The tape of a copy with other scalars is the tape that reading the copy makes.
    #[test]
    fn a_copy_with_other_scalars_has_the_tape_of_its_text() {
        let text =
            r#" {"a":[ 1, "two" ,[]],"b": {"c":null,"d":"x\n"} ,"":{"e":[true]}, "f":-1e3} "#;
        let scalars = [r#""""#, "null", "12.50", "true", "false", r#""\u00e9\"""#, "\"été\"", "-0"];
        let limits = DocumentLimits::default();
        let tape = Tape::parse(text.as_bytes(), limits).unwrap();
        let nodes: Vec<_> = (0..tape.len() as u32).filter_map(|at| tape.node(at)).collect();
        let is_scalar = |shape| !matches!(shape, Shape::Array | Shape::Object);
        let mut memory = TapeMemory::default();
        for pattern in 0_usize..1 << 12 {
            let mut splice = crate::Splice::new(text, text.len(), limits);
            let mut changes = Vec::new();
            for (at, node) in nodes.iter().filter(|node| is_scalar(node.shape())).enumerate() {
                if pattern >> at & 1 == 1 {
                    let scalar = scalars[(pattern * 7 + at) % scalars.len()];
                    splice.replace(node.span(), |out| {
                        out.extend_from_slice(scalar.as_bytes());
                        changes.push((node.index(), out.len() as i64 - node.span().end as i64));
                    });
                }
            }
            let copy = splice.finish().unwrap();
            let read = Tape::parse(copy.as_slice(), limits).unwrap();
            let mut made = tape.with_changes(memory, &copy, &changes).unwrap();
            assert_eq!(
                (made.text(), made.values(), made.depth()),
                (read.text(), read.values(), read.depth())
            );
            assert_eq!(
                format!("{:?}", made.entries),
                format!("{:?}", read.entries),
                "{}",
                made.text()
            );
            memory = made.take_memory();
        }
        let moved = |by: &[u8]| (nodes[0].index(), by.len() as i64 - text.len() as i64);
        for (copy, node) in [("[]", 0), ("{}", 0), ("", 0), ("\u{e9}", 0)] {
            let change = [(node, moved(copy.as_bytes()).1)];
            assert!(tape.with_changes(TapeMemory::default(), copy.as_bytes(), &change).is_none());
        }
        assert!(tape.with_changes(TapeMemory::default(), b"\xff", &[]).is_none());
    }

    /// The quick look and the tape agree about texts that are cut or changed at every place.
    #[test]
    fn a_string_alone_is_what_the_tape_says() {
        let limits = DocumentLimits { bytes: 60, ..DocumentLimits::default() };
        let by_tape = |text: &[u8], limits: DocumentLimits| {
            Tape::parse(text, limits).is_ok_and(|tape| {
                tape.root().shape() == Shape::String && tape.root().span() == (0..text.len())
            })
        };
        let mut strings = 0;
        for text in [
            r#""""#,
            r#""plain, of more than sixteen bytes""#,
            r#""é \" \\ \u00e9 \ud83d\ude00 😀""#,
            r#""\ud83d""#,
            "\"a\" ",
            "[\"a\"]",
            "\"a\"\"b\"",
            "",
        ] {
            for at in 0..=text.len() {
                for byte in [b'"', b'\\', b'x', b'\n', 0x80, 0xff] {
                    let mut changed = text.as_bytes().to_vec();
                    changed.splice(at..(at + 1).min(text.len()), [byte]);
                    for text in [text.as_bytes(), text.as_bytes().get(..at).unwrap(), &changed] {
                        assert_eq!(
                            Tape::is_string(text, limits),
                            by_tape(text, limits),
                            "{}",
                            String::from_utf8_lossy(text)
                        );
                        strings += usize::from(by_tape(text, limits));
                    }
                }
            }
        }
        assert!(strings > 500, "{strings} strings");
        let long = format!("\"{}\"", "x".repeat(59));
        assert!(
            !Tape::is_string(long.as_bytes(), limits)
                && Tape::is_string(long.as_bytes(), DocumentLimits::default())
        );
        assert!(!Tape::is_string(
            b"\"\"",
            DocumentLimits { values: 0, ..DocumentLimits::default() }
        ));
    }
}
