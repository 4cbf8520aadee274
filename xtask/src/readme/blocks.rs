//! The sections of a page, with their files and commands in order.

/// Programs whose calls in backticks are commands.
const PROGRAMS: [&str; 5] = ["npm ", "node ", "npx ", "cargo ", "mkdir "];

/// Whatever stands below one heading.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) parts: Vec<Part>,
}

impl Section {
    pub(super) fn has_files(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::File { .. }))
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A line for the shell.
    Command(String),
    File {
        language: String,
        /// The file's name, where the text before it says one.
        name: Option<String>,
        text: String,
    },
    /// What the commands before it print.
    Output(String),
}

/// Takes a page apart at its headings of the first and second level.
pub(super) fn sections(page: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut section = Section { title: String::new(), parts: Vec::new() };
    let mut prose = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let heading = line.strip_prefix("## ").or_else(|| line.strip_prefix("# "));
        if let Some(title) = heading {
            section.take_prose(&prose);
            prose.clear();
            let next = Section { title: title.trim().to_owned(), parts: Vec::new() };
            sections.push(std::mem::replace(&mut section, next));
        } else if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            section.take_prose(&prose);
            section.take_block(language.trim(), &prose, &block);
            prose.clear();
        } else {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    section.take_prose(&prose);
    sections.push(section);
    sections
}

impl Section {
    /// Commands in backticks.
    fn take_prose(&mut self, prose: &str) {
        let commands = quoted(prose).filter(|words| PROGRAMS.iter().any(|p| words.starts_with(p)));
        self.parts.extend(commands.map(|line| Part::Command(line.to_owned())));
    }

    fn take_block(&mut self, language: &str, before: &str, block: &[&str]) {
        match language {
            "sh" | "bash" | "console" | "shell" => {
                let lines = block.iter().filter_map(|line| command(line));
                self.parts.extend(lines.map(Part::Command));
            }
            // A picture, unless it follows what may have printed it.
            "text" | "" => {
                if !self.parts.is_empty() {
                    self.parts.push(Part::Output(block.join("\n")));
                }
            }
            language => {
                let is_name = |name: &&str| {
                    !name.contains(' ')
                        && name.rsplit_once('.').is_some_and(|(_, end)| fits(language, end))
                };
                let name = quoted(before).filter(is_name).last().map(str::to_owned);
                let text = block.join("\n") + "\n";
                self.parts.push(Part::File { language: language.to_owned(), name, text });
            }
        }
    }
}

/// A line without the sign of a prompt and without its comment.
fn command(line: &str) -> Option<String> {
    let line = line.trim();
    let line = line.strip_prefix("$ ").unwrap_or(line);
    let line = line.split(" #").next().unwrap_or(line).trim();
    (!line.is_empty() && !line.starts_with('#')).then(|| line.to_owned())
}

/// What stands in backticks.
fn quoted(prose: &str) -> impl Iterator<Item = &str> {
    prose.split('`').skip(1).step_by(2)
}

/// Returns true if a file of this ending may hold the language.
fn fits(language: &str, ending: &str) -> bool {
    match language {
        "js" => matches!(ending, "js" | "mjs" | "cjs"),
        "ts" => matches!(ending, "ts" | "mts"),
        "rust" => ending == "rs",
        other => ending == other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Section, sections};

    const PAGE: &str = "# Title\n\n```text\npicture\n```\n\n## JavaScript\n\nNot published: `npm install a.tgz`, then save\n\
        this as `order.mjs`, for `node order.mjs`.\n\n```js\nlet a;\n```\n\nRun `node again.mjs`:\n\n```text\n1\n```\n\n## Here\n\n\
        ```sh\n$ cargo xtask test # all of it\n# nothing\nls\n```\n\n```rust\nfn a() {}\n```\n";

    #[test]
    fn a_page_is_taken_apart() {
        let command = |line: &str| Part::Command(line.into());
        let file = |language: &str, name: Option<&str>, text: &str| Part::File {
            language: language.into(),
            name: name.map(str::to_owned),
            text: text.into(),
        };
        let section = |title: &str, parts| Section { title: title.into(), parts };
        let expected = [
            section("", vec![]),
            section("Title", vec![]),
            section(
                "JavaScript",
                vec![
                    command("npm install a.tgz"),
                    command("node order.mjs"),
                    file("js", Some("order.mjs"), "let a;\n"),
                    command("node again.mjs"),
                    Part::Output("1".into()),
                ],
            ),
            section(
                "Here",
                vec![command("cargo xtask test"), command("ls"), file("rust", None, "fn a() {}\n")],
            ),
        ];
        assert_eq!(sections(PAGE), expected);
    }
}
