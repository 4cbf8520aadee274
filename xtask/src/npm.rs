//! The npm side: node modules from the lock file, Binaryen, TypeScript, the packed package.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::docs;
use crate::process::{self, Process};
use crate::python::python;
use crate::ran;
use crate::sums::sha256;
use crate::workspace::Workspace;

/// Installs the locked node modules when the lock file changed since the last time. No package's
/// install script runs.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let state = sha256(&std::fs::read(workspace.js().join("package-lock.json"))?);
    let stamp = workspace.stamps().join("node-modules");
    let done = std::fs::read_to_string(&stamp).is_ok_and(|done| done == state);
    if done && workspace.js().join("node_modules").exists() {
        return Ok(());
    }
    check_node(workspace)?;
    // Not `ci`, which insists on packages for other systems that a registry may not have;
    // `--no-save` leaves the lock file alone.
    process::program("npm", &workspace.js())
        .args([
            "install",
            "--no-save",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .run()?;
    std::fs::create_dir_all(workspace.stamps())?;
    std::fs::write(stamp, state)?;
    Ok(())
}

fn check_node(workspace: &Workspace) -> Result<()> {
    let version =
        node(workspace).arg("--version").output().context("Node 20 or newer and npm are needed")?;
    match version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok())
    {
        Some(major) if major >= 20 => Ok(()),
        _ => bail!("Node 20 or newer is needed, this is {version}"),
    }
}

