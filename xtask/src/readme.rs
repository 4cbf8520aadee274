//! The README, held to its word: its files are written into empty folders as it says, against the
//! packed artefacts, its commands run there, and they must print what it says.
//!
//! Each section below a heading `##` that has a file is one project in one folder. A block in
//! another language than the shell's is a file; the text before it names the file last, in
//! backticks. Commands are the lines of `sh` blocks and the words in backticks that begin with a
//! program's name; those that run something wait until all files are there. A line that prints says
//! behind `//` what, with `…` for any text, and so does a `text` block behind another block.

mod blocks;
mod crates;
mod project;
mod prose;

use anyhow::{Context as _, Result, ensure};

use crate::arguments::Command;
use crate::sources;
use crate::workspace::Workspace;
use blocks::{Part, Section};
use project::Project;

/// Words of prose, without code and tables.
const MOST_WORDS: usize = 900;

/// Runs every project of the README.
///
/// # Errors
///
/// Fails when a command of the README does, when something else is printed than it says, when a
/// block cannot be run, and when the README is too long.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let readme = sources::read(workspace, "README.md")?;
    let words = prose::words(&readme);
    println!("{words} words of prose (at most {MOST_WORDS})");
    let crates = crates::pack(workspace)?;
    let base = std::env::temp_dir().join(format!("fieldseal-readme-{}", std::process::id()));
    std::fs::create_dir_all(base.join(".cargo"))?;
    std::fs::write(base.join(".cargo/config.toml"), crates.configuration())?;
    let outcome = run_sections(workspace, &readme, &base, &crates);
    std::fs::remove_dir_all(&base)?;
    let projects = outcome?;
    println!("{projects} projects of the README do what it says");
    ensure!(words <= MOST_WORDS, "the README has {words} words, {MOST_WORDS} are enough");
    Ok(())
}

fn run_sections(
    workspace: &Workspace,
    readme: &str,
    base: &std::path::Path,
    crates: &crates::Crates,
) -> Result<usize> {
    let mut projects = 0;
    for section in blocks::sections(readme) {
        check_own_commands(&section)?;
        if !section.has_files() {
            continue;
        }
        projects += 1;
        let folder = base.join(format!("project-{projects}"));
        std::fs::create_dir(&folder)?;
        println!("{}", section.title);
        Project::new(workspace, folder, crates)
            .follow(&section)
            .with_context(|| format!("in the README, {}", section.title))?;
    }
    // One for each of the languages that it is written for.
    ensure!(projects >= 2, "the README has {projects} projects");
    Ok(projects)
}

/// Commands of this program exist.
fn check_own_commands(section: &Section) -> Result<()> {
    for part in &section.parts {
        let Part::Command(line) = part else { continue };
        if let Some(arguments) = line.strip_prefix("cargo xtask") {
            Command::parse(arguments.split_whitespace().map(Into::into))
                .with_context(|| format!("the README says `{line}`"))?;
        }
    }
    Ok(())
}
