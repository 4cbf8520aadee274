//! The lists of what each command does, as data: a new check is a new line here.

use std::path::Path;

use anyhow::Result;

use crate::step::{Step, call, cargo, node, tests};
use crate::workspace::Workspace;
use crate::{
    audit, constant_time, corpus, frozen, modules, npm, package, process, prose, python, readme,
    requirements, rooms, second_implementation, toolchain, vectors, verify, wasm_tests,
};

pub(crate) const LINT: &[Step] = &[
    call("prose", prose::run),
    call("rooms", rooms::run),
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
    // Its lints deny warnings, so that a link which leads nowhere fails.
    cargo("documentation", &["doc", "--quiet", "--locked", "--workspace", "--no-deps"]),
];

/// What a build needs.
pub(crate) const TOOLS: &[Step] =
    &[call("WebAssembly toolchain", setup_toolchain), call("node modules", npm::install)];

/// What only the packaging test needs besides.
pub(crate) const BROWSER: &[Step] = &[call("headless browser", setup_browser)];

pub(crate) const BUILD: &[Step] = &[call("modules", modules::build)];

pub(crate) const PACKAGE: &[Step] =
    &[call("modules", modules::build), call("artefacts", package::collect)];

/// `BUILD` in a fresh clone: its tools come first.
pub(crate) const WHOLE_BUILD: &[&[Step]] = &[TOOLS, BUILD];

/// `PACKAGE` in a fresh clone: its tools come first.
pub(crate) const WHOLE_PACKAGE: &[&[Step]] = &[TOOLS, PACKAGE];

/// What the tests of the primitives need: after tools.
pub(crate) const VECTORS: &[Step] = &[
    call("official vectors", vectors::fetch),
    call("primitives as a module", modules::primitives),
];

/// After lint, setup, package and vectors.
pub(crate) const TEST: &[Step] = &[
    tests("build tool", &["--package", "xtask"]),
    call("dependencies", audit::dependencies),
    call("frozen files", frozen::run),
    call("oracle of the resolver", npm::oracle),
    call("oracle of the calendar", python::retention),
    call("envelopes in Python", second_implementation::run),
    // One call, so that what both stand on is compiled once: cargo chooses features by what is
    // selected together.
    tests(
        "core, and component in wasmtime",
        &[
            "--package",
            "fieldseal-json",
            "--package",
            "fieldseal-normalisation",
            "--package",
            "fieldseal-derivation",
            "--package",
            "fieldseal-primitives",
            "--package",
            "fieldseal-validation",
            "--package",
            "fieldseal-vpaes",
            "--package",
            "fieldseal",
            "--package",
            "fieldseal-conformance",
            "--package",
            "fieldseal-official",
            "--package",
            "fieldseal-wasmtime",
            "--package",
            "host-tests",
            // Those that read what the steps before have fetched and made.
            "--",
            "--include-ignored",
        ],
    ),
    call("sealed schemas in foreign validators", npm::foreign),
    tests(
        "core of the evaluator build",
        &[
            "--package",
            "fieldseal",
            "--no-default-features",
            "--lib",
            "--test",
            "it",
            "--test",
            "compile_cost",
        ],
    ),
    call("web binding in Node", wasm_tests::run),
    call("npm package", npm::tests),
    node("npm package on its hosts", &["packaging/run.mjs", "test"]),
    cargo("demonstration", DEMO),
    call("requirements", requirements::run),
];

/// All that CI runs, in order.
pub(crate) const WHOLE_TEST: &[&[Step]] = &[LINT, TOOLS, BROWSER, PACKAGE, VECTORS, TEST];

/// The inner loop, after the first build: formatting, the core natively, and one door.
pub(crate) const QUICK: &[Step] = &[
    cargo("formatting", &["fmt", "--all", "--check"]),
    tests(
        "core",
        &[
            "--package",
            "fieldseal-json",
            "--package",
            "fieldseal-normalisation",
            "--package",
            "fieldseal-derivation",
            "--package",
            "fieldseal-primitives",
            "--package",
            "fieldseal-validation",
            "--package",
            "fieldseal-vpaes",
            "--package",
            "fieldseal",
            "--lib",
            "--tests",
        ],
    ),
    call("one door", modules::quick),
    tests(
        "cases through the door",
        &["--package", "host-tests", "--test", "built", "--", "the_evaluator_component_gives"],
    ),
];

