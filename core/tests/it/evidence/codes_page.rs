//! docs/when-it-fails.md has every code and finding that there is, and no other.

use std::collections::BTreeSet;
use std::path::Path;

use fieldseal::ErrorCode;

const PAGE: &str = include_str!("../../../../docs/when-it-fails.md");

/// The names that begin the rows of a section's table.
fn listed(section: &str) -> BTreeSet<&'static str> {
    let (_, rest) =
        PAGE.split_once(&format!("\n## {section}\n")).expect("the page has that section");
    let rows =
        rest.split("\n## ").next().unwrap().lines().filter_map(|line| line.strip_prefix("| `"));
    rows.flat_map(|row| row.split('|').next().unwrap().split('`').step_by(2))
        .filter(|name| !name.trim().is_empty())
        .collect()
}

#[test]
fn every_error_code_has_a_row() {
    let mut codes: BTreeSet<&str> = ErrorCode::ALL.into_iter().map(ErrorCode::as_str).collect();
    assert_eq!(codes.len(), ErrorCode::ALL.len());
    codes.insert("poisoned"); // JavaScript's own
    assert_eq!(listed("Codes of errors"), codes);
}

#[test]
fn every_finding_has_a_row() {
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    // Where one is made, its name is the first argument.
    let calls = sources.iter().flat_map(|source| {
        source.split("findings.error(").skip(1).chain(source.split("Finding {").skip(1))
    });
    let named = calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next());
    let made: BTreeSet<&str> = named.collect();
    assert!(made.len() > 25, "{made:?}");
    assert_eq!(listed("Findings"), made);
}

fn read(folder: &Path, sources: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, sources);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            sources.push(std::fs::read_to_string(path).unwrap());
        }
    }
}
