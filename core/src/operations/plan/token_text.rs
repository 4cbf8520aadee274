//! The texts that keys are named by and tokens are made of.

use zeroize::Zeroizing;

use crate::envelope::TokenValue;
use crate::error::{Error, ErrorCode};
use crate::json::{Node, Shape};
use crate::resolver::decide::is_same_number;
use crate::schema::canonical::string as push_canonical_string;
use crate::schema::number::canonical as canonical_number;
use fieldseal_json::sort::sorted;

/// Returns the RFC 8785 text of an array of strings: it names the key of an item (family, record,
/// field), or of a person's index.
pub(crate) fn listed(parts: &[&str]) -> String {
    let mut text =
        String::with_capacity(parts.iter().map(|part| part.len() + 3).sum::<usize>() + 2);
    for (index, part) in parts.iter().enumerate() {
        text.push(if index == 0 { '[' } else { ',' });
        push_canonical_string(part, &mut text);
    }
    text.push(']');
    text
}

/// Returns the name of an index's key; of an index `per` subject each person has one of its own.
pub(crate) fn index_owner(name: &str, person: Option<&str>) -> String {
    person.map_or_else(|| name.to_owned(), |person| listed(&[name, person]))
}

/// The clear text that a token is made of, wiped when dropped.
pub(crate) struct TokenText {
    text: Zeroizing<String>,
    is_string: bool,
}

impl TokenText {
    /// Takes a string's value, or the RFC 8785 text of another value.
    ///
    /// # Errors
    /// `limit` for a number that no double holds exactly: RFC 8785 (section 3.2.2.3) cannot write
    /// it, or would round it.
    pub(crate) fn of(node: Node<'_>) -> Result<Self, Error> {
        if let Some(text) = node.as_str() {
            return Ok(TokenText { text: Zeroizing::new(text.into_owned()), is_string: true });
        }
        // Numbers and escapes can become longer; growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(6 * node.raw().len() + 32));
        write(node, &mut text)?;
        Ok(TokenText { text, is_string: false })
    }

    pub(crate) fn value(&self) -> TokenValue<'_> {
        if self.is_string { TokenValue::Text(&self.text) } else { TokenValue::Json(&self.text) }
    }
}

/// Recursion is as deep as the value, which the limits bound.
fn write(node: Node<'_>, out: &mut String) -> Result<(), Error> {
    match node.shape() {
        Shape::String => push_canonical_string(
            &Zeroizing::new(node.as_str().unwrap_or_default().into_owned()),
            out,
        ),
        Shape::Number => {
            // Two numbers that one double stands for would be one person.
            let start = out.len();
            let is_written = canonical_number(node.raw(), out).is_some();
            if !is_written || !out.get(start..).is_some_and(|text| is_same_number(node.raw(), text))
            {
                let message = "a number that no double holds exactly, so that no token can be made of it: write it as a string";
                return Err(Error::new(ErrorCode::Limit, message).at(node.pointer()));
            }
        }
        Shape::Array => {
            out.push('[');
            for (index, element) in node.elements().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(element, out)?;
            }
            out.push(']');
        }
        Shape::Object => {
            let members: Vec<_> =
                node.members().map(|(name, value)| (name.unescaped(), value)).collect();
            out.push('{');
            // By UTF-16 code units (section 3.2.3).
            for (index, (name, value)) in
                sorted(members, |(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()))
                    .into_iter()
                    .enumerate()
            {
                if index > 0 {
                    out.push(',');
                }
                push_canonical_string(&name, out);
                out.push(':');
                write(value, out)?;
            }
            out.push('}');
        }
        _ => out.push_str(node.raw()),
    }
    Ok(())
}
