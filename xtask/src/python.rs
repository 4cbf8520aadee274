//! The Python side: packages from PyPI, each list in a folder of its own below `target/`, and the
//! scripts of others' libraries that tests compare with.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process::{self, Process};
use crate::sums::sha256;
use crate::workspace::Workspace;

/// Installs what the list names into the folder, unless it is there from this very list.
fn install(workspace: &Workspace, list: &Path, folder: &Path) -> Result<()> {
    let beside = |ending: &str| {
        let mut name = folder.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let state = sha256(&std::fs::read(list)?);
    let (fetched, stamp) = (beside("-fetched"), beside("-stamp"));
    if folder.exists() && std::fs::read_to_string(&stamp).is_ok_and(|done| done == state) {
        return Ok(());
    }
    // Where pip breaks off, nothing is left that looks ready.
    for old in [fetched.as_path(), folder].into_iter().filter(|old| old.exists()) {
        std::fs::remove_dir_all(old)?;
    }
    let options = [
        "--no-compile",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--disable-pip-version-check",
        "--quiet",
        "--root-user-action=ignore",
    ];
    process::program("python3", workspace.root())
        .args(["-m", "pip", "install", "--target"])
        .arg(&fetched)
        .args(options)
        .arg("-r")
        .arg(list)
        .run()?;
    std::fs::rename(&fetched, folder)?;
    std::fs::write(stamp, state)?;
    Ok(())
}

/// `python3` in `js/`, with the packages of `oracle/requirements.txt`.
pub(crate) fn python(workspace: &Workspace) -> Result<Process> {
    let folder = workspace.root().join("target/oracle/python");
    install(workspace, &workspace.js().join("oracle/requirements.txt"), &folder)?;
    Ok(process::program("python3", &workspace.js()).env("PYTHONPATH", &folder))
}

/// `python3` in `core/conformance/`, with the packages of its `requirements.txt`.
pub(crate) fn conformance(workspace: &Workspace) -> Result<Process> {
    let conformance = workspace.root().join("core/conformance");
    let folder = workspace.root().join("target/oracle/python-envelope");
    install(workspace, &conformance.join("requirements.txt"), &folder)?;
    Ok(process::program("python3", &conformance).env("PYTHONPATH", &folder))
}

/// When retention periods end, by another calendar, for the core's tests: written once for each
/// state of the script.
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
