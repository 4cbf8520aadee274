//! Reads schema texts into trees. The tape reads strictly; schemas are compiled from trees.

use fieldseal_json::decimal::nearest_double;
use serde_json::{Map, Number, Value};

use super::finding::{Findings, push_index};
use crate::error::{Error, ErrorCode};
use crate::json::{JsonErrorKind, Node, Shape, Tape, push_token};
use crate::limits::Limits;

/// The nesting that bounds every schema, overlay and reference, whatever limit documents have.
pub(crate) const DEPTH: u32 = 128;

/// Reads one JSON text. A syntax error or a repeated member name is the finding `not-json`, and the
/// result is then `None`.
///
/// # Errors
/// `limit` if the text exceeds a bound.
pub(crate) fn read(
    text: &[u8],
    bytes: u32,
    values: u32,
    place: &str,
    findings: &mut Findings,
) -> Result<Option<Value>, Error> {
    let limits = Limits { document_bytes: bytes, depth: DEPTH, values, ..Limits::default() };
    let tape = match Tape::parse(text, &limits) {
        Ok(tape) => tape,
        Err(error) if error.kind == JsonErrorKind::Document => {
            let pointer = format!("{place}{}", error.pointer.as_deref().unwrap_or_default());
            let offset =
                error.offset.map(|offset| format!(" (at byte {offset})")).unwrap_or_default();
            findings.error("not-json", pointer, format!("{}{offset}", error.message));
            return Ok(None);
        }
        Err(error) => {
            return Err(Error {
                message: "the schema, overlay or options are over a limit".into(),
                ..error.into()
            });
        }
    };
    let mut pointer = place.to_owned();
    Ok(Some(tree(tape.root(), &mut pointer, findings)))
}

/// Builds the tree of a node. The tape bounds the recursion, since it refuses nesting deeper than
/// [`DEPTH`]. One buffer holds the pointer, so a long name costs nothing for the values below it.
fn tree(node: Node<'_>, pointer: &mut String, findings: &mut Findings) -> Value {
    let length = pointer.len();
    match node.shape() {
        Shape::Null => Value::Null,
        Shape::Bool => Value::Bool(node.as_bool().unwrap_or_default()),
        Shape::String => Value::String(node.as_str().unwrap_or_default().into_owned()),
        Shape::Number => match number_of(node.raw()) {
            Some(number) => Value::Number(number),
            None => {
                findings.error(
                    "number-out-of-range",
                    pointer.as_str(),
                    "a number in a schema must fit an IEEE 754 double",
                );
                Value::Null
            }
        },
        Shape::Array => {
            let elements = node.elements().enumerate().map(|(index, value)| {
                push_index(pointer, index);
                let value = tree(value, pointer, findings);
                pointer.truncate(length);
                value
            });
            Value::Array(elements.collect())
        }
        Shape::Object => {
            let mut members = Map::new();
            for (name, value) in node.members() {
                let name = name.unescaped().into_owned();
                push_token(pointer, &name);
                let value = tree(value, pointer, findings);
                pointer.truncate(length);
                // Inserted one by one, because building a map at once compiles another sort (see
                // `sort`).
                members.insert(name, value);
            }
            // Findings and derived texts must not depend on the feature `preserve_order` of
            // `serde_json`, which any crate of a program may turn on.
            members.sort_keys();
            Value::Object(members)
        }
    }
}

fn number_of(raw: &str) -> Option<Number> {
    if let Ok(integer) = raw.parse::<i64>() {
        return Some(integer.into());
    }
    if let Ok(integer) = raw.parse::<u64>() {
        return Some(integer.into());
    }
    Number::from_f64(nearest_double(raw)?)
}

/// Drops a tree without recursion, since a tree that is nested too deeply would overflow the stack.
pub(crate) fn dismantle(value: Value) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(elements) => open.extend(elements),
            Value::Object(members) => open.extend(members.into_iter().map(|(_, member)| member)),
            _ => {}
        }
    }
}

/// Checks the nesting of a tree that was not read by [`read`], and returns the least number of
/// bytes that its text needs.
///
/// # Errors
/// `limit` for nesting deeper than [`DEPTH`].
pub(crate) fn measure(value: &Value) -> Result<usize, Error> {
    let mut bytes = 0usize;
    let mut open = vec![(value, 1u32)];
    while let Some((value, depth)) = open.pop() {
        if depth > DEPTH && (value.is_array() || value.is_object()) {
            return Err(Error::new(
                ErrorCode::Limit,
                "a schema, overlay or reference is nested deeper than 128",
            ));
        }
        bytes = bytes.saturating_add(match value {
            Value::String(text) => text.len().saturating_add(2),
            Value::Array(elements) => {
                open.extend(elements.iter().map(|element| (element, depth + 1)));
                elements.len().saturating_add(2)
            }
            Value::Object(members) => {
                open.extend(members.values().map(|member| (member, depth + 1)));
                members.keys().fold(2, |sum, name| name.len().saturating_add(4).saturating_add(sum))
            }
            _ => 1,
        });
    }
    Ok(bytes)
}
