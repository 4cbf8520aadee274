//! `uniqueItems` over the tape.
//!
//! Each element is written as bytes that are the same for equal values (JSON Schema 2020-12 core,
//! section 4.2.2), and the bytes are sorted. Unlike a hash map this needs no secret seed to
//! withstand elements chosen to collide.

use super::decimal::Decimal;
use super::entry::Shape;
use super::name::Name;
use super::node::Node;
use super::sort::sorted;

impl Node<'_> {
    /// Returns true if no two elements of an array are equal, and for every other value.
    ///
    /// ```
    /// use fieldseal_json::{DocumentLimits, Tape};
    ///
    /// let tape = Tape::parse(&b"[1, 1.0]"[..], DocumentLimits::default())?;
    /// assert!(!tape.root().is_unique());
    /// # Ok::<(), fieldseal_json::JsonError>(())
    /// ```
    pub fn is_unique(self) -> bool {
        if self.shape() != Shape::Array || self.len() < 2 {
            return true;
        }
        let mut bytes = Vec::with_capacity(self.raw().len());
        let mut ends = Vec::with_capacity(self.len() as usize);
        for element in self.elements() {
            let start = bytes.len();
            key(element, &mut bytes);
            ends.push(start..bytes.len());
        }
        let keys: Vec<&[u8]> = ends.into_iter().filter_map(|range| bytes.get(range)).collect();
        let keys = sorted(keys, |one, other| one.cmp(other));
        keys.iter().zip(keys.iter().skip(1)).all(|(one, next)| one != next)
    }
}

/// Appends the key of a value. Recursive, which the tape's depth bounds.
fn key(node: Node<'_>, out: &mut Vec<u8>) {
    match node.shape() {
        Shape::Null => out.push(b'n'),
        Shape::Bool => out.push(if node.as_bool() == Some(true) { b't' } else { b'f' }),
        Shape::Number => {
            out.push(b'0');
            Decimal::of(node.raw()).key(out);
        }
        Shape::String => {
            out.push(b'"');
            text(&node.as_str().unwrap_or_default(), out);
        }
        Shape::Array => {
            out.push(b'[');
            node.elements().for_each(|element| key(element, out));
            out.push(b']');
        }
        Shape::Object => {
            out.push(b'{');
            let mut members: Vec<(Name<'_>, Node<'_>)> = node.members().collect();
            if !members.is_sorted_by(|a, b| a.0.order(b.0).is_le()) {
                members = sorted(members, |a, b| a.0.order(b.0));
            }
            for (name, value) in members {
                text(&name.unescaped(), out);
                key(value, out);
            }
            out.push(b'}');
        }
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}
