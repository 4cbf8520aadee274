//! Reads what other registries publish: npm packages that `js/package.json` names, and what the
//! scripts of `js/oracle` make with npm and PyPI packages. `cargo xtask test` fetches and makes
//! both before it runs the tests of this crate, which is why a plain `cargo test` leaves it out.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// Returns the bytes of a file in an npm package.
///
/// # Panics
/// Panics if the file is missing, and names the command that brings it.
#[must_use]
pub fn npm(path: &str) -> Vec<u8> {
    let path = workspace().join("js/node_modules").join(path);
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask setup`", path.display()))
}

/// Opens a file that a script of `js/oracle`, or the second implementation of the envelope, wrote.
///
/// # Panics
/// Panics if the file is missing, and names the command that writes it.
#[must_use]
pub fn oracle(name: &str) -> BufReader<File> {
    let path = oracle_folder().join(name);
    let file = File::open(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo xtask test` has it written", path.display())
    });
    BufReader::new(file)
}

/// Returns the folder that the scripts of `js/oracle` share with the tests.
#[must_use]
pub fn oracle_folder() -> PathBuf {
    workspace().join("target/oracle")
}

/// Returns the overlay that marks GitHub's webhooks.
#[must_use]
pub fn webhooks_overlay() -> &'static str {
    include_str!("../../../tests/data/webhooks-overlay.json")
}

/// Returns the path of one of the files in `core/tests/data/real`.
#[must_use]
pub fn real(name: &str) -> PathBuf {
    workspace().join("core/tests/data/real").join(name)
}
