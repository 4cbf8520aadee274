//! The schema that a record names.

use std::fmt;

use fieldseal_json::canonical::Writer;

/// The schema that a verdict is about.
#[derive(Clone, PartialEq, Eq)]
pub struct SchemaName {
    digest: String,
    family: String,
    id: Option<String>,
    /// An object in RFC 8785 JSON.
    json: String,
    /// The names of the schema's retentions, by their numbers.
    retentions: Vec<String>,
}

impl SchemaName {
    pub(crate) fn new(
        digest: String,
        family: String,
        id: Option<String>,
        retentions: Vec<String>,
    ) -> Self {
        let mut json = Writer::default();
        json.open('{');
        json.raw("\"digest\":");
        json.string(&digest);
        json.raw(",\"family\":");
        json.string(&family);
        if let Some(id) = &id {
            json.raw(",\"id\":");
            json.string(id);
        }
        json.close('}');
        let json = json.finish();
        SchemaName { digest, family, id, json, retentions }
    }

    /// Returns the SHA-256 digest of the main schema's RFC 8785 text after the overlay, in
    /// lower-case hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns the family to which envelopes are bound: `x-schema-family`, or else `$id`.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// Returns the `$id` of the main schema.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the RFC 8785 text of an object with the three members.
    pub fn to_json(&self) -> &str {
        &self.json
    }

    pub(super) fn retention(&self, number: u32) -> Option<&str> {
        self.retentions.get(number as usize).map(String::as_str)
    }
}

impl fmt::Debug for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SchemaName")
            .field("digest", &self.digest)
            .field("family", &self.family)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
