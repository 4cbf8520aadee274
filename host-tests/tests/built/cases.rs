//! The case files, through all builds of the component.

use fieldseal_conformance::cases::{differences, files, run};
use fieldseal_wasmtime::Module;
use host_tests::cases::Component;
use host_tests::modules;
use serde_json::{Value, json};

/// Runs every case file. `source` replaces the source of all cases that take their keys from rows.
fn through(module: &'static Module, build: &str, source: Option<&str>) {
    let mut cases = 0;
    let mut wrong = Vec::new();
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut expected: Value = serde_json::from_str(&text).unwrap();
        for case in expected["cases"].as_array_mut().unwrap() {
            if let (Some(source), None) = (source, case.get("source")) {
                case["source"] = source.into();
            }
        }
        let actual = run(&expected, build, &mut Component::new(module))
            .unwrap_or_else(|unknown| panic!("{}: {unknown}", path.display()));
        cases += actual["cases"].as_array().unwrap().len();
        wrong.extend(differences(&expected, &actual));
    }
    assert!(cases >= 30, "only {cases} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_full_component_gives_what_the_case_files_say() {
    through(modules::full().unwrap(), "full", None);
}

#[test]
fn the_evaluator_component_gives_what_the_case_files_say() {
    through(modules::evaluator().unwrap(), "evaluator", None);
}

/// The engine has no vectors, and would refuse a module with one.
#[test]
fn the_scalar_module_gives_what_the_case_files_say() {
    through(modules::scalar().unwrap(), "evaluator", None);
}

/// The keys that the component lists for a call are those that it asks for.
#[test]
fn the_component_gives_the_same_with_answers_given_beforehand() {
    through(modules::evaluator().unwrap(), "evaluator", Some("answers"));
}

/// Runs one case of a data subject whose key is in `rows`, and returns its steps as they came out.
fn steps(source: &Value, steps: &Value) -> Vec<Value> {
    let file = json!({
        "format": 1,
        "keys": {"ada": {
            "kind": "subject", "ref": "ada", "tenant": "",
            "id": "01".repeat(16), "secret": "02".repeat(32),
        }},
        "cases": [{
            "name": "one",
            "schema": {"x-schema-family": "f", "properties": {"a": {"x-protection": {}}}},
            "source": source,
            "keys": {"ada": "live"},
            "context": {"record": "r", "subject": "ada"},
            "steps": steps,
        }],
    });
    let mut component = Component::new(modules::evaluator().unwrap());
    let ran = run(&file, "evaluator", &mut component).unwrap();
    let steps = ran["cases"][0]["steps"].as_array().unwrap();
    steps.iter().map(|step| step.get("expect").cloned().unwrap_or_default()).collect()
}

#[test]
fn each_source_of_the_format_is_one_of_the_component() {
    let seal = json!({"do": "seal", "document": "{\"a\":1}"});
    let gone = json!({"keys": {"ada": "erased"}});
    let batch = json!({"do": "seal-many", "calls": [{"document": "{\"a\":1}"}]});
    let call = json!([seal, gone, seal, batch]);

    let rows = steps(&json!("rows"), &call);
    assert!(rows[0]["document"].as_str().unwrap().starts_with("{\"a\":\"Fs1"));
    assert_eq!(rows[0]["asked"].as_array().unwrap().len(), 1);
    assert_eq!(rows[2]["error"]["code"], "erased");
    assert_eq!(steps(&json!("answers"), &call), rows);

    let cached = steps(&json!({"kind": "cached", "maxAgeMs": 60_000}), &call);
    assert_eq!(cached[0]["document"], rows[0]["document"]);
    assert_eq!(cached[0]["verdict"]["shredLatencyMs"], 60_000);
    assert!(cached[0]["asked"].is_array());
    assert!(cached[2]["document"].is_string() && cached[2].get("asked").is_none(), "{}", cached[2]);
    let none = steps(&json!({"kind": "cached", "entries": 0}), &call);
    assert_eq!(none[2]["error"]["code"], "erased");

    let who = json!({"kind": "subject", "ref": "ada"});
    let erased = steps(&json!("keyring"), &json!([seal, {"do": "erase", "who": who}, seal]));
    assert!(erased[0]["document"].is_string() && erased[0].get("asked").is_none());
    assert_eq!(
        (&erased[1]["state"], &erased[1]["erased"]["reached"]),
        (&json!("erased"), &json!("clean"))
    );
    assert_eq!(erased[2]["error"]["code"], "erased");
}
