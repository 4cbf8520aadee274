//! The canonical text of a schema (RFC 8785), from which digests are computed.

use std::borrow::Cow;

use fieldseal_json::canonical::{self, Parts};
use fieldseal_json::decimal::write_double;
use serde_json::{Value, map};

/// Returns the RFC 8785 text. Recursion is as deep as the value, which intake bounds at 128.
pub(crate) fn text(value: &Value) -> String {
    let mut out = String::new();
    // Every number of a tree is a double or an integer, so the write cannot fail.
    let _ = canonical::write(Tree(value), &mut out);
    out
}

#[derive(Clone, Copy)]
struct Tree<'v>(&'v Value);

impl<'v> canonical::Value<'v> for Tree<'v> {
    type Elements = std::iter::Map<std::slice::Iter<'v, Value>, fn(&'v Value) -> Self>;
    type Members = std::iter::Map<map::Iter<'v>, fn((&'v String, &'v Value)) -> Member<'v>>;

    fn parts(self) -> Parts<Self::Elements, Self::Members> {
        match self.0 {
            Value::Array(elements) => Parts::Array(elements.iter().map(Tree)),
            Value::Object(members) => Parts::Object(
                members.iter().map(|(name, member)| (Cow::Borrowed(name.as_str()), Tree(member))),
            ),
            _ => Parts::Scalar,
        }
    }

    fn write_scalar(self, out: &mut String) -> bool {
        match self.0 {
            Value::Bool(true) => out.push_str("true"),
            Value::Bool(false) => out.push_str("false"),
            // Section 3.2.2.3: every number is an IEEE 754 double.
            Value::Number(number) => write_double(number.as_f64().unwrap_or_default(), out),
            Value::String(text) => canonical::string(text, out),
            _ => out.push_str("null"),
        }
        true
    }
}

type Member<'v> = (Cow<'v, str>, Tree<'v>);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::json::Tape;
    use crate::limits::Limits;

    /// The tree of a schema and the document that it was read from have one text.
    #[test]
    fn a_tree_is_written_as_its_document_is() {
        let document = r#"{"\u20ac":[1.0, 100, -0.5, 1e30],"\r":null,"\ufb33":{},"1":[],"\ud83d\ude00":true,"\u0080":false,"s":"\u000f\u000aA'\u0042\u0022\u005c\\\"\/"}"#;
        let tape = Tape::parse(document.as_bytes(), &Limits::default()).unwrap();
        let mut expected = String::new();
        canonical::write(tape.root(), &mut expected).unwrap();
        assert_eq!(text(&serde_json::from_str(document).unwrap()), expected);
        assert!(expected.contains("1e+30") && expected.starts_with("{\"\\r\":null,\"1\":[]"));
    }
}
