//! One project of the README, in a folder that was empty.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};

use super::blocks::{Part, Section};
use super::crates::Crates;
use crate::process;
use crate::workspace::Workspace;

/// Lines with text that an example for JavaScript may have.
const MOST_LINES: usize = 20;

/// Commands that run what the files say; the others prepare.
const RUNS: [&str; 4] = ["node ", "npx ", "cargo run", "cargo test"];

pub(super) struct Project<'a> {
    workspace: &'a Workspace,
    /// Where the reader stands.
    folder: PathBuf,
    crates: &'a Crates,
    printed: String,
}

impl<'a> Project<'a> {
    pub(super) fn new(workspace: &'a Workspace, folder: PathBuf, crates: &'a Crates) -> Self {
        Self { workspace, folder, crates, printed: String::new() }
    }

    /// Does what the section says, and compares what is printed.
    pub(super) fn follow(mut self, section: &Section) -> Result<()> {
        let mut runs = Vec::new();
        let mut expected = Vec::new();
        for part in &section.parts {
            match part {
                Part::Command(line) if line.starts_with("cargo xtask") => {}
                Part::Command(line) if RUNS.iter().any(|run| line.starts_with(run)) => {
                    runs.push(line);
                }
                Part::Command(line) => self.command(line)?,
                Part::File { language, name, text } => {
                    let name = name
                        .as_deref()
                        .with_context(|| format!("no text says what file this is:\n{text}"))?;
                    self.file(language, name, text)?;
                    expected.extend(text.lines().filter_map(printed_by));
                }
                Part::Output(text) => expected.extend(text.lines().map(str::trim)),
            }
        }
        ensure!(!runs.is_empty(), "no command runs these files");
        ensure!(!expected.is_empty(), "no text says what they print");
        for line in runs {
            self.command(line)?;
        }
        self.check_types(section)?;
        if let Some(missing) = first_missing(&expected, &self.printed) {
            bail!("this was not printed: {missing}\nbut all of this:\n{}", self.printed);
        }
        Ok(())
    }

    fn file(&self, language: &str, name: &str, text: &str) -> Result<()> {
        let file = self.folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap_or(&self.folder))?;
        let text = match language {
            "toml" => self.here(text)?,
            _ => text.to_owned(),
        };
        std::fs::write(&file, &text)?;
        if language == "js" || language == "ts" {
            let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
            ensure!(lines <= MOST_LINES, "{name} has {lines} lines, {MOST_LINES} are enough");
        }
        Ok(())
    }

    /// Holds the scripts to the types of the package that they installed. Nothing of it needs
    /// Node's.
    fn check_types(&self, section: &Section) -> Result<()> {
        for part in &section.parts {
            let Part::File { language, text, .. } = part else { continue };
            if language != "js" && language != "ts" {
                continue;
            }
            std::fs::write(self.folder.join("types.mts"), text)?;
            process::program("node", &self.folder)
                .arg(self.workspace.js().join("node_modules/typescript/bin/tsc"))
                .args(["--strict", "--exactOptionalPropertyTypes", "--noEmit", "--types", ""])
                .args(["--target", "es2022", "--module", "nodenext"])
                .args(["--lib", "es2022,esnext.disposable,dom", "types.mts"])
                .run()?;
        }
        Ok(())
    }

    /// Runs a line in the shell; `cd` stays in force.
    fn command(&mut self, line: &str) -> Result<()> {
        println!("  $ {line}");
        if let Some(folder) = line.strip_prefix("cd ") {
            self.folder.push(folder.trim());
            return Ok(());
        }
        let printed = process::program("sh", &self.folder)
            .without_cargo_environment()
            .env("npm_config_offline", "true")
            .env("npm_config_audit", "false")
            .env("npm_config_fund", "false")
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", self.workspace.target().join("readme"))
            .args(["-ec", &self.here(line)?])
            .output()?;
        if !printed.is_empty() {
            self.printed.push_str(&printed);
            self.printed.push('\n');
        }
        Ok(())
    }

    /// Puts the packed artefacts in the place of the reader's clone: words with `target/package/`,
    /// and those that end in `/core`.
    fn here(&self, text: &str) -> Result<String> {
        let package = self.workspace.package();
        let core = self.crates.facade()?;
        let is_border = |c: char| c.is_whitespace() || c == '"' || c == '\'' || c == '`';
        let mut replaced = String::new();
        for word in text.split_inclusive(is_border) {
            let (path, border) = match word.char_indices().last().filter(|(_, c)| is_border(*c)) {
                Some((at, _)) => word.split_at(at),
                None => (word, ""),
            };
            match path.split_once("target/package/") {
                Some((_, file)) => replaced.push_str(&package.join(file).to_string_lossy()),
                None if path.ends_with("/core") => replaced.push_str(&core.to_string_lossy()),
                None => replaced.push_str(path),
            }
            replaced.push_str(border);
        }
        Ok(replaced)
    }
}

/// The comment of a line that prints: whatever follows `); //`.
fn printed_by(line: &str) -> Option<&str> {
    let prints = ["console.log(", "println!("].iter().any(|call| line.contains(call));
    let (_, comment) = line.split_once("); // ").filter(|_| prints)?;
    Some(comment.trim())
}

/// The first of the expected lines that does not follow among what was printed.
fn first_missing<'a>(expected: &[&'a str], printed: &str) -> Option<&'a str> {
    let mut lines = printed.lines();
    expected.iter().find(|line| !lines.any(|printed| fits(line, printed.trim()))).copied()
}

/// Returns true if the line is as the pattern says, in which `…` stands for any text.
fn fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('…').map(str::trim);
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
        last = Some(part);
    }
    // Only a pattern that ends in `…` leaves something over.
    rest.is_empty() || last.is_some_and(|last| last.is_empty() || line.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::{first_missing, fits, printed_by};

    #[test]
    fn a_line_that_prints_says_what() {
        assert_eq!(printed_by("console.log(a.b(c), d); // [ 'x' ] true"), Some("[ 'x' ] true"));
        assert_eq!(printed_by("println!(\"{a}\"); // 1"), Some("1"));
        assert_eq!(printed_by("const a = f(b); // a comment"), None);
        assert_eq!(printed_by("console.log(a);"), None);
    }

    #[test]
    fn an_ellipsis_stands_for_any_text() {
        for pattern in ["abc", "a…c", "…c", "a…", "…", "a…b…c", "… bc"] {
            assert!(fits(pattern, "abc"), "{pattern}");
        }
        for pattern in ["ab", "bc", "a…d", "…b", "b…", "abcd", "c…a", ""] {
            assert!(!fits(pattern, "abc"), "{pattern}");
        }
        assert!(fits("a…b", "a b a b"));
    }

    #[test]
    fn lines_are_expected_in_their_order() {
        assert_eq!(first_missing(&["1", "3"], "1\n2\n3\n"), None);
        assert_eq!(first_missing(&["3", "1"], "1\n2\n3\n"), Some("1"));
        assert_eq!(first_missing(&["1", "1"], "1\n"), Some("1"));
    }
}
