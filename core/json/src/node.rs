//! One value of a document.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::entry::{Entry, NONE, Shape, Token};
use super::name::{Name, key};
use super::segment::push_token;
use super::tape::Tape;

/// One value of a document: a tape and a place on it. Small, and copied freely.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tape: &'a Tape<'a>,
    index: u32,
}

impl Tape<'_> {
    /// Returns the document's one outermost value.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// Returns the value at an index that [`Node::index`] gave; nothing for the index of a member's
    /// name or beyond the end.
    pub fn node(&self, index: u32) -> Option<Node<'_>> {
        let entry = self.get(index)?;
        (entry.token() != Token::Name).then(|| Node::new(self, index))
    }

    /// Returns the strings that may begin with `start` and have at least `least` bytes, in document
    /// order: those that are written so, and those with an escape among their first characters.
    /// Their lengths alone tell most others from them; names of members are not among them.
    #[doc(hidden)]
    pub fn strings_like<const N: usize>(
        &self,
        start: [u8; N],
        least: u32,
    ) -> impl Iterator<Item = Node<'_>> {
        let text = self.text().as_bytes();
        let may_begin = move |entry: &Entry| {
            let begin = text.get(entry.start as usize + 1..).and_then(|rest| rest.first_chunk());
            begin.is_some_and(|begin: &[u8; N]| {
                *begin == start || entry.is_escaped() && begin.contains(&b'\\')
            })
        };
        let entries = self.entries().iter().enumerate();
        entries.filter_map(move |(index, entry)| {
            let is_like = entry.end - entry.start >= least
                && entry.token() == Token::String
                && may_begin(entry);
            is_like.then(|| Node::new(self, index as u32))
        })
    }
}

impl<'a> Node<'a> {
    pub(super) fn new(tape: &'a Tape<'a>, index: u32) -> Self {
        Node { tape, index }
    }

    #[inline]
    fn entry(self) -> Entry {
        self.tape.entry(self.index)
    }

    /// Returns its place on the tape. Values that come later in the text have greater ones.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Returns the kind of value.
    pub fn shape(self) -> Shape {
        self.entry().token().shape()
    }

    /// Returns the bytes of the text that it covers: from its first to after its last, without
    /// white space around it.
    pub fn span(self) -> Range<usize> {
        let entry = self.entry();
        entry.start as usize..entry.end as usize
    }

    /// Returns its text, as written.
    pub fn raw(self) -> &'a str {
        self.tape.slice(&self.entry())
    }

    /// Returns the object or array around it; nothing for the root.
    pub fn parent(self) -> Option<Node<'a>> {
        let parent = self.entry().parent;
        (parent != NONE).then(|| Node::new(self.tape, parent))
    }

    /// Counts the objects and arrays around it, itself included: 0 for a scalar that is the whole
    /// document. Takes as many steps.
    pub fn depth(self) -> u32 {
        let own = u32::from(matches!(self.shape(), Shape::Array | Shape::Object));
        own + std::iter::successors(self.parent(), |node| node.parent()).map(|_| 1).sum::<u32>()
    }

    /// Returns the first index after it and all that it holds.
    pub fn subtree_end(self) -> u32 {
        self.entry().next
    }

    /// Returns the number of members of an object or elements of an array; 0 for scalars.
    pub fn len(self) -> u32 {
        self.entry().count()
    }

    /// Returns true if it has neither members nor elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Returns an object's members in the order of the text; none for other values.
    pub fn members(self) -> Members<'a> {
        let entry = self.entry();
        let is_object = entry.token() == Token::Object;
        Members {
            tape: self.tape,
            next: self.index + 1,
            left: if is_object { entry.count() } else { 0 },
        }
    }

    /// Returns an array's elements in order; none for other values.
    pub fn elements(self) -> Elements<'a> {
        let entry = self.entry();
        let is_array = entry.token() == Token::Array;
        Elements {
            tape: self.tape,
            next: self.index + 1,
            left: if is_array { entry.count() } else { 0 },
        }
    }

    /// Finds the member of this name, compared as characters. Looks at each member, without
    /// allocation.
    pub fn member(self, name: &str) -> Option<Node<'a>> {
        let entry = self.entry();
        if entry.token() != Token::Object {
            return None;
        }
        self.find(name, &mut (self.index + 1))
    }

    /// Returns true if it is an object with a member of each of these names. Names mostly come in
    /// the order of the text: the search for each goes on from the member found before it.
    /// Allocates nothing.
    #[doc(hidden)]
    pub fn has_members<'n>(self, names: impl IntoIterator<Item = &'n str>) -> bool {
        let entry = self.entry();
        if entry.token() != Token::Object {
            return false;
        }
        let first = self.index + 1;
        let mut at = first;
        names.into_iter().all(|name| {
            let from = at;
            self.find(name, &mut at).is_some() || {
                at = first;
                from != first && self.find(name, &mut at).is_some()
            }
        })
    }

    /// Finds the first member from `at` on that has this name; `at` is then the member after it.
    #[inline]
    fn find(self, name: &str, at: &mut u32) -> Option<Node<'a>> {
        let (key, end) = (key(name.as_bytes()), self.subtree_end());
        while *at < end {
            let own = self.tape.entry(*at);
            let value = *at + 1;
            *at = self.tape.entry(value).next;
            // Most members are told apart without a look at the text.
            if (own.is_escaped() || own.key() == key) && Name::of(self.tape.text(), &own) == *name {
                return Some(Node::new(self.tape, value));
            }
        }
        None
    }

    /// Returns the value of the same document at another place on the tape.
    #[doc(hidden)]
    pub fn sibling(self, index: u32) -> Option<Node<'a>> {
        self.tape.node(index)
    }

    /// Returns the element at this position. Takes as many steps.
    pub fn element(self, position: u32) -> Option<Node<'a>> {
        self.elements().nth(position as usize)
    }

    /// Returns a string's characters; borrowed where it holds no escape.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        self.string().map(Name::unescaped)
    }

    /// Returns true if it is a string of these characters. Allocates nothing.
    pub fn equals_str(self, text: &str) -> bool {
        self.string().is_some_and(|own| own == *text)
    }

    /// Counts the Unicode scalar values in a string. Allocates nothing.
    pub fn characters(self) -> Option<u64> {
        self.string().map(Name::characters)
    }

    /// Returns a string's text, which reads as a name does.
    pub(super) fn string(self) -> Option<Name<'a>> {
        let entry = self.entry();
        (entry.token() == Token::String).then(|| Name::of(self.tape.text(), &entry))
    }

    /// Returns the truth value of `true` and `false`.
    pub fn as_bool(self) -> Option<bool> {
        match self.entry().token() {
            Token::True => Some(true),
            Token::False => Some(false),
            _ => None,
        }
    }

    /// Returns true if it is `null`.
    pub fn is_null(self) -> bool {
        self.shape() == Shape::Null
    }

    /// Returns the member's name, if this is the value of a member.
    pub fn name(self) -> Option<Name<'a>> {
        let above = self.tape.entry(self.index.checked_sub(1)?);
        (above.token() == Token::Name).then(|| Name::of(self.tape.text(), &above))
    }

    /// Returns the position in its array, if this is an element. Takes as many steps.
    pub fn position(self) -> Option<u32> {
        let array = self.parent().filter(|parent| parent.shape() == Shape::Array)?;
        array
            .elements()
            .zip(0..)
            .find(|(element, _)| element.index == self.index)
            .map(|(_, position)| position)
    }

    /// Returns its RFC 6901 pointer. Names in it can be personal.
    pub fn pointer(self) -> String {
        let mut way = vec![self];
        way.extend(std::iter::successors(self.parent(), |node| node.parent()));
        let mut out = String::new();
        for node in way.into_iter().rev() {
            if let Some(name) = node.name() {
                push_token(&mut out, &name.unescaped());
            } else if let Some(position) = node.position() {
                push_token(&mut out, &position.to_string());
            }
        }
        out
    }

    /// Returns a number that all values of one tape share, by which a caller may remember them.
    #[doc(hidden)]
    pub fn tape_address(self) -> usize {
        std::ptr::from_ref(self.tape).addr()
    }
}

