//! The coverage, for architects and supervisory authorities.

mod clear;
mod components;
mod declared;
mod paths;
mod places;
mod text;

use serde_json::{Value, json};

use crate::resolver::automaton::Automaton;
use crate::resolver::program::{Program, RuleId};
use crate::schema::canonical;
use crate::schema::finding::below;
use crate::schema::marker::{Index, Marker};
use crate::schema::registry::SchemaPointers;
use crate::schema::retention::Retention;
use crate::schema::subject::SubjectRef;
use clear::Declared;

/// The most places in each list of a [`Coverage`].
pub const MOST_PLACES: usize = 20_000;

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
    index: Option<Index>,
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

/// A pattern of places, and its subject. Ordered by pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place<T> {
    pattern: String,
    of: T,
}

/// The rows for which the figures of an index are given. The figures grow with the number of rows.
const ROWS: u32 = 1_000_000;

impl Coverage {
    pub(crate) fn of(
        program: &Program,
        automaton: &Automaton,
        retentions: &[Retention],
        pointers: &SchemaPointers,
        loosened: &[Loosened],
    ) -> Coverage {
        let (marked, is_whole) = places::marked(program, automaton);
        let locations = marked.into_iter().filter_map(|(number, pattern)| {
            let marker = program.markers.get(number as usize)?;
            Some(CoveredPlace::of(marker, pattern, retentions))
        });
        let clear = clear::clear(program, automaton);
        let of_rule = |rule: RuleId| {
            let node = program.rule(rule).and_then(|rule| rule.node);
            node.map(|node| pointers.pointer(node)).unwrap_or_default()
        };
        let schema_pointer = |declared: Declared| match declared {
            Declared::Schema(rule) => of_rule(rule),
            Declared::Boolean(rule, name) => {
                below(&below(&of_rule(rule), "properties"), program.names.text(name))
            }
        };
        let places = clear.places.into_iter().map(|place| ClearPlace {
            schema_pointer: schema_pointer(place.of),
            document_pattern: place.pattern,
        });
        let open = clear.open.into_iter().map(|(place, by)| OpenObject {
            schema_pointer: of_rule(place.of),
            document_pattern: place.pattern,
            by: by.as_str(),
        });
        Coverage {
            locations: locations.collect(),
            clear: places.collect(),
            open: open.collect(),
            indexes: indexes(program, automaton),
            loosened: loosened.to_vec(),
            incomplete: [
                (is_whole, "locations"),
                (clear.all_places, "clear"),
                (clear.all_open, "open"),
            ]
            .into_iter()
            .filter_map(|(is_whole, list)| (!is_whole).then_some(list))
            .collect(),
        }
    }

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

    /// Returns tables for people. A name out of a schema breaks neither line nor column.
    pub fn to_text(&self, format: CoverageFormat) -> String {
        text::tables(self, format)
    }
}

impl CoveredPlace {
    fn of(marker: &Marker, document_pattern: String, retentions: &[Retention]) -> CoveredPlace {
        let retention = marker.retention.and_then(|number| retentions.get(number as usize));
        let is_token = marker.pseudonym.is_some();
        CoveredPlace {
            schema_pointer: marker.schema_pointer.clone(),
            document_pattern,
            mode: marker.mode().as_str(),
            subject: match &marker.subject {
                SubjectRef::Nobody => None,
                SubjectRef::Call => Some("call".to_owned()),
                SubjectRef::Pointer(pointer) => Some(pointer.to_string()),
                SubjectRef::Relative(relative) => Some(relative.to_string()),
            },
            retention: retention.map(|retention| retention.name.clone()),
            bind: marker.bind.as_str(),
            suite: if is_token { "pseudonym" } else { marker.suite.as_str() },
            pad: marker.pad,
            rectifiable: marker.rectifiable,
            erased: (!is_token).then(|| marker.erased().text.to_owned()),
            index: marker.index.clone(),
        }
    }

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

/// Returns each index of a marker that a value can meet, once.
fn indexes(program: &Program, automaton: &Automaton) -> Vec<CoveredIndex> {
    let mut known: Vec<&Index> = Vec::new();
    let reached = automaton.reached();
    let markers = reached.iter().filter_map(|number| program.markers.get(*number as usize));
    for index in markers.filter_map(|marker| marker.index.as_ref()) {
        if !known.iter().any(|other| (&other.name, other.bits) == (&index.name, index.bits)) {
            known.push(index);
        }
    }
    let row = |index: &Index| CoveredIndex {
        name: index.name.clone(),
        bits: index.bits.count(),
        rows: ROWS,
        expected_per_value: collisions(index),
    };
    known.into_iter().map(row).collect()
}

fn collisions(index: &Index) -> f64 {
    f64::from(ROWS) / 2_f64.powi(index.bits.count().into())
}
