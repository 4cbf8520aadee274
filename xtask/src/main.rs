//! Builds, packages, tests and measures FieldSeal. `cargo xtask help` lists the commands.

mod arguments;
mod audit;
mod budgets;
mod constant_time;
mod corpus;
mod docs;
mod frozen;
mod fuzz;
mod modules;
mod mutants;
mod npm;
mod package;
mod process;
mod prose;
mod python;
mod ran;
mod readme;
mod requirements;
mod rooms;
mod second_implementation;
mod seeds;
mod sources;
mod step;
mod steps;
mod sums;
mod toolchain;
mod tools;
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
        Command::Setup => step::run_all("setup", &[steps::TOOLS, steps::BROWSER], workspace),
        Command::Build => step::run_all("build", steps::WHOLE_BUILD, workspace),
        Command::Package => step::run_all("package", steps::WHOLE_PACKAGE, workspace),
        Command::Lint => step::run("lint", steps::LINT, workspace),
        Command::Vectors => step::run_all("vectors", &[steps::TOOLS, steps::VECTORS], workspace),
        Command::Test { quick: false } => {
            ran::clear(workspace)?;
            step::run_all("test", steps::WHOLE_TEST, workspace)
        }
        Command::Frozen => frozen::run(workspace),
        Command::Test { quick: true } => step::run("test --quick", steps::QUICK, workspace),
        Command::Cases => step::run_all(
            "cases",
            &[steps::TOOLS, steps::BROWSER, steps::PACKAGE, steps::CASES],
            workspace,
        ),
        Command::Soak => step::run_all(
            "soak",
            &[steps::TOOLS, steps::PACKAGE, steps::VECTORS, steps::SOAK],
            &workspace.with_long_counts(),
        ),
        Command::Demo(rest) => {
            step::run_all("build for the demo", &[steps::TOOLS, steps::PACKAGE], workspace)?;
            process::cargo(workspace).args(steps::DEMO).args(rest).run()
        }
        Command::Bench { table: false } => {
            step::run_all("bench", &[steps::TOOLS, steps::PACKAGE, steps::BENCH], workspace)
        }
        Command::Bench { table: true } => {
            step::run_all("bench --table", &[steps::TOOLS, steps::PACKAGE, steps::TABLE], workspace)
        }
        Command::Corpus => step::run_all("corpus", &[steps::TOOLS, steps::CORPUS], workspace),
        Command::Fuzz(seconds) => fuzz::run(workspace, *seconds),
        Command::Audit => step::run("audit", steps::AUDIT, workspace),
        Command::Mutants(shard) => mutants::run(workspace, *shard),
        Command::Prose => prose::run(workspace),
        Command::Rooms => rooms::run(workspace),
        Command::Requirements => requirements::run(workspace),
        Command::Readme => readme::run(workspace),
        Command::Docs => docs::write(workspace),
        Command::VerifyBuild => {
            step::run_all("verify-build", &[steps::TOOLS, steps::VERIFY], workspace)
        }
    }
}
