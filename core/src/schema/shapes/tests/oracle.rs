//! The metaschemas as the validator crate applies them.

use std::sync::LazyLock;

use jsonschema::Validator;
use referencing::meta;
use serde_json::{Value, json};

use crate::schema::draft::Draft;
use crate::schema::shapes::table::GROUPS;

pub(super) const DRAFTS: [Draft; 5] =
    [Draft::Four, Draft::Six, Draft::Seven, Draft::TwentyNineteen, Draft::TwentyTwenty];

fn theirs(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::Four => jsonschema::Draft::Draft4,
        Draft::Six => jsonschema::Draft::Draft6,
        Draft::Seven => jsonschema::Draft::Draft7,
        Draft::TwentyNineteen => jsonschema::Draft::Draft201909,
        Draft::TwentyTwenty => jsonschema::Draft::Draft202012,
    }
}

pub(super) fn metaschema(draft: Draft) -> &'static Value {
    match draft {
        Draft::Four => &meta::DRAFT4,
        Draft::Six => &meta::DRAFT6,
        Draft::Seven => &meta::DRAFT7,
        Draft::TwentyNineteen => &meta::DRAFT201909,
        Draft::TwentyTwenty => &meta::DRAFT202012,
    }
}

/// The validators of the metaschemas. They take every pattern, which another reader judges.
static METASCHEMAS: LazyLock<[Validator; 5]> = LazyLock::new(|| {
    DRAFTS.map(|draft| {
        let options = jsonschema::options().with_draft(theirs(draft));
        options.with_format("regex", |_| true).build(metaschema(draft)).unwrap()
    })
});

/// Returns the place and the keyword of the first fault by the metaschema.
pub(super) fn validate(schema: &Value, draft: Draft) -> Option<(String, String)> {
    let error = METASCHEMAS[draft as usize].validate(schema).err()?;
    Some((error.instance_path().to_string(), error.kind().keyword().to_owned()))
}

/// Returns true if resources of other drafts are embedded in the schema.
pub(super) fn has_resources(schema: &Value, draft: Draft) -> bool {
    let mut found = Vec::new();
    embedded(theirs(draft), theirs(draft), schema, &mut found);
    !found.is_empty()
}

/// The resources that the crate examines apart from the schema that holds them.
fn embedded<'v>(
    draft: jsonschema::Draft,
    own: jsonschema::Draft,
    schema: &'v Value,
    found: &mut Vec<(&'v Value, jsonschema::Draft)>,
) {
    // In draft-04 the crate looks for resources below keywords of later drafts, which the
    // metaschema does not know.
    let later = match schema {
        Value::Object(members) if draft == jsonschema::Draft::Draft4 => {
            let is_known =
                |name: &str| GROUPS.concat().iter().any(|row| row.0 == name && row.2 & 1 > 0);
            let mut later = members.clone();
            later.retain(|name, _| !is_known(name));
            later.keys().map(|name| &schema[name]).collect()
        }
        _ => Vec::new(),
    };
    for part in draft.subresources_of(schema) {
        if later.iter().any(|value| holds(value, part)) {
            continue;
        }
        let other = draft.detect(part);
        let is_resource = |draft: jsonschema::Draft| draft.create_resource_ref(part).id().is_some();
        let known = other != own && other != jsonschema::Draft::Unknown;
        if known && (is_resource(draft) || is_resource(other)) {
            found.push((part, other));
        } else {
            embedded(other, own, part, found);
        }
    }
}

/// Returns true if `part` is that value, or an element or member of it.
fn holds(value: &Value, part: &Value) -> bool {
    let is_part = |value: &Value| std::ptr::eq(value, part);
    is_part(value)
        || value.as_array().is_some_and(|elements| elements.iter().any(is_part))
        || value.as_object().is_some_and(|members| members.values().any(is_part))
}

/// Returns the schema with `{}` in place of those resources.
fn without(value: &Value, resources: &[(&Value, jsonschema::Draft)]) -> Value {
    if resources.iter().any(|(resource, _)| std::ptr::eq(*resource, value)) {
        return json!({});
    }
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), without(value, resources))).collect()
        }
        Value::Array(elements) => elements.iter().map(|value| without(value, resources)).collect(),
        other => other.clone(),
    }
}

/// Returns true if the metaschemas take the schema and the resources in it, as the crate checks
/// where it compiles a schema.
pub(super) fn takes(schema: &Value, draft: Draft) -> bool {
    let mut found = Vec::new();
    embedded(theirs(draft), theirs(draft), schema, &mut found);
    METASCHEMAS[draft as usize].is_valid(&without(schema, &found))
        && found.iter().all(|(resource, other)| {
            let own = DRAFTS.into_iter().find(|draft| theirs(*draft) == *other).unwrap();
            takes(resource, own)
        })
}
