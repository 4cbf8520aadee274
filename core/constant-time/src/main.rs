//! Runs the cryptography of FieldSeal with secrets that count as undefined for valgrind's Memcheck,
//! which reports each branch and each address that depends on an undefined byte (as *ctgrind* by
//! Adam Langley).
//!
//! `cargo xtask cases` builds it and runs it under valgrind. It ends well if the cases report
//! nothing and the careless functions beside them report something: else the run shows nothing.

mod cases;
mod memcheck;

use std::process::ExitCode;

fn main() -> ExitCode {
    if !memcheck::is_running() {
        eprintln!("this program shows something under valgrind alone: `cargo xtask cases`");
        return ExitCode::from(2);
    }
    let mut failed = false;
    for (name, expected, run) in cases::ALL {
        let before = memcheck::errors();
        run();
        let found = memcheck::errors() - before;
        let holds = match expected {
            cases::Expected::Silence => found == 0,
            cases::Expected::Verdict => found == 1,
            cases::Expected::Leak => found > 0,
        };
        failed |= !holds;
        let verdict = if holds { "as expected" } else { "NOT AS EXPECTED" };
        println!("{name:<58} {found:>4} dependent branches and addresses, {verdict}");
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
