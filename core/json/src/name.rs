//! A member's name.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use super::unescape::{Unescape, unescape};

/// The name of an object's member, as it is written. Two names are equal when they write the same characters, however escaped.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Name<'a> {
    pub(super) fn new(raw: &'a str, escaped: bool) -> Self {
        Name { raw, escaped }
    }

    /// As written, with its quotes and escapes.
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// The characters that it writes; borrowed where there is no escape.
    #[inline]
    pub fn unescaped(self) -> Cow<'a, str> {
        if self.escaped { self.rewritten() } else { Cow::Borrowed(self.inner()) }
    }

    #[cold]
    fn rewritten(self) -> Cow<'a, str> {
        unescape(self.inner())
    }

    pub(super) fn is_escaped(self) -> bool {
        self.escaped
    }

    /// Between the quotes.
    #[inline]
    pub(super) fn inner(self) -> &'a str {
        self.raw.get(1..self.raw.len().saturating_sub(1)).unwrap_or_default()
    }

    pub(super) fn characters(self) -> u64 {
        let characters = if self.escaped { Unescape::new(self.inner()).count() } else { self.inner().chars().count() };
        characters as u64
    }

    /// In the order of Unicode scalar values, without allocation.
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

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Name<'_>) -> bool {
        self.order(*other) == Ordering::Equal
    }
}

impl Eq for Name<'_> {}

impl PartialEq<str> for Name<'_> {
    fn eq(&self, other: &str) -> bool {
        if self.escaped { Unescape::new(self.inner()).eq(other.chars()) } else { self.inner() == other }
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
        f.debug_struct("Name").field("bytes", &self.raw.len()).finish()
    }
}
