//! The runner reads all of the format, and refuses by name what neither it nor a runtime knows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use fieldseal_conformance::cases::{KeyHost, files, run};
use fieldseal_conformance::records::{Error, Request, Sealed};
use fieldseal_conformance::{Call, Missing, Outcome, Runtime, Source, hex, unhex};
use serde_json::{Value, json};

/// A runtime that knows these sources and verbs, and answers nothing of interest.
struct Fake {
    sources: &'static [&'static str],
    verbs: &'static [&'static str],
    begun: Vec<Source>,
    called: Vec<&'static str>,
}

const SOURCES: &[&str] = &["rows", "cached", "keyring", "answers"];
const VERBS: &[&str] = &[
    "seal",
    "open",
    "check",
    "check-deep",
    "required-keys",
    "seal-many",
    "open-many",
    "reseal",
    "index-values",
    "seal-value",
    "open-value",
    "seal-values",
    "open-values",
    "provision",
    "rotate",
    "restrict",
    "lift",
    "erase",
    "reopen",
    "destroy",
    "due",
];

impl Fake {
    fn new(sources: &'static [&'static str], verbs: &'static [&'static str]) -> Self {
        Fake { sources, verbs, begun: Vec::new(), called: Vec::new() }
    }
}

impl Runtime for Fake {
    fn name(&self) -> &str {
        "the fake"
    }

    fn begin(&mut self, source: &Source, _: KeyHost) -> Result<(), Missing> {
        self.begun.push(*source);
        self.sources.contains(&source.kind()).then_some(()).ok_or(Missing)
    }

    fn rekey(&mut self, _: KeyHost) {}

    fn asked(&mut self) -> Vec<Vec<Request>> {
        Vec::new()
    }

    fn compile(&mut self, schema: &[u8], _: &str) -> Result<(), Error> {
        match schema {
            br#"{"not":"good"}"# => Err(Error {
                code: "schema".to_owned(),
                pointer: None,
                offset: None,
                findings: Vec::new(),
            }),
            _ => Ok(()),
        }
    }

    fn call(&mut self, call: &Call) -> Result<Result<Outcome, Error>, Missing> {
        self.called.push(call.verb());
        if !self.verbs.contains(&call.verb()) {
            return Err(Missing);
        }
        Ok(Ok(match call {
            Call::Seal(_) => Outcome::Sealed(Sealed {
                document: b"{}".to_vec(),
                verdict: "{}".to_owned(),
                indexes: Vec::new(),
            }),
            Call::IndexValues(name, value, _) => Outcome::Tokens(vec![name.clone(), value.clone()]),
            Call::Keyring(..) => Outcome::State("live".to_owned()),
            _ => Outcome::Verdict("{}".to_owned()),
        }))
    }
}

fn file(case: &Value) -> Value {
    json!({
        "format": 1,
        "keys": {"ada": {"kind": "subject", "ref": "1", "id": "00".repeat(16), "secret": "11".repeat(32)}},
        "cases": [case],
    })
}

/// A case of one step.
fn step(source: Value, step: Value) -> Value {
    json!({"name": "one", "schema": {}, "source": source, "keys": {"ada": "live"}, "steps": [step]})
}

fn refused(file: &Value, runtime: &mut Fake) -> String {
    run(file, "full", runtime).unwrap_err().to_string()
}

fn unknown(file: &Value) -> String {
    refused(file, &mut Fake::new(SOURCES, VERBS))
}

/// One step of each verb, under the source that has it.
fn every_verb() -> Vec<(Value, Value)> {
    let rows = || json!("rows");
    let keyring = || json!({"kind": "keyring"});
    let who = json!({"kind": "subject", "ref": "1", "tenant": ""});
    let mut all = vec![
        (rows(), json!({"do": "seal", "document": "{}", "context": {"record": "r"}})),
        (rows(), json!({"do": "open", "documentHex": "7b7d", "strict": true})),
        (rows(), json!({"do": "check", "document": "{}"})),
        (rows(), json!({"do": "check-deep", "document": "{}"})),
        (rows(), json!({"do": "required-keys", "document": "{}", "operation": "open"})),
        (rows(), json!({"do": "seal-many", "calls": [{"document": "{}", "context": {}}]})),
        (rows(), json!({"do": "open-many", "calls": [{"document": "{}"}], "strict": false})),
        (rows(), json!({"do": "reseal", "document": "{}"})),
        (rows(), json!({"do": "index-values", "name": "email", "value": "\"a\""})),
        (rows(), json!({"do": "seal-value", "place": "/a", "value": "1", "from": "2026-01-01"})),
        (rows(), json!({"do": "open-value", "place": "/a", "envelope": "Fs1", "strict": true})),
        (
            rows(),
            json!({"do": "seal-values", "values": [{"place": "/a", "value": "1", "context": {}}]}),
        ),
        (rows(), json!({"do": "open-values", "values": [{"place": "/a", "envelope": "Fs1"}]})),
        (keyring(), json!({"do": "rotate", "who": who, "now": 7, "minVersion": 2})),
        (keyring(), json!({"do": "due", "at": 7})),
    ];
    for verb in ["provision", "restrict", "lift", "erase", "reopen", "destroy"] {
        all.push((keyring(), json!({"do": verb, "who": who})));
    }
    all
}

