//! The compiler for `wasm32-unknown-unknown`, in the order of trust and speed: a toolchain that has
//! the target, one that rustup can give it to, one that has the standard library's sources, the
//! distribution's packages.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::process::{self, Process};
use crate::workspace::{Build, Workspace};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler with sources; its linker's package carries the LLVM version and is added once
/// that is known.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

const ADVICE: &str = "no compiler for wasm32-unknown-unknown. Any of these helps: `rustup target add wasm32-unknown-unknown`; \
    `rustup component add rust-src`; on Debian, as root, `apt-get install rustc-web cargo-web rust-web-src rust-web-llvm` and the lld that fits";

/// A cargo with its compiler that can build for the target.
#[derive(Debug)]
pub(crate) struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    sysroot: PathBuf,
    /// The standard library has to be compiled from its sources, too.
    build_std: bool,
}

impl Toolchain {
    /// Finds one that is installed.
    pub(crate) fn find(workspace: &Workspace) -> Result<Self> {
        let candidates = Self::candidates(workspace);
        let ready = candidates.iter().position(|candidate| !candidate.build_std);
        match ready.or((!candidates.is_empty()).then_some(0)) {
            Some(index) => candidates.into_iter().nth(index).ok_or_else(|| anyhow::anyhow!(ADVICE)),
            None => bail!(ADVICE),
        }
    }

    /// Finds one, or installs what is missing.
    pub(crate) fn find_or_install(workspace: &Workspace) -> Result<Self> {
        if let Some(ready) =
            Self::candidates(workspace).into_iter().find(|candidate| !candidate.build_std)
        {
            return Ok(ready);
        }
        let added =
            process::program("rustup", workspace.root()).args(["target", "add", TARGET]).output();
        if let Err(error) = &added {
            println!(
                "rustup gives no {TARGET} ({}); looking for a toolchain with sources",
                first_line(error)
            );
        }
        if added.is_err() && Self::find(workspace).is_err() {
            install_debian_packages(workspace)?;
        }
        Self::find(workspace)
    }

