//! From text to a tree to work on: the tape is the strict reader, the tree is what a schema is
//! compiled from.

use fieldseal_json::decimal::nearest_double;
use serde_json::{Map, Number, Value};

use super::finding::{Findings, push_index};
use crate::error::{Error, ErrorCode};
use crate::json::{JsonErrorKind, Node, Shape, Tape, push_token};
use crate::limits::Limits;

/// The nesting that every schema, overlay and reference keeps to, whatever is set for documents.
pub(crate) const DEPTH: u32 = 128;

/// Reads one JSON text. What is no JSON, or repeats a member name, is the finding `not-json`; what
/// is over a bound is `limit`.
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

/// The recursion is bounded: the tape refuses nesting deeper than [`DEPTH`]. One buffer holds the
/// pointer, so that a long name costs nothing to the values below it.
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
                // One by one: to be built at once, a map sorts, with a sort of its own (see
                // `sort`).
                members.insert(name, value);
            }
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

/// Takes a tree apart without recursion, as dropping one that is nested too deep would not.
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

/// Checks a tree that was not read from text here: its nesting and its size in bytes, which is what
/// its text would at least need.
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
