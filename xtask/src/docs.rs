//! The documentation as it ships: a page for each code, the documents, and `llms.txt`, in
//! `target/docs/`.

mod codes;
mod links;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::sources;
use crate::workspace::Workspace;
use codes::Code;

/// Writes all of `target/docs/`.
///
/// # Errors
///
/// Fails when `docs/codes.json` is malformed, or a file cannot be read or written.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let folder = workspace.docs();
    let pages = write_into(workspace, &folder)?;
    println!("{pages} pages in {}", folder.display());
    Ok(())
}

/// Writes them anew into a folder, and returns the number of pages.
fn write_into(workspace: &Workspace, folder: &Path) -> Result<usize> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder.join("codes"))?;
    let mut index = Index::new(&sources::read(workspace, "README.md")?);
    for file in sources::tracked(workspace)? {
        let Some(name) = file.strip_prefix("docs/") else { continue };
        let to = folder.join(name);
        std::fs::create_dir_all(to.parent().unwrap_or(folder))?;
        if name.ends_with(".md") {
            let text = sources::read(workspace, &file)?;
            index.add(name, title(&text), &first_sentence(&text));
            std::fs::write(to, links::for_readers_elsewhere(&file, &text))?;
        } else {
            std::fs::copy(workspace.root().join(&file), to)?;
        }
    }
    let codes = Code::read(&sources::read(workspace, "docs/codes.json")?)?;
    for code in &codes {
        std::fs::write(folder.join(code.file()), code.page())?;
        index.add(&code.file(), &format!("{} `{}`", code.kind.name(), code.code), &code.title);
    }
    std::fs::write(folder.join("codes/index.md"), codes::index(&codes))?;
    index.add("codes/index.md", "All codes", "Errors, verdict codes and findings in one list.");
    std::fs::write(folder.join("llms.txt"), &index.text).context("llms.txt")?;
    Ok(index.pages)
}

/// The list of all pages, one line each.
struct Index {
    text: String,
    pages: usize,
}

impl Index {
    /// Begins with the title and the first sentence of the README.
    fn new(readme: &str) -> Self {
        let (title, sentence) = (title(readme), first_sentence(readme));
        Self { text: format!("# {title}\n\n> {sentence}\n\n## Pages\n\n"), pages: 0 }
    }

    fn add(&mut self, file: &str, title: &str, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "- [{title}]({file}): {line}");
        self.pages += 1;
    }
}

/// The first heading of a page.
fn title(page: &str) -> &str {
    page.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or("Untitled").trim()
}

/// The first sentence below the first heading, on one line and without the targets of links.
fn first_sentence(page: &str) -> String {
    let text = match page.strip_prefix("# ") {
        Some(rest) => rest,
        None => page.split_once("\n# ").map_or(page, |(_, rest)| rest),
    };
    let is_prose = |text: &&str| {
        text.chars().next().is_some_and(|first| first.is_alphabetic() || "[*`".contains(first))
            && !text.starts_with("```")
    };
    let paragraph = text.split("\n\n").skip(1).map(str::trim).find(is_prose).unwrap_or_default();
    let line = links::without_targets(&paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    match line.split_once(". ") {
        Some((sentence, _)) => format!("{sentence}."),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_listed_by_its_title_and_first_sentence() {
        let page =
            "# The title\n\n![x](y)\n\n```js\nlet a;\n```\n\nSeals [one\nfield](a.md). More.\n";
        let mut index = Index::new("# FieldSeal\n\nSeals fields\n");
        index.add("a.md", title(page), &first_sentence(page));
        assert_eq!(
            index.text,
            "# FieldSeal\n\n> Seals fields\n\n## Pages\n\n- [The title](a.md): Seals one field.\n"
        );
    }

    /// The committed documents become pages, each with a line.
    #[test]
    fn the_documents_of_this_repository_are_written() -> Result<()> {
        let here = Workspace::here();
        let folder = here.target().join("docs-of-the-test");
        let pages = write_into(&here, &folder)?;
        let listed = std::fs::read_to_string(folder.join("llms.txt"))?;
        assert_eq!(listed.lines().filter(|line| line.starts_with("- [")).count(), pages);
        for line in listed.lines().filter_map(|line| line.strip_prefix("- [")) {
            let file = line.split_once("](").and_then(|(_, rest)| rest.split_once(')'));
            assert!(file.is_some_and(|(file, _)| folder.join(file).exists()), "{line}");
            assert!(line.split_once("): ").is_some_and(|(_, text)| !text.is_empty()), "{line}");
        }
        Ok(std::fs::remove_dir_all(folder)?)
    }
}
