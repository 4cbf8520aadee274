//! Checks the values of keywords, as the metaschema of each draft does.
//!
//! The order of the checks is that of the validator crate, so that both report the same fault of a
//! schema with several. `format` of a pattern is left out: `pattern_syntax` reads patterns.

mod table;

#[cfg(all(test, feature = "validation"))]
mod tests;

use crate::ordered::OrderedMap;

use serde_json::{Number, Value};

use self::table::{GROUPS, Shape, TYPES};
use super::base::{Base, bare};
use super::draft::Draft;
use super::finding::{Findings, push_index};
use super::format::Format;
use super::registry::number_of;
use crate::json::push_token;

/// The number 2^63. Integers below it are not doubles in a tree.
const INTEGERS: f64 = 9_223_372_036_854_775_808.0;

/// A value that the metaschema refuses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misshapen {
    /// The place in the schema.
    pub(crate) pointer: String,
    /// The keyword of the metaschema that fails there.
    pub(crate) keyword: &'static str,
}

/// Reports the first fault of every schema text, unless a finding already names its place. Returns
/// true if no text has one.
pub(crate) fn report(bases: &[Base], findings: &mut Findings) -> bool {
    let mut is_sound = true;
    for base in bases {
        let Some(fault) = examine(&base.value, base.dialect.draft) else { continue };
        is_sound = false;
        let prefix = base.uri.as_deref().map(|uri| format!("{}#", bare(uri)));
        let pointer = format!("{}{}", prefix.unwrap_or_default(), fault.pointer);
        if !findings.knows(&pointer) {
            findings.error("schema-invalid", pointer, message(fault.keyword));
        }
    }
    is_sound
}

/// Returns the message of a fault that a keyword of the metaschema finds.
pub(crate) fn message(keyword: &str) -> String {
    format!("the schema is not one of its draft: `{keyword}` of the metaschema fails here")
}

/// Returns the first fault of a schema.
///
/// An embedded resource whose `$schema` names another draft is examined as a schema of that draft
/// (2020-12 core, section 9.3.3).
pub(crate) fn examine(schema: &Value, draft: Draft) -> Option<Misshapen> {
    let mut check = Check { draft, pointer: String::new(), keyword: "", is_embedded: false };
    let holds = check.contents(schema);
    (!holds).then_some(Misshapen { pointer: check.pointer, keyword: check.keyword })
}

/// The check of one schema. Its methods return false at the first fault, and leave the place and
/// the keyword here. One buffer holds the pointer, so a long name costs nothing for the values below
/// it.
struct Check {
    draft: Draft,
    pointer: String,
    keyword: &'static str,
    /// True if the fault is one of an embedded resource of another draft.
    is_embedded: bool,
}

impl Check {
    fn require(&mut self, holds: bool, keyword: &'static str) -> bool {
        if !holds {
            self.keyword = keyword;
        }
        holds
    }

    /// Recurses as deep as schemas may be nested.
    fn schema(&mut self, value: &Value) -> bool {
        let Some(draft) = resource_draft(value, self.draft) else { return self.contents(value) };
        let outer = std::mem::replace(&mut self.draft, draft);
        let holds = self.contents(value);
        self.draft = outer;
        self.is_embedded = !holds;
        holds
    }

    /// Checks a schema of this draft.
    fn contents(&mut self, value: &Value) -> bool {
        let members = match value {
            Value::Object(members) => members,
            _ => return self.require(value.is_boolean() && self.draft > Draft::Four, "type"),
        };
        // From 2019-09 on a metaschema consists of one schema for each vocabulary.
        let groups = if self.draft < Draft::TwentyNineteen { GROUPS.len() } else { 1 };
        for rows in GROUPS.chunks(groups) {
            for (name, value) in members {
                let mut rows = rows.iter().copied().flatten();
                let row = rows.find(|row| row.0 == name && row.2 >> self.draft as u8 & 1 == 1);
                if let Some((_, shape, _)) = row
                    && !self.member(name, value, *shape)
                {
                    return false;
                }
            }
        }
        let lacks = |other, name| members.contains_key(other) && !members.contains_key(name);
        let depends = self.draft > Draft::Four
            || !(lacks("exclusiveMaximum", "maximum") || lacks("exclusiveMinimum", "minimum"));
        self.require(depends, "required")
    }

    fn member(&mut self, name: &str, value: &Value, shape: Shape) -> bool {
        let length = self.pointer.len();
        push_token(&mut self.pointer, name);
        self.value(value, shape) && self.leave(length)
    }

    fn leave(&mut self, length: usize) -> bool {
        self.pointer.truncate(length);
        true
    }

    fn value(&mut self, value: &Value, shape: Shape) -> bool {
        match shape {
            Shape::Schema => self.schema(value),
            Shape::Schemas => self.schemas(value),
            Shape::SchemaMap => self.map(value, Shape::Schema),
            Shape::SchemaOrSchemas if value.is_array() => self.any_of(value, Shape::Schemas),
            Shape::SchemaOrNames if value.is_array() => self.any_of(value, Shape::Names),
            // From 2019-09 on `dependencies` holds no resources, and still has this shape.
            Shape::SchemaOrNames if self.draft >= Draft::TwentyNineteen => {
                self.any_of(value, Shape::Contents)
            }
            Shape::Contents => self.contents(value),
            Shape::SchemaOrBoolean if value.is_boolean() => true,
            Shape::SchemaOrSchemas | Shape::SchemaOrNames | Shape::SchemaOrBoolean => {
                self.any_of(value, Shape::Schema)
            }
            Shape::Dependencies => self.map(value, Shape::SchemaOrNames),
            Shape::Names => self.names(value),
            Shape::NamesMap => self.map(value, Shape::Names),
            Shape::BooleanMap => self.map(value, Shape::Boolean),
            Shape::Array => self.require(value.is_array(), "type"),
            Shape::Boolean => self.require(value.is_boolean(), "type"),
            Shape::Type => self.require(is_type(value), "anyOf"),
            Shape::Number | Shape::Positive | Shape::Count => self.number(value, shape),
            Shape::Text | Shape::Id | Shape::Anchor | Shape::Uri | Shape::UriReference => {
                self.text(value, shape)
            }
        }
    }

