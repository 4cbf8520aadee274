//! Reproducibility: two builds in two folders give the same bytes.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{modules, package, process};

pub(crate) fn two_folders(workspace: &Workspace) -> Result<()> {
    let base = std::env::temp_dir().join(format!("fieldseal-verify-{}", std::process::id()));
    // Unlike in length too: a path that leaks changes offsets, not only letters.
    let folders = [base.join("one"), base.join("another/and/deeper")];
    let sums = folders.iter().map(|folder| build_in(workspace, folder)).collect::<Result<Vec<_>>>();
    std::fs::remove_dir_all(&base).ok();
    let sums = sums?;
    let different: Vec<_> = sums[0]
        .lines()
        .zip(sums[1].lines())
        .filter(|(one, other)| one != other)
        .map(|(one, _)| one)
        .collect();
    print!("{}", sums[0]);
    if sums[0] != sums[1] {
        bail!("these differ between two folders:\n{}", different.join("\n"));
    }
    println!("{} files agree between two folders", sums[0].lines().count());
    Ok(())
}

/// Builds a copy of the tracked files, with the node modules of the original, and returns its sums.
fn build_in(workspace: &Workspace, folder: &Path) -> Result<String> {
    println!("building in {}", folder.display());
    let tracked = process::program("git", workspace.root()).args(["ls-files", "-z"]).output()?;
    for name in tracked.split('\0').filter(|name| !name.is_empty()) {
        let to = folder.join(name);
        std::fs::create_dir_all(to.parent().unwrap_or(folder))?;
        std::fs::copy(workspace.root().join(name), &to)
            .with_context(|| format!("copying {name}"))?;
    }
    let modules: PathBuf = folder.join("js/node_modules");
    std::os::unix::fs::symlink(workspace.js().join("node_modules"), modules)?;
    let copy = Workspace::at(folder);
    modules::build(&copy)?;
    package::collect(&copy)?;
    Ok(std::fs::read_to_string(copy.package().join("SHA256SUMS"))?)
}
