//! Adding keywords to schemas that one may not edit.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::draft::{Dialect, Draft, Slot};
use super::finding::{Findings, below};
use crate::json::Pointer;

/// A schema text of its own, before the overlay.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    /// `None` for the main schema.
    pub(crate) uri: Option<String>,
    pub(crate) value: Value,
    pub(crate) dialect: Dialect,
}

/// Merges the overlay into the schemas. Every entry is walked once from its root, so the cost is
/// that of its pointer.
pub(crate) fn apply(
    overlay: BTreeMap<String, Map<String, Value>>,
    bases: &mut [Base],
    findings: &mut Findings,
) {
    let mut by_uri = BTreeMap::new();
    by_uri.extend(
        bases.iter().enumerate().filter_map(|(index, base)| {
            base.uri.as_deref().map(|uri| (bare(uri).to_owned(), index))
        }),
    );
    for (key, keywords) in overlay {
        let place = || below("overlay#", &key);
        let (index, pointer) = match key.split_once('#') {
            // A reference's uri may begin as a pointer does.
            Some((uri, pointer)) if by_uri.contains_key(uri) || !key.starts_with('/') => {
                (by_uri.get(uri).copied(), pointer)
            }
            _ => (Some(0), key.as_str()),
        };
        let Ok(pointer) = Pointer::parse(pointer) else {
            findings.error(
                "overlay-malformed",
                place(),
                "an overlay entry is named by a JSON Pointer into the schema, or by `uri#pointer`",
            );
            continue;
        };
        let Some(base) = index.and_then(|index| bases.get_mut(index)) else {
            findings.error("overlay-not-a-schema", place(), "no reference of that uri was given");
            continue;
        };
        match find(&mut base.value, base.dialect.draft, pointer.tokens()) {
            Some(Value::Object(schema)) => {
                for (keyword, value) in keywords {
                    match schema.get(&keyword) {
                        Some(known) if *known == value => {}
                        Some(_) => findings.error(
                            "overlay-conflict",
                            below(&place(), &keyword),
                            "the schema has this keyword with another value",
                        ),
                        None if keyword == "$schema" => {
                            findings.error("overlay-conflict", below(&place(), &keyword), DRAFT)
                        }
                        None => {
                            schema.insert(keyword, value);
                        }
                    }
                }
            }
            // `true` and `{}` say the same; `false` says that no value may stand here.
            Some(Value::Bool(true)) if keywords.contains_key("$schema") => {
                findings.error("overlay-conflict", below(&place(), "$schema"), DRAFT)
            }
            Some(schema @ Value::Bool(true)) => *schema = Value::Object(keywords),
            _ => findings.error(
                "overlay-not-a-schema",
                place(),
                "this pointer does not lead to a schema that can take keywords",
            ),
        }
    }
}

/// What a schema means was decided by its draft before any entry is looked at.
const DRAFT: &str = "an overlay cannot choose the draft: `$schema` belongs into the schema itself";

/// A URI without an empty fragment.
pub(crate) fn bare(uri: &str) -> &str {
    uri.strip_suffix('#').unwrap_or(uri)
}

/// What stands at a step of the way.
#[derive(Clone, Copy)]
enum SchemaPlace {
    Schema,
    In(Slot),
}

/// The value at a pointer, if the draft has a schema there.
fn find<'v>(root: &'v mut Value, mut draft: Draft, tokens: &[String]) -> Option<&'v mut Value> {
    let mut value = root;
    let mut place = SchemaPlace::Schema;
    for token in tokens {
        match place {
            SchemaPlace::Schema => {
                let members = value.as_object_mut()?;
                if let Some(own) =
                    members.get("$schema").and_then(Value::as_str).and_then(Draft::named)
                    && members.contains_key(own.id())
                {
                    draft = own;
                }
                let slot = draft.slot(token);
                value = members.get_mut(token)?;
                place = match slot {
                    Slot::One => SchemaPlace::Schema,
                    Slot::OneOrList if !value.is_array() => SchemaPlace::Schema,
                    Slot::Data | Slot::Other => return None,
                    slot => SchemaPlace::In(slot),
                };
            }
            SchemaPlace::In(slot) => {
                value = match slot {
                    Slot::List | Slot::OneOrList
                        if token == "0" || !token.starts_with(['0', '+']) =>
                    {
                        value.as_array_mut()?.get_mut(token.parse::<usize>().ok()?)?
                    }
                    Slot::Map | Slot::Dependencies => value.as_object_mut()?.get_mut(token)?,
                    _ => return None,
                };
                place = SchemaPlace::Schema;
            }
        }
    }
    matches!(place, SchemaPlace::Schema).then_some(value)
}
