//! The tape: every value and member name of one document, in document order, as spans over the
//! text.

use std::borrow::Cow;
use std::fmt;

use super::fault::{Fault, Place};
use super::node::{Node, Shape};
use super::parse::Pass;
use super::scan;
use crate::error::Error;
use crate::limits::Limits;

/// Stands for "no entry". A tape is shorter than its text is long, and that is below 4 GiB.
pub(super) const NONE: u32 = u32::MAX;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Token {
    Null = 0,
    False = 1,
    True = 2,
    Number = 3,
    String = 4,
    Array = 5,
    Object = 6,
    Name = 7,
}

/// One value or member name: 20 bytes.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// First byte of the text.
    pub(super) start: u32,
    /// Byte after the last.
    pub(super) end: u32,
    /// Entry of the object or array around it, or [`NONE`].
    pub(super) parent: u32,
    /// First entry after it and all that it holds; of a name, which its value follows, the lower
    /// half of its key.
    pub(super) next: u32,
    /// Bits 0 to 2 the token, bit 3 whether the string holds an escape, above them the number of
    /// members or elements, or more of a name's key.
    meta: u32,
}

const ESCAPED: u32 = 1 << 3;
const COUNT: u32 = 4;

impl Entry {
    /// The greatest number of members or elements that one entry can count.
    pub(super) const MOST: u32 = u32::MAX >> COUNT;

    /// What stands where an index leads nowhere, which no [`Node`] made by a tape does.
    pub(super) const VOID: Entry = Entry { start: 0, end: 0, parent: NONE, next: NONE, meta: 0 };

    pub(super) fn new(
        token: Token,
        escaped: bool,
        start: usize,
        end: usize,
        parent: u32,
        next: u32,
    ) -> Self {
        let meta = token as u32 | if escaped { ESCAPED } else { 0 };
        Entry { start: start as u32, end: end as u32, parent, next, meta }
    }

    /// A member's name, with what tells it from most others, so that a search for members reads no
    /// text.
    #[inline]
    pub(super) fn name(escaped: bool, start: usize, end: usize, parent: u32, key: u64) -> Self {
        let meta =
            Token::Name as u32 | if escaped { ESCAPED } else { 0 } | ((key >> 32) as u32) << COUNT;
        Entry { start: start as u32, end: end as u32, parent, next: key as u32, meta }
    }

    /// Of a name without escapes: its [`key`](super::name::key).
    #[inline]
    pub(super) fn key(&self) -> u64 {
        let length = self.end.wrapping_sub(self.start).wrapping_sub(2).min(255);
        u64::from(length) << 56
            | u64::from(self.meta >> COUNT & 0xFF_FFFF) << 32
            | u64::from(self.next)
    }

    #[inline]
    pub(super) fn token(&self) -> Token {
        match self.meta & 7 {
            0 => Token::Null,
            1 => Token::False,
            2 => Token::True,
            3 => Token::Number,
            4 => Token::String,
            5 => Token::Array,
            6 => Token::Object,
            _ => Token::Name,
        }
    }

    pub(super) fn is_escaped(&self) -> bool {
        self.meta & ESCAPED != 0
    }

    /// Members of an object or elements of an array.
    pub(super) fn count(&self) -> u32 {
        self.meta >> COUNT
    }

    pub(super) fn set_count(&mut self, count: u32) {
        self.meta = self.meta & 0xF | count << COUNT;
    }
}

/// One JSON document (RFC 8259): its text, checked once, and where in it every value stands.
///
/// Made in one pass, without recursion, in time linear in the text (and `n log n` in the members of
/// one object). Beyond the text it keeps 20 bytes for each value and member name.
pub struct Tape<'t> {
    text: Cow<'t, str>,
    entries: Vec<Entry>,
    values: u32,
    depth: u32,
}

