//! Compares decisions with an independent evaluation in another language (js/oracle), as
//! docs/what-is-sealed.md, *How this is known*, describes: every value that it marks is sealed,
//! alone or with an ancestor; the clear and the sealed document are decided alike; markers change
//! no verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead as _;

use fieldseal_conformance::counts::RANDOM_SCHEMAS;
use serde_json::Value;

use crate::Limits;
use crate::error::CompileError;
use crate::export::validity::Validity;
use crate::json::Splice;
use crate::json::Tape;
use crate::policy::{Options, Policy};
use crate::resolver::decide::trap;
use crate::resolver::decide::trap::Trap;
use crate::resolver::walk::{Resolution, Sought};

/// One line of a file of the oracle.
pub(super) struct Line {
    pub(super) origin: String,
    pub(super) value: Value,
}

/// Reads the lines of a file that the oracle has written for `cargo xtask test`.
pub(super) fn lines(name: &str) -> impl Iterator<Item = Line> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/oracle").join(name);
    let file = std::fs::File::open(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; `cargo xtask test` has the oracle write it, and so does `node oracle/generate.mjs ../target/oracle` in js/",
            path.display()
        )
    });
    std::io::BufReader::new(file).lines().map(|line| {
        let value: Value = serde_json::from_str(&line.unwrap()).unwrap();
        Line { origin: value["origin"].as_str().unwrap().to_owned(), value }
    })
}

/// Turns every other marker into a pseudonym marker.
fn every_other(schema: &mut Value, met: &mut usize) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                if name == "x-protection" {
                    *met += 1;
                    if met.is_multiple_of(2) {
                        value["mode"] = "pseudonym".into();
                    }
                } else {
                    every_other(value, met);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|value| every_other(value, met)),
        _ => {}
    }
}

impl Line {
    /// Removes markers without effect. Returns true if these were all findings.
    fn unmark(&mut self, error: &CompileError) -> bool {
        let findings = error.record().findings.iter();
        let idle: Vec<&str> = findings
            .filter(|finding| finding.id == "marker-without-effect")
            .map(|finding| finding.pointer.as_str())
            .collect();
        let mut taken = 0;
        for pointer in &idle {
            let pointer = pointer.strip_suffix("/x-protection").unwrap_or(pointer);
            if let Some(schema) =
                self.value["schema"].pointer_mut(pointer).and_then(Value::as_object_mut)
            {
                taken += usize::from(schema.remove("x-protection").is_some());
            }
        }
        taken > 0 && taken == idle.len() && idle.len() == error.record().findings.len()
    }

    /// Removes markers without effect, so that the schema compiles.
    pub(super) fn unmark_idle(&mut self) {
        if let Err(error) = self.compile() {
            self.unmark(&error);
        }
    }

    /// Asks for tokens or deterministic envelopes instead of envelopes: by turns nowhere,
    /// everywhere, and at every other marker.
    ///
    /// The marked values stay the same. In the last case markers may disagree.
    pub(super) fn change_mode(&mut self, turn: usize) {
        let everywhere = match turn % 4 {
            1 => "pseudonym",
            2 => "deterministic",
            3 => return every_other(&mut self.value["schema"], &mut 0),
            _ => return,
        };
        if let Some(root) = self.value["schema"].as_object_mut() {
            root.insert(
                "x-protection-defaults".to_owned(),
                serde_json::json!({"mode": everywhere}),
            );
        }
    }

    /// Returns true if the validator crate may count items as evaluated by `contains` in 2019-09,
    /// as in 2020-12. The standard does not (core, section 9.3.1.4).
    pub(super) fn takes_contains_for_evaluating(&self) -> bool {
        let text = self.value["schema"].to_string();
        self.value["draft"] == "2019-09"
            && text.contains("\"contains\"")
            && text.contains("\"unevaluatedItems\"")
    }

    pub(super) fn compile(&self) -> Result<Policy, CompileError> {
        let options = serde_json::json!({"draft": self.value["draft"], "references": self.value["references"]});
        let options = Options::from_json(&options.to_string())?;
        Policy::compile(self.value["schema"].to_string().as_bytes(), options)
    }
}

