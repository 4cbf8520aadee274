//! Strings as their characters (RFC 8259 section 7). The scan has checked every escape, so nothing
//! here can fail.

use std::borrow::Cow;

use super::scan;

/// The characters that the text between two quotes writes.
#[derive(Clone)]
pub(super) struct Unescape<'a> {
    rest: &'a str,
}

impl<'a> Unescape<'a> {
    pub(super) fn new(inner: &'a str) -> Self {
        Unescape { rest: inner }
    }

    fn unit(&self, at: usize) -> u32 {
        u32::from(scan::unit(self.rest.as_bytes(), at).unwrap_or(0xFFFD))
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

impl Iterator for Unescape<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let first = self.rest.chars().next()?;
        if first != '\\' {
            self.skip(first.len_utf8());
            return Some(first);
        }
        let kind = self.rest.as_bytes().get(1).copied().unwrap_or(b'\\');
        let (character, length) = match kind {
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'u' => match self.unit(2) {
                high @ 0xD800..=0xDBFF => {
                    let scalar = 0x1_0000 + ((high - 0xD800) << 10) + (self.unit(8) & 0x3FF);
                    (char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
                }
                unit => (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
            },
            itself => (char::from(itself), 2),
        };
        self.skip(length);
        Some(character)
    }
}

/// Returns the string that the text between two quotes writes; borrowed if it writes itself.
pub(super) fn unescape(inner: &str) -> Cow<'_, str> {
    let Some(first) = inner.find('\\') else { return Cow::Borrowed(inner) };
    let (plain, mut rest) = inner.split_at_checked(first).unwrap_or((inner, ""));
    let mut out = String::with_capacity(inner.len());
    out.push_str(plain);
    while !rest.is_empty() {
        let mut characters = Unescape::new(rest);
        out.extend(characters.next());
        rest = characters.rest;
        let end = rest.find('\\').unwrap_or(rest.len());
        let (plain, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.push_str(plain);
        rest = after;
    }
    Cow::Owned(out)
}
