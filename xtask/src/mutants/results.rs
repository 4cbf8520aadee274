//! Results of mutants, kept in `target/mutants/results/` from one run to the next.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Shard;
use super::judge::Outcome;
use crate::workspace::Workspace;

pub(super) struct Results {
    folder: PathBuf,
    outcomes: BTreeMap<String, Outcome>,
}

impl Results {
    /// Reads the results of this draw; those of another are removed.
    pub(super) fn open(workspace: &Workspace, digest: &str) -> Result<Self> {
        let folder = workspace.target().join("mutants/results");
        let stamp = folder.join("draw");
        if std::fs::read_to_string(&stamp).is_ok_and(|known| known != digest) {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        std::fs::write(&stamp, digest)?;
        let mut outcomes = BTreeMap::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "ndjson") {
                for line in std::fs::read_to_string(&path)?.lines() {
                    let (name, outcome) = read(line).with_context(|| path.display().to_string())?;
                    outcomes.insert(name, outcome);
                }
            }
        }
        Ok(Self { folder, outcomes })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.outcomes.contains_key(name)
    }

    /// Adds one to the file of its shard.
    pub(super) fn add(
        &mut self,
        shard: Shard,
        name: &str,
        outcome: &Outcome,
        seconds: f32,
    ) -> Result<()> {
        let file = self.folder.join(format!("{}-of-{}.ndjson", shard.part, shard.of));
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file)?;
        let by = if let Outcome::Caught(test) = outcome { test.as_str() } else { "" };
        let line = json!({"mutant": name, "outcome": outcome.word(), "by": by, "seconds": seconds});
        writeln!(file, "{line}")?;
        self.outcomes.insert(name.to_owned(), outcome.clone());
        Ok(())
    }

    /// Those of the names that ended so.
    pub(super) fn named<'a>(&self, names: &[&'a str], outcome: &Outcome) -> Vec<&'a str> {
        let ended =
            |name: &&&str| self.outcomes.get(**name).is_some_and(|o| o.word() == outcome.word());
        names.iter().filter(ended).copied().collect()
    }

    /// One line with all counts.
    pub(super) fn summary(&self, names: &[&str], explained: usize) -> String {
        let count = |outcome| self.named(names, &outcome).len();
        let judged = names.iter().filter(|name| self.has(name)).count();
        format!(
            "{} of {} mutants judged: {} caught, {} missed ({explained} explained), {} timed out",
            judged,
            names.len(),
            count(Outcome::Caught(String::new())),
            count(Outcome::Missed),
            count(Outcome::TimedOut),
        )
    }
}

fn read(line: &str) -> Result<(String, Outcome)> {
    let value: Value = serde_json::from_str(line)?;
    let text = |member: &str| {
        value[member].as_str().map(str::to_owned).with_context(|| format!("no `{member}`"))
    };
    let outcome = Outcome::read(&text("outcome")?, text("by")?).context("an unknown outcome")?;
    Ok((text("mutant")?, outcome))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_kept_for_one_draw_and_over_shards() -> Result<()> {
        let root = std::env::temp_dir().join(format!("fieldseal-mutants-{}", std::process::id()));
        let workspace = Workspace::at(&root);
        let mut results = Results::open(&workspace, "one")?;
        results.add(Shard { part: 1, of: 2 }, "a", &Outcome::Caught("t".into()), 1.0)?;
        results.add(Shard { part: 2, of: 2 }, "b", &Outcome::Missed, 2.0)?;
        let results = Results::open(&workspace, "one")?;
        assert!(results.has("a") && results.has("b") && !results.has("c"));
        assert_eq!(results.named(&["a", "b", "c"], &Outcome::Missed), ["b"]);
        assert_eq!(
            results.summary(&["a", "b", "c"], 1),
            "2 of 3 mutants judged: 1 caught, 1 missed (1 explained), 0 timed out"
        );
        assert!(!Results::open(&workspace, "two")?.has("a"));
        Ok(std::fs::remove_dir_all(root)?)
    }
}
