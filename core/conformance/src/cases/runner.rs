//! Runs case files through one runtime.

use serde_json::{Value, json};

use super::key_host::KeyHost;
use super::read::Reader;
use super::{FORMAT, Missing, Runtime, Source, Unknown, write};

/// Runs every case of a file and returns the file with what came out in place of what is expected.
/// `build` is that of the runtime, `evaluator` or `full`; cases of the other one stay as they are.
///
/// # Errors
/// [`Unknown`] if the file asks for something that this runner or the runtime does not know. It
/// names it.
///
/// # Panics
/// Panics if the runtime breaks the contract in a way that no result can hold: evidence that is not
/// RFC 8785 text, or two calls of the key host for one call.
pub fn run(file: &Value, build: &str, runtime: &mut dyn Runtime) -> Result<Value, Unknown> {
    if file["format"] != FORMAT {
        let format = &file["format"];
        return Err(Unknown(format!("this runner knows format {FORMAT} and not {format}")));
    }
    let mut file = file.clone();
    let (schemas, rows) = (file["schemas"].clone(), file["keys"].clone());
    let cases = file["cases"].as_array_mut();
    for case in cases.ok_or_else(|| Unknown("a file without `cases`".to_owned()))? {
        run_case(case, &schemas, &rows, build, runtime)?;
    }
    Ok(file)
}

/// The members of a case.
const MEMBERS: [&str; 10] = [
    "name", "covers", "build", "schema", "options", "source", "keys", "context", "steps", "expect",
];
/// The builds that a case may be confined to.
const BUILDS: [&str; 2] = ["evaluator", "full"];

fn run_case(
    case: &mut Value,
    schemas: &Value,
    rows: &Value,
    build: &str,
    runtime: &mut dyn Runtime,
) -> Result<(), Unknown> {
    let name = case["name"].as_str().unwrap_or_default().to_owned();
    let source = Source::read(&name, case.get("source"))?;
    let context = case.get("context").cloned().unwrap_or_else(|| json!({}));
    let reader = Reader { case: &name, source, context: &context };
    reader.only("a case", case.as_object(), &MEMBERS)?;
    if let Some(only) = case.get("build") {
        if !BUILDS.iter().any(|known| only == known) {
            return Err(reader.unknown(&format!("the build {only}")));
        }
        if only != build {
            return Ok(());
        }
    }
    let missing = |runtime: &dyn Runtime, what: &str| {
        Unknown(format!("case `{name}`: {} does not know {what}", runtime.name()))
    };

    let begun = runtime.begin(&source, KeyHost::read(&name, rows, &case["keys"])?);
    begun.map_err(|Missing| missing(runtime, &format!("the source kind `{}`", source.kind())))?;
    let schema = match &case["schema"] {
        Value::String(name) if schemas.get(name).is_some() => schemas[name.as_str()].to_string(),
        Value::String(text) => text.clone(),
        schema => schema.to_string(),
    };
    let options = case.get("options").map_or_else(|| "{}".to_owned(), Value::to_string);
    if let Err(error) = runtime.compile(schema.as_bytes(), &options) {
        put(case, write::error(&error));
        return Ok(());
    }
    let Some(steps) = case["steps"].as_array_mut() else {
        return Err(reader.unknown("a case without `steps` whose schema compiles"));
    };
    for step in steps {
        if let Some(states) = step.get("keys") {
            reader.only("a step that replaces keys", step.as_object(), &["keys"])?;
            runtime.rekey(KeyHost::read(&name, rows, states)?);
            continue;
        }
        let call = reader.call(step)?;
        let result = runtime.call(&call);
        let result =
            result.map_err(|Missing| missing(runtime, &format!("the verb `{}`", call.verb())))?;
        let mut outcome = write::outcome(result);
        let mut asked = runtime.asked();
        assert!(asked.len() <= 1, "one call of the key host for a call, not {}", asked.len());
        if let Some(requests) = asked.pop() {
            outcome["asked"] = write::requests(&requests);
        }
        put(step, outcome);
    }
    Ok(())
}

/// Returns a line for each case that is not as expected.
///
/// # Panics
/// Panics if one of them is no case file.
#[must_use]
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let (expected, actual) =
        (expected["cases"].as_array().expect("cases"), actual["cases"].as_array().expect("cases"));
    let pairs = expected.iter().zip(actual);
    pairs
        .filter(|(expected, actual)| expected != actual)
        .map(|(expected, actual)| {
            format!("{}:\nexpected {expected}\nactual   {actual}", expected["name"])
        })
        .collect()
}

/// Writes what came out in place of what is expected.
fn put(place: &mut Value, outcome: Value) {
    place.as_object_mut().expect("a case or a step").insert("expect".into(), outcome);
}
