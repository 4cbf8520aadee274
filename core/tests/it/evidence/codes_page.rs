//! docs/when-it-fails.md has every code and finding that there is, and no other.

use std::collections::BTreeSet;
use std::path::Path;

use fieldseal::ErrorCode;

const PAGE: &str = include_str!("../../../../docs/when-it-fails.md");
const CODES: &str = include_str!("../../../../docs/codes.json");

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

/// The verbs of a list of findings whose first argument is a name.
const VERBS: [&str; 5] = ["error", "error_with_fix", "warning_with_fix", "note", "unknown"];

/// The names of findings, as the sources make them.
fn made() -> BTreeSet<String> {
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    // Where one is made, its name is the first argument.
    let calls = sources.iter().flat_map(|source| {
        let made =
            ["findings.", "warnings."].into_iter().flat_map(|list| source.split(list).skip(1));
        made.filter_map(|call| {
            let (verb, arguments) = call.split_once('(')?;
            VERBS.contains(&verb).then_some(arguments)
        })
    });
    let named = calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next());
    // A rule that makes several of one kind names it in a constant.
    let constants = sources.iter().flat_map(|source| source.split("const ID: &str = \"").skip(1));
    named.chain(constants.filter_map(|rest| rest.split('"').next())).map(str::to_owned).collect()
}

#[test]
fn every_finding_has_a_row() {
    let made = made();
    assert!(made.len() > 35, "{made:?}");
    assert_eq!(listed("Findings"), made.iter().map(String::as_str).collect());
}

#[test]
fn every_finding_is_in_the_table_of_codes() {
    let table: serde_json::Value = serde_json::from_str(CODES).unwrap();
    let findings = table["codes"].as_array().unwrap().iter().filter(|row| row["kind"] == "finding");
    let listed: BTreeSet<String> =
        findings.map(|row| row["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, made());
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
