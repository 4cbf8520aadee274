//! The lists of what each command does, as data: a new check is a new line here.

use std::time::Instant;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{
    modules, mongodb, npm, package, process, python, toolchain, vectors, verify, wasm_tests,
};

/// One thing to do, printed with the time it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    name: &'static str,
    action: Action,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    /// A function of this program.
    Call(fn(&Workspace) -> Result<()>),
    /// `cargo` with these arguments.
    Cargo(&'static [&'static str]),
    /// `node` with these arguments, in `js/`.
    Node(&'static [&'static str]),
}

pub(crate) const LINT: &[Step] = &[
    cargo("formatting", &["fmt", "--all", "--check"]),
    cargo(
        "formatting of the fuzz targets",
        &["fmt", "--manifest-path", "core/fuzz/Cargo.toml", "--check"],
    ),
    // They are no part of the workspace, so nothing else notices that they do not build, or that
    // their lock file lacks a crate.
    cargo(
        "fuzz targets",
        &[
            "check",
            "--quiet",
            "--locked",
            "--manifest-path",
            "core/fuzz/Cargo.toml",
            "--no-default-features",
            "--target-dir",
            "target/fuzz/check",
        ],
    ),
    cargo(
        "clippy",
        &[
            "clippy",
            "--quiet",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ],
    ),
];

/// What a build needs.
pub(crate) const TOOLS: &[Step] =
    &[call("WebAssembly toolchain", setup_toolchain), call("node modules", npm::install)];

/// What only the packaging test needs besides.
pub(crate) const BROWSER: &[Step] = &[call("headless browser", setup_browser)];

pub(crate) const BUILD: &[Step] = &[call("modules", modules::build)];

pub(crate) const PACKAGE: &[Step] =
    &[call("modules", modules::build), call("artefacts", package::collect)];

/// What the tests of the primitives need: after tools.
pub(crate) const VECTORS: &[Step] = &[
    call("official vectors", vectors::fetch),
    call("primitives as a module", modules::primitives),
];

/// After lint, setup, package and vectors.
pub(crate) const TEST: &[Step] = &[
    cargo("build tool", &["test", "--quiet", "--locked", "--package", "xtask"]),
    call("oracle of the resolver", npm::oracle),
    call("oracle of the calendar", python::retention),
    // One call, so that what both stand on is compiled once: cargo chooses features by what is
    // selected together.
    cargo(
        "core, and component in wasmtime",
        &[
            "test",
            "--quiet",
            "--locked",
            "--package",
            "fieldseal-json",
            "--package",
            "fieldseal-primitives",
            "--package",
            "fieldseal-validation",
            "--package",
            "fieldseal",
            "--package",
            "fieldseal-official",
            "--package",
            "host-tests",
            // Those that read what the steps before have fetched and made.
            "--",
            "--include-ignored",
        ],
    ),
    call("sealed schemas in foreign validators", npm::foreign),
    cargo(
        "core without validation",
        &[
            "test",
            "--quiet",
            "--locked",
            "--package",
            "fieldseal",
            "--no-default-features",
            "--lib",
            "--test",
            "it",
        ],
    ),
    call("web binding in Node", wasm_tests::run),
    call("npm package", npm::tests),
    cargo("demonstration", DEMO),
];

/// The README's first command, once the artefacts are there. What it claims, it checks.
pub(crate) const DEMO: &[&str] =
    &["run", "--quiet", "--locked", "--package", "host-tests", "--bin", "demo", "--"];

