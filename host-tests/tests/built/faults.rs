//! Input that is meant to hang or to break the module.

use fieldseal_wasmtime::Broken;
use host_tests::DEFAULTS;
use host_tests::keys::Shared;
use host_tests::modules;

use crate::support::{BROTHERS, FAMILY, over, record, refusal};

#[test]
fn a_call_without_end_is_stopped_by_fuel_with_a_clear_error() {
    let (mut instance, source) = over(modules::metered().unwrap(), Shared::default());
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    instance.refuel(10_000_000).unwrap();
    instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    // To a host with a budget, a million values are endless.
    let endless = format!("[{}0]", "0,".repeat(999_990));
    let broken = instance.seal(policy, endless.as_bytes(), &record("tale-1"), source).unwrap_err();
    assert_eq!(broken, Broken::OutOfFuel);
    assert!(broken.to_string().contains("fuel"), "{broken}");
    assert_eq!(instance.check(policy, b"{}").unwrap_err(), Broken::Dead);
}

#[test]
fn hostile_documents_are_refused_with_a_code_and_the_instance_lives_on() {
    let (mut instance, source) = over(modules::evaluator().unwrap(), Shared::default());
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let many = format!("[{}0]", "0,".repeat(1_000_000));
    let huge = format!("\"{}\"", "x".repeat(64 << 20));
    for (document, code) in [
        (&deep, "limit"),
        (&many, "limit"),
        (&huge, "limit"),
        (&"[".repeat(100), "document"),
        (&"{\"a\":".repeat(1000), "limit"),
    ] {
        assert_eq!(
            refusal(instance.seal(policy, document.as_bytes(), &record("tale-1"), source).unwrap())
                .0,
            code
        );
        assert_eq!(refusal(instance.check(policy, document.as_bytes()).unwrap()).0, code);
    }
    instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
}

/// References in a row and the row again for each level: as many schemas in one another as the core
/// lets a validator enter. The evaluator judges this schema in both builds.
#[test]
fn the_deepest_schema_over_the_deepest_document_fits_the_modules_stack() {
    const ROW: usize = 14;
    let rows: String = (0..ROW)
        .map(|at| format!(r##""d{at}":{{"allOf":[{{"$ref":"#/$defs/d{}"}}]}},"##, at + 1))
        .collect();
    let schema = format!(
        r##"{{"x-schema-family":"f","$ref":"#/$defs/d0","$defs":{{{rows}"d{ROW}":{{"additionalProperties":{{"$ref":"#/$defs/d0"}}}}}}}}"##
    );
    let document = format!("{}1{}", "{\"a\":".repeat(128), "}".repeat(128));
    for module in [modules::evaluator(), modules::scalar(), modules::full()].map(Result::unwrap) {
        let (mut instance, source) = over(module, Shared::default());
        let policy = instance.compile(schema.as_bytes(), DEFAULTS).unwrap().unwrap();
        let sealed =
            instance.seal(policy, document.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
        assert_eq!(sealed.document, document.as_bytes());
    }
}
