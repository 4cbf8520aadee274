//! The one pass over the text (RFC 8259 sections 2 to 5). No recursion: the open containers are
//! linked through the tape.

use super::duplicate;
use super::entry::{Entry, NONE, Token};
use super::fault::{Fault, Place};
use super::name::{Name, key_at};
use super::scan::{self, BadToken, peek};
use super::segment::push_token;
use crate::error::JsonError;
use crate::limits::DocumentLimits;

/// The greatest depth that a setting allows, since the validator recurses over the tape.
const DEEPEST: u32 = 128;

pub(super) struct Pass<'a> {
    text: &'a str,
    at: usize,
    entries: Vec<Entry>,
    /// Innermost open container, or [`NONE`].
    open: u32,
    in_object: bool,
    /// Members or elements of the innermost open container so far; those of the others stand in
    /// their entries.
    count: u32,
    depth: u32,
    deepest: u32,
    values: u32,
    most_values: u32,
    most_depth: u32,
    names: duplicate::Scratch,
}

impl<'a> Pass<'a> {
    pub(super) fn new(text: &'a str, limits: DocumentLimits) -> Self {
        Pass::into_entries(Vec::new(), text, limits)
    }

    /// Begins with an empty list whose memory is used.
    pub(super) fn into_entries(entries: Vec<Entry>, text: &'a str, limits: DocumentLimits) -> Self {
        Pass {
            text,
            at: 0,
            entries,
            open: NONE,
            in_object: false,
            count: 0,
            depth: 0,
            deepest: 0,
            values: 0,
            most_values: limits.values.min(Entry::MOST),
            most_depth: limits.depth.min(DEEPEST),
            names: duplicate::Scratch::default(),
        }
    }

    /// Returns the entries, the number of values and the greatest depth.
    pub(super) fn finish(self) -> (Vec<Entry>, u32, u32) {
        (self.entries, self.values, self.deepest)
    }

    /// Reads the whole text.
    pub(super) fn run(&mut self) -> Result<(), Fault> {
        if self.text.starts_with('\u{feff}') {
            return Err(Fault::document("the text begins with a byte order mark", 0, Place::Root));
        }
        // One allocation for the whole tape, which never grows then.
        let most = self.most_entries();
        if self.entries.try_reserve_exact(most).is_err() {
            return Err(Fault::limit(
                "the document needs more memory than there is",
                0,
                Place::Root,
            ));
        }
        let bytes = self.text.as_bytes();
        self.at = scan::space(bytes, 0);
        loop {
            let is_open = self.value(bytes)?;
            if is_open && !self.first(bytes)? {
                continue;
            }
            // A value is complete, and so may be the containers around it.
            loop {
                self.at = scan::space(bytes, self.at);
                let byte = peek(bytes, self.at);
                if self.open == NONE {
                    return self.end(bytes);
                }
                match byte {
                    b',' => {
                        self.at = scan::space(bytes, self.at + 1);
                        if self.in_object {
                            self.name(bytes)?;
                        }
                        break;
                    }
                    b'}' if self.in_object => self.close_object()?,
                    b']' if !self.in_object => self.close(),
                    _ => return Err(self.unexpected(Place::Container)),
                }
            }
        }
    }

    /// Returns a bound on the entries: each value has one name at most, and takes one byte of text
    /// at least.
    fn most_entries(&self) -> usize {
        scan::most_entries(self.text.as_bytes())
            .min((self.most_values as usize).saturating_mul(2))
            .min(self.text.len())
    }

    /// Reads the scalar at this place, or opens the container. Returns true if it did the latter.
    #[inline(always)]
    fn value(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        let start = self.at;
        if self.values >= self.most_values {
            return Err(Fault::limit(
                "the document is over the limit of values",
                start,
                Place::Value,
            ));
        }
        let (token, end, escaped) = match peek(bytes, start) {
            b'"' => {
                let (end, escaped) = scan::string(bytes, start + 1).map_err(in_value)?;
                (Token::String, end, escaped)
            }
            b'{' => return self.open(Token::Object),
            b'[' => return self.open(Token::Array),
            b'-' | b'0'..=b'9' => {
                (Token::Number, scan::number(bytes, start).map_err(in_value)?, false)
            }
            b't' => (Token::True, scan::literal(bytes, start, b"true").map_err(in_value)?, false),
            b'f' => (Token::False, scan::literal(bytes, start, b"false").map_err(in_value)?, false),
            b'n' => (Token::Null, scan::literal(bytes, start, b"null").map_err(in_value)?, false),
            _ => return Err(self.unexpected(Place::Value)),
        };
        self.push(token, escaped, start, end);
        self.values += 1;
        self.count += 1;
        self.at = end;
        Ok(false)
    }