/// Compares places of tapes, not values.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tape, other.tape) && self.index == other.index
    }
}

impl Eq for Node<'_> {}

/// Values can be personal: only kind and place are printed.
impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("shape", &self.shape()).field("span", &self.span()).finish()
    }
}

/// The members of one object, in the order of the text.
#[derive(Clone)]
pub struct Members<'a> {
    tape: &'a Tape<'a>,
    next: u32,
    left: u32,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Name<'a>, Node<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (name, value) = (self.tape.get(self.next)?, self.next + 1);
        self.next = self.tape.get(value)?.next;
        Some((Name::of(self.tape.text(), name), Node::new(self.tape, value)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Members<'_> {}

/// The elements of one array, in order.
#[derive(Clone)]
pub struct Elements<'a> {
    tape: &'a Tape<'a>,
    next: u32,
    left: u32,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Node<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let value = Node::new(self.tape, self.next);
        self.next = value.subtree_end();
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Elements<'_> {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::DocumentLimits;

    /// A name has one key, however it is written and wherever it stands.
    #[test]
    fn a_members_name_has_the_key_of_its_characters() {
        for name in [
            "",
            "a",
            "ab",
            "abc",
            "abcd",
            "abcde",
            "abcdefg",
            "abcdefgh",
            "\u{e9}",
            "\u{1F600}",
            &"long ".repeat(60),
        ] {
            let escaped: String =
                name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            for written in [name, escaped.as_str()] {
                let text = format!("{{\"{written}\":1}}");
                let tape = Tape::parse(text.as_bytes(), DocumentLimits::default()).unwrap();
                let (own, value) = tape.root().members().next().unwrap();
                assert_eq!(own.key(), key(name.as_bytes()), "{written}");
                assert!(own.is(name.as_bytes()) && own == *name && value.name() == Some(own));
                assert!(!own.is(format!("{name}x").as_bytes()) && !own.is(b"abcdefgx"));
                assert_eq!(tape.root().member(name), Some(value));
            }
        }
    }

    /// Every string that begins so is among them, however it is escaped, and no name.
    #[test]
    fn strings_that_may_begin_so_are_found_with_their_escapes() {
        let text = r#"{"Fs1":["Fs1","Fs12","\u0046s1x","F\u00731","Fs\u0031","Fs","F","","\"Fs1","xFs1",1],"a":"Fs1"}"#;
        let tape = Tape::parse(text.as_bytes(), DocumentLimits::default()).unwrap();
        let found: Vec<&str> = tape.strings_like(*b"Fs1", 5).map(Node::raw).collect();
        let begins = |node: &Node<'_>| node.as_str().is_some_and(|text| text.starts_with("Fs1"));
        let nodes = (0..tape.len() as u32).filter_map(|at| tape.node(at));
        let expected: Vec<&str> = nodes.filter(begins).map(Node::raw).collect();
        assert_eq!(expected.len(), 6);
        assert!(expected.iter().all(|own| found.contains(own)), "{found:?}");
        assert!(found.len() <= expected.len() + 1, "{found:?}");
    }
}
