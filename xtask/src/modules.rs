//! The WebAssembly modules. Each is compiled once; one module is optimised while the next is
//! compiled.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;
use wit_component::ComponentEncoder;

use crate::npm;
use crate::process::Process;
use crate::sums::sha256;
use crate::toolchain::{TARGET, Toolchain};
use crate::workspace::{Build, Door, Workspace};

/// Raise it when a finished module would differ though the compiled one is the same.
const FINISHING: &str = "5";

/// `target/modules/{core,component}-{evaluator,scalar,full}.wasm`, and `target/generated/wasm/`
/// with `{evaluator,fast,full}.wasm` and their scripts for the npm package.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let toolchain = Toolchain::find(workspace)?;
    println!("compiling with {toolchain}");
    for folder in [workspace.modules(), workspace.generated().join("wasm"), workspace.stamps()] {
        std::fs::create_dir_all(folder)?;
    }
    std::thread::scope(|scope| {
        let mut finishing = Vec::new();
        // The same build of both doors in a row: its dependencies are compiled once.
        for build in Build::ALL {
            for &door in build.doors() {
                let compiled = compile(workspace, &toolchain, door, build)?;
                finishing.push(scope.spawn(move || finish(workspace, door, build, &compiled)));
            }
        }
        finishing.into_iter().try_for_each(|thread| {
            thread.join().map_err(|_| anyhow!("finishing a module panicked"))?
        })
    })?;
    unite_glue(workspace)
}

/// The component of the evaluator build alone, where the tests look for it: the door of the inner loop.
pub(crate) fn quick(workspace: &Workspace) -> Result<()> {
    let toolchain = Toolchain::find(workspace)?;
    for folder in [workspace.modules(), workspace.stamps(), workspace.package()] {
        std::fs::create_dir_all(folder)?;
    }
    let compiled = compile(workspace, &toolchain, Door::Component, Build::Evaluator)?;
    finish(workspace, Door::Component, Build::Evaluator, &compiled)?;
    let component = workspace.modules().join("component-evaluator.wasm");
    std::fs::copy(component, workspace.package().join("fieldseal.component.wasm"))?;
    Ok(())
}

/// `target/modules/primitives.wasm`: cryptography alone as a component, compiled and finished as
/// the shipped modules are, for the official vectors.
pub(crate) fn primitives(workspace: &Workspace) -> Result<()> {
    const PACKAGE: &str = "primitives-component";
    let toolchain = Toolchain::find(workspace)?;
    for folder in [workspace.modules(), workspace.stamps()] {
        std::fs::create_dir_all(folder)?;
    }
    // Beside the evaluator build, with which it shares what is compiled.
    cargo_rustc(workspace, &toolchain, PACKAGE, Build::Evaluator).run()?;
    let compiled = workspace.modules().join(format!("{PACKAGE}.compiled.wasm"));
    keep(workspace, PACKAGE, Build::Evaluator, &compiled)?;
    unless_done(workspace, PACKAGE, &std::fs::read(&compiled)?, || {
        let core = workspace.modules().join("primitives.core.wasm");
        let component = workspace.modules().join("primitives.wasm");
        componentize(workspace, Build::Evaluator, &compiled, &core, &component)
    })
}

/// Compiles one module and returns a copy that the next build of the same crate does not overwrite.
fn compile(
    workspace: &Workspace,
    toolchain: &Toolchain,
    door: Door,
    build: Build,
) -> Result<PathBuf> {
    let start = Instant::now();
    let mut process = cargo_rustc(workspace, toolchain, door.package(), build);
    if build != Build::Full {
        process = process.arg("--no-default-features");
    }
    process.run()?;
    let copy =
        workspace.modules().join(format!("{}-{}.compiled.wasm", door.package(), build.name()));
    let bytes = keep(workspace, door.package(), build, &copy)?;
    println!(
        "compiled {} {} in {:.0} s, {} KB",
        door.package(),
        build.name(),
        start.elapsed().as_secs_f32(),
        bytes / 1024
    );
    Ok(copy)
}

/// The compiler's call for one package.
fn cargo_rustc(
    workspace: &Workspace,
    toolchain: &Toolchain,
    package: &str,
    build: Build,
) -> Process {
    // cdylib alone, whatever else the crate is for its tests: rustc optimises across crates only
    // then.
    let process = toolchain.cargo(workspace, build).args([
        "rustc",
        "--quiet",
        "--release",
        "--package",
        package,
        "--crate-type",
        "cdylib",
    ]);
    let process = process.args(toolchain.arguments(workspace, build));
    levels(build, package).iter().fold(process, |process, level| process.args(["--config", level]))
}

