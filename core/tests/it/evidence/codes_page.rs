//! docs/codes.json explains every error code and finding that exists, and no other;
//! docs/when-it-fails.md answers each with the same HTTP status.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fieldseal::ErrorCode;
use serde_json::Value;

const TABLE: &str = include_str!("../../../../docs/codes.json");
const PAGE: &str = include_str!("../../../../docs/when-it-fails.md");

/// The entries of one kind.
fn entries(kind: &str) -> Vec<Value> {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let entries = table["codes"].as_array().unwrap().iter();
    entries.filter(|entry| entry["kind"] == kind).cloned().collect()
}

fn text<'a>(entry: &'a Value, member: &str) -> &'a str {
    entry[member].as_str().unwrap_or_else(|| panic!("{member} of {entry}"))
}

#[test]
fn every_error_code_is_explained() {
    let mut codes: Vec<&str> = ErrorCode::ALL.into_iter().map(ErrorCode::as_str).collect();
    codes.push("poisoned"); // JavaScript's own
    codes.sort_unstable();
    let errors = entries("error");
    let mut explained: Vec<&str> = errors.iter().map(|entry| text(entry, "code")).collect();
    explained.sort_unstable();
    assert_eq!(explained, codes);
}

/// The verbs of a list of findings whose first argument is a name, and the severity of what each
/// adds.
const VERBS: [(&str, &str); 5] = [
    ("error", "error"),
    ("error_with_fix", "error"),
    ("unknown", "error"),
    ("warning_with_fix", "warning"),
    ("note", "note"),
];

#[test]
fn every_finding_is_explained() {
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    // Where one is made, its name is the first argument.
    let calls = sources.iter().flat_map(|source| {
        let made =
            ["findings.", "warnings."].into_iter().flat_map(|list| source.split(list).skip(1));
        made.filter_map(|call| {
            let (verb, arguments) = call.split_once('(')?;
            let (_, severity) = VERBS.into_iter().find(|(name, _)| *name == verb)?;
            Some((arguments, severity))
        })
    });
    let named = calls.filter_map(|(call, severity)| {
        Some((call.trim_start().strip_prefix('"')?.split('"').next()?, severity))
    });
    // A rule that makes several of one kind, errors all of them, names it in a constant.
    let constants = sources.iter().flat_map(|source| source.split("const ID: &str = \"").skip(1));
    let constants = constants.filter_map(|rest| Some((rest.split('"').next()?, "error")));
    let made: BTreeSet<(&str, &str)> = named.chain(constants).collect();
    assert!(made.len() > 35, "{made:?}");
    let findings = entries("finding");
    let explained: Vec<(&str, &str)> =
        findings.iter().map(|entry| (text(entry, "code"), text(entry, "severity"))).collect();
    assert_eq!(explained.iter().copied().collect::<BTreeSet<_>>(), made);
    assert_eq!(explained.len(), made.len(), "twice");
}

#[test]
fn every_entry_says_what_it_means_and_what_to_do() {
    let known = "code kind severity title means do http retry alert see";
    for kind in ["error", "verdict", "finding"] {
        for entry in entries(kind) {
            for member in ["title", "means", "do"] {
                assert!(text(&entry, member).len() > 7, "{entry}");
            }
            for (member, _) in entry.as_object().unwrap() {
                assert!(known.split(' ').any(|name| name == member), "{member} of {entry}");
            }
            if kind == "error" {
                assert!((400..600).contains(&entry["http"].as_u64().unwrap()), "{entry}");
                assert!(!text(&entry, "retry").is_empty() && !text(&entry, "alert").is_empty());
            }
        }
    }
}

/// The rows of the table on the page: codes, the status or a status for each, what to do.
#[test]
fn the_page_answers_with_the_same_status() {
    let (_, rest) = PAGE.split_once("\n| code | HTTP status |").expect("the page has the table");
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut answered: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let numbers = cells[2].split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() == 3);
        let statuses: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
        for (index, code) in cells[1].split('`').skip(1).step_by(2).enumerate() {
            let status = statuses.get(index).unwrap_or(&statuses[0]);
            assert_eq!(answered.insert(code, *status), None, "{code}");
        }
    }
    let errors = entries("error");
    let expected =
        errors.iter().map(|entry| (text(entry, "code"), entry["http"].as_u64().unwrap()));
    assert_eq!(answered, expected.collect::<BTreeMap<_, _>>());
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