/// What we depend on, and what we promised. Only the first is a step of the test: the others need a
/// network and a release.
pub(crate) const AUDIT: &[Step] = &[
    call("dependencies", audit::dependencies),
    call("advisories", audit::advisories),
    call("semver", audit::semver),
];

/// The tests that repeat something, with their long counts: after tools, package and vectors.
pub(crate) const SOAK: &[Step] = &[
    call("oracle of the resolver", npm::oracle),
    call("oracle of the calendar", python::retention),
    call("envelopes in Python", second_implementation::run),
    tests(
        "core, and component in wasmtime",
        &[
            "--package",
            "fieldseal-json",
            "--package",
            "fieldseal-normalisation",
            "--package",
            "fieldseal-vpaes",
            "--package",
            "fieldseal",
            "--package",
            "fieldseal-official",
            "--package",
            "host-tests",
            "--",
            "--include-ignored",
        ],
    ),
    call("sealed schemas in foreign validators", npm::foreign),
    call("npm package", npm::tests),
];

/// Real servers, every bundler and valgrind: after tools, browser and package.
pub(crate) const CASES: &[Step] = &[
    call("npm package", npm::tests),
    node("npm package on its hosts", &["packaging/run.mjs", "test"]),
    node("npm package under every engine and bundler", &["packaging/run.mjs", "cases"]),
    call("README", readme::run),
    call("PostgreSQL", setup_postgresql),
    node("key source over PostgreSQL", &["tests/postgresql.mjs"]),
    call("valgrind", constant_time::setup),
    call("constant time under valgrind", constant_time::run),
];

/// The README's first command, once the artefacts are there. What it claims, it checks.
pub(crate) const DEMO: &[&str] =
    &["run", "--quiet", "--locked", "--package", "host-tests", "--bin", "demo", "--"];

/// The program that other benchmarks alternate with.
const NATIVE_SIDE: Step = cargo(
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
);

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
    node("constant time, WebAssembly", &["bench/constant-time.mjs"]),
    node("real schemas, WebAssembly", &["bench/schemas.mjs"]),
    NATIVE_SIDE,
    node("native against WebAssembly", &["bench/native-against-wasm.mjs"]),
    node("peers", &["../benches/peers/run.mjs"]),
];

/// After tools and package. All is built before the first measurement.
pub(crate) const TABLE: &[Step] = &[
    NATIVE_SIDE,
    cargo(
        "wasmtime side",
        &[
            "build",
            "--quiet",
            "--locked",
            "--profile",
            "hosted",
            "--package",
            "host-tests",
            "--features",
            "concurrency",
            "--example",
            "wasmtime_rounds",
        ],
    ),
    cargo(
        "values",
        &[
            "bench",
            "--quiet",
            "--locked",
            "--package",
            "fieldseal",
            "--bench",
            "values",
            "--no-run",
        ],
    ),
    node("table", &["../benches/table/table.mjs"]),
];

/// After tools.
pub(crate) const CORPUS: &[Step] = &[
    call("schemas of others", corpus::fetch),
    cargo(
        "schemas of others, without the validator crate",
        &[
            "bench",
            "--quiet",
            "--locked",
            "--package",
            "fieldseal",
            "--no-default-features",
            "--features",
            "std",
            "--bench",
            "corpus",
        ],
    ),
    cargo(
        "schemas of others, with it",
        &["bench", "--quiet", "--locked", "--package", "fieldseal", "--bench", "corpus"],
    ),
];

/// After tools.
pub(crate) const VERIFY: &[Step] = &[call("two builds in two folders", verify::two_folders)];

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

/// The server for the page about a key source over PostgreSQL.
fn setup_postgresql(workspace: &Workspace) -> Result<()> {
    let on_path = || process::program("initdb", workspace.root()).arg("--version").output();
    // Debian keeps the server's programs off the path, in a folder for each version.
    if Path::new("/usr/lib/postgresql").exists() || on_path().is_ok() {
        return Ok(());
    }
    toolchain::apt_install(workspace, &["postgresql"])
}

/// Every list, for what holds of all of them.
#[cfg(test)]
pub(crate) const ALL: [&[Step]; 15] = [
    AUDIT, LINT, TOOLS, BROWSER, BUILD, PACKAGE, VECTORS, TEST, QUICK, CASES, SOAK, BENCH, TABLE,
    CORPUS, VERIFY,
];
