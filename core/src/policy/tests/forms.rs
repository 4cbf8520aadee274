//! The sealed schema against the documents of the oracle: what is sealed from a valid document fits, what is left clear or does
//! not conform is refused as far as the table of resolver.md can; others judge the same cases afterwards (js/oracle/foreign).

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use serde_json::{Value, json};

use super::super::*;
use super::proof::{Line, lines, sealed_text};
use crate::Limits;

#[derive(Default, Debug)]
struct Counts {
    schemas: u32,
    underivable: Vec<String>,
    valid: u32,
    refused: Vec<String>,
    /// Documents with one marked value left clear, and how many of them another branch accepts so.
    clear: u32,
    clear_accepted: u32,
    /// Documents that do not conform, sealed wherever a marker might be; how many of them are accepted; and how many of those
    /// although no other values in the envelopes were found with which the document would conform.
    invalid: u32,
    invalid_accepted: u32,
    invalid_at_large: u32,
    loosened: BTreeMap<&'static str, u32>,
}

fn judge(policy: &Policy, text: &[u8], sealed: bool) -> bool {
    let tape = Tape::parse(text, &Limits::default()).unwrap();
    match if sealed { policy.is_valid_sealed(&tape) } else { policy.is_valid(&tape) } {
        Validity::Valid => true,
        Validity::Invalid => false,
        other => panic!("{other:?}"),
    }
}

/// The document with other values where envelopes stand: one for all of them.
fn refilled(data: &Value, pointers: &[String], filling: &Value) -> Value {
    let mut data = data.clone();
    for pointer in pointers {
        if let Some(value) = data.pointer_mut(pointer) {
            *value = filling.clone();
        }
    }
    data
}

impl Counts {
    fn judge(&mut self, line: &Line, policy: &Policy, out: &mut impl Write) {
        let forms = match policy.forms() {
            Ok(forms) => forms,
            Err(error) => {
                self.underivable.push(format!("{}: {error:?}\n{}", line.origin, line.value["schema"]));
                return;
            }
        };
        for loosened in &forms.loosened {
            *self.loosened.entry(loosened.keyword).or_default() += 1;
        }
        let (mut sealed_documents, mut plain_documents) = (Vec::new(), Vec::new());
        let mut note = |text: &[u8], accept: bool| {
            sealed_documents.push(json!({"data": serde_json::from_slice::<Value>(text).unwrap(), "accept": accept}));
        };
        let instances = line.value["instances"].as_array().unwrap();
        let fillings: Vec<&Value> = instances.iter().map(|instance| &instance["data"]).collect();
        for instance in instances {
            let text = instance["data"].to_string();
            let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
            let valid = policy.is_valid(&tape) == Validity::Valid;
            if instance["valid"] != valid {
                // Where the validator crate is wrong, which the proof of the resolver counts.
                continue;
            }
            plain_documents.push(json!({"data": instance["data"], "valid": valid}));
            let sought = if valid { Sought::Decided } else { Sought::All };
            let found = policy.resolve(&tape, sought).unwrap();
            let written = sealed_text(&tape, &found);
            let accepted = judge(policy, &written, true);
            note(&written, accepted);
            if !valid {
                self.invalid += 1;
                if accepted {
                    self.invalid_accepted += 1;
                    let decided = found.locations.iter().filter(|location| location.decided);
                    let pointers: Vec<String> = decided.map(|location| tape.node(location.node).unwrap().pointer()).collect();
                    let conforms = |filling: &&Value| judge(policy, refilled(&instance["data"], &pointers, filling).to_string().as_bytes(), false);
                    let scalars =
                        [json!(null), json!(true), json!(0), json!(3.5), json!(-1), json!(""), json!("a"), json!("abc"), json!([]), json!({})];
                    self.invalid_at_large += u32::from(!scalars.iter().chain(fillings.iter().copied()).any(|filling| conforms(&filling)));
                }
                continue;
            }
            self.valid += 1;
            if !accepted {
                self.refused.push(format!("{}: {text}\n{}\n{}", line.origin, line.value["schema"], forms.sealed));
            }
            let Some(marks) = instance["marks"].as_array() else { continue };
            for left in found.locations.iter().filter(|location| location.decided) {
                if !marks.iter().any(|mark| *mark == tape.node(left.node).unwrap().pointer()) {
                    continue;
                }
                let mut other = policy.resolve(&tape, sought).unwrap();
                other.keep(|location| location.node != left.node);
                let written = sealed_text(&tape, &other);
                let accepted = judge(policy, &written, true);
                note(&written, accepted);
                self.clear += 1;
                self.clear_accepted += u32::from(accepted);
            }
        }
        let schema = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let line = json!({
            "origin": line.origin,
            "draft": line.value["draft"],
            "schema": schema(&forms.sealed),
            "references": {},
            "documents": sealed_documents,
            "plain": {"schema": schema(&forms.plaintext), "documents": plain_documents},
        });
        writeln!(out, "{line}").unwrap();
    }

    fn run(name: &str) -> Counts {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/oracle").join(format!("forms-{name}"));
        let mut out = BufWriter::new(std::fs::File::create(path).unwrap());
        let mut counts = Counts::default();
        for line in lines(name) {
            let Ok(policy) = line.compile() else { continue };
            counts.schemas += 1;
            counts.judge(&line, &policy, &mut out);
        }
        out.flush().unwrap();
        counts
    }

    fn report(&self, title: &str) {
        println!(
            "{title}: {} schemas; {} documents sealed from valid ones, {} refused; {} with one marked value left clear, {} accepted by another branch; {} that do not conform, {} accepted, of these {} whatever the envelopes hold; loosened {:?}",
            self.schemas,
            self.valid,
            self.refused.len(),
            self.clear,
            self.clear_accepted,
            self.invalid,
            self.invalid_accepted,
            self.invalid_at_large,
            self.loosened,
        );
        for fault in self.refused.iter().chain(&self.underivable).take(6) {
            println!("  {fault}");
        }
    }
}

#[test]
fn v05_the_sealed_schema_accepts_what_is_sealed_in_the_official_suite() {
    let counts = Counts::run("suite.ndjson");
    counts.report("sealed schemas of the official suite");
    assert!(counts.refused.is_empty() && counts.underivable.is_empty());
    assert!(counts.schemas > 5_000 && counts.valid > 9_000 && counts.clear > 5_000);
}

#[test]
fn v05_the_sealed_schema_accepts_what_is_sealed_under_random_schemas() {
    let counts = Counts::run("random.ndjson");
    counts.report("sealed schemas of random schemas");
    assert!(counts.refused.is_empty() && counts.underivable.is_empty());
    assert!(counts.valid >= 100_000 && counts.clear > 20_000);
}
