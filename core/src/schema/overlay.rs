//! Adds keywords to schemas that may not be edited.

mod targets;

use crate::ordered::{OrderedMap, OrderedSet};
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::base::{Base, bare};
use super::draft::{Draft, Slot};
use super::finding::{Budget, Findings, below};
use crate::error::Error;
use crate::json::{Pointer, push_token};
use targets::Targets;

/// Merges the overlay into the schemas. Each pointer is walked at most twice from its root. One
/// pass over all schemas is added if an entry leads to a place that only a reference makes a
/// schema.
///
/// # Errors
/// `limit` if the pointers to the targets of references are longer than the budget.
pub(crate) fn apply(
    overlay: BTreeMap<String, Map<String, Value>>,
    bases: &mut [Base],
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<(), Error> {
    let mut by_uri = OrderedMap::new();
    by_uri.extend(
        bases.iter().enumerate().filter_map(|(index, base)| {
            base.uri.as_deref().map(|uri| (bare(uri).to_owned(), index))
        }),
    );
    let mut left = Vec::new();
    for (key, keywords) in overlay {
        let (index, pointer) = match key.split_once('#') {
            // The URI of a reference may begin like a pointer.
            Some((uri, pointer)) if by_uri.contains_key(uri) || !key.starts_with('/') => {
                (by_uri.get(uri).copied(), pointer)
            }
            _ => (Some(0), key.as_str()),
        };
        let Ok(pointer) = Pointer::parse(pointer) else {
            findings.error(
                "overlay-malformed",
                place(&key),
                "an overlay entry is named by a JSON Pointer into the schema, or by `uri#pointer`",
            );
            continue;
        };
        let Some(index) = index else {
            findings.error(
                "overlay-not-a-schema",
                place(&key),
                "`references` has no schema of this uri",
            );
            continue;
        };
        let Some(base) = bases.get_mut(index) else { continue };
        match find(base, pointer.tokens(), |_| false) {
            Some(schema) => merge(schema, keywords, &key, findings),
            None => left.push((key, index, pointer, keywords)),
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let targets = Targets::collect(bases, budget)?;
    for (key, index, pointer, keywords) in left {
        let Some(base) = bases.get_mut(index) else { continue };
        match find(base, pointer.tokens(), |place| targets.holds(index, place)) {
            Some(schema) => merge(schema, keywords, &key, findings),
            None => findings.error("overlay-not-a-schema", place(&key), NOT_A_SCHEMA),
        }
    }
    Ok(())
}

/// Returns the keys of the entries with `x-protection`, as the registry writes their pointers.
pub(crate) fn marked(overlay: &BTreeMap<String, Map<String, Value>>) -> OrderedSet<String> {
    let marks = |keywords: &Map<String, Value>| keywords.contains_key("x-protection");
    let mut marked = OrderedSet::new();
    marked
        .extend(overlay.iter().filter(|(_, keywords)| marks(keywords)).map(|(key, _)| key.clone()));
    marked
}

const NOT_A_SCHEMA: &str = "this pointer does not lead to a schema that can take keywords: no \
    keyword of the draft and no `$ref` leads there";

fn place(key: &str) -> String {
    below("overlay#", key)
}

/// Adds the keywords of one entry to its schema.
fn merge(schema: &mut Value, keywords: Map<String, Value>, key: &str, findings: &mut Findings) {
    match schema {
        Value::Object(schema) => {
            for (keyword, value) in keywords {
                let at = || below(&place(key), &keyword);
                match schema.get(&keyword) {
                    Some(known) if *known == value => {}
                    Some(_) => findings.error(
                        "overlay-conflict",
                        at(),
                        "the schema has this keyword with another value",
                    ),
                    None if keyword == "$schema" => findings.error("overlay-conflict", at(), DRAFT),
                    None => {
                        schema.insert(keyword, value);
                    }
                }
            }
        }
        // `true` and `{}` mean the same. `false` allows no value here.
        Value::Bool(true) if keywords.contains_key("$schema") => {
            findings.error("overlay-conflict", below(&place(key), "$schema"), DRAFT)
        }
        Value::Bool(true) => *schema = Value::Object(keywords),
        _ => findings.error("overlay-not-a-schema", place(key), NOT_A_SCHEMA),
    }
}

/// The draft decides the meaning of a schema before any entry is read.
const DRAFT: &str = "an overlay cannot choose the draft: `$schema` belongs into the schema itself";

/// The kind of place that a pointer has reached.
#[derive(Clone, Copy)]
enum SchemaPlace {
    Schema,
    In(Slot),
    /// A place where no keyword of the draft has schemas.
    Elsewhere,
}

/// Finds the value at a pointer, if the draft has a schema there or `is_target` is true for its
/// place or a place around it.
fn find<'v>(
    base: &'v mut Base,
    tokens: &[String],
    is_target: impl Fn(&str) -> bool,
) -> Option<&'v mut Value> {
    let mut draft = base.dialect.draft;
    let mut value = &mut base.value;
    let mut place = SchemaPlace::Schema;
    let mut at = String::new();
    for token in tokens {
        let slot = match place {
            SchemaPlace::Schema => {
                let members = value.as_object()?;
                if let Some(own) =
                    members.get("$schema").and_then(Value::as_str).and_then(Draft::named)
                    && members.contains_key(own.id())
                {
                    draft = own;
                }
                Some(draft.slot(token))
            }
            SchemaPlace::In(_) | SchemaPlace::Elsewhere => None,
        };
        let around = (value.is_array(), place);
        value = step(value, token)?;
        place = match (slot, around) {
            (Some(Slot::One), _) => SchemaPlace::Schema,
            (Some(Slot::OneOrList), _) if !value.is_array() => SchemaPlace::Schema,
            (Some(Slot::Data | Slot::Other), _) => SchemaPlace::Elsewhere,
            (Some(slot), _) => SchemaPlace::In(slot),
            (None, (true, SchemaPlace::In(Slot::List | Slot::OneOrList))) => SchemaPlace::Schema,
            (None, (false, SchemaPlace::In(Slot::Map | Slot::Dependencies))) => SchemaPlace::Schema,
            (None, _) => SchemaPlace::Elsewhere,
        };
        push_token(&mut at, token);
        if is_target(&at) {
            place = SchemaPlace::Schema;
        }
    }
    matches!(place, SchemaPlace::Schema).then_some(value)
}

/// Follows one token of a pointer (RFC 6901, section 4: no leading zeros).
fn step<'v>(value: &'v mut Value, token: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(members) => members.get_mut(token),
        Value::Array(elements) if token == "0" || !token.starts_with(['0', '+']) => {
            elements.get_mut(token.parse::<usize>().ok()?)
        }
        _ => None,
    }
}
