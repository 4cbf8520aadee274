//! The case files, through both builds of the component.

use fieldseal_conformance::cases::{differences, files, run};
use fieldseal_wasmtime::Module;
use host_tests::cases::Component;
use host_tests::modules;

fn through(module: &'static Module, build: &str) {
    let mut cases = 0;
    let mut wrong = Vec::new();
    for path in files() {
        let expected = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let actual = run(&expected, build, &mut Component::new(module))
            .unwrap_or_else(|unknown| panic!("{}: {unknown}", path.display()));
        cases += actual["cases"].as_array().unwrap().len();
        wrong.extend(differences(&expected, &actual));
    }
    assert!(cases >= 30, "only {cases} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_component_gives_what_the_case_files_say() {
    through(modules::full().unwrap(), "full");
}

#[test]
fn the_lite_component_gives_what_the_case_files_say() {
    through(modules::lite().unwrap(), "lite");
}
