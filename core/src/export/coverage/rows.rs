//! The rows of a coverage, and their JSON text.

use serde_json::{Value, json};

use crate::schema::canonical;
use crate::schema::marker::Index;

/// The places that a policy protects and those that it leaves clear.
///
/// Patterns are RFC 6901 pointers into a document. In them `*` stands for one element or for one
/// member that the schema does not name, and `**` for one or more levels of a schema that applies
/// itself again.
///
/// ```
/// # use fieldseal::{Options, Policy};
/// let schema = br##"{"x-schema-family": "urn:example:order",
///     "properties": {"buyer": {"$ref": "#/$defs/person"}, "payer": {"$ref": "#/$defs/person"}},
///     "$defs": {"person": {"properties": {
///         "email": {"x-protection": {}},
///         "language": {"type": "string"}}}}}"##;
/// let coverage = Policy::compile(schema, Options::default())?.coverage();
/// assert_eq!(coverage.locations[0].document_pattern, "/buyer/email");
/// assert_eq!(coverage.locations[1].document_pattern, "/payer/email");
/// assert_eq!(coverage.clear[0].document_pattern, "/buyer/language");
/// # Ok::<(), fieldseal::CompileError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Coverage {
    /// The places at which values are sealed, a row for each place of each marked schema.
    pub locations: Vec<CoveredPlace>,
    /// The declared places that no marker can meet.
    pub clear: Vec<ClearPlace>,
    /// The objects whose undeclared members pass in clear.
    pub open: Vec<OpenObject>,
    /// Each blind index once.
    pub indexes: Vec<CoveredIndex>,
    /// The keywords that the sealed schema loosens; empty in the lite build, which derives none.
    pub loosened: Vec<Loosened>,
    /// The names of those lists among `locations`, `clear` and `open` that are not complete,
    /// because they would be longer than [`MOST_PLACES`] or need too many steps. Such a list holds
    /// the places with the shortest patterns; in `locations` it has one place of every marked
    /// schema, unless even that takes too many steps.
    pub incomplete: Vec<&'static str>,
}

/// A place at which values are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoveredPlace {
    /// The marked schema.
    pub schema_pointer: String,
    /// The place in documents.
    pub document_pattern: String,
    /// `sealed`, `deterministic` or `pseudonym`.
    pub mode: &'static str,
    /// The data subject: `call`, or a pointer into the document; `None` if there is none.
    pub subject: Option<String>,
    /// The name of the retention.
    pub retention: Option<String>,
    /// The binding profile.
    pub bind: &'static str,
    /// The suite.
    pub suite: &'static str,
    /// True if the length of the value is hidden.
    pub pad: bool,
    /// True if the value has an item key, so that it alone can be destroyed.
    pub rectifiable: bool,
    /// The placeholder of a withheld value, JSON text; `None` for a pseudonym, which stays.
    pub erased: Option<String>,
    pub(super) index: Option<Index>,
}

/// A declared place that stays clear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ClearPlace {
    /// The schema that declares it.
    pub schema_pointer: String,
    /// The place in documents.
    pub document_pattern: String,
}

/// An object in which members that no schema names stay clear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct OpenObject {
    /// The schema of the object.
    pub schema_pointer: String,
    /// The place in documents.
    pub document_pattern: String,
    /// The keyword that lets them pass, `additionalProperties` or `unevaluatedProperties`, or
    /// `absent` where no keyword keeps them out.
    pub by: &'static str,
}

/// A blind index.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CoveredIndex {
    /// Its name.
    pub name: String,
    /// The bits of a token that are kept.
    pub bits: u8,
    /// The rows for which `expected_per_value` counts.
    pub rows: u32,
    /// The number of other rows that share the token of a value by chance. A search finds them, and
    /// they hide the equality of values.
    pub expected_per_value: f64,
}

/// A keyword that demands less in the sealed schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loosened {
    /// The schema.
    pub schema_pointer: String,
    /// Its keyword.
    pub keyword: &'static str,
    /// The reason.
    pub reason: &'static str,
}

/// The format of a coverage for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageFormat {
    /// Columns of plain text.
    Text,
    /// Tables of Markdown.
    Markdown,
}

impl Coverage {
    /// Returns the JSON text that every door gives, with sorted members (RFC 8785).
    pub fn to_json(&self) -> String {
        let clear = self.clear.iter().map(|place| {
            json!({"schemaPointer": place.schema_pointer, "documentPattern": place.document_pattern})
        });
        let open = self.open.iter().map(|object| {
            json!({
                "schemaPointer": object.schema_pointer,
                "documentPattern": object.document_pattern,
                "by": object.by,
            })
        });
        let indexes = self.indexes.iter().map(|index| {
            json!({
                "name": index.name,
                "bits": index.bits,
                "rows": index.rows,
                "expectedPerValue": index.expected_per_value,
            })
        });
        let loosened = self.loosened.iter().map(|entry| {
            json!({
                "schemaPointer": entry.schema_pointer,
                "keyword": entry.keyword,
                "reason": entry.reason,
            })
        });
        canonical::text(&json!({
            "locations": self.locations.iter().map(CoveredPlace::to_value).collect::<Vec<_>>(),
            "clear": clear.collect::<Vec<_>>(),
            "open": open.collect::<Vec<_>>(),
            "indexes": indexes.collect::<Vec<_>>(),
            "loosened": loosened.collect::<Vec<_>>(),
            "incomplete": self.incomplete,
        }))
    }
}

impl CoveredPlace {
    fn to_value(&self) -> Value {
        let mut row = json!({
            "schemaPointer": self.schema_pointer,
            "documentPattern": self.document_pattern,
            "mode": self.mode,
            "subject": self.subject.as_deref().map_or(Value::Bool(false), Value::from),
            "bind": self.bind,
            "suite": self.suite,
            "rectifiable": self.rectifiable,
            "purposes": [],
            "categories": [],
            "lawfulBasis": [],
        });
        if let Some(members) = row.as_object_mut() {
            if let Some(name) = &self.retention {
                members.insert("retention".to_owned(), name.as_str().into());
            }
            // It was written by this crate, so it parses.
            if let Some(value) = self.erased.as_deref().and_then(|t| serde_json::from_str(t).ok()) {
                members.insert("erased".to_owned(), value);
            }
        }
        row
    }
}
