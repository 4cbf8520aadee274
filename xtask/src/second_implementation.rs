//! The envelope format in Python: core/conformance/envelope.py, whose author saw no code of the
//! core. It agrees with every vector, and seals what the tests of the core open.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::python;
use crate::workspace::Workspace;

/// Holds both Python programs of the folder to its files, and has new envelopes sealed.
///
/// # Errors
///
/// Fails where a program disagrees with a file, or refuses a job.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let conformance = || python::conformance(workspace);
    conformance()?.arg("cases/verify.py").run()?;
    let vectors = vectors(workspace)?;
    conformance()?.args(["envelope.py", "check"]).args(&vectors).run()?;

    let mut jobs = Vec::new();
    for file in &vectors {
        let file: Value = serde_json::from_slice(&std::fs::read(file)?)?;
        // Envelopes with b6 and without b0 are no jobs, since nobody seals them.
        let rows = file["envelopes"].as_array().context("a file of vectors has envelopes")?;
        let sealed =
            rows.iter().filter(|row| row["subjectBound"] == true || row["subjectKey"] != "");
        jobs.extend(new_jobs(&sealed.collect::<Vec<_>>())?);
    }
    ensure!(jobs.len() >= 500, "only {} jobs", jobs.len());
    let folder = workspace.root().join("target/oracle");
    let list = folder.join("jobs.json");
    std::fs::write(&list, serde_json::to_vec(&jobs)?)?;
    let sealed = conformance()?.args(["envelope.py", "seal"]).arg(&list).output()?;
    std::fs::write(folder.join("sealed-in-python.json"), sealed)?;
    println!("{} envelopes sealed in Python", jobs.len());
    Ok(())
}

/// Returns the files of known answers and of what releases sealed.
fn vectors(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.root().join("core/conformance/vectors");
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}

/// Returns jobs that no file has: each row with the value of another, the place of a third, and
/// other entropy.
fn new_jobs(rows: &[&Value]) -> Result<Vec<Value>> {
    let row = |number: usize| rows.get(number % rows.len()).copied().context("a row");
    let mut jobs = Vec::with_capacity(rows.len());
    for number in 0..rows.len() {
        let mut job = row(number)?.clone();
        job["plaintext"] = row(number + 7)?["plaintext"].clone();
        for part in ["tenant", "family", "record", "revision", "subject", "path"] {
            job[part] = row(number + 11)?[part].clone();
        }
        for drawn in ["entropy", "iv"] {
            if let Some(digits) = job[drawn].as_str() {
                job[drawn] = digits.chars().rev().collect::<String>().into();
            }
        }
        let members = job.as_object_mut().context("a row is an object")?;
        members.remove("envelope");
        // It belonged to the former place.
        members.remove("itemRef");
        jobs.push(job);
    }
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::new_jobs;

    #[test]
    fn a_job_has_a_value_a_place_and_entropy_that_its_row_has_not() -> anyhow::Result<()> {
        let row = |n: u32| {
            json!({"plaintext": n, "suite": n, "tenant": n, "family": n, "record": n, "revision": n,
                "subject": n, "path": [n], "entropy": format!("0{n}"), "itemRef": n, "envelope": n})
        };
        let rows: Vec<_> = (0..5).map(row).collect();
        let jobs = new_jobs(&rows.iter().collect::<Vec<_>>())?;
        assert_eq!(jobs.len(), 5);
        assert_eq!(
            jobs[4],
            json!({"plaintext": 1, "suite": 4, "tenant": 0, "family": 0, "record": 0, "revision": 0,
                "subject": 0, "path": [0], "entropy": "40"})
        );
        Ok(())
    }
}
