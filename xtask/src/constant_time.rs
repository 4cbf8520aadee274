//! The cryptography under valgrind, with secrets that count as undefined.

use anyhow::{Context as _, Result};

use crate::process;
use crate::toolchain;
use crate::workspace::Workspace;

const PACKAGE: &str = "fieldseal-constant-time";

/// Installs valgrind where it is missing.
pub(crate) fn setup(workspace: &Workspace) -> Result<()> {
    if let Ok(version) = process::program("valgrind", workspace.root()).arg("--version").output() {
        println!("{version}");
        return Ok(());
    }
    toolchain::apt_install(workspace, &["valgrind"])
}

/// Compiles the program as releases are compiled, and runs it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    process::cargo(workspace)
        .args(["build", "--quiet", "--locked", "--release", "--package", PACKAGE])
        .run()?;
    let report = workspace.target().join("constant-time.log");
    process::program("valgrind", workspace.root())
        .args(["--quiet", "--error-limit=no"])
        .arg(format!("--log-file={}", report.display()))
        .arg(workspace.target().join("release").join(PACKAGE))
        .run()
        .with_context(|| format!("{} names the places", report.display()))
}
