//! The requirements of core/tests/README.md, held to the tests that ran.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, ensure};

use crate::workspace::Workspace;
use crate::{ran, sources};

/// The table, relative to the root.
const PAGE: &str = "core/tests/README.md";

/// The letters of the ids, and the last number of each.
const LAST: [(char, u32); 4] = [('V', 29), ('S', 27), ('K', 20), ('H', 49)];

/// Prints the ids that nothing shows yet.
///
/// # Errors
///
/// Fails when a row names a test that did not run or a file that is not there, or lacks a cell; when
/// it names neither a test that carries its id nor a section of a page of `docs/`; when a test
/// carries an id whose row does not name it; and when the page lacks an id.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let page = Page::read(&sources::read(workspace, PAGE)?);
    let folder = workspace.root().join(PAGE);
    let folder = folder.parent().unwrap_or(workspace.root());
    let tests = ran::read(workspace)?;
    let mut faults = page.faults(&tests, folder);
    let unnamed = page.claims_without_row(&tests).into_iter();
    faults.extend(
        unnamed.map(|name| format!("a test carries an id whose row does not name it: {name}")),
    );
    let open = page.open();
    println!("{} ids, {} tests ran; no row: {}", page.rows.len(), tests.len(), open.join(" "));
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// The rows of a page by their id.
struct Page {
    rows: BTreeMap<String, Row>,
    /// Ids that have two rows.
    repeated: Vec<String>,
    /// Ids whose row has another number of cells than the head of its table.
    ragged: Vec<String>,
}

/// All that shows one requirement; none of it where nothing does.
#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    tests: Vec<String>,
    files: Vec<String>,
    /// True if a link leads to a section of a page of `docs/`.
    is_documented: bool,
    is_shown: bool,
}

impl Page {
    /// Reads every line of a table that begins with an id: `| id | statement | shown by |`, without
    /// the last cell in the table of what nothing shows.
    fn read(text: &str) -> Self {
        let mut page = Self { rows: BTreeMap::new(), repeated: Vec::new(), ragged: Vec::new() };
        let mut head = 0;
        for line in text.lines() {
            let cells: Vec<&str> = line.trim().trim_matches('|').split(" | ").collect();
            let Some(first) = cells.first().map(|cell| cell.trim()) else { continue };
            if first == "id" {
                head = cells.len();
            }
            let Some(id) = Some(first).filter(|cell| is_id(cell)) else { continue };
            if cells.len() != head {
                page.ragged.push(id.to_owned());
            }
            let row = cells.get(2).map(|cell| Row::read(cell)).unwrap_or_default();
            if page.rows.insert(id.to_owned(), row).is_some() {
                page.repeated.push(id.to_owned());
            }
        }
        page
    }

    fn faults(&self, tests: &BTreeSet<String>, folder: &Path) -> Vec<String> {
        let mut faults: Vec<String> =
            self.repeated.iter().map(|id| format!("{id} has two rows")).collect();
        let ragged = |id| format!("{id}: its row has not the cells of its table");
        faults.extend(self.ragged.iter().map(ragged));
        let expected: Vec<String> = LAST
            .iter()
            .flat_map(|(letter, last)| (1..=*last).map(move |n| format!("{letter}-{n:02}")))
            .collect();
        faults.extend(
            expected
                .iter()
                .filter(|id| !self.rows.contains_key(*id))
                .map(|id| format!("{id} stands neither among what is shown nor among what is not")),
        );
        faults.extend(
            self.rows.keys().filter(|id| !expected.contains(id)).map(|id| format!("{id}: no id")),
        );
        let short: BTreeSet<&str> = tests.iter().map(|name| own_name(name)).collect();
        for (id, row) in &self.rows {
            let missing = |name: &&String| !tests.contains(*name) && !short.contains(name.as_str());
            for name in row.tests.iter().filter(missing) {
                faults.push(format!("{id} names a test that did not run: {name}"));
            }
            for file in row.files.iter().filter(|file| !folder.join(file).exists()) {
                faults.push(format!("{id} names a file that is not there: {file}"));
            }
            if row.is_shown && row.tests.is_empty() && row.files.is_empty() {
                faults.push(format!("{id} names neither a test nor a file"));
            } else if row.is_shown && !row.is_documented && !row.is_proven(id) {
                faults.push(format!("{id} names no test of its own and no section of docs/"));
            }
        }
        faults
    }

    /// The ids that nothing shows.
    fn open(&self) -> Vec<&str> {
        self.rows.iter().filter(|(_, row)| !row.is_shown).map(|(id, _)| id.as_str()).collect()
    }

    /// Tests such as `v13_k10_…` whose ids have no row that names them.
    fn claims_without_row<'a>(&self, tests: &'a BTreeSet<String>) -> Vec<&'a str> {
        let names = |row: &Row, test: &str| {
            row.tests.iter().any(|name| name == test || name == own_name(test))
        };
        let unnamed = |test: &&String| {
            ids_in(own_name(test)).any(|id| !self.rows.get(&id).is_some_and(|r| names(r, test)))
        };
        tests.iter().filter(unnamed).map(String::as_str).collect()
    }
}

impl Row {
    /// Reads what stands in backticks, names of tests, and the targets of links, files.
    fn read(cell: &str) -> Self {
        let tests = cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let target = |rest: &str| Some(rest.split_once(')')?.0.split('#').next()?.to_owned());
        let links = || cell.split("](").skip(1);
        let is_section = |rest: &str| {
            let link = rest.split_once(')').map_or(rest, |(link, _)| link);
            let page = link.strip_prefix("../../docs/").and_then(|page| page.split_once(".md#"));
            page.is_some_and(|(page, section)| !page.is_empty() && !section.is_empty())
        };
        let is_documented = links().any(is_section);
        Self { tests, files: links().filter_map(target).collect(), is_documented, is_shown: true }
    }

