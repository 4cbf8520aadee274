//! The pages in `docs/`: links lead somewhere, prose keeps to its width, each page says what it does
//! not do, and the glossary has the names that the core uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fieldseal::envelope::{Bind, Suite};
use fieldseal::{ErrorCode, KeyKind};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The pages in `docs/` and beside it, by their path from the root.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let names = std::fs::read_dir(root().join("docs")).unwrap();
    let docs = names.map(|entry| format!("docs/{}", entry.unwrap().file_name().display()));
    let beside = ["README.md", "CHANGELOG.md", "SECURITY.md", "js/README.md"].map(str::to_owned);
    for path in docs.filter(|path| path.ends_with(".md")).chain(beside) {
        let text = std::fs::read_to_string(root().join(&path)).unwrap();
        pages.insert(path, text);
    }
    pages
}

/// The lines of a page that are in no fenced block.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    page.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = prose(page).filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let text = line.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// The targets of a page's links.
fn links(page: &str) -> Vec<String> {
    let text: Vec<&str> = prose(page).collect();
    let text = text.join("\n");
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.map(str::to_owned).collect()
}

/// Whether a link of the page at `path` leads to a file, and to a heading of it if it names one.
fn leads(path: &str, target: &str, pages: &BTreeMap<String, String>) -> bool {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let from = root().join(path);
    let to = if file.is_empty() { from } else { from.parent().unwrap().join(file) };
    let Ok(to) = to.canonicalize() else { return false };
    let name = to.strip_prefix(root().canonicalize().unwrap()).unwrap();
    match pages.get(&name.display().to_string().replace('\\', "/")) {
        Some(page) => anchor.is_empty() || anchors(page).contains(anchor),
        None => anchor.is_empty(),
    }
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let pages = pages();
    let mut followed = 0;
    let mut broken = Vec::new();
    for (path, page) in &pages {
        for target in links(page).into_iter().filter(|target| !target.contains("://")) {
            followed += 1;
            if !leads(path, &target, &pages) {
                broken.push(format!("{path}: {target}"));
            }
        }
    }
    let table: serde_json::Value =
        serde_json::from_str(include_str!("../../../docs/codes.json")).unwrap();
    for code in table["codes"].as_array().unwrap() {
        for target in code["see"].as_array().into_iter().flatten() {
            followed += 1;
            if !leads("docs/codes.json", target.as_str().unwrap(), &pages) {
                broken.push(format!("{}: {target}", code["code"]));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(followed > 120, "{followed}");
}

#[test]
fn prose_and_code_keep_to_a_hundred_columns() {
    let mut long = Vec::new();
    for (path, page) in pages() {
        // A table's row, a link's address and what other tests read byte for byte may be longer.
        let free =
            |line: &str| line.starts_with('|') || line.contains("](http") || line.contains(" ‖ ");
        let wide = |line: &&str| line.chars().count() > 100 && !line.contains("Fs1BFaChoqOk");
        let lines = page.lines().filter(wide).filter(|line| !free(line) && line.contains(' '));
        long.extend(lines.filter(|line| !line.contains('─')).map(|line| format!("{path}: {line}")));
    }
    assert!(long.is_empty(), "{long:#?}");
}

/// The guides, and the pages that a reader trusts, begin with what they do not do.
#[test]
fn every_page_says_what_it_does_not_do() {
    let reference = ["glossary", "design", "building", "compare"];
    let pages = pages();
    let guides = pages.iter().filter(|(path, _)| {
        path.starts_with("docs/") && !reference.iter().any(|name| path.contains(name))
    });
    let without: Vec<&str> = guides
        .filter(|(_, page)| !page.contains("\n> **What th"))
        .map(|(path, _)| path.as_str())
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn the_glossary_has_the_names_that_the_core_uses() {
    let glossary = &pages()["docs/glossary.md"];
    let kinds =
        [KeyKind::Subject, KeyKind::Retention, KeyKind::Item, KeyKind::Index, KeyKind::Pseudonym];
    let suites = [Suite::Aes256Gcm, Suite::Aes256Siv, Suite::ChaCha20Poly1305];
    let binds = [Bind::None, Bind::RecordField, Bind::RecordPath, Bind::Field];
    let refusals = ["erased", "restricted", "denied", "not-found", "unavailable"];
    assert!(refusals.iter().all(|name| ErrorCode::ALL.iter().any(|code| code.as_str() == *name)));
    let names = kinds.map(KeyKind::as_str).into_iter();
    let names = names.chain(suites.map(Suite::as_str)).chain(binds.map(Bind::as_str));
    for name in names.chain(refusals) {
        assert!(glossary.contains(&format!("`{name}`")), "{name}");
    }
}
