//! Schemas and documents in which a policy seals the value of a row as the row says.

use serde_json::{Value, json};

use crate::vectors::{Envelope, Place, Step, Token};

/// The milliseconds since 1970 at which calls with these documents take place.
pub const NOW: u64 = 1_795_339_800_000;

/// The name of the retention in the schemas.
pub const RETENTION: &str = "r";

impl Envelope {
    /// Returns a schema that demands of the row's place what the row has.
    ///
    /// # Panics
    /// Panics at a number that no suite has.
    #[must_use]
    pub fn schema(&self) -> Value {
        let mut marker = json!({"bind": self.bind, "pad": self.padded, "rectifiable": !self.item_key.is_empty()});
        match self.suite {
            1 => marker["suite"] = "aes-256-gcm".into(),
            2 => marker["mode"] = "deterministic".into(),
            3 => marker["suite"] = "chacha20-poly1305".into(),
            5 => marker["suite"] = "aes-256-gcm-iv".into(),
            other => panic!("{}: no suite has the number {other}", self.name),
        }
        if !self.retention_key.is_empty() {
            marker["retention"] = RETENTION.into();
        }
        if self.subject_key.is_empty() {
            marker["subject"] = false.into();
        } else if !self.subject_bound {
            // A reference that is not bound comes from the sealed value.
            marker["subject"] = "0".into();
        }
        schema(&self.place.family, &self.place.path, marker)
    }

    /// Returns the clear document.
    #[must_use]
    pub fn clear_document(&self) -> String {
        self.place.document(&self.plaintext)
    }

    /// Returns the sealed document.
    #[must_use]
    pub fn sealed_document(&self) -> String {
        self.place.document(&json!(self.envelope).to_string())
    }

    /// Returns the reference of the item key: the RFC 8785 text of family, record and field.
    #[must_use]
    pub fn item(&self) -> String {
        let Place { family, record, .. } = &self.place;
        let field = if self.bind == "none" { String::new() } else { self.place.field(&self.bind) };
        json!([family, record, field]).to_string()
    }

    /// Returns everything that the host draws for the value: entropy, then the IV.
    #[must_use]
    pub fn drawn(&self) -> Vec<u8> {
        crate::unhex(&format!("{}{}", self.entropy, self.iv))
    }
}

impl Token {
    /// Returns a schema whose only place, `/v`, gets such a token, or has it in its stead.
    #[must_use]
    pub fn schema(&self) -> Value {
        let normalize = self.normalize();
        let marker = match self.bits {
            Some(bits) => {
                json!({"index": {"name": self.domain, "bits": bits, "normalize": normalize}})
            }
            None => json!({"mode": "pseudonym", "domain": self.domain, "normalize": normalize}),
        };
        schema("f", &[Step::Member("v".to_owned())], marker)
    }

    /// Returns the clear document. The value of `json/1` is a JSON text, any other a string.
    #[must_use]
    pub fn clear_document(&self) -> String {
        let text = if self.is_json() { self.value.clone() } else { json!(self.value).to_string() };
        format!("{{\"v\":{text}}}")
    }

    /// Returns the schema's name for the normalisation.
    #[must_use]
    pub fn normalize(&self) -> &str {
        if self.is_json() { "exact" } else { self.normalisation.trim_end_matches("/1") }
    }

    fn is_json(&self) -> bool {
        self.normalisation == "json/1"
    }
}

impl Place {
    /// Returns a document that has a text at the path, and `null` in the elements before it.
    #[must_use]
    pub fn document(&self, text: &str) -> String {
        self.path.iter().rev().fold(text.to_owned(), |inner, step| match step {
            Step::Member(name) => format!("{{{}:{inner}}}", json!(name)),
            Step::Element(at) => format!("[{}{inner}]", "null,".repeat(*at as usize)),
        })
    }
}

/// Returns a schema that marks one place.
fn schema(family: &str, path: &[Step], marker: Value) -> Value {
    let marked = json!({ "x-protection": marker });
    let mut schema = path.iter().rev().fold(marked, |inner, step| match step {
        Step::Member(name) => json!({ "properties": { name.as_str(): inner } }),
        Step::Element(at) => {
            let mut elements = vec![json!(true); *at as usize];
            elements.push(inner);
            json!({ "prefixItems": elements })
        }
    });
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["x-schema-family"] = family.into();
    schema["x-retention"] =
        json!({ RETENTION: { "period": "P1Y", "from": "created", "bucket": "P1Y" } });
    schema
}
