//! Keeps evidence of the calls: a verdict a line, an access record a line.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use host_tests::artefacts;
use serde::Deserialize;

use crate::screen::{headline, say};

/// The members of a verdict that the demo reads.
pub(crate) struct Verdict {
    pub(crate) level: String,
    pub(crate) codes: Vec<String>,
    /// Envelopes where none had to be: a payload that does not fit its schema is sealed wherever it
    /// may be marked.
    pub(crate) near_misses: usize,
    /// All other faults.
    pub(crate) faults: usize,
}

#[derive(Deserialize)]
struct RawVerdict {
    level: String,
    codes: Vec<String>,
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    code: String,
}

#[derive(Deserialize)]
struct RawAccess {
    withheld: Vec<Count>,
}

#[derive(Deserialize)]
struct Count {
    count: usize,
}

/// The two files in `target/demo`.
pub(crate) struct Report {
    verdicts: (PathBuf, BufWriter<File>, usize),
    accesses: (PathBuf, BufWriter<File>, usize),
}

impl Report {
    pub(crate) fn create() -> Result<Report> {
        let folder = artefacts::target().join("demo");
        std::fs::create_dir_all(&folder)?;
        let file = |name: &str| -> Result<_> {
            Ok((folder.join(name), BufWriter::new(File::create(folder.join(name))?), 0))
        };
        Ok(Report { verdicts: file("verdicts.jsonl")?, accesses: file("access.jsonl")? })
    }

    /// Keeps a verdict and reads it.
    pub(crate) fn verdict(&mut self, record: &str, text: &str) -> Result<Verdict> {
        writeln!(self.verdicts.1, "{{\"record\":\"{record}\",\"verdict\":{text}}}")?;
        self.verdicts.2 += 1;
        let RawVerdict { level, codes, faults } = serde_json::from_str(text)?;
        let near_misses = faults.iter().filter(|fault| fault.code == "near-miss").count();
        Ok(Verdict { level, codes, near_misses, faults: faults.len() - near_misses })
    }

    /// Keeps an access record and tells how many values it says were withheld.
    pub(crate) fn access(&mut self, record: &str, text: &str) -> Result<usize> {
        writeln!(self.accesses.1, "{{\"record\":\"{record}\",\"access\":{text}}}")?;
        self.accesses.2 += 1;
        Ok(serde_json::from_str::<RawAccess>(text)?.withheld.iter().map(|entry| entry.count).sum())
    }

    /// Says where everything is.
    pub(crate) fn finish(self) -> Result<()> {
        headline("Evidence");
        for ((path, mut file, lines), what) in
            [(self.verdicts, "verdicts"), (self.accesses, "access records")]
        {
            file.flush()?;
            let path =
                path.strip_prefix(artefacts::workspace()).map(Path::to_owned).unwrap_or(path);
            say(&format!("{lines:>6} {what} in {}", path.display()));
        }
        Ok(())
    }
}
