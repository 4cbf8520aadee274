//! Compiles the assertions of a schema that evaluation can decide (docs/what-is-sealed.md, phase
//! 2).

use crate::ordered::OrderedSet;

use serde_json::{Number, Value};

use super::divisor::{Divisor, whole_number};
use super::{NameId, Names};
use crate::schema::draft::Draft;
use crate::schema::format::Format;
use crate::schema::options::Formats;
use crate::schema::registry::SchemaNode;

/// The JSON types, one bit each.
pub(crate) mod types {
    pub(crate) const NULL: u8 = 1;
    pub(crate) const BOOLEAN: u8 = 2;
    pub(crate) const INTEGER: u8 = 4;
    /// Any number, also an integer.
    pub(crate) const NUMBER: u8 = 8;
    pub(crate) const STRING: u8 = 16;
    pub(crate) const ARRAY: u8 = 32;
    pub(crate) const OBJECT: u8 = 64;
}

/// An assertion about a value, compiled from a keyword.
#[derive(Clone, Debug)]
pub(crate) enum Check {
    /// `type`. With `by_text` (draft-04) a number with a fraction or exponent may or may not be an
    /// integer.
    Types {
        allowed: u8,
        by_text: bool,
    },
    /// `const` or `enum`, by the name of the keyword.
    OneOf(Box<[Value]>, &'static str),
    Required(Box<[NameId]>),
    DependentRequired(NameId, Box<[NameId]>),
    Bound(Bound, Number),
    MultipleOf(Divisor),
    /// The least and greatest number of characters, and below of items and members.
    Length(u64, u64),
    Items(u64, u64),
    Properties(u64, u64),
    UniqueItems,
    /// An index into the program's patterns.
    Pattern(u32),
    /// `format`, if formats are asserted. It decides nothing about sealing.
    Format(Format),
    /// Marks a schema with keywords that decide nothing about sealing: `format`, `content…`,
    /// `multipleOf` with fractions.
    Undecided,
}

/// The relation of a number to the one in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    AtLeast,
    AtMost,
    Above,
    Below,
}

impl Check {
    /// Returns how well the check distinguishes scalars in shallow evaluation; 0 means not at all.
    pub(super) fn tells(&self) -> u8 {
        match self {
            Check::OneOf(values, _)
                if values.iter().all(|value| !value.is_object() && !value.is_array()) =>
            {
                2
            }
            Check::Types { .. } => 1,
            _ => 0,
        }
    }
}

/// Collects the names that assertions mention.
pub(super) fn names<'s>(node: &SchemaNode<'s>, names: &mut OrderedSet<&'s str>) {
    let strings =
        |value: &'s Value| value.as_array().into_iter().flatten().filter_map(Value::as_str);
    names.extend(node.value.get("required").into_iter().flat_map(strings));
    for keyword in ["dependentRequired", "dependencies"] {
        for (name, needed) in
            node.value.get(keyword).and_then(Value::as_object).into_iter().flatten()
        {
            if needed.is_array() {
                names.insert(name);
                names.extend(strings(needed));
            }
        }
    }
}