    /// A fault in the alternative is one of the whole value, except in an embedded resource.
    fn any_of(&mut self, value: &Value, alternative: Shape) -> bool {
        let length = self.pointer.len();
        let holds = self.value(value, alternative);
        if holds || self.is_embedded {
            return holds;
        }
        self.pointer.truncate(length);
        self.require(false, "anyOf")
    }

    fn map(&mut self, value: &Value, shape: Shape) -> bool {
        let Value::Object(members) = value else { return self.require(false, "type") };
        members.iter().all(|(name, value)| self.member(name, value, shape))
    }

    fn schemas(&mut self, value: &Value) -> bool {
        let Value::Array(elements) = value else { return self.require(false, "type") };
        self.require(!elements.is_empty(), "minItems") && self.elements(elements, Shape::Schema)
    }

    fn names(&mut self, value: &Value) -> bool {
        let Value::Array(elements) = value else { return self.require(false, "type") };
        let mut seen: OrderedMap<&str, u32> = OrderedMap::new();
        let mut names = elements.iter().filter_map(Value::as_str).zip(0..);
        let is_unique = names.all(|(name, next)| number_of(&mut seen, name, next) == next);
        self.require(!elements.is_empty() || self.draft > Draft::Four, "minItems")
            && self.require(is_unique, "uniqueItems")
            && self.elements(elements, Shape::Text)
    }

    fn elements(&mut self, elements: &[Value], shape: Shape) -> bool {
        let length = self.pointer.len();
        elements.iter().enumerate().all(|(index, element)| {
            push_index(&mut self.pointer, index);
            self.value(element, shape) && self.leave(length)
        })
    }

    fn number(&mut self, value: &Value, shape: Shape) -> bool {
        let Value::Number(number) = value else { return self.require(false, "type") };
        let double = number.as_f64().unwrap_or_default();
        match shape {
            Shape::Positive => self.require(double > 0.0, "exclusiveMinimum"),
            Shape::Count => {
                self.require(self.is_integer(number, double), "type")
                    && self.require(double >= 0.0, "minimum")
            }
            _ => true,
        }
    }

    /// In draft-04 a number that is written with a fraction of zero is not an integer. Trees do not
    /// keep how a number was written, so the greatest doubles count as integers.
    fn is_integer(&self, number: &Number, double: f64) -> bool {
        let is_whole = double.fract() == 0.0;
        !number.is_f64() || (is_whole && (self.draft > Draft::Four || double.abs() >= INTEGERS))
    }

    fn text(&mut self, value: &Value, shape: Shape) -> bool {
        let Value::String(text) = value else { return self.require(false, "type") };
        match shape {
            Shape::Id => {
                let at = text.bytes().position(|byte| byte == b'#');
                self.require(at.is_none_or(|at| at + 1 == text.len()), "pattern")
            }
            Shape::Anchor => self.require(self.is_anchor(text), "pattern"),
            Shape::Uri => self.require(Format::Uri.accepts(text), "format"),
            Shape::UriReference => self.require(Format::UriReference.accepts(text), "format"),
            _ => true,
        }
    }

    fn is_anchor(&self, text: &str) -> bool {
        let (first, later): (&[u8], &[u8]) = match self.draft {
            Draft::TwentyNineteen => (b"", b"-.:_"),
            _ => (b"_", b"-._"),
        };
        let is_one = |byte: &u8| byte.is_ascii_alphabetic() || first.contains(byte);
        text.as_bytes().first().is_some_and(is_one)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || later.contains(&byte))
    }
}

/// Returns true for the name of a type, or for an array of different names.
fn is_type(value: &Value) -> bool {
    let Value::Array(names) = value else { return bit_of_type(value) > 0 };
    let mut seen = 0;
    !names.is_empty()
        && names.iter().all(|name| {
            let bit = bit_of_type(name);
            let is_new = seen & bit != bit;
            seen |= bit;
            is_new
        })
}

/// Returns zero for a value that is not the name of a type.
#[inline(never)]
fn bit_of_type(value: &Value) -> u8 {
    let name = value.as_str().unwrap_or_default();
    TYPES.iter().position(|own| *own == name).map_or(0, |at| 1 << at)
}

/// Returns the draft of an embedded resource, if its `$schema` names one other than that of the
/// schema around it.
fn resource_draft(schema: &Value, outer: Draft) -> Option<Draft> {
    let text = |name: &str| schema.as_object()?.get(name)?.as_str();
    let draft = Draft::named(text("$schema")?).filter(|draft| *draft != outer)?;
    let has_id = |draft: Draft| {
        let is_free = || schema.get("$ref").is_none();
        let is_uri = |id: &str| !draft.hides_siblings() || (!id.starts_with('#') && is_free());
        text(draft.id()).is_some_and(is_uri)
    };
    (has_id(draft) || has_id(outer)).then_some(draft)
}
