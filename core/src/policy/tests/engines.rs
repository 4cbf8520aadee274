//! The evaluator against the validator crate: one policy is compiled twice, and both engines judge
//! the same clear and sealed documents.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufWriter, Write as _};

use fieldseal_conformance::counts::{ENGINE_PAIRS, FOREIGN_PAIRS, RANDOM_SCHEMAS};
use serde_json::{Value, json};

use super::oracle::Dice;
use super::proof::{Line, lines, sealed_text};
use crate::Limits;
use crate::error::CompileError;
use crate::export::conformance::peer;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::policy::{Options, Policy};
use crate::resolver::walk::Sought;

/// The schemas of `random.ndjson`.
const SCHEMAS: u32 = RANDOM_SCHEMAS.soak;

/// Compares the verdicts of both engines.
#[derive(Default)]
struct Counts {
    schemas: u32,
    /// Schemas that the evaluator does not decide, by keyword.
    left: BTreeMap<&'static str, u32>,
    refused: u32,
    pairs: u32,
    valid: u32,
    sealed: u32,
    sealed_valid: u32,
    /// Verdicts of the crate that differ from the specification, by the reason.
    explained: BTreeMap<&'static str, u32>,
    faults: Vec<String>,
}

/// The policies of one schema, judged by the evaluator and by the crate.
struct Engines {
    evaluator: Policy,
    validator: Policy,
}

impl Engines {
    fn of(
        compile: impl Fn() -> Result<Policy, CompileError>,
        counts: &mut Counts,
    ) -> Option<Engines> {
        let Ok(evaluator) = compile() else {
            counts.refused += 1;
            return None;
        };
        if let Some(keyword) = evaluator.0.undecided.first().map(|own| own.keyword) {
            *counts.left.entry(keyword).or_default() += 1;
            return None;
        }
        let validator = match peer::with(compile) {
            Ok(validator) => validator,
            Err(error) => {
                counts.faults.push(format!("only the crate refuses: {:?}", error.record()));
                return None;
            }
        };
        assert_eq!(evaluator.0.conformance.name(), "evaluator");
        assert_eq!(validator.0.conformance.name(), "crate");
        counts.schemas += 1;
        Some(Engines { evaluator, validator })
    }
}

impl Counts {
    /// Judges a clear document, and the same document sealed. `explain` names the reason for which
    /// the crate may differ.
    fn judge(
        &mut self,
        engines: &Engines,
        text: &str,
        name: &dyn Fn() -> String,
        explain: &dyn Fn() -> Option<&'static str>,
    ) {
        let limits = Limits::default();
        let tape = Tape::parse(text.as_bytes(), &limits).unwrap();
        let (own, other) = (engines.evaluator.is_valid(&tape), engines.validator.is_valid(&tape));
        self.pairs += 1;
        self.valid += u32::from(own == Validity::Valid);
        self.compare(own, other, explain, || format!("{}\n{text}", name()));
        let sought = if own == Validity::Valid { Sought::Decided } else { Sought::All };
        let found = engines.evaluator.resolve(&tape, sought).unwrap();
        if !found.locations.iter().any(|location| location.decided) {
            return;
        }
        let sealed = sealed_text(&engines.evaluator, &tape, &found);
        let tape = Tape::parse(&sealed[..], &limits).unwrap();
        let own = engines.evaluator.is_valid_sealed(&tape);
        let other = peer::with(|| engines.validator.is_valid_sealed(&tape));
        self.sealed += 1;
        self.sealed_valid += u32::from(own == Validity::Valid);
        self.compare(own, other, explain, || {
            format!("{}\n{}", name(), String::from_utf8_lossy(&sealed))
        });
    }

    fn compare(
        &mut self,
        own: Validity,
        other: Validity,
        explain: &dyn Fn() -> Option<&'static str>,
        name: impl Fn() -> String,
    ) {
        if own == other {
            return;
        }
        match explain() {
            Some(reason) => *self.explained.entry(reason).or_default() += 1,
            None => self.faults.push(format!("{own:?} and not {other:?}: {}", name())),
        }
    }

