//! The time and the memory of compiling are in proportion to the schemas that can be reached, or
//! compiling ends in `limit`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fieldseal::{Error, ErrorCode, Options, Policy};
use serde_json::{Value, json};

const TYPES: usize = 40;

/// Schemas that refer to each other as those of FHIR STU3 do: a file for each type and resource.
/// Every value has extensions, an extension holds a value of any type, and a resource contains any
/// resource.
fn files(resources: usize, pattern: Option<&str>) -> BTreeMap<String, Value> {
    let at = |name: &str| format!("http://example.org/{name}#/definitions/{name}");
    let named = |prefix: &str, count: usize| -> Vec<String> {
        (0..count).map(|number| format!("{prefix}{number}")).collect()
    };
    let (types, all) = (named("Type", TYPES), named("Resource", resources));
    let reference = |name: &String| json!({"$ref": at(name)});
    let some = |from: &[String], start: usize, count: usize| -> Value {
        (0..count)
            .map(|step| {
                let other = &from[(start * 7 + step * step + 1) % from.len()];
                let own = match step % 3 {
                    0 => json!({"type": "array", "items": reference(other)}),
                    _ => reference(other),
                };
                (format!("member{step}"), own)
            })
            .collect()
    };
    let derived = |parent: &str, properties: Value| json!({"allOf": [{"$ref": at(parent)}, {"properties": properties}]});
    let mut definitions: Vec<(String, Value)> = vec![
        (
            "Element".to_owned(),
            json!({"properties": {
                "id": {"type": "string", "pattern": pattern.unwrap_or("^[a-z0-9]+$")},
                "extension": {"type": "array", "items": {"$ref": at("Extension")}},
            }}),
        ),
        ("Extension".to_owned(), {
            let values = types.iter().map(|name| (format!("value{name}"), reference(name)));
            derived("Element", values.collect())
        }),
        (
            "DomainResource".to_owned(),
            json!({"properties": {
                "text": {"type": "string", "x-protection": {}},
                "contained": {"type": "array", "items": {"$ref": at("ResourceList")}},
                "extension": {"type": "array", "items": {"$ref": at("Extension")}},
            }}),
        ),
        (
            "ResourceList".to_owned(),
            json!({"oneOf": all.iter().map(reference).collect::<Vec<_>>()}),
        ),
    ];
    for (number, name) in types.iter().enumerate() {
        let mut properties = some(&types, number, 6);
        properties["family"] = json!({"type": "string", "x-protection": {}});
        definitions.push((name.clone(), derived("Element", properties)));
    }
    for (number, name) in all.iter().enumerate() {
        let mut properties = some(&types, number, 16);
        properties["resourceType"] = json!({"enum": [name]});
        let mut schema = derived("DomainResource", properties);
        schema["required"] = json!(["resourceType"]);
        definitions.push((name.clone(), schema));
    }
    definitions
        .into_iter()
        .map(|(name, schema)| {
            let id = format!("http://example.org/{name}");
            let file = json!({
                "$schema": "http://json-schema.org/draft-06/schema#",
                "$id": id,
                "$ref": format!("#/definitions/{name}"),
                "definitions": {name: schema},
            });
            (id, file)
        })
        .collect()
}

/// Nanoseconds that this thread has computed, or `None` if the system does not report them.
fn computed() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// The cost of one step.
struct Cost {
    bytes: u64,
    peak: u64,
    seconds: f64,
}

fn cost<T>(run: impl FnOnce() -> T) -> (T, Cost) {
    let mut result = None;
    let began = computed();
    let info = allocation_counter::measure(|| result = Some(run()));
    let seconds = computed().zip(began).map_or(0.0, |(now, then)| (now - then) as f64 / 1e9);
    (result.unwrap(), Cost { bytes: info.bytes_total, peak: info.bytes_max, seconds })
}

fn compile(files: &BTreeMap<String, Value>) -> Result<Policy, Error> {
    let main = json!({
        "$schema": "http://json-schema.org/draft-06/schema#",
        "x-schema-family": "f",
        "allOf": [{"$ref": "http://example.org/Resource0#/definitions/Resource0"}],
    });
    let options = json!({"references": files}).to_string();
    let options = Options::from_json(&options).unwrap();
    Ok(Policy::compile(main.to_string().as_bytes(), options)?)
}

/// Returns true if a build without the validator crate refuses the schema.
fn is_refused(error: &Error) -> bool {
    cfg!(not(feature = "validation"))
        && error.findings.iter().any(|own| own.id == "validator-needed")
}

fn measure(pattern: Option<&str>) -> String {
    let mut report = String::new();
    let mut costs = Vec::new();
    for resources in [27, 54, 111] {
        let files = files(resources, pattern);
        let size = files.values().map(|file| file.to_string().len()).sum::<usize>() as u64;
        let (policy, compiling) = cost(|| compile(&files));
        write!(
            report,
            "{} files, {size} bytes: compiled in {:.2} s with {} KB of which {} KB at once",
            files.len(),
            compiling.seconds,
            compiling.bytes >> 10,
            compiling.peak >> 10,
        )
        .unwrap();
        let ends = match &policy {
            Ok(policy) => {
                let (forms, deriving) = cost(|| policy.schemas().map_err(|error| error.code));
                let (sealed, checking) = cost(|| policy.check(br#"{"resourceType":"Resource0"}"#));
                writeln!(
                    report,
                    "; both forms in {:.2} s with {} KB at once, {:?}; a check {:.2} s, {}",
                    deriving.seconds,
                    deriving.peak >> 10,
                    forms.as_ref().map(|forms| forms.sealed.len()),
                    checking.seconds,
                    sealed.is_ok(),
                )
                .unwrap();
                assert!(matches!(forms, Ok(_) | Err(ErrorCode::Limit)), "{report}");
                assert!(deriving.seconds < 1.0 && deriving.peak < 200 << 20, "{report}");
                assert!(checking.seconds < 1.0 && checking.peak < 200 << 20, "{report}");
                false
            }
            Err(error) => {
                writeln!(report, "; {:?} {:?}", error.code, error.findings.first()).unwrap();
                assert!(error.code == ErrorCode::Limit || is_refused(error), "{report}");
                error.code == ErrorCode::Limit
            }
        };
        assert!(compiling.seconds < 1.0 && compiling.peak < 200 << 20, "{report}");
        costs.push((size, compiling.bytes, ends));
    }
    // Twice the schemas cost about twice as much, unless compiling ends in `limit`.
    for pair in costs.windows(2) {
        let [(size, bytes, _), (next_size, next, is_limit)] = pair else { continue };
        let growth = (*next as f64 / *bytes as f64) / (*next_size as f64 / *size as f64);
        assert!(*is_limit || growth < 1.3, "{growth}: {report}");
    }
    report
}

#[test]
fn compiling_schemas_that_refer_to_each_other_is_linear() {
    print!("{}", measure(None));
}

/// A pattern that the evaluator leaves to the validator crate has it compile all of them.
#[test]
fn compiling_them_for_the_validator_crate_is_linear_or_ends_in_limit() {
    const LEFT: &str = r"^[\p{L}0-9]+$";
    let small = json!({"x-schema-family": "f", "properties": {"a": {"pattern": LEFT}}}).to_string();
    match Policy::compile(small.as_bytes(), Options::default()) {
        Ok(policy) => assert_eq!(policy.coverage().validator, "crate"),
        Err(error) => assert!(is_refused(&Error::from(error))),
    }
    print!("{}", measure(Some(LEFT)));
}
