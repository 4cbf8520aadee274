//! Audits: what we depend on, by cargo-deny, and what we promised, by cargo-semver-checks.

use anyhow::Result;

use crate::process::{self, Process};
use crate::tools::Tool;
use crate::workspace::Workspace;

/// Unoptimised, which is compiled in a third of the time and checks within seconds.
const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", options: &["--debug"] };

const CARGO_SEMVER_CHECKS: Tool =
    Tool { name: "cargo-semver-checks", version: "0.51.0", options: &[] };

fn deny(workspace: &Workspace) -> Result<Process> {
    Ok(process::program(CARGO_DENY.program(workspace)?, workspace.root()))
}

/// Bans, licences and sources by `deny.toml`, without a network.
pub(crate) fn dependencies(workspace: &Workspace) -> Result<()> {
    deny(workspace)?
        .args(["--offline", "--locked", "--all-features", "check"])
        .args(["--hide-inclusion-graph", "bans", "licenses", "sources"])
        .run()
}

/// Known faults of dependencies, where the database can be fetched.
pub(crate) fn advisories(workspace: &Workspace) -> Result<()> {
    if let Err(error) = deny(workspace)?.args(["fetch", "db"]).output() {
        println!("NOT RUN: the database of advisories cannot be fetched here\n{error:#}");
        return Ok(());
    }
    deny(workspace)?
        .args(["--locked", "--all-features", "check", "--disable-fetch", "advisories"])
        .run()
}

/// The public names of the core against the last release.
pub(crate) fn semver(workspace: &Workspace) -> Result<()> {
    let tag = process::program("git", workspace.root())
        .args(["describe", "--tags", "--abbrev=0", "--match", "v*"])
        .output();
    let Ok(tag) = tag else {
        println!("NOT RUN: there is no tag `v*` yet, so nothing was promised");
        return Ok(());
    };
    process::program(CARGO_SEMVER_CHECKS.program(workspace)?, workspace.root())
        .args(["semver-checks", "--package", "fieldseal", "--baseline-rev", &tag])
        .run()
}
