//! The tape as the `jsonschema` crate sees it, so that validation needs no tree.
//!
//! What decides whether a document is valid builds nothing that grows with it, except
//! `uniqueItems`, which writes the array's elements once. Trees are built only for the instance
//! inside a validation error, and only when somebody reads that.

mod number;
mod validator;

use std::borrow::Cow;

use jsonschema_value::types::JsonType;
use jsonschema_value::{Array, Json, LazyInstance, Node as JsonNode, NodeIdentity, Object};
use serde_json::{Map, Value};

use fieldseal_json::{DocumentLimits, Elements, Members, Name, Node, Shape, Tape};
pub use number::TapeNumber;
pub use validator::{Misfit, Options, Outcome, Validator};

/// Names the tape as a representation of JSON: `Validator<TapeJson>` validates a [`TapeNode`].
///
/// ```
/// use fieldseal_json::{DocumentLimits, Tape};
/// use fieldseal_validation::{TapeJson, TapeNode};
/// use jsonschema::{Validator, ValidationOptions};
///
/// let schema = serde_json::json!({"required": ["id"]});
/// let validator: Validator<TapeJson> = ValidationOptions::default().build(&schema)?;
/// let tape = Tape::parse(&br#"{"id": 7}"#[..], DocumentLimits::default())?;
/// assert!(validator.is_valid(TapeNode::from(tape.root())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TapeJson;

impl Json for TapeJson {
    type Node<'a> = TapeNode<'a>;
    type PreparedKey = String;
    type StringBuffer = ();

    /// Always one pass over the members instead of lookups: a lookup is a pass of its own.
    const KEYS_PER_LOOKUP: usize = 1 << 20;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(TapeNode<'_>) -> T) -> T {
        f(TapeNode::Text(string))
    }
}

/// One value that the validator looks at.
#[derive(Clone, Copy)]
pub enum TapeNode<'a> {
    /// A value of a document.
    Value(Node<'a>),
    /// A member's name, which `propertyNames` takes for a string.
    Text(&'a str),
}

impl<'a> From<Node<'a>> for TapeNode<'a> {
    fn from(node: Node<'a>) -> Self {
        TapeNode::Value(node)
    }
}

impl<'a> TapeNode<'a> {
    fn of_shape(self, shape: Shape) -> Option<Node<'a>> {
        match self {
            TapeNode::Value(node) if node.shape() == shape => Some(node),
            _ => None,
        }
    }
}

impl<'a> JsonNode<'a, TapeJson> for TapeNode<'a> {
    type Object = TapeObject<'a>;
    type Array = TapeArray<'a>;
    type Number = TapeNumber<'a>;

    fn as_object(&self) -> Option<TapeObject<'a>> {
        self.of_shape(Shape::Object).map(TapeObject)
    }

    fn as_array(&self) -> Option<TapeArray<'a>> {
        self.of_shape(Shape::Array).map(TapeArray)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            TapeNode::Value(node) => node.as_str(),
            TapeNode::Text(text) => Some(Cow::Borrowed(text)),
        }
    }

    fn as_number(&self) -> Option<TapeNumber<'a>> {
        self.of_shape(Shape::Number).map(|node| TapeNumber::new(node.raw()))
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            TapeNode::Value(node) => node.as_bool(),
            TapeNode::Text(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        self.of_shape(Shape::Null).is_some()
    }

    fn is_number(&self) -> bool {
        self.of_shape(Shape::Number).is_some()
    }

    fn json_type(&self) -> JsonType {
        let TapeNode::Value(node) = self else { return JsonType::String };
        match node.shape() {
            Shape::Null => JsonType::Null,
            Shape::Bool => JsonType::Boolean,
            Shape::Number => JsonType::Number,
            Shape::String => JsonType::String,
            Shape::Array => JsonType::Array,
            Shape::Object => JsonType::Object,
        }
    }

    fn string_length(&self) -> Option<u64> {
        match self {
            TapeNode::Value(node) => node.characters(),
            TapeNode::Text(text) => Some(text.chars().count() as u64),
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match self {
            TapeNode::Value(node) => equals(*node, expected),
            TapeNode::Text(text) => expected.as_str() == Some(text),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self {
            TapeNode::Value(node) => value(*node),
            TapeNode::Text(text) => Value::from(*text),
        })
    }

    fn lazy_value(&self) -> LazyInstance<'a> {
        match self {
            TapeNode::Value(node) => LazyInstance::Deferred {
                bytes: node.raw().as_bytes(),
                tag: 0,
                make: |bytes, _| {
                    // A part of a document is one too, and within any limits that the whole kept
                    // to.
                    let limits = DocumentLimits {
                        bytes: u32::MAX,
                        values: u32::MAX,
                        ..DocumentLimits::default()
                    };
                    Tape::parse(bytes, limits).map_or(Value::Null, |tape| value(tape.root()))
                },
                cell: Default::default(),
            },
            TapeNode::Text(_) => LazyInstance::Ready(self.to_value()),
        }
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(match self {
            TapeNode::Value(node) => NodeIdentity::tagged(node.tape_address(), node.index()),
            // No value has this index, so a name is never taken for a value of a tape at the same
            // address.
            TapeNode::Text(text) => NodeIdentity::tagged(text.as_ptr().addr(), u32::MAX),
        })
    }
}