#[derive(Default, Debug)]
struct Counts {
    schemas: u32,
    refused: BTreeMap<String, u32>,
    instances: u32,
    valid: u32,
    marks: u32,
    over: u32,
    skipped: u32,
    /// Verdicts of the validator crate that differ from the standard.
    validator: u32,
    under: Vec<String>,
    disagreements: Vec<String>,
}

fn pointers(tape: &Tape<'_>, found: &Resolution) -> BTreeSet<String> {
    found
        .locations
        .iter()
        .filter(|location| location.decided)
        .map(|location| tape.node(location.node).unwrap().pointer())
        .collect()
}

fn is_at_or_below(pointer: &str, sealed: &BTreeSet<String>) -> bool {
    sealed.contains(pointer)
        || pointer.match_indices('/').any(|(end, _)| sealed.contains(&pointer[..end]))
}

/// Returns the same objects and arrays with `null` in place of every scalar.
fn emptied(value: &Value) -> Value {
    match value {
        Value::Array(elements) => elements.iter().map(emptied).collect(),
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), emptied(value))).collect(),
        ),
        _ => Value::Null,
    }
}

/// Returns the document with an envelope or token at each decided location.
pub(super) fn sealed_text(policy: &Policy, tape: &Tape<'_>, found: &Resolution) -> Vec<u8> {
    let limits = Limits::default();
    let mut splice = Splice::new(tape.text(), tape.text().len(), &limits);
    for (number, location) in found.locations.iter().filter(|location| location.decided).enumerate()
    {
        let node = tape.node(location.node).unwrap();
        // All envelopes and all tokens are distinct.
        let marker = &policy.markers()[location.marker as usize];
        let suite = marker.suite.letter();
        let text = match &marker.pseudonym {
            None => format!("\"Fs1{suite}{}{number:08}\"", "A".repeat(132)),
            Some(_) => format!("\"Fp1{}{number:08}\"", "A".repeat(24)),
        };
        splice.replace(node.span(), |out| out.extend_from_slice(text.as_bytes()));
    }
    splice.finish().unwrap()
}

impl Counts {
    fn judge(&mut self, line: &Line, policy: &Policy) {
        for instance in line.value["instances"].as_array().unwrap() {
            self.instances += 1;
            let text = instance["data"].to_string();
            let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
            let validity = policy.is_valid(&tape);
            if let Some(valid) = instance["valid"].as_bool()
                && (validity == Validity::Valid) != valid
            {
                if validity == Validity::Valid && line.takes_contains_for_evaluating() {
                    self.validator += 1;
                    continue;
                }
                self.disagreements.push(format!(
                    "{}: verdict {validity:?} of {text}\n{}",
                    line.origin, line.value["schema"]
                ));
            }
            let sought = if validity == Validity::Valid { Sought::Decided } else { Sought::All };
            let found = policy.resolve(&tape, sought).unwrap();
            let sealed = pointers(&tape, &found);
            if instance["valid"] == true {
                self.valid += 1;
                match instance["marks"].as_array() {
                    None => self.skipped += 1,
                    Some(marks) => {
                        let marks: BTreeSet<&str> =
                            marks.iter().map(|mark| mark.as_str().unwrap()).collect();
                        self.marks += u32::try_from(marks.len()).unwrap();
                        for mark in &marks {
                            if !is_at_or_below(mark, &sealed) {
                                self.under.push(format!(
                                    "{}: {mark} of {text} is clear, sealed are {sealed:?}\n{}",
                                    line.origin, line.value["schema"]
                                ));
                            }
                        }
                        self.over += u32::try_from(
                            sealed
                                .iter()
                                .filter(|pointer| !marks.contains(pointer.as_str()))
                                .count(),
                        )
                        .unwrap();
                    }
                }
            }
            if validity != Validity::Valid {
                // Phase 1 reads no scalar, so other scalars lead to the same sealed places.
                let emptied = emptied(&instance["data"]).to_string();
                let other = Tape::parse(emptied.as_bytes(), &Limits::default()).unwrap();
                if pointers(&other, &policy.resolve(&other, sought).unwrap()) != sealed {
                    self.disagreements.push(format!(
                        "{}: {text} is sealed at {sealed:?}, and otherwise with other values\n{}",
                        line.origin, line.value["schema"]
                    ));
                }
            }
            // The locations found in the sealed document must be the sealed ones.
            let written = sealed_text(policy, &tape, &found);
            let again = Tape::parse(&written[..], &Limits::default()).unwrap();
            let opened = pointers(&again, &policy.resolve(&again, sought).unwrap());
            let decided = pointers(&again, &policy.resolve(&again, Sought::Decided).unwrap());
            if opened != sealed || !decided.iter().all(|pointer| is_at_or_below(pointer, &sealed)) {
                self.disagreements.push(format!(
                    "{}: {text} sealed at {sealed:?}, opened at {opened:?} {decided:?}\n{}",
                    line.origin, line.value["schema"]
                ));
            }
        }
    }

