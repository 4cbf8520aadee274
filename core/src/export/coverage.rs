//! The coverage: what an architect reads and an authority is shown.

use fieldseal_json::decimal::write_double;
use serde_json::{Value, json};

use crate::resolver::automaton::Covered;
use crate::schema::canonical;
use crate::schema::marker::{Index, Marker};
use crate::schema::retention::Retention;
use crate::schema::subject::SubjectRef;

/// What the sealed schema does not demand as the schema does.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "validation"),
    allow(dead_code, reason = "without a validator there is no sealed schema")
)]
pub(crate) struct Loosened {
    pub(crate) schema_pointer: String,
    pub(crate) keyword: &'static str,
    pub(crate) reason: &'static str,
}

pub(crate) fn json(covered: &[Covered], retentions: &[Retention], loosened: &[Loosened]) -> String {
    let locations: Vec<Value> = covered
        .iter()
        .map(|location| {
            let marker = &location.marker;
            let mut row = json!({
                "schemaPointer": location.schema_pointer,
                "documentPattern": location.pattern,
                "mode": marker.mode().as_str(),
                "subject": match marker.subject {
                    SubjectRef::Nobody => Value::Bool(false),
                    _ => subject(&marker.subject).into(),
                },
                "bind": marker.bind.as_str(),
                "suite": suite(marker),
                "purposes": [],
                "categories": [],
                "lawfulBasis": [],
            });
            if let (Some(name), Some(members)) =
                (retention(marker, retentions), row.as_object_mut())
            {
                members.insert("retention".to_owned(), name.into());
            }
            row
        })
        .collect();
    let loosened: Vec<Value> =
        loosened.iter().map(|entry| json!({"schemaPointer": entry.schema_pointer, "keyword": entry.keyword, "reason": entry.reason})).collect();
    canonical::text(
        &json!({"locations": locations, "loosened": loosened, "indexes": indexes(covered)}),
    )
}

/// Rows that the figures of an index are given for; they grow with the number.
const ROWS: u32 = 1_000_000;

/// Each blind index once. `expectedPerValue`: how many of so many other rows share the token of a
/// value by chance. That is what a search finds too much, and what hides which of them are equal.
fn indexes(covered: &[Covered]) -> Vec<Value> {
    let mut known: Vec<&Index> = Vec::new();
    for index in covered.iter().filter_map(|location| location.marker.index.as_ref()) {
        if !known.iter().any(|other| (&other.name, other.bits) == (&index.name, index.bits)) {
            known.push(index);
        }
    }
    known
        .into_iter()
        .map(|index| json!({"name": index.name, "bits": index.bits.count(), "rows": ROWS, "expectedPerValue": collisions(index)}))
        .collect()
}

fn collisions(index: &Index) -> f64 {
    f64::from(ROWS) / 2_f64.powi(index.bits.count().into())
}

fn suite(marker: &Marker) -> &'static str {
    if marker.pseudonym.is_some() { "pseudonym" } else { marker.suite.as_str() }
}

fn retention<'a>(marker: &Marker, retentions: &'a [Retention]) -> Option<&'a str> {
    retentions.get(marker.retention? as usize).map(|retention| retention.name.as_str())
}

fn subject(subject: &SubjectRef) -> String {
    match subject {
        SubjectRef::Nobody => "nobody".to_owned(),
        SubjectRef::Call => "call".to_owned(),
        SubjectRef::Pointer(pointer) => pointer.to_string(),
        SubjectRef::Relative(relative) => relative.to_string(),
    }
}

const LOCATIONS: [&str; 8] =
    ["schema pointer", "document pattern", "mode", "subject", "bind", "suite", "pad", "retention"];
const INDEXES: [&str; 6] = [
    "index at",
    "name",
    "normalize",
    "bits",
    "per",
    "others that share a token, in 1,000,000 rows",
];
const LOOSENED: [&str; 3] = ["loosened at", "keyword", "reason"];

pub(crate) fn table(
    covered: &[Covered],
    retentions: &[Retention],
    loosened: &[Loosened],
    markdown: bool,
) -> String {
    let locations = covered.iter().map(|location| {
        [
            location.schema_pointer.clone(),
            location.pattern.clone(),
            location.marker.mode().as_str().to_owned(),
            subject(&location.marker.subject),
            location.marker.bind.as_str().to_owned(),
            suite(&location.marker).to_owned(),
            if location.marker.pad { "yes" } else { "no" }.to_owned(),
            retention(&location.marker, retentions).unwrap_or("none").to_owned(),
        ]
    });
    let mut out = rows(LOCATIONS, locations, markdown);
    let indexes =
        covered.iter().filter_map(|location| Some((location, location.marker.index.as_ref()?)));
    let indexes: Vec<[String; 6]> = indexes
        .map(|(location, index)| {
            [
                location.schema_pointer.clone(),
                index.name.clone(),
                index.normalisation.as_str().to_owned(),
                index.bits.count().to_string(),
                if index.per_subject { "subject" } else { "domain" }.to_owned(),
                {
                    let mut text = String::new();
                    write_double(collisions(index), &mut text);
                    text
                },
            ]
        })
        .collect();
    if !indexes.is_empty() {
        out.push('\n');
        out.push_str(&rows(INDEXES, indexes.into_iter(), markdown));
    }
    if !loosened.is_empty() {
        out.push('\n');
        let entries = loosened.iter().map(|entry| {
            [entry.schema_pointer.clone(), entry.keyword.to_owned(), entry.reason.to_owned()]
        });
        out.push_str(&rows(LOOSENED, entries, markdown));
    }
    out
}

fn rows<const N: usize>(
    head: [&str; N],
    body: impl Iterator<Item = [String; N]>,
    markdown: bool,
) -> String {
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(body.map(|cells| cells.map(|cell| clean(&cell, markdown))));
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for (index, row) in rows.iter().enumerate() {
        line(&mut out, row, &widths, markdown);
        if index == 0 {
            let rule = widths.map(|width| "-".repeat(width));
            line(&mut out, &rule, &widths, markdown);
        }
    }
    out
}

/// A name out of a schema can break neither the line nor the column.
fn clean(cell: &str, markdown: bool) -> String {
    let cell: String = cell.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if markdown { cell.replace('\\', "\\\\").replace('|', "\\|") } else { cell }
}

fn line<const N: usize>(
    out: &mut String,
    cells: &[String; N],
    widths: &[usize; N],
    markdown: bool,
) {
    let padded: Vec<String> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    if markdown {
        out.push_str("| ");
        out.push_str(&padded.join(" | "));
        out.push_str(" |\n");
    } else {
        out.push_str(padded.join("  ").trim_end());
        out.push('\n');
    }
}
