//! The seconds that steps and commands may take on two idle cores. A run prints them beside its
//! times; nothing fails by time, since a machine may be busy.

use std::fmt::Write as _;

/// Steps of `test` and `test --quick`, in a fresh clone with the crates downloaded.
const STEPS: &[(&str, u32)] = &[
    ("formatting", 5),
    ("formatting of the fuzz targets", 5),
    ("fuzz targets", 30),
    ("prose", 5),
    ("rooms", 5),
    ("clippy", 180),
    ("documentation", 30),
    ("WebAssembly toolchain", 5),
    ("node modules", 20),
    ("headless browser", 10),
    ("modules", 185),
    ("artefacts", 15),
    ("official vectors", 10),
    ("primitives as a module", 30),
    ("build tool", 50),
    ("dependencies", 65),
    ("frozen files", 1),
    ("oracle of the resolver", 60),
    ("oracle of the calendar", 15),
    ("envelopes in Python", 15),
    ("core, and component in wasmtime", 305),
    ("sealed schemas in foreign validators", 45),
    ("core of the evaluator build", 50),
    ("web binding in Node", 55),
    ("npm package", 60),
    ("npm package on its hosts", 60),
    ("demonstration", 15),
    ("requirements", 2),
    ("core", 85),
    ("one door", 45),
    ("cases through the door", 20),
];

/// Whole commands.
const COMMANDS: &[(&str, u32)] = &[("test", 26 * 60), ("test --quick", 3 * 60)];

fn of(table: &[(&str, u32)], name: &str) -> Option<u32> {
    table.iter().find(|(known, _)| *known == name).map(|(_, seconds)| *seconds)
}

/// The times of a run beside the budgets, one line a step, the whole command last.
pub(crate) fn table(command: &str, times: &[(&str, f32)], whole: f32) -> String {
    let mut text = String::new();
    let mut line = |name: &str, seconds: f32, budget: Option<u32>| {
        let beside = budget.map_or(String::new(), |budget| {
            let above = if seconds > budget as f32 { ", above" } else { "" };
            format!(" of {budget:>4}{above}")
        });
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:40} {seconds:>7.1} s{beside}");
    };
    for (name, seconds) in times {
        line(name, *seconds, of(STEPS, name));
    }
    line(&format!("{command} as a whole"), whole, of(COMMANDS, command));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps;

    #[test]
    fn every_step_of_a_test_has_a_budget_and_no_other_name_has_one() {
        let timed = steps::WHOLE_TEST.iter().copied().flatten().chain(steps::QUICK);
        let named: Vec<&str> = timed.map(|step| step.name).collect();
        for name in &named {
            assert!(of(STEPS, name).is_some(), "`{name}` has no budget");
        }
        for (name, _) in STEPS {
            assert!(named.contains(name), "`{name}` is no step");
        }
    }

    #[test]
    fn the_steps_of_the_test_fit_into_its_budget() {
        let steps = steps::WHOLE_TEST.iter().copied().flatten();
        let sum: u32 = steps.filter_map(|step| of(STEPS, step.name)).sum();
        assert!(Some(sum) <= of(COMMANDS, "test"), "{sum} s");
        let quick: u32 = steps::QUICK.iter().filter_map(|step| of(STEPS, step.name)).sum();
        assert!(Some(quick) <= of(COMMANDS, "test --quick"), "{quick} s");
    }

    #[test]
    fn times_above_their_budget_are_named() {
        let text =
            table("test", &[("formatting", 1.25), ("clippy", 999.0), ("other", 2.0)], 1002.3);
        let lines: Vec<String> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines,
            [
                "formatting 1.2 s of 5",
                "clippy 999.0 s of 180, above",
                "other 2.0 s",
                "test as a whole 1002.3 s of 1560",
            ]
        );
    }
}
