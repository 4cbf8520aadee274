//! The measures of prose: first words of doc comments, lines over 100 columns, `# Errors`.

mod comments;
mod errors;

use anyhow::{Result, ensure};

use crate::sources;
use crate::workspace::Workspace;

/// More characters than this make a line long.
const COLUMNS: usize = 100;

/// Percentage of doc comments that may begin with a question word.
const QUESTIONS: f64 = 3.0;

/// Percentage of lines that may be long.
const LONG_LINES: f64 = 1.0;

/// One offending place: `file:line`, and the text there.
type Place = String;

/// Measures the sources, prints figures and places.
///
/// # Errors
///
/// Fails when a figure is above its bound, or a file cannot be read.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let figures = measure(workspace)?;
    let faults: Vec<&str> = figures.iter().filter(|f| f.is_above()).map(|f| f.name).collect();
    for figure in &figures {
        figure.print();
    }
    ensure!(faults.is_empty(), "above its bound: {}", faults.join("; "));
    Ok(())
}

fn measure(workspace: &Workspace) -> Result<[Figure; 3]> {
    let mut questions = Figure::new("doc comments that begin with a question word", QUESTIONS);
    let mut long = Figure::new("lines over 100 columns", LONG_LINES);
    let mut errors = Figure::new("public fallible functions without `# Errors`", 0.0);
    for file in sources::tracked(workspace)? {
        if !(file.ends_with(".rs") || file.ends_with(".ts")) {
            continue;
        }
        let text = sources::read(workspace, &file)?;
        long.add_lines(&file, &text);
        if is_measured(&file) {
            let parsed = sources::parse(&file, &text)?;
            questions.add_comments(&file, &text, &sources::lines_of_tests(&parsed));
            errors.add_functions(&file, &sources::without_tests(parsed));
        }
    }
    Ok([questions, long, errors])
}

/// Returns true for Rust of `core/` outside tests and fuzz.
fn is_measured(file: &str) -> bool {
    let mut parts = file.split('/');
    file.ends_with(".rs")
        && parts.next() == Some("core")
        && !parts.any(|part| matches!(part, "tests" | "tests.rs" | "fuzz"))
}

/// A count of places among all that were looked at.
struct Figure {
    name: &'static str,
    /// Percentage.
    bound: f64,
    places: Vec<Place>,
    all: usize,
}

impl Figure {
    fn new(name: &'static str, bound: f64) -> Self {
        Self { name, bound, places: Vec::new(), all: 0 }
    }

    fn add_lines(&mut self, file: &str, text: &str) {
        for (index, line) in text.lines().enumerate() {
            self.all += 1;
            let columns = line.chars().count();
            if columns > COLUMNS {
                self.places.push(format!("{file}:{}: {columns} columns", index + 1));
            }
        }
    }

    fn add_comments(&mut self, file: &str, text: &str, tests: &[std::ops::RangeInclusive<usize>]) {
        for comment in comments::of(text) {
            if tests.iter().any(|lines| lines.contains(&comment.line)) {
                continue;
            }
            self.all += 1;
            if comment.begins_with_question() {
                self.places.push(format!("{file}:{}: {}", comment.line, comment.first_line));
            }
        }
    }

    fn add_functions(&mut self, file: &str, product: &syn::File) {
        for function in errors::public_fallible(product) {
            self.all += 1;
            if !function.says_errors {
                self.places.push(format!("{file}:{}: {}", function.line, function.name));
            }
        }
    }

    fn percentage(&self) -> f64 {
        100.0 * self.places.len() as f64 / self.all.max(1) as f64
    }

    fn is_above(&self) -> bool {
        self.percentage() > self.bound
    }

    fn print(&self) {
        for place in &self.places {
            println!("  {place}");
        }
        println!(
            "{}: {} of {}, {:.2} % (at most {} %){}",
            self.name,
            self.places.len(),
            self.all,
            self.percentage(),
            self.bound,
            if self.is_above() { ", ABOVE" } else { "" }
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_above_only_beyond_its_bound() {
        let mut figure = Figure::new("lines over 100 columns", 50.0);
        let (short, long) = ("é".repeat(100), "é".repeat(101));
        figure.add_lines("a.rs", &format!("{short}\n{long}\n"));
        assert_eq!(figure.places, ["a.rs:2: 101 columns"]);
        assert!(!figure.is_above());
        figure.add_lines("b.rs", &long);
        assert!(figure.is_above());
    }

    #[test]
    fn comments_inside_tests_are_not_counted() {
        let mut figure = Figure::new("questions", 0.0);
        figure.add_comments("a.rs", "/// What a test does.\nx\n/// How.\ny\n", &[1..=2]);
        assert_eq!((figure.all, figure.places), (1, vec!["a.rs:3: How.".to_owned()]));
    }

    #[test]
    fn tests_and_fuzz_are_not_measured() {
        for file in ["core/src/lib.rs", "core/json/src/a.rs", "core/benches/a.rs"] {
            assert!(is_measured(file), "{file}");
        }
        for file in [
            "core/tests/it/main.rs",
            "core/src/policy/tests/forms.rs",
            "core/src/number/tests.rs",
            "core/fuzz/src/lib.rs",
            "xtask/src/main.rs",
            "core/README.md",
        ] {
            assert!(!is_measured(file), "{file}");
        }
    }
}