/// Returns the assertions of a schema, cheapest first.
pub(super) fn of<'s>(
    node: &SchemaNode<'s>,
    names: &Names,
    patterns: &mut Vec<&'s str>,
    formats: Formats,
) -> Vec<Check> {
    let (draft, Value::Object(schema)) = (node.dialect.draft, node.value) else {
        return Vec::new();
    };
    let mut checks = Vec::new();
    if node.dialect.asserts {
        let whole = |keyword: &str| schema.get(keyword).and_then(whole);
        let range = |least: &str, most: &str| match (whole(least), whole(most)) {
            (None, None) => None,
            (least, most) => Some((least.unwrap_or_default(), most.unwrap_or(u64::MAX))),
        };
        checks.extend(
            schema.get("type").map(|value| Check::Types {
                allowed: types_of(value),
                by_text: draft == Draft::Four,
            }),
        );
        checks.extend(
            range("minProperties", "maxProperties")
                .map(|(least, most)| Check::Properties(least, most)),
        );
        checks.extend(range("minItems", "maxItems").map(|(least, most)| Check::Items(least, most)));
        checks.extend(
            schema
                .get("const")
                .filter(|_| draft >= Draft::Six)
                .map(|value| Check::OneOf(Box::from([value.clone()]), "const")),
        );
        checks.extend(
            schema
                .get("enum")
                .and_then(Value::as_array)
                .map(|values| Check::OneOf(values.clone().into(), "enum")),
        );
        checks.extend(
            schema
                .get("required")
                .and_then(Value::as_array)
                .map(|list| Check::Required(ids(list, names))),
        );
        checks.extend(
            range("minLength", "maxLength").map(|(least, most)| Check::Length(least, most)),
        );
        bounds(schema, draft, &mut checks);
        checks.extend(dependencies(schema, draft, names));
        if let Some(number) = schema.get("multipleOf").and_then(Value::as_number) {
            let divisor = Divisor::of(number);
            // A fraction decides nothing about sealing.
            checks.extend(divisor.whole().is_none().then_some(Check::Undecided));
            checks.push(Check::MultipleOf(divisor));
        }
        checks.extend(schema.get("pattern").and_then(Value::as_str).map(|source| {
            patterns.push(source);
            Check::Pattern(u32::try_from(patterns.len() - 1).unwrap_or(u32::MAX))
        }));
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            checks.push(Check::UniqueItems);
        }
    }
    let format =
        schema.get("format").and_then(Value::as_str).filter(|_| formats == Formats::Assert);
    checks.extend(format.and_then(|name| Format::named(name, draft)).map(Check::Format));
    let undecided = ["format", "contentEncoding", "contentMediaType", "contentSchema"];
    // From 2019-09 on `dependencies` is not a keyword, but validators may still evaluate it, and
    // the one used here does.
    let outlived = !draft.hides_siblings() && schema.contains_key("dependencies");
    if outlived || undecided.iter().any(|keyword| schema.contains_key(*keyword)) {
        checks.push(Check::Undecided);
    }
    checks
}

/// Adds `minimum`, `maximum` and the exclusive bounds, which in draft-04 are flags beside them.
fn bounds(schema: &serde_json::Map<String, Value>, draft: Draft, checks: &mut Vec<Check>) {
    for (keyword, exclusive, bound, strict) in [
        ("minimum", "exclusiveMinimum", Bound::AtLeast, Bound::Above),
        ("maximum", "exclusiveMaximum", Bound::AtMost, Bound::Below),
    ] {
        let flagged = draft == Draft::Four && schema.get(exclusive) == Some(&Value::Bool(true));
        let plain = schema.get(keyword).and_then(Value::as_number);
        checks.extend(
            plain.map(|number| Check::Bound(if flagged { strict } else { bound }, number.clone())),
        );
        let own = schema.get(exclusive).filter(|_| draft >= Draft::Six).and_then(Value::as_number);
        checks.extend(own.map(|number| Check::Bound(strict, number.clone())));
    }
}

fn dependencies(
    schema: &serde_json::Map<String, Value>,
    draft: Draft,
    names: &Names,
) -> Vec<Check> {
    let keyword = if draft.hides_siblings() { "dependencies" } else { "dependentRequired" };
    let needs = schema.get(keyword).and_then(Value::as_object).into_iter().flatten();
    let check = |(name, needed): (&String, &Value)| {
        Some(Check::DependentRequired(names.id(name)?, ids(needed.as_array()?, names)))
    };
    needs.filter_map(check).collect()
}

fn ids(list: &[Value], names: &Names) -> Box<[NameId]> {
    list.iter().filter_map(Value::as_str).filter_map(|name| names.id(name)).collect()
}

/// Reads a count, which may be written `2.0`.
pub(super) fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| whole_number(value))
}

fn types_of(value: &Value) -> u8 {
    let one = |name: &str| match name {
        "null" => types::NULL,
        "boolean" => types::BOOLEAN,
        "integer" => types::INTEGER,
        "number" => types::NUMBER,
        "string" => types::STRING,
        "array" => types::ARRAY,
        "object" => types::OBJECT,
        _ => 0,
    };
    match value {
        Value::String(name) => one(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).fold(0, |sum, name| sum | one(name))
        }
        _ => u8::MAX,
    }
}
