//! The coverage: what an architect reads and an authority is shown.

use serde_json::{Value, json};

use super::automaton::Covered;
use super::canonical;
use super::subject::SubjectRef;

/// What the sealed schema does not demand as the schema does.
#[derive(Debug)]
#[cfg_attr(not(feature = "validation"), allow(dead_code, reason = "without a validator there is no sealed schema"))]
pub(crate) struct Loosened {
    pub(crate) schema_pointer: String,
    pub(crate) keyword: &'static str,
    pub(crate) reason: &'static str,
}

pub(crate) fn json(covered: &[Covered], loosened: &[Loosened]) -> String {
    let locations: Vec<Value> = covered
        .iter()
        .map(|location| {
            json!({
                "schemaPointer": location.schema_pointer,
                "documentPattern": location.pattern,
                "mode": "sealed",
                "subject": subject(&location.marker.subject),
                "bind": location.marker.bind.as_str(),
                "suite": location.marker.suite.as_str(),
                "purposes": [],
                "categories": [],
                "lawfulBasis": [],
            })
        })
        .collect();
    let loosened: Vec<Value> =
        loosened.iter().map(|entry| json!({"schemaPointer": entry.schema_pointer, "keyword": entry.keyword, "reason": entry.reason})).collect();
    canonical::text(&json!({"locations": locations, "loosened": loosened, "indexes": []}))
}

fn subject(subject: &SubjectRef) -> String {
    match subject {
        SubjectRef::Call => "call".to_owned(),
        SubjectRef::Pointer(pointer) => pointer.to_string(),
        SubjectRef::Relative(relative) => relative.to_string(),
    }
}

const LOCATIONS: [&str; 8] = ["schema pointer", "document pattern", "mode", "subject", "bind", "suite", "pad", "retention"];
const LOOSENED: [&str; 3] = ["loosened at", "keyword", "reason"];

pub(crate) fn table(covered: &[Covered], loosened: &[Loosened], markdown: bool) -> String {
    let locations = covered.iter().map(|location| {
        [
            location.schema_pointer.clone(),
            location.pattern.clone(),
            "sealed".to_owned(),
            subject(&location.marker.subject),
            location.marker.bind.as_str().to_owned(),
            location.marker.suite.as_str().to_owned(),
            if location.marker.pad { "yes" } else { "no" }.to_owned(),
            // No key ends with a period yet.
            "none".to_owned(),
        ]
    });
    let mut out = rows(LOCATIONS, locations, markdown);
    if !loosened.is_empty() {
        out.push('\n');
        let entries = loosened.iter().map(|entry| [entry.schema_pointer.clone(), entry.keyword.to_owned(), entry.reason.to_owned()]);
        out.push_str(&rows(LOOSENED, entries, markdown));
    }
    out
}

fn rows<const N: usize>(head: [&str; N], body: impl Iterator<Item = [String; N]>, markdown: bool) -> String {
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

fn line<const N: usize>(out: &mut String, cells: &[String; N], widths: &[usize; N], markdown: bool) {
    let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    if markdown {
        out.push_str("| ");
        out.push_str(&padded.join(" | "));
        out.push_str(" |\n");
    } else {
        out.push_str(padded.join("  ").trim_end());
        out.push('\n');
    }
}
