//! The rows of a coverage, and their JSON text.

use crate::schema::marker::Index;
use fieldseal_json::decimal::write_double;

/// The places that a policy protects, and those that it leaves clear.
///
/// Patterns are RFC 6901 pointers into a document. In a pattern, `*` stands for one element or for
/// one member that the schema does not declare, and `**` for one or more levels of a recursive
/// schema.
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
    /// The places at which values are sealed, with a row for each place of each marked schema.
    pub locations: Vec<CoveredPlace>,
    /// The declared places that no marker can meet.
    pub clear: Vec<ClearPlace>,
    /// The objects whose undeclared members pass in clear.
    pub open: Vec<OpenObject>,
    /// The indexes, without duplicates.
    pub indexes: Vec<CoveredIndex>,
    /// The keywords that the sealed schema loosens.
    pub loosened: Vec<Loosened>,
    /// The engine that validates documents: `evaluator`; `crate` in the full build, if the schema
    /// has a keyword that the evaluator cannot decide; `off` by the option `validation`.
    pub validator: &'static str,
    /// The keywords that the evaluator cannot decide: those for which the validator is `crate`.
    pub undecided: Vec<UndecidedKeyword>,
    /// The names of the incomplete lists among `locations`, `clear` and `open`. A list is
    /// incomplete if it would be longer than [`MOST_PLACES`](super::MOST_PLACES) or needs too many
    /// steps. It then holds the places with the shortest patterns. In `locations` it has one place
    /// of every marked schema, unless even that takes too many steps.
    pub incomplete: Vec<&'static str>,
}

/// A place at which values are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoveredPlace {
    /// The pointer of the marked schema.
    pub schema_pointer: String,
    /// The pattern of the place in documents.
    pub document_pattern: String,
    /// `sealed`, `deterministic` or `pseudonym`.
    pub mode: &'static str,
    /// The data subject: `call`, or a pointer into the document. `None` if no person is named.
    pub subject: Option<String>,
    /// The name of the retention.
    pub retention: Option<String>,
    /// The bind profile.
    pub bind: &'static str,
    /// The suite.
    pub suite: &'static str,
    /// True if the length of the value is hidden.
    pub pad: bool,
    /// True if the value has an item key, so that it can be destroyed alone.
    pub rectifiable: bool,
    /// The placeholder of a withheld value as JSON text. `None` for a pseudonym, which stays.
    pub erased: Option<String>,
    pub(super) index: Option<Index>,
}

/// A declared place that stays clear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ClearPlace {
    /// The pointer of the schema that declares it.
    pub schema_pointer: String,
    /// The pattern of the place in documents.
    pub document_pattern: String,
}

/// An object in which undeclared members stay clear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct OpenObject {
    /// The pointer of the object's schema.
    pub schema_pointer: String,
    /// The pattern of the place in documents.
    pub document_pattern: String,
    /// The keyword that lets them pass, `additionalProperties` or `unevaluatedProperties`, or
    /// `absent` if no keyword refuses them.
    pub by: &'static str,
}

/// An index, with the expected collisions of its tokens.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CoveredIndex {
    /// The name of the index.
    pub name: String,
    /// The number of bits that a token keeps.
    pub bits: u8,
    /// The number of rows to which `expected_per_value` applies.
    pub rows: u32,
    /// The number of other rows that share the token of a value by chance. A search finds them, and
    /// they hide the equality of values.
    pub expected_per_value: f64,
}

/// A keyword that demands less in the sealed schema than in the author's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loosened {
    /// The pointer of the schema.
    pub schema_pointer: String,
    /// The loosened keyword.
    pub keyword: &'static str,
    /// The reason.
    pub reason: &'static str,
}

/// A keyword that the evaluator cannot decide as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndecidedKeyword {
    /// The pointer of the keyword, or of the member of `patternProperties`.
    pub schema_pointer: String,
    /// The keyword.
    pub keyword: &'static str,
}

/// The format of a coverage for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageFormat {
    /// Columns of plain text.
    Text,
    /// Tables of Markdown.
    Markdown,
}

/// The JSON text of a coverage under construction.
#[derive(Default)]
struct Writer(String);

impl Writer {
    /// Appends `head`, which is JSON, and a string.
    fn string(&mut self, head: &str, value: &str) {
        self.0.push_str(head);
        fieldseal_json::canonical::string(value, &mut self.0);
    }

    /// Appends `head`, which is JSON, and an array.
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
    /// Writes the coverage as RFC 8785 JSON, in the same form as all language bindings.
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
        out.list(",\"undecided\":", &self.undecided, |out, own| {
            out.string("{\"keyword\":", own.keyword);
            out.string(",\"schemaPointer\":", &own.schema_pointer);
            out.0.push('}');
        });
        out.string(",\"validator\":", self.validator);
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
