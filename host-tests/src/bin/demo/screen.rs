//! Prints plain lines, and a progress bar where somebody is watching.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Characters of one side of a comparison, so that both fit 120 columns.
const SIDE: usize = 57;
/// Lines of a comparison.
const LINES: usize = 34;

pub(crate) fn headline(text: &str) {
    say(&format!("\n== {text}"));
}

pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Prints a list in lines of at most 110 characters.
pub(crate) fn wrapped(list: &str) {
    let mut line = String::from(" ");
    for word in list.split(", ") {
        if line.len() + word.len() > 110 {
            say(&line);
            line = String::from(" ");
        }
        line.push_str(&format!(" {word},"));
    }
    say(line.trim_end_matches(','));
}

pub(crate) fn rate(documents: usize, bytes: usize, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    format!(
        "{:.0} documents/s, {:.1} MB/s",
        documents as f64 / seconds,
        bytes as f64 / 1e6 / seconds
    )
}

/// A document before and after sealing, line by line: the untouched text keeps its lines.
pub(crate) fn side_by_side(record: &str, clear: &str, sealed: &str) {
    headline(&format!("{record}, as it came and as it is stored"));
    let indent = clear
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<(&str, &str)> = clear
        .lines()
        .zip(sealed.lines())
        .map(|(a, b)| (outdent(a, indent), outdent(b, indent)))
        .collect();
    for (before, after) in lines.iter().take(LINES) {
        let mark = if before == after { ' ' } else { '*' };
        say(format!("{} {mark} {}", fit(before), fit(after)).trim_end());
    }
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        let sealed = lines.iter().skip(LINES).filter(|(before, after)| before != after).count();
        say(&format!("… {more} more lines, {sealed} of them sealed"));
    }
}

fn outdent(line: &str, indent: usize) -> &str {
    let spaces = line.len() - line.trim_start().len();
    line.get(indent.min(spaces)..).unwrap_or(line)
}

/// The line in exactly [`SIDE`] characters.
fn fit(line: &str) -> String {
    if line.chars().count() <= SIDE {
        return format!("{line:SIDE$}");
    }
    line.chars().take(SIDE - 1).chain(['…']).collect()
}

/// A bar on standard error, if that is a terminal.
pub(crate) struct Progress {
    what: &'static str,
    done: usize,
    all: usize,
    drawn: Option<Instant>,
    watched: bool,
}

impl Progress {
    pub(crate) fn new(what: &'static str, all: usize) -> Progress {
        Progress { what, done: 0, all, drawn: None, watched: std::io::stderr().is_terminal() }
    }

    pub(crate) fn step(&mut self) {
        self.done += 1;
        if !self.watched
            || self.drawn.is_some_and(|drawn| drawn.elapsed() < Duration::from_millis(50))
        {
            return;
        }
        self.drawn = Some(Instant::now());
        let filled = 40 * self.done / self.all.max(1);
        eprint!(
            "\r{:>14} [{}{}] {}/{}",
            self.what,
            "#".repeat(filled),
            " ".repeat(40 - filled),
            self.done,
            self.all
        );
        let _ = std::io::stderr().flush();
    }

    /// Takes the bar away.
    pub(crate) fn finish(self) {
        if self.watched {
            eprint!("\r{:80}\r", "");
        }
    }
}
