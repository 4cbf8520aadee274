//! Equality of a document's value with one of the schema's (2020-12 core, section 4.2.2).

use serde_json::Value;

use crate::json::{Node, Shape};
use crate::resolver::decide::WrittenNumber;

/// Returns true if the values are equal. The depth of the schema's value bounds the recursion.
pub(super) fn equals(node: Node<'_>, expected: &Value) -> bool {
    match expected {
        Value::Null => node.is_null(),
        Value::Bool(expected) => node.as_bool() == Some(*expected),
        Value::Number(expected) => {
            node.shape() == Shape::Number && WrittenNumber::read(node.raw()).is(expected)
        }
        Value::String(expected) => node.equals_str(expected),
        Value::Array(expected) => {
            node.shape() == Shape::Array
                && node.len() as usize == expected.len()
                && node.elements().zip(expected).all(|(own, expected)| equals(own, expected))
        }
        Value::Object(expected) => {
            node.shape() == Shape::Object
                && node.len() as usize == expected.len()
                && node.members().all(|(name, own)| {
                    expected.get(&*name.unescaped()).is_some_and(|expected| equals(own, expected))
                })
        }
    }
}
