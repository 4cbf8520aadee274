//! The schema of clear documents.
//!
//! A schema that describes an envelope is replaced by its `contentSchema`. A `$schema` without
//! effect is removed, since some readers respect it nevertheless.

use serde_json::{Map, Value};

use crate::schema::base::Base;
use crate::schema::draft::Draft;
use crate::schema::registry::Registry;
use crate::schema::tree;

/// A schema that is replaced in the schema of clear documents.
pub(crate) struct Replacement {
    document: usize,
    /// The pointer from the root of the document.
    pointer: String,
    /// For the description of an envelope: the pointer to its `contentSchema` from the root of its
    /// resource, as a reference within that resource.
    content: Option<String>,
    /// True if its `$schema` has no effect.
    stray_draft: bool,
}

/// Lists the schemas to be replaced.
pub(crate) fn replacements(registry: &Registry<'_>) -> Vec<Replacement> {
    (0..)
        .zip(&registry.nodes)
        .filter(|(_, node)| node.sealed_first || node.stray_draft)
        .map(|(id, node)| Replacement {
            document: node.document,
            pointer: registry.pointer_in_document(id),
            content: node
                .sealed_first
                .then(|| format!("#{}/contentSchema", encode(&registry.pointer_in_resource(id)))),
            stray_draft: node.stray_draft,
        })
        .collect()
}

/// Replaces the schemas.
///
/// `contentSchema` stays in place and is referred to, so that references into it still work.
pub(crate) fn replace(bases: &mut [Base], replacements: &[Replacement]) {
    for replacement in replacements {
        let Some(schema) = bases
            .get_mut(replacement.document)
            .and_then(|base| base.value.pointer_mut(&replacement.pointer))
        else {
            continue;
        };
        let Some(members) = schema.as_object_mut() else { continue };
        if replacement.stray_draft {
            members.remove("$schema");
        }
        let Some(content) = &replacement.content else { continue };
        let clear = match members.get("contentSchema") {
            Some(Value::Object(_)) => Some(tree::one("$ref", content.as_str().into())),
            Some(other) => Some(other.clone()),
            None => None,
        };
        let mut kept = Map::new();
        for (keyword, value) in std::mem::take(members) {
            if stays(&keyword) {
                kept.insert(keyword, value);
            }
        }
        if let Some(clear) = clear {
            kept.insert("allOf".to_owned(), Value::Array(vec![clear]));
        }
        *members = kept;
    }
}

/// Returns the schema of clear documents for a schema that refers to no other text.
pub(crate) fn of(main: &Base, registry: &Registry<'_>) -> Value {
    let mut bases = [main.clone()];
    replace(&mut bases, &replacements(registry));
    let [Base { mut value, dialect, .. }] = bases;
    // Readers cannot know a draft that only a compile option selected, so it is written.
    let draft = match value.get("$schema") {
        Some(named) => named.as_str().and_then(Draft::named),
        None => Some(Draft::TwentyTwenty),
    };
    if let Value::Object(members) = &mut value
        && draft != Some(dialect.draft)
    {
        members.insert("$schema".to_owned(), dialect.draft.metaschema().into());
    }
    value
}

/// Returns true for keywords that identify, comment on or contain schemas, and thus do not describe
/// the envelope.
pub(crate) fn stays(keyword: &str) -> bool {
    keyword.starts_with("x-")
        || matches!(
            keyword,
            "$id"
                | "id"
                | "$schema"
                | "$anchor"
                | "$dynamicAnchor"
                | "$recursiveAnchor"
                | "$defs"
                | "definitions"
                | "$comment"
                | "title"
                | "description"
                | "contentSchema"
        )
}

/// Encodes a pointer as a URI fragment (RFC 6901, section 6).
fn encode(pointer: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(pointer.len());
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
