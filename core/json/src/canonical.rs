//! Canonical JSON (RFC 8785): strings, whole values, and texts written piece by piece.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::decimal::{is_same_number, write_canonical};
use crate::entry::Shape;
use crate::name::Name;
use crate::node::{Elements, Members, Node};
use crate::sort::sorted;

/// A value that has a canonical text.
pub trait Value<'v>: Copy {
    /// The elements of an array.
    type Elements: Iterator<Item = Self>;
    /// The members of an object, with their names unescaped.
    type Members: Iterator<Item = (Cow<'v, str>, Self)>;

    /// Returns the parts of an array or object.
    fn parts(self) -> Parts<Self::Elements, Self::Members>;

    /// Appends the text of a value without parts. Returns `false` for a number that has none.
    #[must_use]
    fn write_scalar(self, out: &mut String) -> bool;
}

/// The parts of a [`Value`].
pub enum Parts<E, M> {
    /// A value without parts.
    Scalar,
    /// An array.
    Array(E),
    /// An object.
    Object(M),
}

/// Appends the canonical text of a value. Recurses as deep as the value is nested.
///
/// # Errors
/// The number that has no canonical text.
pub fn write<'v, V: Value<'v>>(value: V, out: &mut String) -> Result<(), V> {
    match value.parts() {
        Parts::Scalar => {
            if !value.write_scalar(out) {
                return Err(value);
            }
        }
        Parts::Array(elements) => {
            out.push('[');
            for (index, element) in elements.enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(element, out)?;
            }
            out.push(']');
        }
        Parts::Object(members) => {
            out.push('{');
            let members = sorted(members.collect(), |(a, _), (b, _)| by_utf16(a, b));
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                string(&name, out);
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Compares two names by UTF-16 code units (section 3.2.3), which differs from the order of UTF-8
/// above the surrogates.
fn by_utf16(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

/// A value of a document. A number that no double holds exactly has no canonical text here: two
/// numbers that one double stands for would become one.
impl<'v> Value<'v> for Node<'v> {
    type Elements = Elements<'v>;
    type Members = std::iter::Map<Members<'v>, fn((Name<'v>, Node<'v>)) -> (Cow<'v, str>, Self)>;

    fn parts(self) -> Parts<Self::Elements, Self::Members> {
        match self.shape() {
            Shape::Array => Parts::Array(self.elements()),
            Shape::Object => {
                Parts::Object(self.members().map(|(name, value)| (name.unescaped(), value)))
            }
            _ => Parts::Scalar,
        }
    }

    fn write_scalar(self, out: &mut String) -> bool {
        match self.string() {
            Some(text) => {
                out.push('"');
                text.each_part(&mut |part| escaped(part, out));
                out.push('"');
            }
            None if self.shape() == Shape::Number => {
                let start = out.len();
                return write_canonical(self.raw(), out).is_some()
                    && out.get(start..).is_some_and(|text| is_same_number(self.raw(), text));
            }
            None => out.push_str(self.raw()),
        }
        true
    }
}

/// Appends a string with its quotes (section 3.2.2.2).
#[inline]
pub fn string(text: &str, out: &mut String) {
    out.push('"');
    escaped(text, out);
    out.push('"');
}

/// Appends the text between the quotes of a string.
pub fn escaped(text: &str, out: &mut String) {
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        // Only ASCII bytes are escaped: both cuts lie on character borders.
        out.push_str(text.get(clean..at).unwrap_or_default());
        clean = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            0x08 => out.push_str("\\b"),
            0x09 => out.push_str("\\t"),
            0x0A => out.push_str("\\n"),
            0x0C => out.push_str("\\f"),
            0x0D => out.push_str("\\r"),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.push_str(text.get(clean..).unwrap_or_default());
}

/// Appends an array of strings.
pub fn strings(values: &[&str], out: &mut String) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(value, out);
    }
    out.push(']');
}

