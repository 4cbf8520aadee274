//! The coverage of a policy, for architects and supervisory authorities.

mod clear;
mod components;
mod declared;
mod figures;
mod graph;
mod paths;
mod place;
mod places;
mod rows;
mod text;

use crate::json::push_token;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::{Program, RuleId};
use crate::schema::marker::{Index, Marker};
use crate::schema::registry::SchemaPointers;
use crate::schema::retention::Retention;
use crate::schema::subject::SubjectRef;
use figures::{ROWS, collisions};

pub use place::MOST_PLACES;
pub use rows::{
    ClearPlace, Coverage, CoverageFormat, CoveredIndex, CoveredPlace, Loosened, OpenObject,
    UndecidedKeyword,
};

impl Coverage {
    pub(crate) fn of(
        program: &Program,
        automaton: &Automaton,
        retentions: &[Retention],
        pointers: &SchemaPointers,
        loosened: &[Loosened],
        (validator, undecided): (&'static str, &[UndecidedKeyword]),
    ) -> Coverage {
        let (marked, is_whole) = places::marked(program, automaton);
        let locations = marked.into_iter().filter_map(|(pattern, number)| {
            let marker = program.markers.get(number as usize)?;
            Some(CoveredPlace::of(marker, pattern, retentions))
        });
        let clear = clear::clear(program, automaton);
        let of_rule = |rule: RuleId| {
            let node = program.rule(rule).and_then(|rule| rule.node);
            node.map(|node| pointers.pointer(node)).unwrap_or_default()
        };
        let places = clear.places.into_iter().map(|(document_pattern, declared)| {
            let mut schema_pointer = of_rule(declared.rule);
            if let Some(name) = declared.name {
                push_token(&mut schema_pointer, "properties");
                push_token(&mut schema_pointer, program.names.text(name));
            }
            ClearPlace { schema_pointer, document_pattern }
        });
        let open = clear.open.into_iter().map(|(document_pattern, rule, by)| OpenObject {
            schema_pointer: of_rule(rule),
            document_pattern,
            by: by.as_str(),
        });
        Coverage {
            locations: locations.collect(),
            clear: places.collect(),
            open: open.collect(),
            indexes: indexes(program, automaton),
            loosened: loosened.to_vec(),
            validator,
            undecided: undecided.to_vec(),
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

    /// Returns tables for people. Names from a schema cannot break a line or a column.
    pub fn to_text(&self, format: CoverageFormat) -> String {
        text::tables(self, format)
    }
}

/// Returns the pattern of the place that a marked schema describes, by the pointer of the schema;
/// `Some(None)` if it describes several, and `None` if no such schema is marked.
pub(crate) fn only_place_of(
    schema_pointer: &str,
    program: &Program,
    automaton: &Automaton,
) -> Option<Option<String>> {
    let is_meant = |marker: &Marker| marker.schema_pointer == schema_pointer;
    // Listing all places takes long.
    program.markers.iter().find(|marker| is_meant(marker))?;
    let (places, is_whole) = places::marked(program, automaton);
    let mut own = places
        .into_iter()
        .filter(|(_, number)| program.markers.get(*number as usize).is_some_and(is_meant));
    let only = own.next().filter(|_| is_whole && own.next().is_none());
    Some(only.map(|(pattern, _)| pattern))
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
}

/// Returns each index of a marker that a value can meet, without duplicates.
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
