//! A member's name.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use super::entry::Entry;
use super::unescape::{Unescape, unescape};

/// The name of an object's member, as it is written. Two names are equal when they write the same
/// characters, however escaped.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    /// The text that it is cut from, which is read late: the key tells most names apart.
    text: &'a str,
    start: u32,
    end: u32,
    escaped: bool,
    /// Set for a member's name without escapes.
    key: u64,
}

impl<'a> Name<'a> {
    pub(super) fn new(raw: &'a str, escaped: bool) -> Self {
        Name { text: raw, start: 0, end: raw.len() as u32, escaped, key: 0 }
    }

    /// Makes the name or string of an entry.
    #[inline]
    pub(super) fn of(text: &'a str, entry: &Entry) -> Self {
        Name {
            text,
            start: entry.start,
            end: entry.end,
            escaped: entry.is_escaped(),
            key: entry.key(),
        }
    }

    /// Returns it as written, with its quotes and escapes.
    pub fn raw(self) -> &'a str {
        self.text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Returns a number that tells most members' names apart without hashing, see [`key`].
    #[doc(hidden)]
    #[inline]
    pub fn key(self) -> u64 {
        if self.escaped { self.rewritten_key() } else { self.key }
    }

    #[cold]
    fn rewritten_key(self) -> u64 {
        key(self.rewritten().as_bytes())
    }

    /// Returns the characters that it writes; borrowed if it holds no escape.
    #[inline]
    pub fn unescaped(self) -> Cow<'a, str> {
        if self.escaped { self.rewritten() } else { Cow::Borrowed(self.inner()) }
    }

    #[cold]
    fn rewritten(self) -> Cow<'a, str> {
        unescape(self.inner())
    }

    /// Returns true if it writes these characters, given as UTF-8.
    #[doc(hidden)]
    #[inline(always)]
    pub fn is(self, other: &[u8]) -> bool {
        if self.escaped { self.is_rewritten(other) } else { same(self.inner_bytes(), other) }
    }

    /// Compares character by character up to the first that differs: a document must not make every
    /// comparison as long as itself.
    #[cold]
    fn is_rewritten(self, mut other: &[u8]) -> bool {
        for character in Unescape::new(self.inner()) {
            match other.strip_prefix(character.encode_utf8(&mut [0; 4]).as_bytes()) {
                Some(rest) => other = rest,
                None => return false,
            }
        }
        other.is_empty()
    }

    /// Returns the text between the quotes.
    #[inline]
    pub(super) fn inner(self) -> &'a str {
        self.text
            .get(self.start as usize + 1..(self.end as usize).saturating_sub(1))
            .unwrap_or_default()
    }

    #[inline]
    pub(super) fn inner_bytes(self) -> &'a [u8] {
        self.text
            .as_bytes()
            .get(self.start as usize + 1..(self.end as usize).saturating_sub(1))
            .unwrap_or_default()
    }

    /// Gives the characters that it writes in pieces, without a copy of the whole.
    pub(super) fn each_part(self, take: &mut dyn FnMut(&str)) {
        if !self.escaped {
            return take(self.inner());
        }
        for character in Unescape::new(self.inner()) {
            take(character.encode_utf8(&mut [0; 4]));
        }
    }

    pub(super) fn characters(self) -> u64 {
        let characters = if self.escaped {
            Unescape::new(self.inner()).count()
        } else {
            self.inner().chars().count()
        };
        characters as u64
    }

    /// Compares in the order of Unicode scalar values, without allocation.
    #[doc(hidden)]
    pub fn order(self, other: Name<'_>) -> Ordering {
        if self.escaped || other.escaped {
            Unescape::new(self.inner()).cmp(Unescape::new(other.inner()))
        } else {
            // UTF-8 sorts as its scalar values do.
            self.inner().cmp(other.inner())
        }
    }
}

/// Returns the length, the first three and the last four bytes: up to seven bytes, all of them.
#[doc(hidden)]
#[inline]
pub fn key(name: &[u8]) -> u64 {
    let length = name.len().min(255) as u64;
    let (start, end) = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => (u32::from_be_bytes(*first) >> 8, u32::from_le_bytes(*last)),
        _ => (0, name.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte))),
    };
    length << 56 | u64::from(start) << 32 | u64::from(end)
}

/// Returns the [`key`] of a part of a text, which mostly goes on for four bytes after the shortest
/// name.
#[inline(always)]
pub(super) fn key_at(text: &[u8], start: usize, end: usize) -> u64 {
    let length = end.saturating_sub(start);
    let word = |at: usize| {
        text.get(at..).and_then(|rest| rest.first_chunk()).copied().map(u32::from_le_bytes)
    };
    let (Some(first), Some(last)) = (word(start), word(end.saturating_sub(4))) else {
        return key(text.get(start..end).unwrap_or_default());
    };
    // Chosen without a jump, which no processor could foresee.
    let short = first & !u32::MAX.wrapping_shl(8 * length.min(4) as u32);
    let (head, tail) = if length < 4 { (0, short) } else { (first.swap_bytes() >> 8, last) };
    (length.min(255) as u64) << 56 | u64::from(head) << 32 | u64::from(tail)
}

/// Compares names, most of which are short, without a call for up to 32 bytes.
#[inline(always)]
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && match a.len() {
            8..=16 => {
                a.first_chunk::<8>() == b.first_chunk::<8>()
                    && a.last_chunk::<8>() == b.last_chunk::<8>()
            }
            17..=32 => {
                a.first_chunk::<16>() == b.first_chunk::<16>()
                    && a.last_chunk::<16>() == b.last_chunk::<16>()
            }
            _ => a == b,
        }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Name<'_>) -> bool {
        self.order(*other) == Ordering::Equal
    }
}

impl Eq for Name<'_> {}

impl PartialEq<str> for Name<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.is(other.as_bytes())
    }
}

impl PartialEq<&str> for Name<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// A name can be personal: it is not printed.
impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Name").field("bytes", &self.raw().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    /// Names of every length, at the end of the text and before it.
    #[test]
    fn a_key_from_the_text_is_that_of_the_name() {
        let text = "abcdefghijklmnopqrstuvwxyz".repeat(12);
        for start in [0, 1, 7] {
            for end in start..text.len() {
                assert_eq!(
                    key_at(text.as_bytes(), start, end),
                    key(&text.as_bytes()[start..end]),
                    "{start}..{end}"
                );
            }
            for length in 0..8 {
                let end = start + length;
                assert_eq!(
                    key_at(&text.as_bytes()[..end], start, end),
                    key(&text.as_bytes()[start..end]),
                    "{start}..{end}"
                );
            }
        }
    }
}
