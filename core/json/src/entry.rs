//! The entries of a tape.

/// The six kinds of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number, however written.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Stands for "no entry". A tape is shorter than its text is long, and that is below 4 GiB.
pub(super) const NONE: u32 = u32::MAX;

/// The kind of an entry.
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
#[cfg_attr(test, derive(Debug))]
pub(super) struct Entry {
    /// First byte of the text.
    pub(super) start: u32,
    /// Byte after the last.
    pub(super) end: u32,
    /// Entry of the object or array around it, or [`NONE`].
    pub(super) parent: u32,
    /// First entry after it and all that it holds; for a name, which its value follows, the lower
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

    /// The entry at an index that leads nowhere, which no node made by a tape has.
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

    /// Makes the entry of a member's name, with the key that tells it from most others: a search
    /// for members reads no text.
    #[inline]
    pub(super) fn name(escaped: bool, start: usize, end: usize, parent: u32, key: u64) -> Self {
        let meta =
            Token::Name as u32 | if escaped { ESCAPED } else { 0 } | ((key >> 32) as u32) << COUNT;
        Entry { start: start as u32, end: end as u32, parent, next: key as u32, meta }
    }

    /// Returns the [`key`](super::name::key) of a name without escapes.
    #[inline]
    pub(super) fn key(&self) -> u64 {
        let length = self.end.wrapping_sub(self.start).wrapping_sub(2).min(255);
        u64::from(length) << 56
            | u64::from(self.meta >> COUNT & 0xFF_FFFF) << 32
            | u64::from(self.next)
    }

    /// Makes it the entry of a scalar with this text. Returns `None` for another text.
    pub(super) fn set_scalar(&mut self, text: &[u8]) -> Option<()> {
        let token = match text.first()? {
            b'"' => Token::String,
            b'-' | b'0'..=b'9' => Token::Number,
            b't' => Token::True,
            b'f' => Token::False,
            b'n' => Token::Null,
            _ => return None,
        };
        let is_scalar = !matches!(self.token(), Token::Array | Token::Object | Token::Name);
        let escaped = token == Token::String && text.contains(&b'\\');
        self.meta = token as u32 | if escaped { ESCAPED } else { 0 };
        is_scalar.then_some(())
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

    /// Returns the number of members of an object or elements of an array.
    pub(super) fn count(&self) -> u32 {
        self.meta >> COUNT
    }

    pub(super) fn set_count(&mut self, count: u32) {
        self.meta = self.meta & 0xF | count << COUNT;
    }
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
