//! What fuzzing begins with besides its committed corpus: the schemas, documents and envelopes of
//! the case files and vectors.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::sums::sha256;
use crate::workspace::Workspace;

/// Stands between the texts of one input, as `core/fuzz/src/input.rs` has it.
const SEPARATOR: &str = "\n---\n";

/// Writes them, a folder for each target.
pub(crate) fn write(workspace: &Workspace, folder: &Path) -> Result<()> {
    let conformance = workspace.root().join("core/conformance");
    let mut files: Vec<_> = std::fs::read_dir(conformance.join("cases"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    for file in files {
        of_cases(&read(&file)?, folder).with_context(|| file.display().to_string())?;
    }
    let vectors = read(&conformance.join("vectors/envelope-1.json"))?;
    for vector in ["envelopes", "refusals", "openings"]
        .iter()
        .flat_map(|list| vectors[list].as_array().into_iter().flatten())
    {
        put(
            folder,
            "envelope",
            format!("t{}", vector["envelope"].as_str().context("a vector has an envelope")?),
        )?;
    }
    Ok(())
}

fn of_cases(file: &Value, folder: &Path) -> Result<()> {
    for case in file["cases"].as_array().context("a case file has cases")? {
        let schema = match &case["schema"] {
            Value::String(name) => {
                file["schemas"].get(name).map_or_else(|| name.clone(), Value::to_string)
            }
            schema => schema.to_string(),
        };
        let options = case.get("options").map(Value::to_string).unwrap_or_default();
        put(folder, "policy", [schema.as_str(), &options].join(SEPARATOR))?;
        let steps = case["steps"].as_array().into_iter().flatten();
        let calls = steps.flat_map(|step| {
            std::iter::once(step).chain(step["calls"].as_array().into_iter().flatten())
        });
        for document in calls.filter_map(|call| call["document"].as_str()) {
            put(folder, "tape", document.to_owned())?;
            put(folder, "envelope", format!("d{document}"))?;
            put(folder, "resolve", [schema.as_str(), document, &options].join(SEPARATOR))?;
        }
    }
    Ok(())
}

/// Under its digest, so that equal ones are one file.
fn put(folder: &Path, target: &str, input: String) -> Result<()> {
    let folder = folder.join(target);
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(sha256(input.as_bytes())), input)?)
}

fn read(file: &Path) -> Result<Value> {
    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_gets_seeds() -> Result<()> {
        let workspace = Workspace::here();
        let folder = workspace.target().join("fuzz/seeds-of-the-test");
        write(&workspace, &folder)?;
        for target in ["tape", "policy", "resolve", "envelope"] {
            let count = std::fs::read_dir(folder.join(target))?.count();
            assert!(count > 40, "{target}: {count}");
        }
        Ok(std::fs::remove_dir_all(folder)?)
    }
}