    fn run(name: &str, most: usize) -> Counts {
        let mut counts = Counts::default();
        for mut line in lines(name).take(most) {
            counts.schemas += 1;
            let mut compiled = line.compile();
            if let Err(error) = &compiled
                && line.unmark(error)
            {
                *counts.refused.entry("marker-without-effect".to_owned()).or_default() += 1;
                compiled = line.compile();
            }
            match compiled {
                Ok(policy) => counts.judge(&line, &policy),
                Err(error) => {
                    let record = error.record();
                    let id =
                        record.findings.first().map_or(record.code.as_str(), |finding| finding.id);
                    *counts.refused.entry(id.to_owned()).or_default() += 1;
                    if !record.findings.iter().any(|finding| finding.id == "marker-misplaced") {
                        counts.disagreements.push(format!(
                            "{}: refused: {record:?}\n{}",
                            line.origin, line.value["schema"]
                        ));
                    }
                }
            }
        }
        counts
    }

    fn report(&self, title: &str) {
        say!(
            "{title}: {} schemas, {} instances, {} valid, {} marks, {} over-protected, {} skipped, {} verdicts of the validator's own, refused {:?}; under-protected {}, disagreements {}",
            self.schemas,
            self.instances,
            self.valid,
            self.marks,
            self.over,
            self.skipped,
            self.validator,
            self.refused,
            self.under.len(),
            self.disagreements.len()
        );
        for fault in self.under.iter().chain(&self.disagreements).take(8) {
            say!("  {fault}");
        }
    }
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn what_others_mark_in_the_official_suite_is_sealed() {
    let counts = Counts::run("suite.ndjson", usize::MAX);
    counts.report("official suite with markers");
    assert!(counts.under.is_empty() && counts.disagreements.is_empty());
    assert!(counts.schemas > 5_000 && counts.valid > 9_000 && counts.marks > 7_000);
}

/// The share of a number that holds for all random schemas.
pub(super) fn of_all(number: u32, schemas: u32) -> u32 {
    let share = u64::from(number) * u64::from(schemas) / u64::from(RANDOM_SCHEMAS.soak);
    u32::try_from(share).unwrap()
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn what_others_mark_in_random_schemas_is_sealed() {
    let schemas = RANDOM_SCHEMAS.get();
    let counts = Counts::run("random.ndjson", schemas as usize);
    counts.report("random schemas");
    assert!(counts.under.is_empty() && counts.disagreements.is_empty());
    assert!(counts.valid >= of_all(100_000, schemas) && counts.marks > of_all(20_000, schemas));
    assert!(counts.schemas == schemas && counts.validator < 100);
}

/// Makes the mistakes listed in `Trap` on purpose: the proof must catch each of them.
#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn each_trap_is_caught() {
    for mistake in [
        Trap::ReadsClearValues,
        Trap::TakesHolesForStrings,
        Trap::TakesPossibleForEvaluated,
        Trap::ReadsPresenceInPhaseOne,
        Trap::DecidesNonconforming,
    ] {
        let counts = trap::with(mistake, || Counts::run("random.ndjson", 4_000));
        say!(
            "{mistake:?}: {} under-protected, {} decided otherwise once sealed",
            counts.under.len(),
            counts.disagreements.len()
        );
        assert!(counts.under.len() + counts.disagreements.len() > 0, "{mistake:?} was not caught");
    }
}

/// Runs a file of the official suite, in all drafts, through the library's own entry point.
///
/// Returns the number of cases and the faults.
fn official(name: &str, formats: &str) -> (u32, Vec<String>) {
    let (mut cases, mut faults) = (0, Vec::new());
    for line in lines(name) {
        let schema = match &line.value["schema"] {
            Value::Object(members) => {
                let mut members = members.clone();
                members.insert("x-schema-family".to_owned(), "f".into());
                Value::Object(members)
            }
            boolean => serde_json::json!({"x-schema-family": "f", "allOf": [boolean]}),
        };
        let options = serde_json::json!({"draft": line.value["draft"], "references": line.value["references"], "formats": formats});
        let policy = Policy::compile(
            schema.to_string().as_bytes(),
            Options::from_json(&options.to_string()).unwrap(),
        );
        for case in line.value["tests"].as_array().unwrap() {
            cases += 1;
            let text = case["data"].to_string();
            let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
            let fits = match &policy {
                Ok(policy) => policy.is_valid(&tape) == Validity::Valid,
                Err(error) => {
                    faults.push(format!("{}: {:?}", line.origin, error.record()));
                    break;
                }
            };
            if case["valid"] != fits {
                faults.push(format!(
                    "{}: {}: {text} is taken for {fits}",
                    line.origin, case["description"]
                ));
            }
        }
    }
    (cases, faults)
}

#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn the_official_suite_is_judged_as_it_says() {
    let (cases, faults) = official("official.ndjson", "annotate");
    say!("official suite, required: {cases} cases, {} judged otherwise", faults.len());
    for fault in faults.iter().take(10) {
        say!("  {fault}");
    }
    assert!(cases > 4_000 && faults.is_empty());
}

