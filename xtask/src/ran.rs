//! The tests that ran: each step leaves a list of those that passed in `target/ran/`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::process;
use crate::workspace::Workspace;

/// Runs `cargo test` and records what passed. Only what is not a line of a test that passed is
/// shown.
///
/// # Errors
///
/// Fails when a test does, or when the record cannot be written.
pub(crate) fn cargo_tests(workspace: &Workspace, step: &str, arguments: &[&str]) -> Result<()> {
    // `pretty` gives the names, which `--quiet` alone would leave out.
    let end = arguments.iter().position(|word| *word == "--").unwrap_or(arguments.len());
    let (selection, filters) = arguments.split_at(end);
    let mut names = Vec::new();
    process::cargo(workspace)
        .args(["test", "--quiet", "--locked"])
        .args(selection)
        .args(["--", "--format=pretty"])
        .args(filters.iter().skip(1))
        .each_line(|line| match line {
            Line::Passed(name) => names.push(name),
            Line::Noise => {}
            Line::Other(text) => println!("{text}"),
        })?;
    println!("{} tests passed", names.len());
    write(workspace, step, &names)
}

/// Writes the record of a step.
pub(crate) fn write(workspace: &Workspace, step: &str, names: &[String]) -> Result<()> {
    let folder = folder(workspace);
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(step.replace(|c: char| !c.is_alphanumeric(), "-")).with_extension("txt");
    std::fs::write(&file, names.join("\n") + "\n")
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Forgets what ran before.
pub(crate) fn clear(workspace: &Workspace) -> Result<()> {
    let folder = folder(workspace);
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// Reads all records.
///
/// # Errors
///
/// Fails when there is none.
pub(crate) fn read(workspace: &Workspace) -> Result<BTreeSet<String>> {
    let folder = folder(workspace);
    let files = std::fs::read_dir(&folder)
        .with_context(|| format!("no test ran yet: {} is not there", folder.display()))?;
    let mut names = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file?.path())?;
        names.extend(text.lines().filter(|line| !line.is_empty()).map(str::to_owned));
    }
    Ok(names)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target().join("ran")
}

/// A line that a test program of Rust prints.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// The name of a test that passed.
    Passed(String),
    /// Nothing that a reader misses.
    Noise,
    Other(String),
}

impl From<&str> for Line {
    fn from(line: &str) -> Self {
        let test = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... ok"));
        if let Some(name) = test {
            return Self::Passed(name.trim_end_matches(" - should panic").to_owned());
        }
        let counts = line.starts_with("running ") && line.trim_end_matches('s').ends_with(" test");
        if line.trim().is_empty() || counts { Self::Noise } else { Self::Other(line.to_owned()) }
    }
}

/// Names of tests that passed in the TAP text of Node's runner: lines `ok N - NAME`, without those
/// that were skipped or are still to be done.
pub(crate) fn of_tap(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim_start().strip_prefix("ok ")?.split_once(" - "))
        .map(|(_, name)| name)
        .filter(|name| !name.contains(" # SKIP") && !name.contains(" # TODO"))
        .map(|name| name.replace("\\#", "#"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_passed_tests_are_told_from_all_others() {
        assert_eq!(Line::from("test a::b ... ok"), Line::Passed("a::b".into()));
        assert_eq!(Line::from("test c - should panic ... ok"), Line::Passed("c".into()));
        for noise in ["", "running 1 test", "running 44 tests"] {
            assert_eq!(Line::from(noise), Line::Noise);
        }
        for other in
            ["test a::b ... FAILED", "test a ... ignored", "test result: ok. 1 passed", "x"]
        {
            assert_eq!(Line::from(other), Line::Other(other.into()));
        }
    }

    #[test]
    fn a_tap_text_names_what_passed() {
        let text = "TAP version 13\n# Subtest: a\n    # Subtest: inner\n    ok 1 - inner (k10)\n\
                    ok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP\nok 4 - d # TODO\nok 5 - e \\#1\n";
        assert_eq!(of_tap(text), ["inner (k10)", "a", "e #1"]);
    }

    #[test]
    fn records_of_two_steps_are_read_together_until_they_are_cleared() -> Result<()> {
        let root = std::env::temp_dir().join(format!("fieldseal-ran-{}", std::process::id()));
        let workspace = Workspace::at(&root);
        assert!(read(&workspace).is_err());
        write(&workspace, "a, and b", &["one".into(), "two".into()])?;
        write(&workspace, "c", &["two".into(), "three".into()])?;
        assert_eq!(Vec::from_iter(read(&workspace)?), ["one", "three", "two"]);
        clear(&workspace)?;
        assert!(read(&workspace).is_err());
        Ok(std::fs::remove_dir_all(root)?)
    }
}