/// What an independent evaluation says that markers apply to, for the tests of the resolver:
/// written once for each state of the oracle.
pub(crate) fn oracle(workspace: &Workspace) -> Result<()> {
    let mut sources = std::fs::read(workspace.js().join("package-lock.json"))?;
    let mut names: Vec<_> = std::fs::read_dir(workspace.js().join("oracle"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    names.sort();
    for name in names {
        sources.extend(std::fs::read(name)?);
    }
    let state = sha256(&sources);
    let folder = workspace.root().join("target/oracle");
    let stamp = folder.join("stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == state) {
        return Ok(());
    }
    node(workspace).args(["oracle/generate.mjs"]).arg(&folder).run()?;
    std::fs::write(stamp, state)?;
    Ok(())
}

/// Two validators by others judge the sealed schemas and documents that the core's tests wrote.
/// Neither is without faults, which show under random schemas alone and are theirs alone: what both
/// contradict is ours, and so is what one does under schemas that people wrote.
pub(crate) fn foreign(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root().join("target/oracle");
    let files = |webhooks| {
        [
            "forms-suite.ndjson",
            "forms-random.ndjson",
            "forms-real.ndjson",
            "pairs-random.ndjson",
            webhooks,
        ]
        .map(|name| folder.join(name))
    };
    let (by_ajv, by_python) =
        (folder.join("contradicted-by-ajv.json"), folder.join("contradicted-by-python.json"));
    node(workspace)
        .args(["oracle/foreign.mjs", "--list"])
        .arg(&by_ajv)
        .args(files("forms-webhooks.ndjson"))
        .run()?;
    python(workspace)?
        .args(["oracle/foreign.py", "--list"])
        .arg(&by_python)
        .args(files("forms-webhooks-few.ndjson"))
        .run()?;
    let list =
        |path: &Path| -> Result<Vec<String>> { Ok(serde_json::from_slice(&std::fs::read(path)?)?) };
    let (by_ajv, by_python) = (list(&by_ajv)?, list(&by_python)?);
    let by_both: Vec<&String> = by_ajv.iter().filter(|origin| by_python.contains(origin)).collect();
    println!(
        "contradicted by ajv alone {}, by jsonschema alone {}, by both {}",
        by_ajv.len(),
        by_python.len(),
        by_both.len()
    );
    ensure!(by_both.is_empty(), "both foreign validators contradict the core: {by_both:?}");
    let elsewhere: Vec<&String> =
        by_ajv.iter().chain(&by_python).filter(|origin| !origin.starts_with("random:")).collect();
    ensure!(
        elsewhere.is_empty(),
        "a foreign validator contradicts the core beyond random schemas: {elsewhere:?}"
    );
    Ok(())
}

/// Runs every `*.test.mjs` of the folder of tests and records what passed. Node 20 takes no glob,
/// and would run the helpers beside the tests if it were given the folder.
pub(crate) fn tests(workspace: &Workspace) -> Result<()> {
    let mut files: Vec<_> = std::fs::read_dir(workspace.js().join("tests"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    ensure!(!files.is_empty(), "no tests in js/tests");
    files.sort();
    let tap = workspace.target().join("npm-tests.tap");
    node(workspace)
        .args(["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"])
        .args(["--test-reporter=tap", "--test-reporter-destination"])
        .arg(&tap)
        .args(files)
        .run()?;
    ran::write(workspace, "npm package", &ran::of_tap(&std::fs::read_to_string(tap)?))
}

/// Node, in `js/`.
pub(crate) fn node(workspace: &Workspace) -> Process {
    process::program("node", &workspace.js()).envs(workspace.counts())
}

/// The module optimised for speed, without debug information, other sections kept. Functions of one
/// room are alike and stand together, which saves brotli 2 KB more than short numbers for those that
/// are called most.
pub(crate) fn wasm_opt(workspace: &Workspace, from: &Path, to: &Path) -> Result<()> {
    node(workspace)
        .args(["node_modules/binaryen/bin/wasm-opt", "-O3", "--reorder-functions-by-name"])
        // The stack ends there: an address below 1,024 is that of a stack that is full.
        .args(["--low-memory-unused"])
        .args(["--strip-debug", "--strip-producers"])
        .arg(from)
        .arg("-o")
        .arg(to)
        .run()
}

/// What the facade imports beside `NAME.wasm`: its bytes as text in a script, and its digest.
/// `js/src/wasm/` declares their types.
pub(crate) fn write_module(folder: &Path, name: &str) -> Result<()> {
    let module = std::fs::read(folder.join(name).with_extension("wasm"))?;
    std::fs::write(
        folder.join(format!("{name}.inline.js")),
        format!("export const base64 = \"{}\";\n", base64(&module)),
    )?;
    std::fs::write(
        folder.join(format!("{name}.digest.js")),
        format!("export const sha256 = \"{}\";\n", sha256(&module)),
    )?;
    Ok(())
}

/// Returns a script of wasm-bindgen as the body of a function, so that every call gives glue with a
/// state of its own. The parameter stands for the global of that name: the facade's registry knows
/// when an instance is dead. `document`, which a script asks for its own address, is hidden. A
/// module is taken for one of any realm (Jest and Next's edge runtime have two): the facade has
/// compiled what is not.
///
/// # Errors
/// Fails where the script is not one that wasm-bindgen wrote as expected.
pub(crate) fn glue(script: &str) -> Result<String> {
    const OF_THIS_REALM: &str = "if (!(module instanceof WebAssembly.Module)) {";
    ensure!(
        script.trim_start().starts_with("let wasm_bindgen"),
        "wasm-bindgen's script declares something else than `wasm_bindgen`"
    );
    ensure!(
        script.matches(OF_THIS_REALM).count() == 1,
        "wasm-bindgen's script tells modules from bytes in another way"
    );
    let script = script.replace(OF_THIS_REALM, "if (false) {");
    Ok(format!(
        "export function glue(FinalizationRegistry) {{\nconst document = undefined;\n{script}\nreturn wasm_bindgen;\n}}\n"
    ))
}

/// Compiles `js/src` against the generated glue and packs the result into `target/package/`.
pub(crate) fn pack(workspace: &Workspace) -> Result<()> {
    let staging = workspace.staging();
    if staging.exists() {
        std::fs::remove_dir_all(&staging)?;
    }
    let modules = staging.join("dist/wasm");
    std::fs::create_dir_all(&modules)?;
    node(workspace)
        .args(["node_modules/typescript/bin/tsc", "--project", "tsconfig.json", "--outDir"])
        .arg(staging.join("dist"))
        .run()?;
    keep_public_declarations(&staging.join("dist"))?;
    copy_files(&workspace.generated().join("wasm"), &modules, "")?;
    // Nothing imports it: servers have it inline.
    std::fs::remove_file(modules.join("fast.wasm"))?;
    // The modules are importable themselves, so their types are public; the compiler leaves
    // declarations that were written by hand where they are.
    copy_files(&workspace.js().join("src/wasm"), &modules, ".d.wasm.ts")?;
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md"] {
        std::fs::copy(workspace.root().join(name), staging.join(name))?;
    }
    std::fs::copy(workspace.js().join("README.md"), staging.join("README.md"))?;
    docs::write(workspace)?;
    copy_tree(&workspace.docs(), &staging.join("docs"))?;
    std::fs::write(
        staging.join("package.json"),
        manifest(&std::fs::read_to_string(workspace.js().join("package.json"))?)?,
    )?;
    let arguments = ["pack", "--silent", "--ignore-scripts", "--pack-destination"];
    process::program("npm", &staging).args(arguments).arg(workspace.package()).output()?;
    Ok(())
}

/// Copies a folder with everything in it.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| format!("no folder {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Copies the files whose names end so.
fn copy_files(from: &Path, to: &Path, ending: &str) -> Result<()> {
    for entry in std::fs::read_dir(from).with_context(|| format!("no folder {}", from.display()))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(ending) {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Removes the declarations that no entry leads to: they describe what the package keeps to itself.
fn keep_public_declarations(folder: &Path) -> Result<()> {
    let mut public: Vec<String> = ["index", "full", "slim"].map(String::from).into();
    let mut next = 0;
    while let Some(name) = public.get(next) {
        let text = std::fs::read_to_string(folder.join(format!("{name}.d.ts")))
            .with_context(|| format!("no declarations of {name}"))?;
        let found = named_modules(&text)
            .map(String::from)
            .filter(|name| !public.contains(name))
            .collect::<std::collections::BTreeSet<_>>();
        public.extend(found);
        next += 1;
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".d.ts"));
        if name.is_some_and(|name| !public.iter().any(|public| public == name)) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The modules beside it that a declaration names: `"./NAME.js"`.
fn named_modules(text: &str) -> impl Iterator<Item = &str> {
    text.split("\"./").skip(1).filter_map(|rest| rest.split_once(".js\"").map(|(name, _)| name))
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
        let word = (0..3).fold(0_usize, |word, index| {
            word << 8 | usize::from(part.get(index).copied().unwrap_or(0))
        });
        for index in 0..4 {
            text.push(if index > part.len() {
                '='
            } else {
                char::from(ALPHABET[word >> (18 - 6 * index) & 63])
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, glue, manifest, named_modules};

    #[test]
    fn base64_of_rfc_4648_section_10() {
        let cases = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, text) in cases.iter().enumerate() {
            assert_eq!(base64(&b"foobar"[..length]), *text);
        }
    }

    #[test]
    fn glue_is_a_function_around_the_script() -> anyhow::Result<()> {
        let script = "let wasm_bindgen = 1;\nif (!(module instanceof WebAssembly.Module)) {}\n";
        let wrapped = glue(script)?;
        assert!(
            wrapped.starts_with("export function glue(")
                && wrapped.contains("let wasm_bindgen = 1;\nif (false) {}")
                && wrapped.ends_with("return wasm_bindgen;\n}\n")
        );
        assert!(glue("export function version() {}").is_err());
        assert!(glue("let wasm_bindgen = 1;\n").is_err());
        Ok(())
    }

    #[test]
    fn a_declaration_names_its_neighbours() {
        let text = "import type { A } from \"./a.js\";\nexport * from \"./b-c.js\";\nexport declare const x: import(\"./d.js\").D;\nimport \"node:fs\";\n";
        assert_eq!(named_modules(text).collect::<Vec<_>>(), ["a", "b-c", "d"]);
    }

    #[test]
    fn the_published_manifest_keeps_its_order_and_loses_what_is_ours() -> anyhow::Result<()> {
        let published = manifest(
            r#"{"name":"n","private":true,"exports":{"types":"a","default":"b"},"devDependencies":{"x":"1"}}"#,
        )?;
        let compact: String = published.split_whitespace().collect();
        assert_eq!(compact, r#"{"name":"n","exports":{"types":"a","default":"b"}}"#);
        Ok(())
    }
}