/// A canonical text under construction. Callers write the members of an object sorted by name
/// (section 3.2.3).
#[derive(Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// Begins with room for that many bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Writer { text: String::with_capacity(capacity) }
    }

    /// Returns the text.
    pub fn finish(self) -> String {
        self.text
    }

    /// Returns the number of bytes so far.
    #[expect(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Opens an object or array, after a comma where one is needed; [`Writer::close`] ends it.
    #[inline]
    pub fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
    }

    /// Closes an object or array.
    #[inline]
    pub fn close(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    /// Appends text that is JSON already, commas included. The constant words of a record go in one
    /// piece, since each piece is a copy of its own, which in WebAssembly leaves the module.
    #[inline]
    pub fn raw(&mut self, json: &str) {
        self.text.push_str(json);
    }

    /// Appends a string, after a comma where one is needed.
    #[inline]
    pub fn string(&mut self, value: &str) {
        self.separate();
        string(value, &mut self.text);
    }

    /// Appends the text between the quotes of a string.
    #[inline]
    pub fn escaped(&mut self, value: &str) {
        escaped(value, &mut self.text);
    }

    /// Appends a number, after the name of its member.
    #[inline]
    pub fn number(&mut self, value: u64) {
        match u8::try_from(value) {
            Ok(digit @ 0..10) => self.text.push(char::from(b'0' + digit)),
            _ => {
                let _ = write!(self.text, "{value}");
            }
        }
    }

    #[inline]
    fn separate(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.text.push(',');
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{DocumentLimits, Tape};

    #[test]
    fn members_elements_and_escapes() {
        let mut json = Writer::default();
        json.open('{');
        json.raw("\"a\":[");
        json.string("");
        json.string("x:");
        json.string("\u{1}\u{8}\t\n\u{c}\r\"\\/é\u{7f}");
        json.raw("]");
        json.raw(",\"b\":");
        json.number(7);
        json.raw(",\"c\":[");
        for _ in 0..2 {
            json.open('{');
            json.close('}');
        }
        json.close(']');
        json.close('}');
        assert_eq!(json.len(), json.text.len());
        assert_eq!(
            json.finish(),
            "{\"a\":[\"\",\"x:\",\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\/é\u{7f}\"],\"b\":7,\"c\":[{},{}]}"
        );
    }
    fn canonical(document: &str) -> Result<String, String> {
        let (tape, mut out) =
            (Tape::parse(document.as_bytes(), DocumentLimits::default()), String::new());
        match write(tape.as_ref().unwrap().root(), &mut out) {
            Ok(()) => Ok(out),
            Err(number) => Err(number.pointer()),
        }
    }

    /// RFC 8785, sections 3.2.2 and 3.2.3.
    #[test]
    fn escapes_and_order() {
        let document = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"O",
                "s":"\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\/", "l": [ null, true, false, 1.50, -0, 1e21, [], {} ]}"#;
        let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"l\":[null,true,false,1.5,0,1e+21,[],{}],\"s\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",\"\u{80}\":\"Control\",\"ö\":\"O\",\"€\":\"Euro Sign\",\"😀\":\"Emoji\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
        assert_eq!(canonical(document).as_deref(), Ok(expected));
        assert_eq!(canonical(expected).as_deref(), Ok(expected), "a canonical text is its own");
    }

    #[test]
    fn a_number_that_no_double_holds_has_no_text() {
        for number in ["9007199254740993", "0.10000000000000000001", "1e400", "-1e400", "1e-400"] {
            assert_eq!(canonical(&format!("{{\"a\":[1,{number}]}}")), Err("/a/1".to_owned()));
        }
        assert_eq!(canonical("9007199254740992.0").as_deref(), Ok("9007199254740992"));
    }

    #[test]
    fn an_array_of_strings() {
        for values in [&[][..], &["a"], &["a\"b", "", "ö\n"]] {
            let (mut out, mut json) = (String::new(), Writer::with_capacity(8));
            strings(values, &mut out);
            json.open('[');
            values.iter().for_each(|value| json.string(value));
            json.close(']');
            assert_eq!(out, json.finish());
            assert_eq!(canonical(&out).as_ref(), Ok(&out));
        }
    }
}
