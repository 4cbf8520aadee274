//! A second opinion on what one JSON document is: `serde_json`, made as strict as RFC 8259 lets a
//! reader be.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Whether these bytes are one JSON document with unique names and without lone surrogates; nothing
/// where this reader cannot tell, which is a number beyond its floating point.
pub fn is_document(bytes: &[u8]) -> Option<bool> {
    // The looser of its two ways: numbers of any size, and strings that are not looked into.
    if std::str::from_utf8(bytes).is_err() || serde_json::from_slice::<IgnoredAny>(bytes).is_err() {
        return Some(false);
    }
    match serde_json::from_slice::<Strict>(bytes) {
        Ok(Strict) => Some(true),
        Err(error) if error.to_string().starts_with("number out of range") => None,
        Err(_) => Some(false),
    }
}

/// Any value whose objects repeat no name.
struct Strict;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Strict)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Strict;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_str<E>(self, _: &str) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Strict, A::Error> {
        while elements.next_element::<Strict>()?.is_some() {}
        Ok(Strict)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut names = HashSet::new();
        while let Some((name, Strict)) = members.next_entry::<String, Strict>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a repeated name"));
            }
        }
        Ok(Strict)
    }
}

#[cfg(test)]
mod tests {
    use super::is_document;

    #[test]
    fn what_is_a_document_and_what_is_none() {
        for text in
            ["1", " [ {\"a\":1,\"b\":\"\\ud83d\\ude00\"} ] ", "1e400", "18446744073709551616"]
        {
            assert_ne!(is_document(text.as_bytes()), Some(false), "{text}");
        }
        for text in ["", "01", "{\"a\":1,\"\\u0061\":2}", "\"\\ud83d\"", "[1,]", "1 2", "\"\n\""] {
            assert_eq!(is_document(text.as_bytes()), Some(false), "{text}");
        }
        assert_eq!(is_document(b"\"\xff\""), Some(false));
        assert_eq!(is_document(b"1e400"), None);
    }
}