#[test]
fn every_source_and_verb_of_the_format_reaches_the_runtime() {
    let mut fake = Fake::new(SOURCES, VERBS);
    for (source, call) in every_verb() {
        run(&file(&step(source, call)), "full", &mut fake).unwrap();
    }
    let mut called = fake.called.clone();
    called.sort_unstable();
    let mut all = VERBS.to_vec();
    all.sort_unstable();
    assert_eq!(called, all);

    let sources = [
        json!("rows"),
        json!({"kind": "cached", "entries": 2, "maxAgeMs": 9}),
        json!({"kind": "cached"}),
        json!({"kind": "keyring"}),
        json!("answers"),
    ];
    fake.begun.clear();
    for source in sources {
        let check = json!({"do": "check", "document": "{}"});
        run(&file(&step(source, check)), "full", &mut fake).unwrap();
    }
    let expected = [
        Source::Rows,
        Source::Cached { entries: Some(2), max_age_ms: Some(9) },
        Source::Cached { entries: None, max_age_ms: None },
        Source::Keyring,
        Source::Answers,
    ];
    assert_eq!(fake.begun, expected);
}

#[test]
fn a_runtime_that_lacks_a_source_or_a_verb_refuses_by_its_name() {
    for kind in SOURCES {
        let case = step(json!(kind), json!({"do": "check", "document": "{}"}));
        let message = refused(&file(&case), &mut Fake::new(&[], VERBS));
        assert_eq!(message, format!("case `one`: the fake does not know the source kind `{kind}`"));
    }
    for (source, call) in every_verb() {
        let verb = call["do"].as_str().unwrap().to_owned();
        let message = refused(&file(&step(source, call)), &mut Fake::new(SOURCES, &[]));
        assert_eq!(message, format!("case `one`: the fake does not know the verb `{verb}`"));
    }
}

#[test]
fn another_format_is_refused() {
    let mut other = file(&step(json!("rows"), json!({"do": "check", "document": "{}"})));
    other["format"] = json!(2);
    assert_eq!(unknown(&other), "this runner knows format 1 and not 2");
    other.as_object_mut().unwrap().remove("format");
    assert_eq!(unknown(&other), "this runner knows format 1 and not null");
}

#[test]
fn what_the_format_does_not_have_is_refused_by_its_name() {
    let rows = |call: Value| step(json!("rows"), call);
    let document = json!("{}");
    let who = json!({"kind": "subject", "ref": "1"});
    let cases = [
        (step(json!("vault"), json!({})), "the source kind \"vault\""),
        (
            step(json!({"kind": "rows", "entries": 1}), json!({})),
            "`entries` of the source kind `rows`",
        ),
        (rows(json!({"do": "unseal", "document": document})), "the verb \"unseal\""),
        (rows(json!({"document": document})), "the verb null"),
        (
            rows(json!({"do": "check", "document": document, "strict": true})),
            "the member `strict` of the verb `check`",
        ),
        (rows(json!({"do": "check"})), "a step with no document, or with two"),
        (
            rows(json!({"do": "seal", "document": document, "context": {"consents": []}})),
            "unknown field `consents`",
        ),
        (
            rows(json!({"do": "seal-many", "calls": [{"document": document, "strict": true}]})),
            "the member `strict` of a call of a batch",
        ),
        (
            rows(json!({"do": "seal-value", "place": "/a", "envelope": "Fs1"})),
            "the member `envelope` of the verb `seal-value`",
        ),
        (rows(json!({"do": "seal-value", "value": "1"})), "null as `place`"),
        (rows(json!({"do": "open-values"})), "a batch without values"),
        (
            rows(json!({"do": "open-values", "values": [{"place": "/a", "value": "1"}]})),
            "the member `value` of a value of a batch",
        ),
        (
            rows(json!({"do": "required-keys", "document": document, "operation": "erase"})),
            "the operation \"erase\"",
        ),
        (rows(json!({"do": "erase", "who": who})), "the verb `erase` of the source kind `rows`"),
        (
            step(json!("keyring"), json!({"do": "erase", "who": {"name": "1"}})),
            "an owner: unknown field `name`",
        ),
        (rows(json!({"keys": {"ada": "asleep"}})), "\"asleep\" of `ada`"),
        (rows(json!({"keys": {"bob": "live"}})), "\"live\" of `bob`"),
        (rows(json!({"keys": {"fault": "late"}})), "\"late\" of `fault`"),
        (
            json!({"name": "one", "schema": {}, "steps": [], "later": 1}),
            "the member `later` of a case",
        ),
        (json!({"name": "one", "schema": {}}), "a case without `steps`"),
    ];
    for (case, named) in cases {
        let message = unknown(&file(&case));
        assert!(
            message.starts_with("case `one`: ") && message.contains(named),
            "{message}: {named}"
        );
    }
}

#[test]
fn a_case_that_does_not_compile_ends_with_its_error() {
    let case = json!({"name": "one", "schema": {"not": "good"}});
    let ran = run(&file(&case), "full", &mut Fake::new(SOURCES, VERBS)).unwrap();
    assert_eq!(ran["cases"][0]["expect"], json!({"error": {"code": "schema"}}));
}

#[test]
fn every_case_file_is_of_this_format() {
    let files = files();
    assert!(files.len() >= 10, "{files:?}");
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string_pretty(&file).unwrap() + "\n", text, "{}", path.display());
        run(&file, "full", &mut Fake::new(SOURCES, VERBS)).unwrap();
    }
}

#[test]
fn hexadecimal_digits_are_bytes() {
    assert_eq!(unhex("00fF7a"), [0, 255, 0x7a]);
    assert_eq!(hex(&[0, 255, 0x7a]), "00ff7a");
}
