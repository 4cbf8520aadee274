//! The artefacts of `cargo xtask package`, and their places.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The top of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// The folder of everything built.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// The bytes of an artefact in `target/package`.
///
/// # Errors
/// Says which command makes the artefact when it is not there.
pub fn read(name: &str) -> Result<Vec<u8>> {
    let path = target().join("package").join(name);
    std::fs::read(&path).with_context(|| {
        format!("{} cannot be read: run `cargo xtask package` first", path.display())
    })
}

/// A text of the npm packages that the workspace locks.
///
/// # Errors
/// Says which command installs it when it is not there.
pub fn node_module(path: &str) -> Result<String> {
    let path = workspace().join("js/node_modules").join(path);
    std::fs::read_to_string(&path).with_context(|| {
        format!("{} cannot be read: run `cargo xtask setup` first", path.display())
    })
}

/// A text of the repository.
///
/// # Errors
/// When it cannot be read.
pub fn source(path: &str) -> Result<String> {
    let path = workspace().join(path);
    std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
}