/// An object that the validator looks at.
pub struct TapeObject<'a>(Node<'a>);

impl<'a> Object<'a, TapeJson> for TapeObject<'a> {
    type Node = TapeNode<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = TapeMembers<'a>;

    fn len(&self) -> usize {
        self.0.len() as usize
    }

    fn get(&self, key: &String) -> Option<TapeNode<'a>> {
        self.0.member(key).map(TapeNode::Value)
    }

    fn members(&self) -> TapeMembers<'a> {
        TapeMembers(self.0.members())
    }
}

/// The members of an object that the validator looks at.
pub struct TapeMembers<'a>(Members<'a>);

impl<'a> Iterator for TapeMembers<'a> {
    type Item = (Cow<'a, str>, TapeNode<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, node)| (Name::unescaped(name), TapeNode::Value(node)))
    }
}

/// An array that the validator looks at.
pub struct TapeArray<'a>(Node<'a>);

impl<'a> Array<'a, TapeJson> for TapeArray<'a> {
    type Node = TapeNode<'a>;
    type ElementsIter = std::iter::Map<Elements<'a>, fn(Node<'a>) -> TapeNode<'a>>;

    fn len(&self) -> usize {
        self.0.len() as usize
    }

    fn elements(&self) -> Self::ElementsIter {
        self.0.elements().map(TapeNode::Value)
    }

    fn is_unique(&self) -> bool {
        self.0.is_unique()
    }
}

/// Equality with a value of a schema. Recursive, which the tape's depth bounds.
fn equals(node: Node<'_>, expected: &Value) -> bool {
    match expected {
        Value::Null => node.is_null(),
        Value::Bool(expected) => node.as_bool() == Some(*expected),
        Value::Number(expected) => {
            node.shape() == Shape::Number && TapeNumber::new(node.raw()).equals(expected)
        }
        Value::String(expected) => node.equals_str(expected),
        Value::Array(expected) => {
            node.shape() == Shape::Array
                && node.len() as usize == expected.len()
                && node
                    .elements()
                    .zip(expected)
                    .all(|(element, expected)| equals(element, expected))
        }
        Value::Object(expected) => {
            node.shape() == Shape::Object
                && node.len() as usize == expected.len()
                && node.members().all(|(name, value)| {
                    expected.get(&*name.unescaped()).is_some_and(|expected| equals(value, expected))
                })
        }
    }
}

/// The value as a tree. Recursive, which the tape's depth bounds.
fn value(node: Node<'_>) -> Value {
    use jsonschema_value::JsonNumber as _;
    match node.shape() {
        Shape::Null => Value::Null,
        Shape::Bool => Value::Bool(node.as_bool() == Some(true)),
        Shape::Number => Value::Number(TapeNumber::new(node.raw()).to_number().into_owned()),
        Shape::String => Value::String(node.as_str().unwrap_or_default().into_owned()),
        Shape::Array => node.elements().map(value).collect(),
        Shape::Object => Value::Object(
            node.members()
                .map(|(name, node)| (name.unescaped().into_owned(), value(node)))
                .collect::<Map<_, _>>(),
        ),
    }
}
