//! One mutant before the tests of its room.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::rooms::{ROOMS, Room};
use super::workshop::Programs;

/// All tests of a room together may take this long.
const LIMIT: Duration = Duration::from_secs(60);

/// Kilobytes of memory that a test program may have: a fault may ask for all there is.
const MEMORY: u32 = 6_000_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// By the first test that failed.
    Caught(String),
    Missed,
    TimedOut,
}

impl Outcome {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Caught(_) => "caught",
            Self::Missed => "missed",
            Self::TimedOut => "timed out",
        }
    }

    pub(super) fn read(word: &str, by: String) -> Option<Self> {
        let all = [Self::Caught(by), Self::Missed, Self::TimedOut];
        all.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// The tests of all rooms pass while every fault is asleep.
///
/// # Errors
///
/// Fails when they do not, or take too long.
pub(super) fn without_fault(programs: &Programs) -> Result<()> {
    for room in ROOMS {
        let (outcome, seconds) = judge(programs, room, usize::MAX)?;
        println!("tests of {} without a fault: {seconds:.1} s", room.name);
        match outcome {
            Outcome::Missed => {}
            Outcome::Caught(test) => bail!("{test} fails without a fault"),
            Outcome::TimedOut => bail!("the tests of {} take too long", room.name),
        }
    }
    Ok(())
}

/// Wakes one fault and runs the tests of its room up to the first that fails.
pub(super) fn judge(programs: &Programs, room: &Room, number: usize) -> Result<(Outcome, f32)> {
    let begun = Instant::now();
    let mut outcome = Outcome::Missed;
    for (program, filters) in room.tests {
        let left = LIMIT.saturating_sub(begun.elapsed());
        let tests = Tests {
            program: programs.path(program)?,
            folder: &programs.folder,
            filters,
            without: room.without,
            number,
        };
        outcome = tests.run(left)?;
        if outcome != Outcome::Missed {
            break;
        }
    }
    Ok((outcome, begun.elapsed().as_secs_f32()))
}

struct Tests<'a> {
    program: &'a PathBuf,
    folder: &'a Path,
    filters: &'a [&'a str],
    without: &'a [&'a str],
    number: usize,
}

impl Tests<'_> {
    fn run(&self, limit: Duration) -> Result<Outcome> {
        let mut child = Command::new("sh")
            .args(["-c", &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"")])
            .arg(self.program)
            .args(["--format=pretty", "--include-ignored"])
            .args(self.filters)
            .args(self.without.iter().flat_map(|part| ["--skip", part]))
            .current_dir(self.folder)
            .env("FIELDSEAL_MUTANT", self.number.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let outcome = watch(&mut child, limit);
        // It may have ended.
        child.kill().ok();
        child.wait()?;
        outcome
    }
}

/// Reads what the tests print until one fails, all are done or the time is up.
fn watch(child: &mut Child, limit: Duration) -> Result<Outcome> {
    let printed = child.stdout.take().context("a piped output is there")?;
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::BufReader::new(printed).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let deadline = Instant::now() + limit;
    let mut ran = 0;
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                let Some(test) = line.strip_prefix("test ") else { continue };
                if let Some(name) = test.strip_suffix(" ... FAILED") {
                    return Ok(Outcome::Caught(name.to_owned()));
                }
                ran += usize::from(test.ends_with(" ... ok"));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => return Ok(Outcome::TimedOut),
            // Its output is closed, so it ends; an abort is noticed, too.
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let status = child.wait()?;
                return match status.success() {
                    true => Ok(Outcome::Missed),
                    false => Ok(Outcome::Caught(format!(
                        "the program ended with {status} after {ran} tests"
                    ))),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(script: &str, limit: Duration) -> Result<Outcome> {
        let mut child = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let outcome = watch(&mut child, limit);
        child.kill().ok();
        child.wait()?;
        outcome
    }

    #[test]
    fn the_first_failure_an_abort_silence_and_success_are_told_apart() -> Result<()> {
        let long = Duration::from_secs(20);
        let failed = "echo 'test a ... ok'; echo 'test b::c ... FAILED'; sleep 60";
        assert_eq!(watched(failed, long)?, Outcome::Caught("b::c".into()));
        assert!(matches!(watched("kill -ABRT $$", long)?, Outcome::Caught(_)));
        assert_eq!(watched("echo 'test a ... ok'", long)?, Outcome::Missed);
        assert_eq!(watched("exec sleep 60", Duration::from_millis(50))?, Outcome::TimedOut);
        Ok(())
    }
}
