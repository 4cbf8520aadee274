//! The web binding's own tests, compiled to WebAssembly and run in Node.

use anyhow::{Context, Result};

use crate::process;
use crate::toolchain::{TARGET, Toolchain};
use crate::workspace::{Build, Workspace};

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    process::cargo(workspace)
        .args(["build", "--quiet", "--locked", "--package", "wasm-test-runner"])
        .run()?;
    // Beside this program, in the profile that both are compiled in.
    let runner = std::env::current_exe()?
        .parent()
        .context("a program has a folder")?
        .join("wasm-test-runner");
    let variable = format!("CARGO_TARGET_{}_RUNNER", TARGET.to_uppercase().replace('-', "_"));
    let toolchain = Toolchain::find(workspace)?;
    // The profile and panic strategy of the shipped modules, so that their dependencies are not
    // compiled again.
    let mut process = toolchain.cargo(workspace, Build::Full).env(&variable, runner).args([
        "test",
        "--release",
        "--package",
        "fieldseal-web",
        "--test",
        "crossing",
    ]);
    process = process.args(toolchain.arguments(workspace, Build::Full));
    if toolchain.builds_std() {
        process = process.arg("-Zpanic-abort-tests");
    }
    process.run()
}
