//! Schemas that nobody here wrote, with worked overlays and invented resources: what is sealed is
//! what an independent evaluation marks (core/tests/data/real), and every resource comes back byte
//! for byte.

use std::collections::{BTreeMap, BTreeSet};

use fieldseal::{OpenOptions, Options, Policy};
use official::{npm, oracle_folder, real};
use serde_json::{Value, json};
use support::{Store, Stream, context, say};

/// The pointers at which the sealed document has an envelope and the clear one has none, outermost.
fn sealed_at(clear: &Value, sealed: &Value, at: &str, found: &mut BTreeSet<String>) {
    if clear == sealed {
        return;
    }
    match (clear, sealed) {
        (Value::Object(clear), Value::Object(sealed)) => {
            assert!(clear.keys().eq(sealed.keys()));
            for (name, value) in clear {
                let token = name.replace('~', "~0").replace('/', "~1");
                sealed_at(value, &sealed[name], &format!("{at}/{token}"), found);
            }
        }
        (Value::Array(clear), Value::Array(sealed)) => {
            assert_eq!(clear.len(), sealed.len());
            clear.iter().zip(sealed).enumerate().for_each(|(index, (clear, sealed))| {
                sealed_at(clear, sealed, &format!("{at}/{index}"), found)
            });
        }
        _ => {
            assert!(sealed.as_str().is_some_and(|text| text.starts_with("Fs1B")), "{at}");
            found.insert(at.to_owned());
        }
    }
}

#[test]
fn h01_v24_real_resources_are_sealed_where_they_should_be_and_come_back() {
    let expected: Value =
        serde_json::from_slice(&std::fs::read(real("expected.json")).unwrap()).unwrap();
    let mut policies: BTreeMap<String, Policy> = BTreeMap::new();
    let mut forms: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let (mut values, mut left_clear) = (0, 0);
    for sample in expected["samples"].as_array().unwrap() {
        let (schema, overlay) =
            (sample["schema"].as_str().unwrap(), sample["overlay"].as_str().unwrap());
        let policy = policies.entry(format!("{schema} {overlay}")).or_insert_with(|| {
            let overlay = std::fs::read_to_string(real(overlay)).unwrap();
            let options = Options::from_json(&format!(r#"{{"overlay":{overlay}}}"#)).unwrap();
            let text = npm(expected["schemas"][schema].as_str().unwrap());
            Policy::compile(&text, options)
                .unwrap_or_else(|error| panic!("{schema}: {:?}", error.record()))
        });
        let clear = std::fs::read(real(sample["file"].as_str().unwrap())).unwrap();
        let (call, mut store) = (context("record-1", "person-1"), Store::default());
        let sealed = policy
            .seal(&clear, &call, &mut store, &mut Stream(1))
            .unwrap_or_else(|error| panic!("{}: {:?}", sample["file"], error.record()));
        let mut found = BTreeSet::new();
        sealed_at(
            &serde_json::from_slice(&clear).unwrap(),
            &serde_json::from_slice(&sealed.document).unwrap(),
            "",
            &mut found,
        );
        let pointers: BTreeSet<String> = sample["sealed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pointer| pointer.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, pointers, "{}", sample["file"]);
        values += found.len();
        let opened =
            policy.open_with(&sealed.document, &call, &mut store, OpenOptions::strict()).unwrap();
        assert_eq!(opened.document, clear, "{}", sample["file"]);
        for verdict in [
            opened.verdict,
            policy.check(&sealed.document).unwrap(),
            policy.check_deep(&sealed.document, &call, &mut store).unwrap(),
        ] {
            let verdict = verdict.to_json();
            assert!(verdict.contains(r#""codes":["conforming"]"#), "{verdict}");
        }
        let cases = forms.entry(format!("{schema} {overlay}")).or_default();
        let whole: Value = serde_json::from_slice(&sealed.document).unwrap();
        let clear: Value = serde_json::from_slice(&clear).unwrap();
        cases.push(json!({"data": whole, "accept": true}));
        // With one value left clear, and with all: refused by everybody, and by `check`.
        let mut mutants: Vec<Value> = found
            .iter()
            .map(|pointer| {
                let mut mutant = whole.clone();
                *mutant.pointer_mut(pointer).unwrap() = clear.pointer(pointer).unwrap().clone();
                mutant
            })
            .collect();
        mutants.extend((!found.is_empty()).then_some(clear));
        for mutant in mutants {
            let verdict = policy.check(mutant.to_string().as_bytes()).unwrap().to_json();
            assert!(
                verdict.contains(r#""nonconforming""#) && verdict.contains(r#""not-sealed""#),
                "{}: {verdict}",
                sample["file"]
            );
            left_clear += 1;
            cases.push(json!({"data": mutant, "accept": false}));
        }
    }
    // What others say of it: js/oracle/foreign.
    let mut lines = String::new();
    for (origin, documents) in forms {
        let schemas = policies[&origin].schemas().unwrap();
        let sealed: Value = serde_json::from_str(&schemas.sealed).unwrap();
        let draft = if sealed["$schema"].as_str().unwrap().contains("draft-06") {
            "6"
        } else if sealed["$schema"].as_str().unwrap().contains("draft-07") {
            "7"
        } else {
            "2020-12"
        };
        say!(
            "{origin}: plaintext schema {} bytes, sealed schema {} bytes",
            schemas.plaintext.len(),
            schemas.sealed.len()
        );
        lines.push_str(&format!("{}\n", json!({"origin": origin, "draft": draft, "schema": sealed, "references": {}, "documents": documents})));
    }
    let folder = oracle_folder();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("forms-real.ndjson"), lines).unwrap();
    say!(
        "{} schemas, {values} values sealed in real resources, {left_clear} documents with something left clear refused",
        policies.len()
    );
    assert!(values > 100 && left_clear > values && policies.len() >= 4);
}
