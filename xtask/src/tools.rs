//! Programs of others that cargo compiles once, of pinned versions, into `target/tools/`, where
//! nobody else's are.

use std::path::PathBuf;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// A package of crates.io with a program of its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// Further arguments of `cargo install`.
    pub(crate) options: &'static [&'static str],
}

impl Tool {
    /// The program, installed unless it is there.
    pub(crate) fn program(&self, workspace: &Workspace) -> Result<PathBuf> {
        let root = workspace.target().join("tools");
        let program = root.join("bin").join(self.name);
        let version = process::program(&program, workspace.root()).arg("--version").output();
        if !version.is_ok_and(|version| version == format!("{} {}", self.name, self.version)) {
            println!("installing {} {}", self.name, self.version);
            let begun = std::time::Instant::now();
            process::cargo(workspace)
                .args(["install", "--quiet", "--locked", "--force", self.name])
                .args(["--version", self.version])
                .args(self.options)
                .arg("--root")
                .arg(&root)
                .run()?;
            println!("installed {} in {:.0} s", self.name, begun.elapsed().as_secs_f32());
        }
        Ok(program)
    }
}
