//! The Python side: packages from the list, and the scripts of others' libraries that tests compare with.

use std::path::PathBuf;

use anyhow::Result;

use crate::process::{self, Process};
use crate::sums::sha256;
use crate::workspace::Workspace;

/// `python3` in `js/`, with the packages of `oracle/requirements.txt`, which are fetched when the list changed since the last time.
pub(crate) fn python(workspace: &Workspace) -> Result<Process> {
    let folder = packages(workspace)?;
    Ok(process::program("python3", &workspace.js()).env("PYTHONPATH", &folder))
}

fn packages(workspace: &Workspace) -> Result<PathBuf> {
    let state = sha256(&std::fs::read(workspace.js().join("oracle/requirements.txt"))?);
    let target = workspace.root().join("target/oracle");
    let (folder, stamp) = (target.join("python"), target.join("python-stamp"));
    if folder.exists() && std::fs::read_to_string(&stamp).is_ok_and(|done| done == state) {
        return Ok(folder);
    }
    // Where pip breaks off, nothing is left that looks ready.
    let fetched = target.join("python-fetched");
    for old in [&fetched, &folder].into_iter().filter(|old| old.exists()) {
        std::fs::remove_dir_all(old)?;
    }
    let options = ["--no-compile", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--quiet", "--root-user-action=ignore"];
    let list = ["-r", "oracle/requirements.txt"];
    process::program("python3", &workspace.js()).args(["-m", "pip", "install", "--target"]).arg(&fetched).args(options).args(list).run()?;
    std::fs::rename(&fetched, &folder)?;
    std::fs::write(stamp, state)?;
    Ok(folder)
}

/// When retention periods end, by another calendar, for the core's tests: written once for each state of the script.
pub(crate) fn retention(workspace: &Workspace) -> Result<()> {
    let mut sources = std::fs::read(workspace.js().join("oracle/requirements.txt"))?;
    sources.extend(std::fs::read(workspace.js().join("oracle/retention.py"))?);
    let state = sha256(&sources);
    let folder = workspace.root().join("target/oracle");
    let stamp = folder.join("retention-stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == state) {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)?;
    python(workspace)?.args(["oracle/retention.py"]).arg(folder.join("retention.ndjson")).run()?;
    std::fs::write(stamp, state)?;
    Ok(())
}
