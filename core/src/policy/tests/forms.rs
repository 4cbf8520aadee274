//! Tests the sealed schema with the documents of the oracle.
//!
//! It must accept documents sealed from valid ones, and refuse documents with clear or
//! nonconforming values as far as the table of docs/what-is-sealed.md, *The sealed schema*, allows.
//! Foreign validators judge the same cases afterwards (js/oracle/foreign).

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use fieldseal_conformance::counts::RANDOM_SCHEMAS;
use serde_json::{Value, json};

use super::proof::{Line, lines, of_all, sealed_text};
use crate::Limits;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::policy::{Options, Policy};
use crate::resolver::walk::{Resolution, Sought};

#[derive(Default, Debug)]
struct Counts {
    schemas: u32,
    underivable: Vec<String>,
    valid: u32,
    /// Documents that contain a token.
    tokens: u32,
    /// Documents in which markers disagree.
    disputed: u32,
    refused: Vec<String>,
    /// Documents with one marked value left clear, and the number of those that another branch
    /// accepts.
    clear: u32,
    clear_accepted: u32,
    /// Documents that do not conform, sealed in the whole may-mark set; the number of those that
    /// are accepted; and the number of accepted ones for which no other content of the envelopes
    /// was found with which the document would conform.
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

/// Returns the document with one other value in place of all envelopes.
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
    /// Checks one line, and writes its cases to `out` for foreign validators.
    fn judge(&mut self, line: &Line, policy: &Policy, out: Option<&mut impl Write>) {
        let forms = match policy.forms() {
            Ok(forms) => forms,
            Err(error) => {
                self.underivable
                    .push(format!("{}: {error:?}\n{}", line.origin, line.value["schema"]));
                return;
            }
        };
        for loosened in &forms.loosened {
            *self.loosened.entry(loosened.keyword).or_default() += 1;
        }
        let (mut sealed_documents, mut plain_documents) = (Vec::new(), Vec::new());
        let mut note = |text: &[u8], accept: bool| {
            sealed_documents.push(
                json!({"data": serde_json::from_slice::<Value>(text).unwrap(), "accept": accept}),
            );
        };
        let instances = line.value["instances"].as_array().unwrap();
        let fillings: Vec<&Value> = instances.iter().map(|instance| &instance["data"]).collect();
        for instance in instances {
            let text = instance["data"].to_string();
            let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
            let valid = policy.is_valid(&tape) == Validity::Valid;
            if instance["valid"] != valid {
                // The validator crate is wrong here, which the proof of the resolver counts.
                continue;
            }
            plain_documents.push(json!({"data": instance["data"], "valid": valid}));
            let sought = if valid { Sought::Decided } else { Sought::All };
            let found = policy.resolve(&tape, sought).unwrap();
            if !found.disputes.is_empty()
                || found.locations.iter().any(|location| location.disputed)
            {
                // Sealing ends in `conflict`: one marker asks for a token, another for an envelope.
                self.disputed += 1;
                continue;
            }
            self.tokens +=
                u32::from(found.locations.iter().any(|location| {
                    policy.markers()[location.marker as usize].pseudonym.is_some()
                }));
            let written = sealed_text(policy, &tape, &found);
            let accepted = judge(policy, &written, true);
            note(&written, accepted);
            if !valid {
                self.invalid += 1;
                if accepted {
                    self.invalid_accepted += 1;
                    let decided = found.locations.iter().filter(|location| location.decided);
                    let pointers: Vec<String> = decided
                        .map(|location| tape.node(location.node).unwrap().pointer())
                        .collect();
                    let conforms = |filling: &&Value| {
                        judge(
                            policy,
                            refilled(&instance["data"], &pointers, filling).to_string().as_bytes(),
                            false,
                        )
                    };
                    let scalars = [
                        json!(null),
                        json!(true),
                        json!(0),
                        json!(3.5),
                        json!(-1),
                        json!(""),
                        json!("a"),
                        json!("abc"),
                        json!([]),
                        json!({}),
                    ];
                    self.invalid_at_large += u32::from(
                        !scalars
                            .iter()
                            .chain(fillings.iter().copied())
                            .any(|filling| conforms(&filling)),
                    );
                }
                continue;
            }
            self.valid += 1;
            if !accepted {
                self.refused.push(format!(
                    "{}: {text}\n{}\n{}",
                    line.origin, line.value["schema"], forms.sealed
                ));
            }
            let Some(marks) = instance["marks"].as_array() else { continue };
            for left in found.locations.iter().filter(|location| location.decided) {
                if !marks.iter().any(|mark| *mark == tape.node(left.node).unwrap().pointer()) {
                    continue;
                }
                let mut other = policy.resolve(&tape, sought).unwrap();
                other.keep(|location| location.node != left.node);
                let written = sealed_text(policy, &tape, &other);
                let accepted = judge(policy, &written, true);
                note(&written, accepted);
                self.clear += 1;
                self.clear_accepted += u32::from(accepted);
            }
        }
        let Some(out) = out else { return };
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

    /// Runs a file. Foreign validators get every `share`th schema.
    fn run(name: &str, most: usize, share: usize) -> Counts {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../target/oracle")
            .join(format!("forms-{name}"));
        let mut out = BufWriter::new(std::fs::File::create(path).unwrap());
        let mut counts = Counts::default();
        for (number, mut line) in lines(name).take(most).enumerate() {
            line.change_mode(number);
            let Ok(policy) = line.compile() else { continue };
            counts.schemas += 1;
            counts.judge(&line, &policy, (number % share == 0).then_some(&mut out));
        }
        out.flush().unwrap();
        counts
    }

    fn report(&self, title: &str) {
        say!(
            "{title}: {} schemas; {} documents with tokens, {} at which markers disagree; {} documents sealed from valid ones, {} refused; {} with one marked value left clear, {} accepted by another branch; {} that do not conform, {} accepted, of these {} whatever the envelopes hold; loosened {:?}",
            self.schemas,
            self.tokens,
            self.disputed,
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
            say!("  {fault}");
        }
    }
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn v05_the_sealed_schema_accepts_what_is_sealed_in_the_official_suite() {
    let counts = Counts::run("suite.ndjson", usize::MAX, 1);
    counts.report("sealed schemas of the official suite");
    assert!(counts.refused.is_empty() && counts.underivable.is_empty());
    assert!(
        counts.schemas > 5_000
            && counts.valid > 9_000
            && counts.clear > 5_000
            && counts.tokens > 1_000
    );
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn v05_the_sealed_schema_accepts_what_is_sealed_under_random_schemas() {
    let schemas = RANDOM_SCHEMAS.get();
    let counts = Counts::run("random.ndjson", schemas as usize, 8);
    counts.report("sealed schemas of random schemas");
    assert!(counts.refused.is_empty() && counts.underivable.is_empty());
    let at_least = |number| of_all(number, schemas);
    assert!(counts.valid >= at_least(100_000));
    assert!(counts.clear > at_least(20_000) && counts.tokens > at_least(20_000));
}

/// Checks the figures for the webhooks: all 277 conforming documents are accepted once sealed. No
/// document with one value left clear is accepted, and none of the 52 others.
#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn v05_the_sealed_schema_of_the_webhooks_refuses_what_is_left_clear() {
    let policy = super::webhooks();
    let forms = policy.forms().unwrap();
    let index: Value =
        serde_json::from_slice(&super::npm("@octokit/webhooks-examples/api.github.com/index.json"))
            .unwrap();
    let mut documents = Vec::new();
    let mut clear_documents = Vec::new();
    let [mut accepted, mut left_clear, mut others] = [(0, 0); 3];
    for (number, example) in index
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|event| event["examples"].as_array().unwrap())
        .enumerate()
    {
        let text = example.to_string();
        let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
        let valid = policy.is_valid(&tape) == Validity::Valid;
        let sought = if valid { Sought::Decided } else { Sought::All };
        let found = policy.resolve(&tape, sought).unwrap();
        let mut look = |resolution: &Resolution, count: &mut (u32, u32)| {
            let written = sealed_text(&policy, &tape, resolution);
            let fits = judge(&policy, &written, true);
            count.0 += 1;
            count.1 += u32::from(fits);
            documents.push(
                json!({"data": serde_json::from_slice::<Value>(&written).unwrap(), "accept": fits}),
            );
        };
        look(&found, if valid { &mut accepted } else { &mut others });
        clear_documents.push(json!({"data": example, "valid": valid}));
        let decided: Vec<u32> = found
            .locations
            .iter()
            .filter(|location| valid && location.decided)
            .map(|location| location.node)
            .collect();
        // A few values of each document, at different places in each.
        for at in 0..decided.len().min(5) {
            let left = decided[(number * 7 + at * decided.len() / 5) % decided.len()];
            let mut other = policy.resolve(&tape, sought).unwrap();
            other.keep(|location| location.node != left);
            look(&other, &mut left_clear);
        }
    }
    say!(
        "sealed schema of the webhooks: {} bytes from {}; sealed {accepted:?} accepted, one value left clear {left_clear:?}, not conforming {others:?}; {} loosened",
        forms.sealed.len(),
        forms.plaintext.len(),
        forms.loosened.len()
    );
    // The slowest foreign validator takes almost a second for a document, so it gets a share.
    for (name, step) in [("forms-webhooks.ndjson", 1), ("forms-webhooks-few.ndjson", 40)] {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/oracle").join(name);
        let line = json!({
            "origin": "webhooks",
            "draft": "7",
            "schema": serde_json::from_str::<Value>(&forms.sealed).unwrap(),
            "references": {},
            "documents": documents.iter().step_by(step).collect::<Vec<_>>(),
            "plain": {
                "schema": serde_json::from_str::<Value>(&forms.plaintext).unwrap(),
                "documents": clear_documents.iter().step_by(step).collect::<Vec<_>>(),
            },
        });
        std::fs::write(path, format!("{line}\n")).unwrap();
    }
    assert_eq!((accepted, others), ((277, 277), (52, 0)));
    assert!(left_clear.0 > 1_000 && left_clear.1 == 0);
}

/// Content keywords only annotate here. Other validators assert them in drafts 6 and 7, so the
/// exported schema loosens them.
#[test]
fn v05_a_sealed_text_need_not_hold_what_the_clear_one_does() {
    for draft in ["06", "07"] {
        for (keyword, value, clear) in
            [("contentMediaType", "application/json", "{}"), ("contentEncoding", "base64", "e30=")]
        {
            let schema = json!({
                "$schema": format!("http://json-schema.org/draft-{draft}/schema#"),
                "x-schema-family": "f",
                "properties": {"a": {"allOf": [{keyword: value}, {"x-protection": {}}]}, "b": {keyword: value}},
            });
            let policy =
                Policy::compile(schema.to_string().as_bytes(), Options::default()).unwrap();
            let sealed =
                |b: &str| json!({"a": format!("Fs1B{}", "A".repeat(110)), "b": b}).to_string();
            assert!(judge(&policy, sealed(clear).as_bytes(), true), "{draft} {keyword}");
            assert!(
                judge(&policy, sealed("{").as_bytes(), true),
                "{draft} {keyword}: they annotate, in every draft"
            );
            let loosened: Vec<&str> =
                policy.forms().unwrap().loosened.iter().map(|own| own.keyword).collect();
            assert_eq!(loosened, [keyword], "{draft}");
        }
    }
}

/// Schemas of draft-04 are objects, so a missing metaschema cannot become `true` or `false`.
#[test]
fn v05_a_reference_to_the_metaschema_has_a_sealed_form_in_each_draft() {
    for draft in [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "https://json-schema.org/draft/2020-12/schema",
    ] {
        let schema = json!({
            "$schema": draft,
            "x-schema-family": "f",
            "properties": {
                "a": {"allOf": [{"$ref": draft}, {"properties": {"title": {"x-protection": {}}}}]},
                "b": {"allOf": [{"not": {"$ref": draft}}, {"x-protection": {}}]},
            },
        });
        let policy = Policy::compile(schema.to_string().as_bytes(), Options::default()).unwrap();
        let envelope = format!("Fs1B{}", "A".repeat(110));
        assert!(
            judge(
                &policy,
                json!({"a": {"title": envelope}, "b": envelope}).to_string().as_bytes(),
                true
            ),
            "{draft}"
        );
        assert!(
            !judge(&policy, json!({"a": {"title": "clear"}}).to_string().as_bytes(), true),
            "{draft}"
        );
    }
}
