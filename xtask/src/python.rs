//! The Python side: packages from PyPI, each list in a folder of its own below `target/`, and the peer of the benchmarks.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Installs what the list names into the folder, unless it is there.
pub(crate) fn install(workspace: &Workspace, list: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        return Ok(());
    }
    // Where pip breaks off, nothing is left that looks ready.
    let mut fetched = folder.as_os_str().to_owned();
    fetched.push("-fetched");
    let fetched = PathBuf::from(fetched);
    let options = ["--no-compile", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--quiet", "--root-user-action=ignore"];
    process::program("python3", workspace.root()).args(["-m", "pip", "install", "--target"]).arg(&fetched).args(options).arg("-r").arg(list).run()?;
    std::fs::rename(&fetched, folder)?;
    Ok(())
}

/// The native core against the package `cryptography`, in turns.
pub(crate) fn peer(workspace: &Workspace) -> Result<()> {
    let (benches, packages) = (workspace.root().join("core/benches"), workspace.target().join("python-bench"));
    install(workspace, &benches.join("requirements.txt"), &packages)?;
    let program = workspace.target().join("release/examples/native_rounds");
    process::program("python3", &benches).env("PYTHONPATH", &packages).arg("peer_values.py").arg(program).run()
}