    fn report(&self, title: &str) {
        say!(
            "{title}: {} schemas in both engines, {} refused, left to the crate {:?}; {} clear documents, {} valid; {} sealed, {} valid; {} disagreements, explained {:?}",
            self.schemas,
            self.refused,
            self.left,
            self.pairs,
            self.valid,
            self.sealed,
            self.sealed_valid,
            self.faults.len(),
            self.explained,
        );
        for fault in self.faults.iter().take(8) {
            say!("  {fault}");
        }
    }
}

/// Returns the reason for which the crate judges a document of this schema otherwise. Below `oneOf`
/// or `not` a document that it should refuse is one that it should admit.
fn explained(line: &Line) -> Option<&'static str> {
    // 2019-09 core, section 9.3.1.4: only the array keywords of 9.3.1 that name items evaluate.
    line.takes_contains_for_evaluating().then_some("`contains` evaluates no items in 2019-09")
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn both_engines_judge_the_suite_alike() {
    let mut counts = Counts::default();
    for (number, mut line) in lines("suite.ndjson").enumerate() {
        line.change_mode(number);
        line.unmark_idle();
        let Some(engines) = Engines::of(|| line.compile(), &mut counts) else { continue };
        for instance in line.value["instances"].as_array().unwrap() {
            counts.judge(
                &engines,
                &instance["data"].to_string(),
                &|| format!("{} {}", line.origin, line.value["schema"]),
                &|| explained(&line),
            );
        }
    }
    counts.report("official suite with markers, both engines");
    assert!(counts.faults.is_empty());
    assert!(counts.schemas > 5_000 && counts.pairs > 19_000 && counts.sealed > 10_000);
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn both_engines_judge_random_pairs_alike() {
    let most = ENGINE_PAIRS.get();
    // Every schema also judges documents that were made for the schemas before it.
    let borrowed = (most / SCHEMAS) as usize;
    let mut counts = Counts::default();
    let mut others = VecDeque::new();
    for (number, mut line) in lines("random.ndjson").enumerate() {
        line.change_mode(number);
        let own: Vec<String> = line.value["instances"]
            .as_array()
            .unwrap()
            .iter()
            .map(|instance| instance["data"].to_string())
            .collect();
        line.unmark_idle();
        if let Some(engines) = Engines::of(|| line.compile(), &mut counts) {
            for text in own.iter().chain(others.iter()) {
                counts.judge(
                    &engines,
                    text,
                    &|| format!("{} {}", line.origin, line.value["schema"]),
                    &|| explained(&line),
                );
            }
        }
        others.extend(own);
        others.drain(..others.len().saturating_sub(borrowed));
        if counts.pairs >= most {
            break;
        }
    }
    counts.report("random pairs, both engines");
    assert!(counts.faults.is_empty());
    assert!(counts.pairs >= most && counts.valid > most / 10 && counts.sealed > most / 4);
    assert!(counts.explained.values().sum::<u32>() < most / 1_000);
}

/// Changes one value of a document: drops it, or puts another in its place.
fn mutate(document: &mut Value, dice: &mut Dice) {
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1.5),
        json!(""),
        json!("a b"),
        json!("2020-02-30"),
        json!([]),
        json!({}),
    ];
    let mut at = document;
    loop {
        let children = match &*at {
            Value::Object(members) => members.len(),
            Value::Array(elements) => elements.len(),
            _ => 0,
        };
        if children == 0 || dice.roll(6) == 0 {
            *at = others[dice.roll(others.len() as u64) as usize].clone();
            return;
        }
        let child = dice.roll(children as u64) as usize;
        let is_dropped = dice.roll(8) == 0;
        match at {
            Value::Object(members) => {
                let name = members.keys().nth(child).unwrap().clone();
                if is_dropped {
                    members.remove(&name);
                    return;
                }
                at = members.get_mut(&name).unwrap();
            }
            Value::Array(elements) => {
                if is_dropped {
                    elements.remove(child);
                    return;
                }
                at = &mut elements[child];
            }
            _ => return,
        }
    }
}

