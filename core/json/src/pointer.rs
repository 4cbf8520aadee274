//! JSON Pointer (RFC 6901).

use std::borrow::Cow;
use std::fmt;

use super::entry::Shape;
use super::node::Node;
use super::segment::push_token;

/// A JSON Pointer: the way from a document's root to a value, as member names and array positions.
///
/// ```
/// use fieldseal_json::Pointer;
/// let pointer = Pointer::parse("/a~1b/0").unwrap();
/// assert_eq!(pointer.tokens(), ["a/b", "0"]);
/// assert_eq!(pointer.to_string(), "/a~1b/0");
/// assert!(Pointer::parse("a").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer {
    tokens: Vec<String>,
}

impl Pointer {
    /// Reads a pointer in its string form (RFC 6901 section 3), not the one for URI fragments.
    ///
    /// # Errors
    /// When it is neither empty nor begins with `/`, or holds a `~` that neither `0` nor `1`
    /// follows.
    pub fn parse(text: &str) -> Result<Pointer, PointerError> {
        let Some(rest) = text.strip_prefix('/') else {
            return if text.is_empty() {
                Ok(Pointer::default())
            } else {
                Err(PointerError::new("a pointer begins with /", 0))
            };
        };
        let mut tokens = Vec::new();
        let mut at = 1;
        for token in rest.split('/') {
            tokens.push(unescape_token(token).map_err(|error| error.after(at))?.into_owned());
            at += token.len() + 1;
        }
        Ok(Pointer { tokens })
    }

    /// Makes a pointer of these tokens, which are not escaped.
    pub fn from_tokens(tokens: impl IntoIterator<Item = impl Into<String>>) -> Pointer {
        Pointer { tokens: tokens.into_iter().map(Into::into).collect() }
    }

    /// Returns its tokens, unescaped.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Returns the value that it leads to from `root`.
    pub fn resolve<'a>(&self, root: Node<'a>) -> Option<Node<'a>> {
        match self.reach(root) {
            Reached::Value(node) => Some(node),
            _ => None,
        }
    }

    /// Follows it from `root`: to a value, or as far as the last value on the way.
    pub fn reach<'a>(&self, root: Node<'a>) -> Reached<'a> {
        let mut node = root;
        for token in &self.tokens {
            let below = match node.shape() {
                Shape::Object => node.member(token),
                Shape::Array => position(token).and_then(|position| node.element(position)),
                _ => None,
            };
            match below {
                Some(below) => node = below,
                None => return Reached::Short(node),
            }
        }
        Reached::Value(node)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for token in &self.tokens {
            push_token(&mut text, token);
        }
        f.write_str(&text)
    }
}

/// The end of the way that a pointer describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached<'a> {
    /// To this value.
    Value(Node<'a>),
    /// To the name of a member (a Relative JSON Pointer that ends in `#`).
    Name(Cow<'a, str>),
    /// To the position of an element (the same, in an array).
    Position(u32),
    /// No further than this value: it is a scalar, or has no such member or element, and tokens
    /// remain.
    Short(Node<'a>),
    /// Above the root, or beside an array.
    Nowhere,
}

/// The fault of a text that is no pointer, and the byte that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointerError {
    message: &'static str,
    offset: usize,
}

impl PointerError {
    pub(super) fn new(message: &'static str, offset: usize) -> Self {
        PointerError { message, offset }
    }

    pub(super) fn after(self, bytes: usize) -> Self {
        PointerError { offset: self.offset + bytes, ..self }
    }

    /// Returns the byte offset into the pointer's text.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for PointerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.offset)
    }
}

impl std::error::Error for PointerError {}

fn unescape_token(token: &str) -> Result<Cow<'_, str>, PointerError> {
    if !token.contains('~') {
        return Ok(Cow::Borrowed(token));
    }
    let mut out = String::with_capacity(token.len());
    let mut rest = token;
    while let Some((plain, special)) = rest.split_once('~') {
        out.push_str(plain);
        let at = token.len() - special.len() - 1;
        out.push(match special.as_bytes().first() {
            Some(b'0') => '~',
            Some(b'1') => '/',
            _ => return Err(PointerError::new("0 or 1 must follow ~", at)),
        });
        rest = special.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// Reads an array position: digits without a leading zero. `-`, the place after the last, holds no
/// value.
fn position(token: &str) -> Option<u32> {
    match token.as_bytes() {
        [b'0'] => Some(0),
        [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => token.parse().ok(),
        _ => None,
    }
}
