//! Child processes: none reads our input, and a failure names the command.

use std::ffi::OsStr;
use std::io::BufRead as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

pub(crate) struct Process(Command);

/// A program in a folder, without standard input.
pub(crate) fn program(name: impl AsRef<OsStr>, folder: &Path) -> Process {
    let mut command = Command::new(name);
    command.current_dir(folder).stdin(Stdio::null());
    Process(command)
}

/// The cargo that runs us.
pub(crate) fn cargo(workspace: &Workspace) -> Process {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    program(cargo, workspace.root()).envs(workspace.counts())
}

impl Process {
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn envs(
        mut self,
        pairs: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) -> Self {
        self.0.envs(pairs);
        self
    }

    /// Removes what rustup and an outer cargo leave behind for their own children: another cargo
    /// would use the wrong compiler, flags or library.
    pub(crate) fn without_cargo_environment(mut self) -> Self {
        let leaks = |name: &str| {
            let ours = name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name.starts_with("CARGO_BIN_");
            let flags = [
                "RUSTC",
                "RUSTDOC",
                "RUSTFLAGS",
                "CARGO",
                "CARGO_ENCODED_RUSTFLAGS",
                "CARGO_TARGET_DIR",
                "LD_LIBRARY_PATH",
            ];
            ours || flags.contains(&name)
                || (name.starts_with("RUSTUP_")
                    && name != "RUSTUP_HOME"
                    && name != "RUSTUP_AUTO_INSTALL")
        };
        for (name, _) in std::env::vars_os() {
            if leaks(&name.to_string_lossy()) {
                self.0.env_remove(name);
            }
        }
        self
    }

    /// Runs it with its output shown.
    pub(crate) fn run(mut self) -> Result<()> {
        let status = self.0.status().with_context(|| format!("cannot start {}", self.line()))?;
        if !status.success() {
            bail!("{} ended with {status}", self.line());
        }
        Ok(())
    }

    /// Runs it and gives each line that it prints; its complaints are shown.
    pub(crate) fn each_line<L: for<'a> From<&'a str>>(
        mut self,
        mut take: impl FnMut(L),
    ) -> Result<()> {
        let mut child = self
            .0
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.line()))?;
        let printed = child.stdout.take().context("a piped output is there")?;
        for line in std::io::BufReader::new(printed).split(b'\n') {
            take(L::from(&*String::from_utf8_lossy(&line?)));
        }
        let status = child.wait()?;
        if !status.success() {
            bail!("{} ended with {status}", self.line());
        }
        Ok(())
    }

    /// Runs it and returns what it printed, trimmed; its complaints are part of the error.
    pub(crate) fn output(mut self) -> Result<String> {
        let output = self
            .0
            .stderr(Stdio::piped())
            .output()
            .with_context(|| format!("cannot start {}", self.line()))?;
        if !output.status.success() {
            bail!(
                "{} ended with {}: {}",
                self.line(),
                output.status,
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Runs it with all that it prints in a file, and returns whether it ended well.
    pub(crate) fn log(mut self, file: &Path) -> Result<bool> {
        let log = std::fs::File::create(file)
            .with_context(|| format!("cannot write {}", file.display()))?;
        let status = self
            .0
            .stdout(log.try_clone()?)
            .stderr(log)
            .status()
            .with_context(|| format!("cannot start {}", self.line()))?;
        Ok(status.success())
    }

    fn line(&self) -> String {
        let words = std::iter::once(self.0.get_program()).chain(self.0.get_args());
        words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
    }
}
