//! A copy of the repository whose core holds all drawn faults, and its test programs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::draw::Drawn;
use super::edits::{self, Edit};
use super::rooms::PROGRAMS;
use crate::process;
use crate::sources;
use crate::workspace::Workspace;

/// The root of the core, which gets the switch.
const ROOT: &str = "core/src/lib.rs";

/// Says which fault is awake.
const SWITCH: &str = "
#[doc(hidden)]
pub(crate) mod mutation {
    use std::sync::LazyLock;

    static NUMBER: LazyLock<usize> = LazyLock::new(|| {
        let number = std::env::var(\"FIELDSEAL_MUTANT\").ok();
        number.and_then(|number| number.parse().ok()).unwrap_or(usize::MAX)
    });

    pub(crate) fn is(number: usize) -> bool {
        *NUMBER == number
    }
}
";

/// Rounds of compiling in which faults may turn out not to compile.
const ROUNDS: usize = 8;

/// The test programs, and the folder in which cargo would run them.
pub(super) struct Programs {
    pub(super) folder: PathBuf,
    paths: BTreeMap<String, PathBuf>,
}

impl Programs {
    pub(super) fn path(&self, name: &str) -> Result<&PathBuf> {
        self.paths.get(name).with_context(|| format!("no test program `{name}`"))
    }
}

/// Where each fault lies in its file of the copy.
type Ranges = BTreeMap<String, Vec<(usize, Range<usize>)>>;

/// Builds the copy; faults that the compiler refuses are drawn anew.
pub(super) fn build(workspace: &Workspace, drawn: &mut Drawn) -> Result<Programs> {
    let copy = workspace.target().join("mutants/source");
    for _ in 0..ROUNDS {
        let ranges = write(workspace, &copy, drawn)?;
        let messages = cargo(workspace, &copy, "check --lib")?;
        let unviable = unviable(&messages, &ranges)?;
        if unviable.is_empty() {
            println!("building the mutants");
            let [_, integration] = PROGRAMS;
            let programs = format!("test --no-run --lib --test {integration}");
            return self::programs(&cargo(workspace, &copy, &programs)?, &copy);
        }
        drawn.replace(&unviable)?;
    }
    bail!("faults that do not compile were drawn {ROUNDS} times")
}

/// Copies all that git tracks, and what tests read besides; files that are the same stay untouched,
/// so that cargo compiles little.
fn write(workspace: &Workspace, copy: &Path, drawn: &Drawn) -> Result<Ranges> {
    let mut ranges = Ranges::new();
    for file in sources::tracked(workspace)? {
        let edits: Vec<(usize, &Edit)> = drawn
            .mutants
            .iter()
            .enumerate()
            .filter(|(_, mutant)| mutant.file == file)
            .map(|(number, mutant)| (number, &mutant.site.edit))
            .collect();
        let from = workspace.root().join(&file);
        let mut bytes = std::fs::read(&from).with_context(|| format!("cannot read {file}"))?;
        if !edits.is_empty() {
            let (text, places) = edits::render(&String::from_utf8(bytes)?, &edits);
            bytes = text.into_bytes();
            ranges.insert(file.clone(), places);
        }
        if file == ROOT {
            bytes.extend(SWITCH.as_bytes());
        }
        let to = copy.join(&file);
        if std::fs::read(&to).is_ok_and(|known| known == bytes) {
            continue;
        }
        std::fs::create_dir_all(to.parent().unwrap_or(copy))?;
        std::fs::write(&to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    }
    remove_others(workspace, copy)?;
    // Tests write there.
    std::fs::create_dir_all(copy.join("target"))?;
    for folder in ["target/oracle", "target/vectors", "js/node_modules"] {
        lend(&workspace.root().join(folder), &copy.join(folder))?;
    }
    Ok(ranges)
}

/// Removes sources of the core that are no longer there.
fn remove_others(workspace: &Workspace, copy: &Path) -> Result<()> {
    let known: BTreeSet<String> = sources::tracked(workspace)?.into_iter().collect();
    let mut folders = vec![copy.join("core")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.strip_prefix(copy).unwrap_or(&path).to_string_lossy().into_owned();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if name.ends_with(".rs") && !known.contains(&name) {
                std::fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}

/// Files that tests read and no git tracks, as a copy: a fault must not write into the original.
fn lend(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() || to.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(to.parent().unwrap_or(to))?;
    process::program("cp", from).args(["-a", "--reflink=auto", "."]).arg(to).run()
}

/// Runs cargo for the core; what it says, as lines of JSON.
fn cargo(workspace: &Workspace, copy: &Path, command: &str) -> Result<Vec<Value>> {
    let log = workspace.target().join("mutants/build.json");
    let process = process::program("sh", copy)
        .without_cargo_environment()
        .env("RUSTFLAGS", "-Awarnings")
        .env("CARGO_TARGET_DIR", workspace.target().join("mutants/build"))
        .arg("-c")
        .arg(format!(
            "cargo {command} --locked --offline --message-format=json --package fieldseal > '{}'",
            log.display()
        ));
    let complaints = process.output();
    let text = std::fs::read_to_string(&log)?;
    let messages: Vec<Value> =
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let explained = messages.iter().any(is_error);
    match complaints {
        Err(error) if !explained => Err(error),
        _ => Ok(messages),
    }
}

fn is_error(message: &Value) -> bool {
    message["reason"] == "compiler-message" && message["message"]["level"] == "error"
}

/// The numbers of the faults at which the compiler found an error.
fn unviable(messages: &[Value], ranges: &Ranges) -> Result<Vec<usize>> {
    let mut found = BTreeSet::new();
    for message in messages.iter().filter(|message| is_error(message)) {
        let spans = message["message"]["spans"].as_array().into_iter().flatten();
        let at = spans.filter_map(|span| {
            let file = span["file_name"].as_str()?;
            let offset = |name: &str| usize::try_from(span[name].as_u64()?).ok();
            let place = offset("byte_start")?..offset("byte_end")?;
            edits::around(ranges.get(file)?, &place)
        });
        let at: Vec<usize> = at.collect();
        let text = message["message"]["rendered"].as_str().unwrap_or_default();
        // The last message only counts the others.
        let counts = text.contains("aborting due to");
        ensure!(
            counts || !at.is_empty(),
            "the copy does not compile, and no fault is why:\n{text}"
        );
        found.extend(at);
    }
    Ok(found.into_iter().collect())
}

fn programs(messages: &[Value], copy: &Path) -> Result<Programs> {
    let mut paths = BTreeMap::new();
    for message in messages.iter().filter(|message| message["reason"] == "compiler-artifact") {
        let name = message["target"]["name"].as_str().unwrap_or_default();
        let Some(path) = message["executable"].as_str() else { continue };
        paths.insert(name.to_owned(), PathBuf::from(path));
    }
    let folder = copy.join("core");
    for name in PROGRAMS {
        ensure!(paths.contains_key(name), "cargo built no test program `{name}`");
    }
    Ok(Programs { folder, paths })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_laid_to_the_fault_around_it() -> Result<()> {
        let ranges = Ranges::from([("a.rs".to_owned(), vec![(3, 0..50), (4, 10..20)])]);
        let error = |file: &str, start: usize| {
            serde_json::json!({"reason": "compiler-message", "message": {"level": "error",
                "rendered": "mismatched types",
                "spans": [{"file_name": file, "byte_start": start, "byte_end": start + 2}]}})
        };
        assert_eq!(unviable(&[error("a.rs", 12), error("a.rs", 30)], &ranges)?, [3, 4]);
        assert!(unviable(&[error("a.rs", 60)], &ranges).is_err());
        assert!(unviable(&[error("b.rs", 12)], &ranges).is_err());
        Ok(())
    }
}
