//! Writes the coverage as tables for people.

use std::fmt::Write as _;

use super::figures::collisions;
use super::place::MOST_PLACES;
use super::rows::{Coverage, CoverageFormat, CoveredPlace};
use fieldseal_json::decimal::write_double;

const LOCATIONS: [&str; 10] = [
    "schema pointer",
    "document pattern",
    "mode",
    "subject",
    "bind",
    "suite",
    "pad",
    "retention",
    "rectifiable",
    "erased",
];
const INDEXES: [&str; 6] = [
    "index at",
    "name",
    "normalize",
    "bits",
    "per",
    "others that share a token, in 1,000,000 rows",
];
const CLEAR: [&str; 2] = ["stays clear at", "document pattern"];
const OPEN: [&str; 3] = ["undeclared members pass at", "document pattern", "by"];
const LOOSENED: [&str; 3] = ["loosened at", "keyword", "reason"];
const UNDECIDED: [&str; 2] = ["the evaluator cannot decide", "keyword"];

pub(super) fn tables(coverage: &Coverage, format: CoverageFormat) -> String {
    let markdown = format == CoverageFormat::Markdown;
    let mut out = table(&LOCATIONS, coverage.locations.iter().map(location).collect(), markdown);
    let clear = coverage
        .clear
        .iter()
        .map(|place| vec![place.schema_pointer.clone(), place.document_pattern.clone()]);
    let open = coverage.open.iter().map(|object| {
        vec![object.schema_pointer.clone(), object.document_pattern.clone(), object.by.to_owned()]
    });
    let loosened = coverage.loosened.iter().map(|entry| {
        vec![entry.schema_pointer.clone(), entry.keyword.to_owned(), entry.reason.to_owned()]
    });
    let undecided = coverage
        .undecided
        .iter()
        .map(|own| vec![own.schema_pointer.clone(), own.keyword.to_owned()]);
    for (head, rows) in [
        (&INDEXES[..], coverage.locations.iter().filter_map(index).collect()),
        (&CLEAR[..], clear.collect()),
        (&OPEN[..], open.collect()),
        (&LOOSENED[..], loosened.collect::<Vec<Vec<String>>>()),
        (&UNDECIDED[..], undecided.collect()),
    ] {
        if !rows.is_empty() {
            out.push('\n');
            out.push_str(&table(head, rows, markdown));
        }
    }
    if !coverage.incomplete.is_empty() {
        let lists = coverage.incomplete.join(", ");
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "\nNot all is listed of: {lists}. More than {MOST_PLACES} places, or too many ways to \
             them.\n"
        );
    }
    out
}

fn location(place: &CoveredPlace) -> Vec<String> {
    vec![
        place.schema_pointer.clone(),
        place.document_pattern.clone(),
        place.mode.to_owned(),
        place.subject.clone().unwrap_or_else(|| "nobody".to_owned()),
        place.bind.to_owned(),
        place.suite.to_owned(),
        yes_or_no(place.pad),
        place.retention.clone().unwrap_or_else(|| "none".to_owned()),
        yes_or_no(place.rectifiable),
        place.erased.clone().unwrap_or_else(|| "stays".to_owned()),
    ]
}

fn yes_or_no(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}

fn index(place: &CoveredPlace) -> Option<Vec<String>> {
    let index = place.index.as_ref()?;
    let mut expected = String::new();
    write_double(collisions(index), &mut expected);
    Some(vec![
        place.schema_pointer.clone(),
        index.name.clone(),
        index.normalisation.as_str().to_owned(),
        index.bits.count().to_string(),
        if index.per_subject { "subject" } else { "domain" }.to_owned(),
        expected,
    ])
}

fn table(head: &[&str], body: Vec<Vec<String>>, markdown: bool) -> String {
    let mut rows: Vec<Vec<String>> = vec![head.iter().map(|cell| (*cell).to_owned()).collect()];
    rows.extend(body);
    let mut widths = vec![0; head.len()];
    for row in &mut rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            clean(cell, markdown);
            // Otherwise one long cell would widen every row.
            *width = cell.chars().count().min(WIDEST).max(*width);
        }
    }
    let rule = widths.iter().map(|width| "-".repeat(*width)).collect();
    rows.insert(1, rule);
    let mut out = String::new();
    rows.iter().for_each(|row| line(&mut out, row, &widths, markdown));
    out
}

/// The greatest width to which cells are padded.
const WIDEST: usize = 80;

/// Cleans a cell, so that a name in a schema breaks neither the line nor the column.
fn clean(cell: &mut String, markdown: bool) {
    let is_special = |c: char| c.is_control() || (markdown && matches!(c, '\\' | '|'));
    if !cell.contains(is_special) {
        return;
    }
    let mut cleaned = String::with_capacity(cell.len() + 1);
    for c in cell.chars() {
        if markdown && matches!(c, '\\' | '|') {
            cleaned.push('\\');
        }
        cleaned.push(if c.is_control() { '\u{fffd}' } else { c });
    }
    *cell = cleaned;
}

fn line(out: &mut String, cells: &[String], widths: &[usize], markdown: bool) {
    let (before, between, after) = if markdown { ("| ", " | ", " |") } else { ("", "  ", "") };
    let start = out.len();
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        out.push_str(if index == 0 { before } else { between });
        out.push_str(cell);
        let missing = width.saturating_sub(cell.chars().count());
        out.extend(std::iter::repeat_n(' ', missing));
    }
    if !markdown {
        out.truncate(out.trim_end_matches(' ').len().max(start));
    }
    out.push_str(after);
    out.push('\n');
}