impl<'t> Tape<'t> {
    /// Reads one document.
    ///
    /// # Errors
    /// With byte offset and exact pointer:
    /// - `document`: not JSON, two members of one name (as characters, so `"a"` and `"\u0061"` are
    ///   one name), a lone surrogate in an escape, invalid UTF-8, a byte order mark, or anything
    ///   after the document;
    /// - `limit`: over [`Limits::document_bytes`], [`Limits::depth`] (128 at most, whatever is set)
    ///   or [`Limits::values`] (2^28 − 1 at most); or the memory for the tape is not there.
    pub fn parse(text: impl Into<Cow<'t, [u8]>>, limits: &Limits) -> Result<Tape<'t>, Error> {
        let bytes = text.into();
        let most = limits.document_bytes as usize;
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
        let mut pass = Pass::new(&text, limits);
        match pass.run() {
            Ok(()) => {
                let (entries, values, depth) = pass.finish();
                Ok(Tape { text, entries, values, depth })
            }
            Err(fault) => Err(pass.error(fault)),
        }
    }

    /// Whether a text is one JSON string and nothing else, by the rules and limits of
    /// [`Tape::parse`], which takes longer to say so.
    pub fn is_string(text: &[u8], limits: &Limits) -> bool {
        let whole = || scan::string(text, 1).is_ok_and(|(end, _)| end == text.len());
        text.len() <= limits.document_bytes as usize
            && limits.values > 0
            && text.first() == Some(&b'"')
            && whole()
            && str::from_utf8(text).is_ok()
    }

    /// The whole text, as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of entries: values and member names.
    #[expect(clippy::len_without_is_empty, reason = "a tape holds at least its root")]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of values, objects and arrays included; what [`Limits::values`] bounds.
    pub fn values(&self) -> u32 {
        self.values
    }

    /// The greatest number of objects and arrays around a value, itself included; what
    /// [`Limits::depth`] bounds.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// The document's one outermost value.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// The value at an index that [`Node::index`] gave; nothing for the index of a member's name or
    /// beyond the end.
    pub fn node(&self, index: u32) -> Option<Node<'_>> {
        let entry = self.entries.get(index as usize)?;
        (entry.token() != Token::Name).then(|| Node::new(self, index))
    }

    /// Returns the strings that may begin with `start`, in document order: those that are written so,
    /// and those with an escape among their first characters. A look at a few bytes tells them from
    /// most others; names of members are not among them.
    #[doc(hidden)]
    pub fn strings_like<'a>(&'a self, start: &'a str) -> impl Iterator<Item = Node<'a>> {
        let text = self.text.as_bytes();
        let may_begin = move |entry: &Entry| {
            let begin = entry.start as usize + 1;
            let first = text.get(begin..begin + start.len()).unwrap_or_default();
            first == start.as_bytes() || entry.is_escaped() && first.contains(&b'\\')
        };
        let strings = self
            .entries
            .iter()
            .zip(0..)
            .filter(move |(entry, _)| entry.token() == Token::String && may_begin(entry));
        strings.map(|(_, index)| Node::new(self, index))
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

/// The fault of a text that is no UTF-8 from `at` on, or an earlier one. The valid part is read to
/// find the pointer.
#[cold]
fn utf8_error(bytes: &[u8], at: usize, limits: &Limits) -> Error {
    let valid = bytes.get(..at).and_then(|valid| str::from_utf8(valid).ok()).unwrap_or_default();
    let mut pass = Pass::new(valid, limits);
    let place = match pass.run() {
        Ok(()) => Place::Root,
        Err(fault) if fault.at < at || fault.code != crate::ErrorCode::Document => {
            return pass.error(fault);
        }
        Err(fault) => fault.place,
    };
    pass.error(Fault::document("the text is not UTF-8", at, place))
}

impl Token {
    pub(super) fn shape(self) -> Shape {
        match self {
            Token::Null => Shape::Null,
            Token::False | Token::True => Shape::Bool,
            Token::Number => Shape::Number,
            Token::String | Token::Name => Shape::String,
            Token::Array => Shape::Array,
            Token::Object => Shape::Object,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Every string that begins so is among them, however it is escaped, and no name.
    #[test]
    fn strings_that_may_begin_so_are_found_with_their_escapes() {
        let text = r#"{"Fs1":["Fs1","Fs12","\u0046s1x","F\u00731","Fs\u0031","Fs","F","","\"Fs1","xFs1",1],"a":"Fs1"}"#;
        let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
        let found: Vec<&str> = tape.strings_like("Fs1").map(Node::raw).collect();
        let begins = |node: &Node<'_>| node.as_str().is_some_and(|text| text.starts_with("Fs1"));
        let nodes = (0..tape.len() as u32).filter_map(|at| tape.node(at));
        let expected: Vec<&str> = nodes.filter(begins).map(Node::raw).collect();
        assert_eq!(expected.len(), 6);
        assert!(expected.iter().all(|own| found.contains(own)), "{found:?}");
        assert!(found.len() <= expected.len() + 1, "{found:?}");
    }

    /// What is one string by a quick look is one by the tape, cut or changed at every place.
    #[test]
    fn a_string_alone_is_what_the_tape_says() {
        let limits = Limits { document_bytes: 60, ..Limits::default() };
        let by_tape = |text: &[u8], limits: &Limits| {
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
                            Tape::is_string(text, &limits),
                            by_tape(text, &limits),
                            "{}",
                            String::from_utf8_lossy(text)
                        );
                        strings += usize::from(by_tape(text, &limits));
                    }
                }
            }
        }
        assert!(strings > 500, "{strings} strings");
        let long = format!("\"{}\"", "x".repeat(59));
        assert!(
            !Tape::is_string(long.as_bytes(), &limits)
                && Tape::is_string(long.as_bytes(), &Limits::default())
        );
        assert!(!Tape::is_string(b"\"\"", &Limits { values: 0, ..Limits::default() }));
    }
}