    /// Returns true if one of its tests carries the id: `v13_k10_…` in Rust, `… (v13_k10)` or
    /// `v13_k10: …` in npm.
    fn is_proven(&self, id: &str) -> bool {
        self.tests.iter().any(|name| {
            let in_parentheses = name.rsplit_once('(').map(|(_, ids)| ids.trim_end_matches(')'));
            let before = name.split_once(": ").map(|(before, _)| before);
            let places = [Some(own_name(name)), in_parentheses, before];
            places.into_iter().flatten().flat_map(ids_in).any(|own| own == id)
        })
    }
}

fn is_id(text: &str) -> bool {
    let mut parts = text.split('-');
    let letter = parts.next().filter(|part| part.len() == 1).and_then(|part| part.chars().next());
    letter.is_some_and(|letter| LAST.iter().any(|(known, _)| *known == letter))
        && parts.next().is_some_and(|number| number.len() == 2 && number.parse::<u32>().is_ok())
        && parts.next().is_none()
}

/// The ids that begin the name of a test: `v13_h28_every_event` has two.
fn ids_in(name: &str) -> impl Iterator<Item = String> {
    name.split('_')
        .map(|word| match word.split_at_checked(1) {
            Some((letter, number)) => format!("{}-{number}", letter.to_uppercase()),
            None => String::new(),
        })
        .take_while(|id| is_id(id))
}

/// The name without the modules of Rust, or the build that a test of npm names first.
fn own_name(name: &str) -> &str {
    let name = name.rsplit("::").next().unwrap_or(name);
    name.split_once(": ").map_or(name, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with all ids, of which nothing shows any but those of `rows`.
    fn page(rows: &str) -> Page {
        let shown = Page::read(&format!("| id | asks | shown by |\n{rows}"));
        let all = LAST.iter().flat_map(|(letter, last)| (1..=*last).map(move |n| (letter, n)));
        let rest: String = all
            .map(|(letter, n)| format!("{letter}-{n:02}"))
            .filter(|id| !shown.rows.contains_key(id))
            .map(|id| format!("| {id} | x |\n"))
            .collect();
        Page::read(&format!(
            "| id | asks | shown by |\n|---|---|---|\n{rows}\n| id | asks |\n|---|---|\n{rest}"
        ))
    }

    fn ran(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn faults(page: &Page, names: &[&str]) -> Vec<String> {
        page.faults(&ran(names), Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    #[test]
    fn a_row_whose_tests_ran_and_whose_files_exist_passes() {
        let page = page(
            "| V-01 | x | `v01_a` (all of it), `b::c`, `d (v01)` and [that](Cargo.toml#deps) |\n",
        );
        assert_eq!(faults(&page, &["it::v01_a", "b::c", "full: d (v01)"]), [""; 0]);
        assert_eq!(page.open().len(), 29 + 27 + 20 + 49 - 1);
    }

    #[test]
    fn a_test_that_did_not_run_and_a_file_that_is_not_there_are_faults() {
        let page = page("| V-01 | x | `v01_a`, [that](absent.md) |\n| V-02 | x | by hand |\n");
        assert_eq!(
            faults(&page, &["v01_ab", "x::v01"]),
            [
                "V-01 names a test that did not run: v01_a",
                "V-01 names a file that is not there: absent.md",
                "V-02 names neither a test nor a file",
            ]
        );
    }

    #[test]
    fn a_row_without_its_last_cell_is_a_fault() {
        let page = page("| V-01 | x |\n| V-02 | x | `v02_a` | y |\n| V-03 | x | |\n");
        assert_eq!(
            faults(&page, &["v02_a"]),
            [
                "V-01: its row has not the cells of its table",
                "V-02: its row has not the cells of its table",
                "V-03 names neither a test nor a file",
            ]
        );
    }

    #[test]
    fn a_file_is_no_proof_unless_it_is_a_section_of_the_documentation() {
        let none = "names no test of its own and no section of docs/";
        let page = page(
            "| V-01 | x | [that](Cargo.toml) |\n\
             | V-02 | x | `another`, [that](Cargo.toml#deps) |\n\
             | V-03 | x | [that](../../docs/design.md) |\n\
             | V-04 | x | [that](../../docs/design.md#refused) |\n\
             | V-05 | x | [that](Cargo.toml), `the life of a key (v10_v05)` |\n",
        );
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests");
        let mut found =
            page.faults(&ran(&["another", "full: the life of a key (v10_v05)"]), &folder);
        found.retain(|fault| !fault.contains("Cargo.toml"));
        assert_eq!(found, ["V-01", "V-02", "V-03"].map(|id| format!("{id} {none}")));
    }

    #[test]
    fn every_id_has_one_row() {
        let mut page =
            page("| K-03 | x | `k03_a` |\n| K-03 | x | `k03_a` |\n| K-21 | x | `k21` |\n");
        page.rows.remove("H-49");
        assert_eq!(
            faults(&page, &["k03_a", "k21"]),
            [
                "K-03 has two rows",
                "H-49 stands neither among what is shown nor among what is not",
                "K-21: no id",
            ]
        );
    }

    #[test]
    fn tests_that_carry_an_id_belong_into_its_row() {
        let page = page("| V-01 | x | `v01_v02_a` |\n");
        let tests = ran(&["it::v01_v02_a", "v01_b", "value_of_v01"]);
        assert_eq!(page.claims_without_row(&tests), ["it::v01_v02_a", "v01_b"]);
    }
}
