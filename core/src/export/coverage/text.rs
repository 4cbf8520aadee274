//! The coverage as tables for people.

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

pub(super) fn tables(coverage: &Coverage, format: CoverageFormat) -> String {
    let markdown = format == CoverageFormat::Markdown;
    let locations: Vec<[String; 10]> = coverage.locations.iter().map(location).collect();
    let clear = coverage
        .clear
        .iter()
        .map(|place| [place.schema_pointer.clone(), place.document_pattern.clone()]);
    let open = coverage.open.iter().map(|object| {
        [object.schema_pointer.clone(), object.document_pattern.clone(), object.by.to_owned()]
    });
    let loosened = coverage.loosened.iter().map(|entry| {
        [entry.schema_pointer.clone(), entry.keyword.to_owned(), entry.reason.to_owned()]
    });
    let mut tables = vec![table(LOCATIONS, locations, markdown)];
    let mut add = |is_there: bool, table: &dyn Fn() -> String| {
        if is_there {
            tables.push(table());
        }
    };
    let indexes: Vec<[String; 6]> = coverage.locations.iter().filter_map(index).collect();
    add(!indexes.is_empty(), &|| table(INDEXES, indexes.clone(), markdown));
    add(!coverage.clear.is_empty(), &|| table(CLEAR, clear.clone().collect(), markdown));
    add(!coverage.open.is_empty(), &|| table(OPEN, open.clone().collect(), markdown));
    add(!coverage.loosened.is_empty(), &|| table(LOOSENED, loosened.clone().collect(), markdown));
    add(!coverage.incomplete.is_empty(), &|| {
        let lists = coverage.incomplete.join(", ");
        format!(
            "Not all is listed of: {lists}. More than {MOST_PLACES} places, or too many ways to \
             them.\n"
        )
    });
    tables.join("\n")
}

fn location(place: &CoveredPlace) -> [String; 10] {
    [
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

fn index(place: &CoveredPlace) -> Option<[String; 6]> {
    let index = place.index.as_ref()?;
    let mut expected = String::new();
    write_double(collisions(index), &mut expected);
    Some([
        place.schema_pointer.clone(),
        index.name.clone(),
        index.normalisation.as_str().to_owned(),
        index.bits.count().to_string(),
        if index.per_subject { "subject" } else { "domain" }.to_owned(),
        expected,
    ])
}

fn table<const N: usize>(head: [&str; N], body: Vec<[String; N]>, markdown: bool) -> String {
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(body.into_iter().map(|cells| cells.map(|cell| clean(&cell, markdown))));
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    // One long cell would otherwise widen every row.
    let widths = widths.map(|width| width.min(WIDEST));
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

/// The greatest width to which cells are padded.
const WIDEST: usize = 80;

/// Cleans a cell, so that a name in a schema breaks neither the line nor the column.
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
