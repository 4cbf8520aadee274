//! The core as it would be published: packed by cargo, unpacked again, in the place of a registry.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

/// The unpacked crates.
pub(super) struct Crates {
    /// Names with their folders.
    folders: Vec<(String, PathBuf)>,
}

impl Crates {
    /// The folder of the crate that users name.
    pub(super) fn facade(&self) -> Result<&PathBuf> {
        let facade = self.folders.iter().find(|(name, _)| name == "fieldseal");
        Ok(&facade.context("cargo packed no `fieldseal`")?.1)
    }

    /// Text for cargo's configuration that puts them in the place of a registry's.
    pub(super) fn configuration(&self) -> String {
        self.folders.iter().fold("[patch.crates-io]\n".to_owned(), |mut text, (name, folder)| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name} = {{ path = '{}' }}", folder.display());
            text
        })
    }
}

/// Packs the core and all of this workspace that it needs into `target/crates/`.
pub(super) fn pack(workspace: &Workspace) -> Result<Crates> {
    let target = workspace.target().join("crates");
    let packed = target.join("package");
    if packed.exists() {
        std::fs::remove_dir_all(&packed)?;
    }
    let packages = needed(workspace)?;
    let options = ["package", "--quiet", "--offline", "--allow-dirty", "--no-verify"];
    process::cargo(workspace)
        .args(options)
        .args(["--exclude-lockfile", "--target-dir"])
        .arg(&target)
        .args(packages.iter().flat_map(|(name, _)| ["--package", name]))
        .run()?;
    let mut folders = Vec::new();
    for (name, version) in packages {
        let file = format!("{name}-{version}.crate");
        // With the times of now: a package has fixed ones, by which cargo would not see a change.
        process::program("tar", &packed).args(["-xmzf", &file]).run()?;
        folders.push((name.clone(), packed.join(format!("{name}-{version}"))));
    }
    Ok(Crates { folders })
}

/// Names and versions of the packages that the core is made of.
fn needed(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let metadata: Value =
        serde_json::from_str(&process::cargo(workspace).args(arguments).output()?)?;
    let packages = metadata["packages"].as_array().context("cargo lists no packages")?;
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open = vec!["fieldseal".to_owned()];
    while let Some(name) = open.pop() {
        let package = packages.iter().find(|package| package["name"] == name.as_str());
        let Some(package) = package.filter(|_| !found.iter().any(|(known, _)| *known == name))
        else {
            continue;
        };
        let needs = package["dependencies"].as_array().into_iter().flatten();
        let product = needs.filter(|needs| needs["kind"].is_null());
        open.extend(product.filter_map(|needs| needs["name"].as_str().map(str::to_owned)));
        found.push((name, package["version"].as_str().unwrap_or_default().to_owned()));
    }
    Ok(found)
}
