//! One thing to do, and the run of many in order: each printed with its time beside its budget.

use std::time::Instant;

use anyhow::Result;

use crate::budgets;
use crate::workspace::Workspace;
use crate::{npm, process, ran};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    action: Action,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    /// A function of this program.
    Call(fn(&Workspace) -> Result<()>),
    /// `cargo` with these arguments.
    Cargo(&'static [&'static str]),
    /// `cargo test` with these arguments; the tests that passed are recorded.
    Tests(&'static [&'static str]),
    /// `node` with these arguments, in `js/`.
    Node(&'static [&'static str]),
}

pub(crate) const fn call(name: &'static str, function: fn(&Workspace) -> Result<()>) -> Step {
    Step { name, action: Action::Call(function) }
}

pub(crate) const fn cargo(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { name, action: Action::Cargo(arguments) }
}

pub(crate) const fn tests(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { name, action: Action::Tests(arguments) }
}

pub(crate) const fn node(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { name, action: Action::Node(arguments) }
}

impl Step {
    fn run(&self, workspace: &Workspace) -> Result<()> {
        match self.action {
            Action::Call(function) => function(workspace),
            Action::Cargo(arguments) => process::cargo(workspace).args(arguments).run(),
            Action::Tests(arguments) => ran::cargo_tests(workspace, self.name, arguments),
            Action::Node(arguments) => npm::node(workspace).args(arguments).run(),
        }
    }

    /// Arguments of cargo, for the test that they name what exists.
    #[cfg(test)]
    fn cargo_arguments(&self) -> &'static [&'static str] {
        match self.action {
            Action::Cargo(arguments) | Action::Tests(arguments) => arguments,
            Action::Call(_) | Action::Node(_) => &[],
        }
    }
}

pub(crate) fn run(command: &str, steps: &[Step], workspace: &Workspace) -> Result<()> {
    run_all(command, &[steps], workspace)
}

/// Runs the steps in order up to the first that fails. Then come the times beside the budgets; the
/// last line says how many passed.
///
/// # Errors
///
/// Fails as the first step that fails does.
pub(crate) fn run_all(command: &str, lists: &[&[Step]], workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    let mut times: Vec<(&str, f32)> = Vec::new();
    for step in lists.iter().copied().flatten() {
        println!("== {}", step.name);
        let begun = Instant::now();
        let outcome = step.run(workspace);
        let seconds = begun.elapsed().as_secs_f32();
        let word = if outcome.is_ok() { "passed" } else { "FAILED" };
        println!("== {} {word}, {seconds:.1} s", step.name);
        if let Err(error) = outcome {
            eprintln!("{error:#}");
            println!("{} passed, 1 failed", times.len());
            return Err(error.context(format!("{command} stopped at: {}", step.name)));
        }
        times.push((step.name, seconds));
    }
    print!("{}", budgets::table(command, &times, start.elapsed().as_secs_f32()));
    println!("{} passed, 0 failed", times.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::steps;

    /// Every package that a step names is one of this workspace.
    #[test]
    fn steps_name_packages_that_exist() {
        let metadata = process::cargo(&Workspace::here())
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .output()
            .unwrap();
        let mut named = 0;
        for step in steps::ALL.iter().copied().flatten() {
            let arguments = step.cargo_arguments();
            for pair in arguments.windows(2).filter(|pair| pair.first() == Some(&"--package")) {
                named += 1;
                assert!(metadata.contains(&format!("\"name\":\"{}\"", pair[1])), "{pair:?}");
            }
        }
        assert!(named > 5);
    }

    /// A fresh clone has no tools: whatever builds modules brings them first.
    #[test]
    fn tools_come_before_what_needs_them() {
        let names = |steps: &[Step]| steps.iter().map(|step| step.name).collect::<Vec<_>>();
        for lists in [steps::WHOLE_BUILD, steps::WHOLE_PACKAGE, steps::WHOLE_TEST] {
            let all: Vec<_> = lists.iter().flat_map(|list| names(list)).collect();
            let place = |name: &str| all.iter().position(|step| *step == name);
            let modules = place("modules").unwrap();
            for tool in names(steps::TOOLS) {
                assert!(place(tool).unwrap() < modules, "{tool}: {all:?}");
            }
        }
    }

    #[test]
    fn a_run_stops_at_the_first_step_that_fails() {
        fn passes(_: &Workspace) -> Result<()> {
            Ok(())
        }
        fn fails(_: &Workspace) -> Result<()> {
            anyhow::bail!("broken")
        }
        let steps = [call("first", passes), call("second", fails), call("third", passes)];
        let error = run("example", &steps, &Workspace::here()).unwrap_err();
        assert_eq!(format!("{error:#}"), "example stopped at: second: broken");
        assert!(run("example", &steps[..1], &Workspace::here()).is_ok());
    }
}
