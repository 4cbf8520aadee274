//! Hostile input for the core, made by libFuzzer: each target of `core/fuzz` in turn.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::process;
use crate::seeds;
use crate::tools::Tool;
use crate::workspace::Workspace;

/// Builds the targets. Any version would do; a pinned one gives everybody the same flags.
const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2", options: &[] };

/// A target of `core/fuzz`, and the dictionary that it is given.
const TARGETS: [(&str, &str); 4] =
    [("tape", "json"), ("policy", "schema"), ("resolve", "schema"), ("envelope", "envelope")];

/// Longer inputs are slower, and find little more.
const LONGEST: &str = "-max_len=4096";

/// One input that takes as many seconds, or the process as many megabytes, is a finding: what
/// hostile input costs has a bound.
const BOUNDS: [&str; 2] = ["-timeout=10", "-rss_limit_mb=1024"];

/// Builds the targets and lets each run so many seconds.
pub(crate) fn run(workspace: &Workspace, seconds: u32) -> Result<()> {
    let project = workspace.root().join("core/fuzz");
    let manifest = project.join("Cargo.toml");
    process::cargo(workspace)
        .args(["fetch", "--quiet", "--locked", "--manifest-path"])
        .arg(&manifest)
        .run()?;
    process::cargo(workspace)
        .args(["test", "--quiet", "--locked", "--lib", "--manifest-path"])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(folder(workspace).join("build"))
        .run()?;
    let programs = build(workspace, &project)?;
    seeds::write(workspace, &folder(workspace).join("seeds"))?;
    let mut findings = Vec::new();
    for (target, dictionary) in TARGETS {
        println!("== {target}, {seconds} s");
        let run = Run { folder: &folder(workspace), project: &project, target };
        let log = run.log(workspace, &programs, dictionary, seconds)?;
        println!("{target}: {}", log.summary());
        findings.extend(log.finding.map(|input| format!("{target}: {}", input.display())));
    }
    println!("{} passed, {} failed", TARGETS.len() - findings.len(), findings.len());
    ensure!(
        findings.is_empty(),
        "{}\ngive such a file to its program in {} to see it again",
        findings.join("\n"),
        programs.display()
    );
    Ok(())
}

/// All that fuzzing leaves behind.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target().join("fuzz")
}

/// The targets as programs; their folder. Without a sanitizer a stable compiler will do, and it is
/// twice as fast: the core has no `unsafe`.
fn build(workspace: &Workspace, project: &Path) -> Result<PathBuf> {
    let tool = CARGO_FUZZ.program(workspace)?;
    let version = process::program("rustc", workspace.root()).arg("-vV").output()?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("the compiler does not tell its host")?;
    let into = folder(workspace).join("build");
    let options = ["--sanitizer", "none", "--target", host, "--target-dir"];
    process::program(tool, workspace.root())
        .args(["build", "--fuzz-dir"])
        .arg(project)
        .args(options)
        .arg(&into)
        .run()?;
    Ok(into.join(host).join("release"))
}

/// One target's turn.
struct Run<'a> {
    folder: &'a Path,
    project: &'a Path,
    target: &'a str,
}

impl Run<'_> {
    /// Begins with what earlier turns kept, the committed corpus, the seeds, and findings, which
    /// are met first until they are mended.
    fn log(
        &self,
        workspace: &Workspace,
        programs: &Path,
        dictionary: &str,
        seconds: u32,
    ) -> Result<Log> {
        let [kept, findings, logs] =
            ["corpus", "findings", "log"].map(|name| self.folder.join(name));
        let [kept, findings] = [kept, findings].map(|folder| folder.join(self.target));
        for folder in [&kept, &findings, &logs] {
            std::fs::create_dir_all(folder)?;
        }
        let log = logs.join(self.target).with_extension("txt");
        let dictionary = self.project.join("dictionaries").join(dictionary).with_extension("dict");
        let ended_well = process::program(programs.join(self.target), workspace.root())
            .args([
                &kept,
                &self.project.join("corpus").join(self.target),
                &self.folder.join("seeds").join(self.target),
                &findings,
            ])
            .args([format!("-max_total_time={seconds}"), format!("-dict={}", dictionary.display())])
            .arg(format!("-artifact_prefix={}/", findings.display()))
            .args(["-print_final_stats=1", LONGEST])
            .args(BOUNDS)
            .log(&log)?;
        let read = Log::read(&String::from_utf8_lossy(&std::fs::read(&log)?));
        if !ended_well && read.finding.is_none() {
            bail!("{} ended without saying why: {}", self.target, log.display());
        }
        Ok(read)
    }
}

/// What libFuzzer says at the end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Log {
    executions: u64,
    a_second: u64,
    added: u64,
    /// The first complaint.
    complaint: Option<String>,
    /// Where the input lies that ended it.
    finding: Option<PathBuf>,
}

impl Log {
    fn read(text: &str) -> Self {
        let mut log = Log::default();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let number = |value: &str| value.trim().parse().unwrap_or(0);
            if let Some((_, path)) = line.split_once("Test unit written to ") {
                log.finding = Some(path.into());
            } else if line.contains("panicked at ") {
                log.complaint = log
                    .complaint
                    .or_else(|| lines.next().map(|message| message.chars().take(500).collect()));
            } else if let Some((name, value)) =
                line.strip_prefix("stat::").and_then(|line| line.split_once(':'))
            {
                match name {
                    "number_of_executed_units" => log.executions = number(value),
                    "average_exec_per_sec" => log.a_second = number(value),
                    "new_units_added" => log.added = number(value),
                    _ => {}
                }
            }
        }
        log
    }

    fn summary(&self) -> String {
        let Log { executions, a_second, added, .. } = self;
        let end = match (&self.finding, &self.complaint) {
            (None, _) => "no finding".to_owned(),
            (Some(_), None) => "1 FINDING".to_owned(),
            (Some(_), Some(complaint)) => format!("1 FINDING: {complaint}"),
        };
        format!(
            "{executions} executions, {a_second} a second, {added} inputs new to the corpus, {end}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Log, TARGETS};
    use crate::workspace::Workspace;

    #[test]
    fn the_end_of_a_turn_is_understood() {
        let stats = "Done 12 runs in 3 second(s)\nstat::number_of_executed_units: 12\nstat::average_exec_per_sec:     4\nstat::new_units_added:          1\n";
        assert_eq!(
            Log::read(stats).summary(),
            "12 executions, 4 a second, 1 inputs new to the corpus, no finding"
        );
        let crash = format!(
            "thread '<unnamed>' (7) panicked at a.rs:1:2:\nleft != right\nSUMMARY: x\nartifact_prefix='f/'; Test unit written to f/crash-1\n{stats}"
        );
        let log = Log::read(&crash);
        assert_eq!(log.finding.as_deref(), Some("f/crash-1".as_ref()));
        assert!(log.summary().ends_with("1 FINDING: left != right"), "{}", log.summary());
    }

    #[test]
    fn every_target_has_its_program_corpus_and_dictionary() -> anyhow::Result<()> {
        let project = Workspace::here().root().join("core/fuzz");
        let manifest = std::fs::read_to_string(project.join("Cargo.toml"))?;
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
        for (target, dictionary) in TARGETS {
            assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
            assert!(
                std::fs::read_dir(project.join("corpus").join(target))?.count() > 5,
                "{target}"
            );
            assert!(
                project.join("dictionaries").join(dictionary).with_extension("dict").exists(),
                "{dictionary}"
            );
        }
        Ok(())
    }
}
