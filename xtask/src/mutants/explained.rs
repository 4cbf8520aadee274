//! Mutants that no test can tell from the product, each with its reason.

use anyhow::Result;

use crate::sources;
use crate::workspace::Workspace;

/// A table: the mutant's name in backticks of two, and why nothing notices it.
const PAGE: &str = "core/tests/mutants.md";

/// Leaves out the names that the page explains.
pub(super) fn without<'a>(workspace: &Workspace, missed: &[&'a str]) -> Result<Vec<&'a str>> {
    let page = match workspace.root().join(PAGE).exists() {
        true => sources::read(workspace, PAGE)?,
        false => String::new(),
    };
    let explained: Vec<&str> = page.lines().filter_map(explained).collect();
    Ok(missed.iter().filter(|name| !explained.contains(name)).copied().collect())
}

/// The mutant of a row that has a reason.
fn explained(line: &str) -> Option<&str> {
    let (name, reason) = line.strip_prefix("| `` ")?.split_once(" `` | ")?;
    (reason.trim_end_matches('|').trim().len() > 10).then_some(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_row_explains_if_it_has_a_reason() {
        let name = "a.rs, f: `<` becomes `<=`";
        let row = |reason: &str| format!("| `` {name} `` | {reason} |");
        assert_eq!(super::explained(&row("both sides are never equal")), Some(name));
        assert_eq!(super::explained(&row("")), None);
        assert_eq!(super::explained("| mutant | reason |"), None);
    }
}