/// Returns the options of the compiler's profile in which builds differ.
///
/// The evaluator build is what browsers and the edge load: only the ciphers and the hash are
/// compiled for speed. Servers get the same code for speed in half as many bytes again, which
/// makes a call with a small document a quarter faster. In the full build, whatever calls its
/// ciphers is compiled for a small size, which saves 4 KB and costs 2 %. The level of the door is
/// the level at which the linker optimises all of them together.
///
/// The scalar build is for engines that compile each function to a method: with functions that are
/// not inlined into each other, the methods stay so small that a Java virtual machine compiles them.
fn levels(build: Build, package: &str) -> Vec<String> {
    let of = |package: &str, level| format!("profile.release.package.{package}.opt-level={level}");
    let (core, json, cryptography, door) = match build {
        Build::Evaluator => ("\"z\"", "\"s\"", "\"z\"", "\"z\""),
        Build::Fast => ("2", "3", "3", "2"),
        Build::Full => ("\"s\"", "3", "\"s\"", "2"),
        Build::Scalar => {
            return ["lto=\"off\"", "codegen-units=256", "opt-level=\"s\""]
                .map(|option| format!("profile.release.{option}"))
                .to_vec();
        }
    };
    vec![
        of("fieldseal", core),
        of("fieldseal-json", json),
        of("fieldseal-normalisation", "\"z\""),
        of("fieldseal-primitives", cryptography),
        of(package, door),
    ]
}

/// Copies what the compiler left, and says how many bytes it is.
fn keep(workspace: &Workspace, package: &str, build: Build, copy: &Path) -> Result<u64> {
    let output = Toolchain::folder(workspace, build)
        .join(TARGET)
        .join("release")
        .join(package.replace('-', "_"))
        .with_extension("wasm");
    std::fs::copy(&output, copy).with_context(|| format!("cargo left no {}", output.display()))
}

/// What comes after the compiler, unless it was done for this very module before.
fn finish(workspace: &Workspace, door: Door, build: Build, compiled: &Path) -> Result<()> {
    let module = std::fs::read(compiled)?;
    unless_done(
        workspace,
        &format!("{}-{}", door.package(), build.name()),
        &module,
        || match door {
            Door::Component => {
                let named =
                    |kind: &str| workspace.modules().join(format!("{kind}-{}.wasm", build.name()));
                componentize(workspace, build, compiled, &named("core"), &named("component"))
            }
            Door::Web => bind(workspace, build, module.clone()),
        },
    )
}

fn unless_done(
    workspace: &Workspace,
    name: &str,
    module: &[u8],
    action: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let start = Instant::now();
    let stamp = workspace.stamps().join(name);
    let state = format!("{FINISHING} {}", sha256(module));
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == state) {
        return Ok(());
    }
    action().with_context(|| format!("finishing {name}"))?;
    std::fs::write(&stamp, state)?;
    println!("finished {name} in {:.0} s", start.elapsed().as_secs_f32());
    Ok(())
}

/// The core module, optimised with its component section kept, and the component around it. The
/// optimiser would inline functions of the scalar build into each other, so that stays as it is;
/// its component is for tests only.
fn componentize(
    workspace: &Workspace,
    build: Build,
    compiled: &Path,
    core: &Path,
    component: &Path,
) -> Result<()> {
    match build {
        Build::Scalar => std::fs::copy(compiled, core).map(drop)?,
        _ => npm::wasm_opt(workspace, compiled, core)?,
    }
    let module = std::fs::read(core)?;
    std::fs::write(
        component,
        ComponentEncoder::default().validate(true).module(&module)?.encode()?,
    )?;
    Ok(())
}

/// The module for JavaScript with its glue. The glue is a script that evaluates to its exports: as
/// the body of a function it gives every instance a state of its own, so that `restart()` leaves
/// nothing of a dead instance behind. All builds must have the same glue.
fn bind(workspace: &Workspace, build: Build, compiled: Vec<u8>) -> Result<()> {
    let name = build.name();
    let folder = workspace.generated().join("wasm");
    let bound = workspace.modules().join(format!("web-{name}"));
    let mut bindgen = Bindgen::new();
    // One name for both: it stands in the glue and in the module's imports.
    bindgen
        .input_bytes("fieldseal", compiled)
        .no_modules(true)?
        .typescript(false)
        .omit_default_module_path(true);
    // The optimiser orders functions by their names, and then removes them.
    bindgen.remove_name_section(false).remove_producers_section(true);
    bindgen.generate(&bound)?;
    npm::wasm_opt(
        workspace,
        &bound.join("fieldseal_bg.wasm"),
        &folder.join(format!("{name}.wasm")),
    )?;
    npm::write_module(&folder, name)
}

/// One glue for all builds, which therefore must not differ in it.
fn unite_glue(workspace: &Workspace) -> Result<()> {
    let script = |build: Build| {
        let path = workspace.modules().join(format!("web-{}/fieldseal.js", build.name()));
        std::fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))
    };
    let full = script(Build::Full)?;
    for other in [Build::Evaluator, Build::Fast] {
        ensure!(
            full == script(other)?,
            "the builds differ in what they export or import, see target/modules/web-*"
        );
    }
    std::fs::write(workspace.generated().join("wasm/glue.js"), npm::glue(&full)?)?;
    Ok(())
}
