//! The npm side: node modules from the lock file, Binaryen, TypeScript, the packed package.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::{self, Process};
use crate::sums::sha256;
use crate::workspace::Workspace;

/// Installs the locked node modules when the lock file changed since the last time. No package's install script runs.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let state = sha256(&std::fs::read(workspace.js().join("package-lock.json"))?);
    let stamp = workspace.stamps().join("node-modules");
    let done = std::fs::read_to_string(&stamp).is_ok_and(|done| done == state);
    if done && workspace.js().join("node_modules").exists() {
        return Ok(());
    }
    check_node(workspace)?;
    process::program("npm", &workspace.js()).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).run()?;
    std::fs::create_dir_all(workspace.stamps())?;
    std::fs::write(stamp, state)?;
    Ok(())
}

fn check_node(workspace: &Workspace) -> Result<()> {
    let version = node(workspace).arg("--version").output().context("Node 20 or newer and npm are needed")?;
    match version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major >= 20 => Ok(()),
        _ => bail!("Node 20 or newer is needed, this is {version}"),
    }
}

/// Node, in `js/`.
pub(crate) fn node(workspace: &Workspace) -> Process {
    process::program("node", &workspace.js())
}

/// The module optimised for speed, without debug information, other sections kept.
pub(crate) fn wasm_opt(workspace: &Workspace, from: &Path, to: &Path) -> Result<()> {
    node(workspace).args(["node_modules/binaryen/bin/wasm-opt", "-O3", "--strip-debug", "--strip-producers"]).arg(from).arg("-o").arg(to).run()
}

/// What TypeScript and JavaScript need beside `NAME.wasm`: its type as an import, its bytes as text in a script, its digest.
pub(crate) fn describe_module(folder: &Path, name: &str) -> Result<()> {
    let module = std::fs::read(folder.join(name).with_extension("wasm"))?;
    let write = |extension: &str, text: String| std::fs::write(folder.join(format!("{name}.{extension}")), text);
    write("d.wasm.ts", "declare const module: WebAssembly.Module;\nexport default module;\n".into())?;
    write("inline.js", format!("export const base64 = \"{}\";\n", base64(&module)))?;
    write("inline.d.ts", "/** The module's bytes. */\nexport declare const base64: string;\n".into())?;
    write("digest.js", format!("export const sha256 = \"{}\";\n", sha256(&module)))?;
    write("digest.d.ts", "/** SHA-256 of the module, hex. */\nexport declare const sha256: string;\n".into())?;
    Ok(())
}

/// Compiles `js/src` against the generated glue and packs the result into `target/package/`.
pub(crate) fn pack(workspace: &Workspace) -> Result<()> {
    let staging = workspace.staging();
    if staging.exists() {
        std::fs::remove_dir_all(&staging)?;
    }
    let modules = staging.join("dist/wasm");
    std::fs::create_dir_all(&modules)?;
    node(workspace).args(["node_modules/typescript/bin/tsc", "--project", "tsconfig.json", "--outDir"]).arg(staging.join("dist")).run()?;
    for entry in std::fs::read_dir(workspace.generated().join("wasm"))? {
        let entry = entry?;
        std::fs::copy(entry.path(), modules.join(entry.file_name()))?;
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md"] {
        std::fs::copy(workspace.root().join(name), staging.join(name))?;
    }
    std::fs::copy(workspace.js().join("README.md"), staging.join("README.md"))?;
    std::fs::write(staging.join("package.json"), manifest(&std::fs::read_to_string(workspace.js().join("package.json"))?)?)?;
    let arguments = ["pack", "--silent", "--ignore-scripts", "--pack-destination"];
    process::program("npm", &staging).args(arguments).arg(workspace.package()).output()?;
    Ok(())
}

/// The manifest as published: without what only this repository needs.
fn manifest(source: &str) -> Result<String> {
    let mut manifest: Value = serde_json::from_str(source)?;
    let members = manifest.as_object_mut().context("package.json is no object")?;
    for ours in ["devDependencies", "scripts", "private"] {
        members.shift_remove(ours);
    }
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let word = (0..3).fold(0_usize, |word, index| word << 8 | usize::from(part.get(index).copied().unwrap_or(0)));
        for index in 0..4 {
            text.push(if index > part.len() { '=' } else { char::from(ALPHABET[word >> (18 - 6 * index) & 63]) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, manifest};

    #[test]
    fn base64_of_rfc_4648_section_10() {
        let cases = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, text) in cases.iter().enumerate() {
            assert_eq!(base64(&b"foobar"[..length]), *text);
        }
    }

    #[test]
    fn the_published_manifest_keeps_its_order_and_loses_what_is_ours() -> anyhow::Result<()> {
        let published = manifest(r#"{"name":"n","private":true,"exports":{"types":"a","default":"b"},"devDependencies":{"x":"1"}}"#)?;
        let compact: String = published.split_whitespace().collect();
        assert_eq!(compact, r#"{"name":"n","exports":{"types":"a","default":"b"}}"#);
        Ok(())
    }
}
