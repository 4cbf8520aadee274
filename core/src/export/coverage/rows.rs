//! The rows of a coverage, and their JSON text.

use crate::schema::marker::Index;
use fieldseal_json::decimal::write_double;

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
    /// because they would be longer than [`MOST_PLACES`](super::MOST_PLACES) or need too many
    /// steps. Such a list holds the places with the shortest patterns; in `locations` it has one
    /// place of every marked schema, unless even that takes too many steps.
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

/// The text of a coverage under construction.
#[derive(Default)]
struct Writer(String);

impl Writer {
    /// Appends `head`, which is JSON, and a string.
    fn string(&mut self, head: &str, value: &str) {
        self.0.push_str(head);
        fieldseal_json::canonical::string(value, &mut self.0);
    }

    /// Appends `head` and an array.
    fn list<T>(&mut self, head: &str, rows: &[T], row: impl Fn(&mut Writer, &T)) {
        self.0.push_str(head);
        let mut separator = '[';
        for value in rows {
            self.0.push(separator);
            row(self, value);
            separator = ',';
        }
        self.0.push_str(if rows.is_empty() { "[]" } else { "]" });
    }
}

impl Coverage {
    /// Returns the JSON text that every door gives, with sorted members (RFC 8785).
    pub fn to_json(&self) -> String {
        let mut out = Writer::default();
        out.list("{\"clear\":", &self.clear, |out, place| {
            out.string("{\"documentPattern\":", &place.document_pattern);
            out.string(",\"schemaPointer\":", &place.schema_pointer);
            out.0.push('}');
        });
        out.list(",\"incomplete\":", &self.incomplete, |out, list| out.string("", list));
        out.list(",\"indexes\":", &self.indexes, |out, index| {
            out.0.push_str("{\"bits\":");
            write_double(index.bits.into(), &mut out.0);
            out.0.push_str(",\"expectedPerValue\":");
            write_double(index.expected_per_value, &mut out.0);
            out.string(",\"name\":", &index.name);
            out.0.push_str(",\"rows\":");
            write_double(index.rows.into(), &mut out.0);
            out.0.push('}');
        });
        out.list(",\"locations\":", &self.locations, |out, place| place.write(out));
        out.list(",\"loosened\":", &self.loosened, |out, entry| {
            out.string("{\"keyword\":", entry.keyword);
            out.string(",\"reason\":", entry.reason);
            out.string(",\"schemaPointer\":", &entry.schema_pointer);
            out.0.push('}');
        });
        out.list(",\"open\":", &self.open, |out, object| {
            out.string("{\"by\":", object.by);
            out.string(",\"documentPattern\":", &object.document_pattern);
            out.string(",\"schemaPointer\":", &object.schema_pointer);
            out.0.push('}');
        });
        out.0.push('}');
        out.0
    }
}

impl CoveredPlace {
    fn write(&self, out: &mut Writer) {
        out.string("{\"bind\":", self.bind);
        out.string(",\"categories\":[],\"documentPattern\":", &self.document_pattern);
        if let Some(erased) = &self.erased {
            out.0.push_str(",\"erased\":");
            out.0.push_str(erased);
        }
        out.string(",\"lawfulBasis\":[],\"mode\":", self.mode);
        out.0.push_str(",\"purposes\":[],\"rectifiable\":");
        out.0.push_str(if self.rectifiable { "true" } else { "false" });
        if let Some(retention) = &self.retention {
            out.string(",\"retention\":", retention);
        }
        out.string(",\"schemaPointer\":", &self.schema_pointer);
        match &self.subject {
            Some(subject) => out.string(",\"subject\":", subject),
            None => out.0.push_str(",\"subject\":false"),
        }
        out.string(",\"suite\":", self.suite);
        out.0.push('}');
    }
}