    /// `cargo rustc` for one package's shipped module.
    pub(crate) fn cargo(&self, workspace: &Workspace, build: Build) -> Process {
        let mut process = process::program(&self.cargo, workspace.root())
            .without_cargo_environment()
            .env("RUSTC", &self.rustc)
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags(workspace, build).join("\u{1f}"));
        if self.build_std {
            // Cargo allows the next option to nightly alone, and to a stable that is told to
            // bootstrap.
            process = process.env("RUSTC_BOOTSTRAP", "1");
        }
        process
    }

    /// Whether the options of a nightly cargo are there.
    pub(crate) fn builds_std(&self) -> bool {
        self.build_std
    }

    /// Arguments that follow cargo's subcommand.
    pub(crate) fn arguments(&self, workspace: &Workspace, build: Build) -> Vec<String> {
        let folder = Self::folder(workspace, build);
        let mut arguments = vec![
            "--locked".into(),
            "--target".into(),
            TARGET.into(),
            "--target-dir".into(),
            folder.display().to_string(),
        ];
        if self.build_std {
            arguments.push("-Zbuild-std=std,panic_abort".into());
        }
        arguments
    }

    /// Where cargo works. A folder for each build: a `cdylib` has one name whatever its features
    /// are, and would be linked anew each time.
    pub(crate) fn folder(workspace: &Workspace, build: Build) -> PathBuf {
        workspace.target().join("wasm").join(build.name())
    }

    /// `getrandom` asks our bindings; SHA-256 uses vectors, which most hosts have had for years. The
    /// stack of the full build holds the schemas that the core lets the validator crate nest; the
    /// evaluator needs less. The scalar build has no vectors, a hash of little code, and functions
    /// that stay apart. And no path of this machine stays in a module: two folders give the same
    /// bytes.
    fn flags(&self, workspace: &Workspace, build: Build) -> Vec<String> {
        let own: &[&str] = match build {
            Build::Scalar => &[
                "--cfg",
                "sha2_backend_soft=\"compact\"",
                "-Cllvm-args=-inline-threshold=30",
                "-Clink-arg=-zstack-size=1048576",
            ],
            Build::Evaluator | Build::Fast => {
                &["-Ctarget-feature=+simd128", "-Clink-arg=-zstack-size=1048576"]
            }
            Build::Full => &["-Ctarget-feature=+simd128", "-Clink-arg=-zstack-size=4194304"],
        };
        let all = ["--cfg", "getrandom_backend=\"custom\""];
        let mut flags: Vec<_> = all.iter().chain(own).map(|&flag| flag.to_owned()).collect();
        let sources = self.sources();
        let mut remap = |from: &Path, to: &str| {
            flags.push(format!("--remap-path-prefix={}={to}", from.display()))
        };
        remap(workspace.root(), "fieldseal");
        remap(&cargo_home(), "cargo");
        remap(&sources, "rust");
        if let Ok(real) = sources.canonicalize() {
            remap(&real, "rust");
        }
        flags
    }

    fn sources(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib/src/rust")
    }

    fn candidates(workspace: &Workspace) -> Vec<Self> {
        let own = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
        let beside = own.parent().map(|folder| folder.join("rustc")).filter(|rustc| rustc.exists());
        let pairs = [
            (own, beside.unwrap_or_else(|| PathBuf::from("rustc"))),
            ("/usr/bin/cargo".into(), "/usr/bin/rustc".into()),
        ];
        pairs
            .into_iter()
            .filter_map(|(cargo, rustc)| Self::inspect(workspace, cargo, rustc))
            .collect()
    }

    fn inspect(workspace: &Workspace, cargo: PathBuf, rustc: PathBuf) -> Option<Self> {
        let ask = |arguments: &[&str]| {
            process::program(&rustc, workspace.root())
                .without_cargo_environment()
                .args(arguments)
                .output()
                .ok()
        };
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?);
        let library = PathBuf::from(ask(&["--print", "target-libdir", "--target", TARGET])?);
        let installed = std::fs::read_dir(library)
            .is_ok_and(|mut files| files.any(|file| file.is_ok_and(|file| is_core(&file.path()))));
        let candidate = Self { cargo, rustc, sysroot, build_std: !installed };
        (installed || candidate.sources().join("library/Cargo.lock").exists()).then_some(candidate)
    }
}

impl std::fmt::Display for Toolchain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let how =
            if self.build_std { "standard library from its sources" } else { "installed target" };
        write!(formatter, "{} ({how})", self.rustc.display())
    }
}

fn is_core(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libcore-"))
}

fn cargo_home() -> PathBuf {
    let home = || std::env::home_dir().unwrap_or_default().join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

fn first_line(error: &anyhow::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// Installs packages as root on Debian, after refreshing the lists, which a fresh machine lacks.
pub(crate) fn apt_install(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let apt =
        || process::program("apt-get", workspace.root()).env("DEBIAN_FRONTEND", "noninteractive");
    let is_root =
        process::program("id", workspace.root()).arg("-u").output().is_ok_and(|id| id == "0");
    if !is_root || !Path::new("/etc/debian_version").exists() {
        bail!("not root on Debian, so please install: {}", packages.join(" "));
    }
    println!("installing {}", packages.join(" "));
    apt().args(["-qq", "update"]).output()?;
    apt().args(["-qq", "install", "--yes", "--no-install-recommends"]).args(packages).output()?;
    Ok(())
}

fn install_debian_packages(workspace: &Workspace) -> Result<()> {
    apt_install(workspace, &DEBIAN_PACKAGES).map_err(|error| error.context(ADVICE))?;
    let version = process::program("/usr/bin/rustc", workspace.root())
        .without_cargo_environment()
        .arg("-vV")
        .output()?;
    let llvm =
        version.lines().find_map(|line| line.strip_prefix("LLVM version: ")?.split('.').next());
    match llvm {
        Some(major) => apt_install(workspace, &[&format!("lld-{major}")]),
        None => bail!("{ADVICE}"),
    }
}