fn real(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn both_engines_judge_real_schemas_alike() {
    let mut documents: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    let expected: Value = serde_json::from_slice(&real("real/expected.json")).unwrap();
    for sample in expected["samples"].as_array().unwrap() {
        let schema = expected["schemas"][sample["schema"].as_str().unwrap()].as_str().unwrap();
        let overlay = format!("real/{}", sample["overlay"].as_str().unwrap());
        let file = format!("real/{}", sample["file"].as_str().unwrap());
        let document = serde_json::from_slice(&real(&file)).unwrap();
        documents.entry((schema.to_owned(), overlay)).or_default().push(document);
    }
    let index: Value =
        serde_json::from_slice(&super::npm("@octokit/webhooks-examples/api.github.com/index.json"))
            .unwrap();
    let payloads = index
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|event| event["examples"].as_array().unwrap().iter().cloned());
    documents.insert(
        ("@octokit/webhooks-schemas/schema.json".to_owned(), "webhooks-overlay.json".to_owned()),
        payloads.collect(),
    );
    let mut counts = Counts::default();
    let mut dice = Dice(20_261_129);
    for ((schema, overlay), documents) in &documents {
        let text = super::npm(schema);
        let overlay = String::from_utf8(real(overlay)).unwrap();
        let compile = || {
            let options = Options::from_json(&format!(r#"{{"overlay":{overlay}}}"#)).unwrap();
            Policy::compile(&text, options)
        };
        let Some(engines) = Engines::of(compile, &mut counts) else { continue };
        let changed = 2_000 / documents.len() + 1;
        for document in documents {
            for change in 0..=changed {
                let mut document = document.clone();
                for _ in 0..change % 4 {
                    mutate(&mut document, &mut dice);
                }
                let name = || schema.clone();
                counts.judge(&engines, &document.to_string(), &name, &|| None);
            }
        }
    }
    counts.report("real schemas, both engines");
    assert!(counts.faults.is_empty());
    assert!(counts.schemas >= 3 && counts.pairs > 8_000 && counts.valid > 1_000);
}

/// Writes pairs with the evaluator's verdicts, which foreign validators judge afterwards
/// (js/oracle/foreign).
#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn foreign_validators_get_random_pairs() {
    let most = FOREIGN_PAIRS.get();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/oracle");
    let file = std::fs::File::create(folder.join("pairs-random.ndjson")).unwrap();
    let mut out = BufWriter::new(file);
    let (mut pairs, mut valid, mut schemas) = (0, 0, 0);
    // From the end, since other tests begin at the front.
    let all: Vec<Line> = lines("random.ndjson").collect();
    for line in all.iter().rev() {
        if pairs >= most {
            break;
        }
        let Ok(policy) = line.compile() else { continue };
        if !policy.0.undecided.is_empty() {
            continue;
        }
        schemas += 1;
        let (mut documents, mut plain) = (Vec::new(), Vec::new());
        for instance in line.value["instances"].as_array().unwrap() {
            let data = &instance["data"];
            let text = data.to_string();
            let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
            let accept = match policy.is_valid(&tape) {
                Validity::Valid => true,
                Validity::Invalid => false,
                other => panic!("{}: {other:?}: {text}", line.origin),
            };
            pairs += 1;
            valid += u32::from(accept);
            documents.push(json!({"data": data, "accept": accept}));
            plain.push(json!({"data": data, "valid": instance["valid"]}));
        }
        let line = json!({
            "origin": line.origin,
            "draft": line.value["draft"],
            "schema": line.value["schema"],
            "references": {},
            "documents": documents,
            // The verdicts of the oracle, by which a fault of a foreign validator is proven.
            "plain": {"schema": line.value["schema"], "documents": plain},
        });
        writeln!(out, "{line}").unwrap();
    }
    out.flush().unwrap();
    say!(
        "random pairs for foreign validators: {schemas} schemas, {pairs} documents, {valid} valid"
    );
    assert!(pairs >= most && valid > most / 3 && valid < most);
}
