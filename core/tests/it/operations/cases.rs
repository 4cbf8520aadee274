//! The case files through the native core. `FIELDSEAL_WRITE_CASES=1` writes what came out into the
//! files instead: read the difference, and let `core/conformance/cases/verify.py` recompute it,
//! before it is committed.

use fieldseal_conformance::cases;
use serde_json::{Value, json};
use support::native::Native;

const BUILD: &str = if cfg!(feature = "validation") { "full" } else { "evaluator" };

#[test]
fn the_native_core_gives_what_the_case_files_say() {
    let mut count = 0;
    let mut differences = Vec::new();
    for path in cases::files() {
        let expected: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let actual = cases::run(&expected, BUILD, &mut Native::default())
            .unwrap_or_else(|unknown| panic!("{}: {unknown}", path.display()));
        count += actual["cases"].as_array().unwrap().len();
        if std::env::var_os("FIELDSEAL_WRITE_CASES").is_some() {
            std::fs::write(&path, serde_json::to_string_pretty(&actual).unwrap() + "\n").unwrap();
        } else {
            differences.extend(cases::differences(&expected, &actual));
        }
    }
    assert!(count >= 30, "only {count} cases");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
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
    let ran = cases::run(&file, BUILD, &mut Native::default()).unwrap();
    ran["cases"][0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step.get("expect").cloned().unwrap_or_default())
        .collect()
}

const SEAL: &str = r#"{"do": "seal", "document": "{\"a\":1}"}"#;

#[test]
fn each_source_of_the_format_is_one_of_the_native_core() {
    let seal: Value = serde_json::from_str(SEAL).unwrap();
    let gone = json!({"keys": {"ada": "erased"}});
    let batch = json!({"do": "seal-many", "calls": [{"document": "{\"a\":1}"}]});
    let call = json!([seal, gone, seal, batch]);

    let rows = steps(&json!("rows"), &call);
    assert!(rows[0]["document"].as_str().unwrap().starts_with("{\"a\":\"Fs1"));
    assert_eq!(rows[0]["asked"].as_array().unwrap().len(), 1);
    assert_eq!(rows[2]["error"]["code"], "erased");

    // Answers given beforehand come to the same, call by call.
    assert_eq!(steps(&json!("answers"), &call), rows);

    // A cached key outlives its row, and nobody is asked for it again.
    let cached = steps(&json!({"kind": "cached"}), &call);
    assert_eq!(cached[0]["document"], rows[0]["document"]);
    assert!(cached[0]["asked"].is_array());
    assert!(cached[2]["document"].is_string() && cached[2].get("asked").is_none(), "{}", cached[2]);
    let none = steps(&json!({"kind": "cached", "entries": 0}), &call);
    assert_eq!(none[2]["error"]["code"], "erased");
}

#[test]
fn a_keyring_is_a_source_whose_verbs_are_steps() {
    let seal: Value = serde_json::from_str(SEAL).unwrap();
    let who = json!({"kind": "subject", "ref": "ada"});
    let came = steps(
        &json!("keyring"),
        &json!([
            seal,
            {"do": "restrict", "who": who},
            {"do": "lift", "who": who},
            {"do": "erase", "who": who},
            seal,
            {"do": "rotate", "who": who},
            {"do": "due", "at": 0},
        ]),
    );
    assert!(came[0]["document"].is_string() && came[0].get("asked").is_none());
    assert_eq!(came[1], json!({"state": "restricted"}));
    assert_eq!(came[2], json!({"state": "live"}));
    let (erased, state) = (&came[3]["erased"], &came[3]["state"]);
    assert_eq!((state, &erased["reached"]), (&json!("erased"), &json!("clean")));
    assert_eq!(erased["destroyed"].as_array().unwrap().len(), 1);
    assert_eq!(came[4]["error"]["code"], "erased");
    assert_eq!(came[5], json!({"error": {"code": "erased"}}));
    assert_eq!(came[6], json!({"due": []}));
}