    #[inline(always)]
    fn push(&mut self, token: Token, escaped: bool, start: usize, end: usize) -> u32 {
        let index = self.entries.len() as u32;
        self.entries.push(Entry::new(token, escaped, start, end, self.open, index + 1));
        index
    }

    #[inline(always)]
    fn open(&mut self, token: Token) -> Result<bool, Fault> {
        if self.depth >= self.most_depth {
            return Err(Fault::limit(
                "the document is over the limit of depth",
                self.at,
                Place::Value,
            ));
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        self.values += 1;
        self.count += 1;
        self.save_count();
        self.open = self.push(token, false, self.at, self.at);
        self.in_object = token == Token::Object;
        self.count = 0;
        self.at += 1;
        Ok(true)
    }

    /// Reads on after an opening bracket. Returns true if the container is empty and thus complete;
    /// else its first value is next.
    #[inline(always)]
    fn first(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        self.at = scan::space(bytes, self.at);
        match peek(bytes, self.at) {
            b'}' if self.in_object => self.close(),
            b']' if !self.in_object => self.close(),
            _ if self.in_object => {
                self.name(bytes)?;
                return Ok(false);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Reads a member's name and its colon.
    #[inline(always)]
    fn name(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let start = self.at;
        if peek(bytes, start) != b'"' {
            return Err(self.nameless(bytes));
        }
        let (end, escaped) = scan::string(bytes, start + 1)
            .map_err(|bad| Fault::document(bad.message, bad.at, Place::Container))?;
        let name = self.entries.len() as u32;
        self.entries.push(Entry::name(
            escaped,
            start,
            end,
            self.open,
            key_at(bytes, start + 1, end - 1),
        ));
        self.at = scan::space(bytes, end);
        if peek(bytes, self.at) != b':' {
            return Err(self.unexpected(Place::Member(name)));
        }
        self.at = scan::space(bytes, self.at + 1);
        Ok(())
    }

    #[inline(always)]
    fn close_object(&mut self) -> Result<(), Fault> {
        if self.count > 1
            && let Some(name) = self.names.repeated(self.text, &self.entries, self.open, self.count)
        {
            let at = self.entries.get(name as usize).map_or(self.at, |entry| entry.start as usize);
            return Err(Fault::document(
                "two members of one object have the same name",
                at,
                Place::Member(name),
            ));
        }
        self.close();
        Ok(())
    }

    #[inline(always)]
    fn close(&mut self) {
        self.at += 1;
        self.depth = self.depth.saturating_sub(1);
        self.save_count();
        let next = self.entries.len() as u32;
        if let Some(entry) = self.entries.get_mut(self.open as usize) {
            entry.end = self.at as u32;
            entry.next = next;
            self.open = entry.parent;
        }
        match self.entries.get(self.open as usize) {
            Some(around) => {
                self.count = around.count();
                self.in_object = around.token() == Token::Object;
            }
            None => self.in_object = false,
        }
    }

    #[inline(always)]
    fn save_count(&mut self) {
        if let Some(entry) = self.entries.get_mut(self.open as usize) {
            entry.set_count(self.count);
        }
    }

    #[inline(always)]
    fn end(&self, bytes: &[u8]) -> Result<(), Fault> {
        if self.at == bytes.len() {
            return Ok(());
        }
        Err(Fault::document("something follows the document", self.at, Place::Root))
    }

    /// Makes the fault of a member that does not begin with its name.
    #[cold]
    fn nameless(&self, bytes: &[u8]) -> Fault {
        match peek(bytes, self.at) {
            b'}' | b'\'' => Fault::document(
                "a member's name in double quotes must follow; no comma may stand before `}`",
                self.at,
                Place::Container,
            ),
            _ => self.unexpected(Place::Container),
        }
    }

    #[cold]
    fn unexpected(&self, place: Place) -> Fault {
        let message = match (self.at >= self.text.len(), place) {
            (true, _) => "the text ends inside the document",
            (_, Place::Value | Place::Root) => "no value begins like this",
            (_, Place::Member(_)) => "a colon must follow a member's name",
            (_, Place::Container) if self.in_object => {
                "a comma, a member's name or the end of the object must follow"
            }
            (_, Place::Container) => "a comma or the end of the array must follow",
        };
        Fault::document(message, self.at, place)
    }

    /// Makes the error of a fault, with its place in the document.
    #[cold]
    pub(super) fn error(mut self, fault: Fault) -> JsonError {
        self.save_count();
        let mut pointer = String::new();
        match fault.place {
            Place::Root => {}
            Place::Container => self.push_open(&mut pointer),
            Place::Member(name) => {
                self.push_open(&mut pointer);
                self.push_name(&mut pointer, name);
            }
            Place::Value => {
                self.push_open(&mut pointer);
                if self.in_object {
                    self.push_name(&mut pointer, (self.entries.len() as u32).wrapping_sub(1));
                } else if self.open != NONE {
                    push_token(&mut pointer, &self.count.to_string());
                }
            }
        }
        JsonError {
            pointer: Some(pointer),
            offset: Some(fault.at as u64),
            ..JsonError::new(fault.kind, fault.message)
        }
    }

    /// Appends the pointer of the innermost open container. Each container on the way is the last,
    /// so far, of the one around it.
    fn push_open(&self, pointer: &mut String) {
        let mut way = Vec::new();
        let mut index = self.open;
        while let Some(entry) = self.entries.get(index as usize) {
            way.push((index, entry.parent));
            index = entry.parent;
        }
        for (index, parent) in way.into_iter().rev() {
            match self.entries.get(parent as usize) {
                Some(around) if around.token() == Token::Object => {
                    self.push_name(pointer, index.wrapping_sub(1))
                }
                Some(around) => push_token(pointer, &around.count().saturating_sub(1).to_string()),
                None => {}
            }
        }
    }

    fn push_name(&self, pointer: &mut String, index: u32) {
        if let Some(entry) = self.entries.get(index as usize) {
            let raw = self.text.get(entry.start as usize..entry.end as usize).unwrap_or_default();
            push_token(pointer, &Name::new(raw, entry.is_escaped()).unescaped());
        }
    }
}

#[cold]
fn in_value(bad: BadToken) -> Fault {
    Fault::document(bad.message, bad.at, Place::Value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// One allocation holds any number of values, and it is not much too great.
    #[test]
    fn the_tape_never_grows() {
        let objects = |n: usize| format!("[{}0]", r#"{"a":[1,"b",{}],"c,:[{":"x,y"},"#.repeat(n));
        let numbers = |n: usize| format!("[{}0]", "0,".repeat(n));
        let strings = |n: usize| format!("[\"{}\"]", ",".repeat(n));
        let few = DocumentLimits { values: 100_000, ..DocumentLimits::default() };
        for text in [
            objects(5),
            objects(500),
            numbers(5),
            numbers(50_000),
            strings(5),
            strings(10_000_000),
            "7".to_owned(),
            "[]".to_owned(),
        ] {
            let mut pass = Pass::new(&text, few);
            let most = pass.most_entries();
            pass.run().unwrap();
            assert_eq!(pass.entries.capacity(), most);
            assert!(most <= 200_000, "{most} entries held ready");
        }
    }

    /// The two slips of hands that write JavaScript are told from other faults, at their byte.
    #[test]
    fn a_comma_before_the_end_and_single_quotes_are_named() {
        const NAMELESS: &str =
            "a member's name in double quotes must follow; no comma may stand before `}`";
        const OTHER: &str = "a comma, a member's name or the end of the object must follow";
        for (text, message, at, place) in [
            (r#"{"a":1,}"#, NAMELESS, 7, ""),
            (r#"{"a":1, }"#, NAMELESS, 8, ""),
            (r#"{"a":{"b":1,}}"#, NAMELESS, 12, "/a"),
            ("{'a':1}", NAMELESS, 1, ""),
            (r#"{"a":1,'b':2}"#, NAMELESS, 7, ""),
            (r#"{"a":1,b:2}"#, OTHER, 7, ""),
            (r#"{"a":1 "b":2}"#, OTHER, 7, ""),
            (r#"{"a":1 'b':2}"#, OTHER, 7, ""),
            (r#"{"a":1,"#, "the text ends inside the document", 7, ""),
        ] {
            let mut pass = Pass::new(text, DocumentLimits::default());
            let fault = pass.run().unwrap_err();
            let error = pass.error(fault);
            assert_eq!((error.message, error.offset), (message, Some(at)), "{text}");
            assert_eq!(error.pointer.as_deref(), Some(place), "{text}");
        }
    }

    #[test]
    fn an_entry_takes_twenty_bytes() {
        assert_eq!(size_of::<Entry>(), 20);
    }
}
