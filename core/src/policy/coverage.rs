//! The coverage: what an architect reads and an authority is shown.

use serde_json::{Value, json};

use super::automaton::Covered;
use super::canonical;
use super::subject::SubjectRef;

pub(crate) fn json(covered: &[Covered]) -> String {
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
    canonical::text(&json!({"locations": locations, "loosened": [], "indexes": []}))
}

fn subject(subject: &SubjectRef) -> String {
    match subject {
        SubjectRef::Call => "call".to_owned(),
        SubjectRef::Pointer(pointer) => pointer.to_string(),
        SubjectRef::Relative(relative) => relative.to_string(),
    }
}

const HEAD: [&str; 7] = ["schema pointer", "document pattern", "mode", "subject", "bind", "suite", "pad"];

pub(crate) fn table(covered: &[Covered], markdown: bool) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(covered.iter().map(|location| {
        let cells = [
            location.schema_pointer.clone(),
            location.pattern.clone(),
            "sealed".to_owned(),
            subject(&location.marker.subject),
            location.marker.bind.as_str().to_owned(),
            location.marker.suite.as_str().to_owned(),
            if location.marker.pad { "yes" } else { "no" }.to_owned(),
        ];
        cells.map(|cell| clean(&cell, markdown))
    }));
    let mut widths = [0; HEAD.len()];
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

fn line(out: &mut String, cells: &[String; HEAD.len()], widths: &[usize; HEAD.len()], markdown: bool) {
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
