//! Builds, packages, tests and measures FieldSeal. `cargo xtask help` lists the commands.

mod arguments;
mod fuzz;
mod modules;
mod mongodb;
mod npm;
mod package;
mod process;
mod python;
mod seeds;
mod steps;
mod sums;
mod toolchain;
mod vectors;
mod verify;
mod wasm_tests;
mod wit;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use arguments::Command;
use workspace::Workspace;

fn main() -> ExitCode {
    let command = match Command::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("{error}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    match run(&command, &Workspace::here()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command, workspace: &Workspace) -> Result<()> {
    match command {
        Command::Help => {
            println!("{}", arguments::HELP);
            Ok(())
        }
        Command::Setup => steps::run_all("setup", &[steps::TOOLS, steps::BROWSER], workspace),
        Command::Build => steps::run("build", steps::BUILD, workspace),
        Command::Package => steps::run("package", steps::PACKAGE, workspace),
        Command::Lint => steps::run("lint", steps::LINT, workspace),
        Command::Vectors => steps::run_all("vectors", &[steps::TOOLS, steps::VECTORS], workspace),
        Command::Test => steps::run_all(
            "test",
            &[
                steps::LINT,
                steps::TOOLS,
                steps::BROWSER,
                steps::PACKAGE,
                steps::VECTORS,
                steps::TEST,
            ],
            workspace,
        ),
        Command::Demo(rest) => {
            steps::run_all("build for the demo", &[steps::TOOLS, steps::PACKAGE], workspace)?;
            process::cargo(workspace).args(steps::DEMO).args(rest).run()
        }
        Command::Bench => {
            steps::run_all("bench", &[steps::TOOLS, steps::PACKAGE, steps::BENCH], workspace)
        }
        Command::Fuzz(seconds) => fuzz::run(workspace, *seconds),
        Command::VerifyBuild => {
            steps::run_all("verify-build", &[steps::TOOLS, steps::VERIFY], workspace)
        }
    }
}
