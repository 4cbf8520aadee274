//! The peer of one value: MongoDB's client-side encryption for Node, in `target/mongodb/`.
//!
//! Its package fetches a finished addon from elsewhere when it is installed, which not every
//! machine may, and no package's install script runs here. So its own sources are compiled, against
//! the library of the same name that its publisher ships for Python: built as the one for Node is,
//! without cryptography of its own, since the addon lends it OpenSSL out of Node.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::npm;
use crate::process::{self, Process};
use crate::workspace::Workspace;

const PACKAGES: [&str; 2] = ["mongodb@7.9.0", "mongodb-client-encryption@7.2.1"];

/// With libmongocrypt 1.20, for which that addon was written.
const LIBRARY: &str = "pymongocrypt==1.20.0";

/// Measures against it, or says why that cannot be.
pub(crate) fn bench(workspace: &Workspace) -> Result<()> {
    let folder = workspace.target().join("mongodb");
    match set_up(workspace, &folder) {
        Ok(()) => ["fieldseal", "fieldseal/lite"]
            .into_iter()
            .try_for_each(|build| npm::node(workspace).args(["bench/mongodb.mjs", build]).run()),
        Err(error) => {
            println!("left out, since the peer cannot be had on this machine: {error:#}");
            Ok(())
        }
    }
}

/// Installs and builds it, unless that was done.
fn set_up(workspace: &Workspace, folder: &Path) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "it is only set up for Linux");
    let (stamp, state) = (
        folder.join("stamp"),
        format!("{PACKAGES:?} {LIBRARY} {}", npm::node(workspace).arg("--version").output()?),
    );
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == state) {
        return Ok(());
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
    process::program("npm", folder)
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .args(PACKAGES)
        .output()
        .context("npm")?;
    let python = folder.join("python");
    let options = [
        "--no-deps",
        "--only-binary",
        ":all:",
        "--disable-pip-version-check",
        "--quiet",
        "--root-user-action=ignore",
    ];
    process::program("python3", folder)
        .args(["-m", "pip", "install", "--target"])
        .arg(&python)
        .args(options)
        .arg(LIBRARY)
        .output()
        .context("pip")?;
    build(workspace, folder, &python.join("pymongocrypt"))?;
    Ok(std::fs::write(stamp, state)?)
}

/// What `node-gyp` would do, without downloading Node's headers again.
fn build(workspace: &Workspace, folder: &Path, library: &Path) -> Result<()> {
    let modules = folder.join("node_modules");
    let package = modules.join("mongodb-client-encryption");
    let (includes, release) = (package.join("deps/include"), package.join("build/Release"));
    for folder in [&includes.join("mongocrypt"), &release] {
        std::fs::create_dir_all(folder)?;
    }
    let binding = std::fs::read_to_string(library.join("binding.py"))?;
    std::fs::write(
        includes.join("mongocrypt/mongocrypt.h"),
        header(&binding).context("its Python binding declares nothing")?,
    )?;
    std::fs::copy(library.join("libmongocrypt.so"), release.join("libmongocrypt.so.0"))?;
    compiler(&package)
        .args([
            "-O3",
            "-std=c++17",
            "-fPIC",
            "-shared",
            "-DNAPI_VERSION=9",
            "-DNODE_GYP_MODULE_NAME=mongocrypt",
        ])
        .args(
            [&node_headers(workspace)?, &modules.join("node-addon-api"), &includes]
                .map(|folder| format!("-I{}", folder.display())),
        )
        .args([
            "addon/mongocrypt.cc",
            "addon/openssl-crypto.cc",
            "-Lbuild/Release",
            "-l:libmongocrypt.so.0",
            "-Wl,-rpath,$ORIGIN",
        ])
        .args(["-o", "build/Release/mongocrypt.node"])
        .output()
        .context("the addon does not compile")?;
    Ok(())
}

fn compiler(folder: &Path) -> Process {
    process::program(std::env::var_os("CXX").unwrap_or_else(|| "c++".into()), folder)
}

/// They come with Node, unless a distribution keeps them in a package of their own.
fn node_headers(workspace: &Workspace) -> Result<PathBuf> {
    let program = npm::node(workspace).args(["--print", "process.execPath"]).output()?;
    let installed =
        Path::new(&program).parent().and_then(Path::parent).context("node lies in no folder")?;
    let headers = installed.join("include/node");
    ensure!(headers.join("node_api.h").exists(), "node's headers are not in {}", headers.display());
    Ok(headers)
}

/// The library's own header, which its Python binding holds word for word, but for what a compiler
/// of C++ needs around it.
fn header(binding: &str) -> Option<String> {
    let (_, rest) = binding.split_once("ffi.cdef(")?;
    let (declarations, _) = rest.split_once("\"\"\"")?.1.split_once("\"\"\"")?;
    Some(format!(
        "#pragma once\n#include <stdbool.h>\n#include <stdint.h>\nextern \"C\" {{\n{declarations}\n}}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn a_header_is_what_the_binding_declares() {
        let binding = "ffi = cffi.FFI()\nffi.cdef(\n    \"\"\"\nbool f(void);\n\"\"\"\n)\nx = \"\"\"y\"\"\"\n";
        let header = header(binding).unwrap_or_default();
        assert!(header.contains("extern \"C\" {\n\nbool f(void);\n\n}"), "{header}");
        assert!(!header.contains('y'));
        assert_eq!(super::header("nothing"), None);
    }
}