/// The suite's cases of formats hold if formats are asserted. Otherwise every value is accepted.
#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn formats_are_asserted_only_if_asked_for() {
    let (cases, faults) = official("formats.ndjson", "assert");
    say!("official suite, formats asserted: {cases} cases, {} judged otherwise", faults.len());
    assert!(faults.is_empty() && cases > 1_500, "{faults:?}");
    let (_, annotated) = official("formats.ndjson", "annotate");
    assert!(
        annotated.iter().all(|fault| fault.ends_with("is taken for true")),
        "{:?}",
        annotated.first()
    );
}

/// In conforming webhook payloads, the sealed values are exactly those that an
/// annotation-collecting evaluation marks.
#[test]
#[ignore = "reads what npm publishes or the oracle writes: `cargo xtask test` runs it"]
fn v01_what_others_mark_in_the_webhooks_is_what_is_sealed() {
    let policy = super::webhooks();
    let index: Value =
        serde_json::from_slice(&super::npm("@octokit/webhooks-examples/api.github.com/index.json"))
            .unwrap();
    let payloads: Vec<&Value> = index
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|event| event["examples"].as_array().unwrap())
        .collect();
    let (mut exact, mut values, mut nonconforming, mut all) = (0, 0, 0, 0);
    for (payload, line) in payloads.iter().zip(lines("webhooks.ndjson")) {
        let text = payload.to_string();
        let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
        if policy.is_valid(&tape) != Validity::Valid {
            assert_eq!(line.value["valid"], false, "{}", line.origin);
            nonconforming += 1;
            all += pointers(&tape, &policy.resolve(&tape, Sought::All).unwrap()).len();
            continue;
        }
        let sealed = pointers(&tape, &policy.resolve(&tape, Sought::Decided).unwrap());
        let marks: BTreeSet<String> = line.value["marks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mark| mark.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(sealed, marks, "{}", line.origin);
        exact += 1;
        values += sealed.len();
    }
    say!(
        "webhooks: {exact} payloads sealed exactly where others mark, {values} values; {nonconforming} that do not conform, sealed at all {all} places that may be marked"
    );
    assert_eq!((exact, values, nonconforming), (277, 16_391, 52));
}
