//! The schemas that a policy exports, read again: as policies, so that documents of any numbers can
//! be judged by them.

use fieldseal::policy::Formats;
use fieldseal::{ErrorCode, Limits, Options, Policy, Schemas};
use serde_json::{Map, Value};

/// Both forms compiled from nothing but their texts; nothing where that is beyond the limits.
///
/// # Panics
/// Where a text is no schema, or would need anything beside it.
pub fn compiled(schemas: &Schemas, formats: Formats, limits: &Limits) -> Option<(Policy, Policy)> {
    let [clear, sealed] =
        [&schemas.plaintext, &schemas.sealed].map(|text| compile(&readable(text), formats, limits));
    Some((clear?, sealed?))
}

fn compile(text: &str, formats: Formats, limits: &Limits) -> Option<Policy> {
    // Copies are larger than what they are of.
    let limits = Limits { expansions: 4_000_000, schema_bytes: 16 << 20, ..limits.clone() };
    match Policy::compile(text.as_bytes(), Options { formats, limits, ..Options::default() }) {
        Ok(policy) => Some(policy),
        Err(error) if error.record().code == ErrorCode::Limit => None,
        Err(error) => panic!("exported, and no schema: {error:?}\n{text}"),
    }
}

/// Without the keyword that would mark what describes an envelope, and with a family, which only a
/// policy needs.
fn readable(text: &str) -> String {
    let mut schema: Map<String, Value> =
        serde_json::from_str(text).expect("a schema is JSON, and not `true`");
    for keyword in ["$defs", "definitions"] {
        if let Some(Value::Object(envelope)) =
            schema.get_mut(keyword).and_then(|definitions| definitions.get_mut("sealed"))
            && envelope
                .get("contentMediaType")
                .is_some_and(|media| media == "application/vnd.fieldseal.sealed")
        {
            envelope.remove("contentMediaType");
        }
    }
    schema.entry("x-schema-family").or_insert_with(|| "exported".into());
    Value::Object(schema).to_string()
}
