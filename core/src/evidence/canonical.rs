//! RFC 8785 JSON, written directly: callers give the members of an object in sorted order.

use std::fmt::Write as _;

use crate::error::{Error, ErrorCode};

/// A JSON text under construction. Members must come sorted by name, as RFC 8785 section 3.2.3
/// demands.
#[derive(Default)]
pub(crate) struct Canonical {
    text: String,
}

impl Canonical {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Canonical { text: String::with_capacity(capacity) }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// Refuses to go on above that many bytes: a record must not outgrow every document.
    pub(crate) fn keep_below(&self, most: u32) -> Result<(), Error> {
        if self.text.len() > most as usize {
            return Err(Error::new(
                ErrorCode::Limit,
                "the record of this call would be longer than the limit allows: too many different places",
            ));
        }
        Ok(())
    }

    /// Opens an object or array that [`Canonical::close`] ends.
    pub(crate) fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
    }

    pub(crate) fn close(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    /// Text that is JSON already, commas included: what every record says in the same words is
    /// written in one piece, since each piece is a copy by itself, which in WebAssembly leaves the
    /// module.
    #[inline]
    pub(crate) fn raw(&mut self, json: &str) {
        self.text.push_str(json);
    }

    pub(crate) fn string(&mut self, value: &str) {
        self.separate();
        self.text.push('"');
        self.escaped(value);
        self.text.push('"');
    }

    /// What stands between the quotes of a string.
    pub(crate) fn escaped(&mut self, value: &str) {
        let mut clean = 0;
        for (at, byte) in value.bytes().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            // Only ASCII bytes are escaped, so both cuts lie on character borders.
            self.text.push_str(value.get(clean..at).unwrap_or_default());
            clean = at + 1;
            match byte {
                b'"' => self.text.push_str("\\\""),
                b'\\' => self.text.push_str("\\\\"),
                0x08 => self.text.push_str("\\b"),
                0x09 => self.text.push_str("\\t"),
                0x0A => self.text.push_str("\\n"),
                0x0C => self.text.push_str("\\f"),
                0x0D => self.text.push_str("\\r"),
                _ => {
                    let _ = write!(self.text, "\\u{byte:04x}");
                }
            }
        }
        self.text.push_str(value.get(clean..).unwrap_or_default());
    }

    /// A string that `write` appends, in most cases without anything to escape.
    pub(crate) fn written(&mut self, write: impl FnOnce(&mut String)) {
        self.separate();
        self.text.push('"');
        let start = self.text.len();
        write(&mut self.text);
        if self.text.bytes().skip(start).any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
            let value = self.text.split_off(start);
            self.escaped(&value);
        }
        self.text.push('"');
    }

    /// A number after the name of its member.
    pub(crate) fn number(&mut self, value: u64) {
        match u8::try_from(value) {
            Ok(digit @ 0..10) => self.text.push(char::from(b'0' + digit)),
            _ => {
                let _ = write!(self.text, "{value}");
            }
        }
    }

    pub(crate) fn strings<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        self.open('[');
        values.into_iter().for_each(|value| self.string(value));
        self.close(']');
    }

    fn separate(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.text.push(',');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Canonical;

    #[test]
    fn members_elements_and_escapes() {
        let mut json = Canonical::default();
        json.open('{');
        json.raw("\"a\":");
        json.strings(["", "x:", "\u{1}\u{8}\t\n\u{c}\r\"\\/é\u{7f}"]);
        json.raw(",\"b\":");
        json.number(7);
        json.raw(",\"c\":[");
        for _ in 0..2 {
            json.open('{');
            json.close('}');
        }
        json.close(']');
        json.close('}');
        assert_eq!(
            json.finish(),
            "{\"a\":[\"\",\"x:\",\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\/é\u{7f}\"],\"b\":7,\"c\":[{},{}]}"
        );
    }
}