/// After tools and package.
pub(crate) const BENCH: &[Step] = &[
    cargo(
        "phases, native",
        &["bench", "--quiet", "--locked", "--package", "fieldseal", "--bench", "phases"],
    ),
    cargo(
        "suites, native",
        &["bench", "--quiet", "--locked", "--package", "fieldseal", "--bench", "suites"],
    ),
    cargo(
        "constant time, native",
        &["bench", "--quiet", "--locked", "--package", "fieldseal", "--bench", "constant_time"],
    ),
    cargo(
        "real schemas, native",
        &["bench", "--quiet", "--locked", "--package", "fieldseal", "--bench", "schemas"],
    ),
    cargo(
        "erasing against rewriting",
        &["bench", "--quiet", "--locked", "--package", "fieldseal", "--bench", "erase"],
    ),
    call("primitives as a module", modules::primitives),
    node("suites, WebAssembly", &["bench/primitives.mjs"]),
    node("real schemas, WebAssembly", &["bench/schemas.mjs"]),
    cargo(
        "native side",
        &[
            "build",
            "--quiet",
            "--locked",
            "--release",
            "--package",
            "fieldseal",
            "--example",
            "native_rounds",
        ],
    ),
    call("values against Python's cryptography", python::peer),
    node("an order against ajv and node:crypto", &["bench/order.mjs"]),
    node("webhooks against ajv and node:crypto", &["bench/webhooks.mjs"]),
    call("one value against mongodb-client-encryption", mongodb::bench),
    node("native against WebAssembly", &["bench/native-against-wasm.mjs"]),
];

/// After tools.
pub(crate) const VERIFY: &[Step] = &[call("two builds in two folders", verify::two_folders)];

const fn call(name: &'static str, function: fn(&Workspace) -> Result<()>) -> Step {
    Step { name, action: Action::Call(function) }
}

const fn cargo(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { name, action: Action::Cargo(arguments) }
}

const fn node(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { name, action: Action::Node(arguments) }
}

pub(crate) fn run(command: &str, steps: &[Step], workspace: &Workspace) -> Result<()> {
    run_all(command, &[steps], workspace)
}

/// Runs the steps in order up to the first that fails. The last line says how many passed.
pub(crate) fn run_all(command: &str, lists: &[&[Step]], workspace: &Workspace) -> Result<()> {
    let (mut passed, start) = (0, Instant::now());
    for step in lists.iter().copied().flatten() {
        println!("== {}", step.name);
        let begun = Instant::now();
        let outcome = step.action.run(workspace);
        println!(
            "== {} {}, {:.1} s",
            step.name,
            if outcome.is_ok() { "passed" } else { "FAILED" },
            begun.elapsed().as_secs_f32()
        );
        if let Err(error) = outcome {
            eprintln!("{error:#}");
            println!("{passed} passed, 1 failed");
            return Err(error.context(format!("{command} stopped at: {}", step.name)));
        }
        passed += 1;
    }
    println!("{command} took {:.0} s", start.elapsed().as_secs_f32());
    println!("{passed} passed, 0 failed");
    Ok(())
}

impl Action {
    fn run(self, workspace: &Workspace) -> Result<()> {
        match self {
            Self::Call(function) => function(workspace),
            Self::Cargo(arguments) => process::cargo(workspace).args(arguments).run(),
            Self::Node(arguments) => npm::node(workspace).args(arguments).run(),
        }
    }
}

fn setup_toolchain(workspace: &Workspace) -> Result<()> {
    println!("{}", toolchain::Toolchain::find_or_install(workspace)?);
    Ok(())
}

/// Chromium and its driver, for the packaging test.
fn setup_browser(workspace: &Workspace) -> Result<()> {
    let present = |name: &str| process::program(name, workspace.root()).arg("--version").output();
    if let (Ok(browser), Ok(_)) = (present("chromium"), present("chromedriver")) {
        println!("{browser}");
        return Ok(());
    }
    toolchain::apt_install(workspace, &["chromium", "chromium-driver"])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Every package that a step names is one of this workspace.
    #[test]
    fn steps_name_packages_that_exist() {
        let root = Workspace::here();
        let metadata = process::cargo(&root)
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .output()
            .unwrap();
        let mut named = 0;
        for action in [LINT, TOOLS, BROWSER, BUILD, PACKAGE, VECTORS, TEST, BENCH, VERIFY]
            .iter()
            .copied()
            .flatten()
            .map(|step| step.action)
        {
            let Action::Cargo(arguments) = action else { continue };
            for pair in arguments.windows(2).filter(|pair| pair.first() == Some(&"--package")) {
                named += 1;
                assert!(metadata.contains(&format!("\"name\":\"{}\"", pair[1])), "{pair:?}");
            }
        }
        assert!(named > 5);
    }
}
