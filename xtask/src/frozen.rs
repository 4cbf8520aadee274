//! Files that never change once they are in: known answers, what releases sealed, and the cases.
//! Their digests stand in a list, so that a change of one shows as a change of two files.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::sums::sha256;
use crate::workspace::Workspace;

/// The list, in the format that `sha256sum --check` reads, with paths from its own folder.
const LIST: &str = "frozen.sha256";

const FOLDERS: [&str; 2] = ["cases", "vectors"];

/// Compares every `.json` file of the folders with its digest.
///
/// # Errors
///
/// Fails, with a line for each difference, for a file that changed, is gone, or is not in the list.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root().join("core/conformance");
    let list = std::fs::read_to_string(folder.join(LIST)).with_context(|| format!("no {LIST}"))?;
    let (listed, found) = (parsed(&list)?, digests(&folder)?);
    let differences = differences(&listed, &found);
    ensure!(
        differences.is_empty(),
        "files of core/conformance are not those of {LIST}:\n{}",
        differences.join("\n")
    );
    println!("{} files are as {LIST} has them", found.len());
    Ok(())
}

/// By path the digest.
type Digests = BTreeMap<String, String>;

fn parsed(list: &str) -> Result<Digests> {
    let mut digests = Digests::new();
    for line in list.lines() {
        let (digest, path) =
            line.split_once("  ").with_context(|| format!("{LIST}: no digest in {line:?}"))?;
        if digests.insert(path.to_owned(), digest.to_owned()).is_some() {
            bail!("{LIST} has {path} twice");
        }
    }
    Ok(digests)
}

fn digests(folder: &Path) -> Result<Digests> {
    let mut digests = Digests::new();
    for name in FOLDERS {
        for entry in std::fs::read_dir(folder.join(name)).with_context(|| format!("no {name}"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                digests.insert(format!("{name}/{file}"), sha256(&std::fs::read(&path)?));
            }
        }
    }
    Ok(digests)
}

/// Returns a line for each difference, with the line that the list would need.
fn differences(listed: &Digests, found: &Digests) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, digest) in listed {
        match found.get(path) {
            None => lines.push(format!("{path} is gone")),
            Some(own) if own != digest => lines.push(format!("{path} changed: {own}  {path}")),
            Some(_) => {}
        }
    }
    let new = found.iter().filter(|(path, _)| !listed.contains_key(*path));
    lines.extend(new.map(|(path, digest)| format!("{path} is not listed: {digest}  {path}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::{differences, digests, parsed};

    #[test]
    fn a_changed_a_missing_and_an_unlisted_file_are_differences() -> anyhow::Result<()> {
        let listed = parsed("01  cases/a.json\n02  cases/b.json\n03  vectors/c.json\n")?;
        assert_eq!(differences(&listed, &listed), Vec::<String>::new());
        let found = parsed("01  cases/a.json\n04  cases/b.json\n05  vectors/d.json\n")?;
        assert_eq!(
            differences(&listed, &found),
            [
                "cases/b.json changed: 04  cases/b.json",
                "vectors/c.json is gone",
                "vectors/d.json is not listed: 05  vectors/d.json",
            ]
        );
        Ok(())
    }

    #[test]
    fn a_list_has_one_digest_for_each_path() {
        assert!(parsed("01 cases/a.json").is_err());
        assert!(parsed("01  cases/a.json\n01  cases/a.json").is_err());
    }

    #[test]
    fn json_files_of_both_folders_are_read() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("fieldseal-frozen-{}", std::process::id()));
        for (name, file) in [("cases", "a.json"), ("cases", "verify.py"), ("vectors", "b.json")] {
            std::fs::create_dir_all(folder.join(name))?;
            std::fs::write(folder.join(name).join(file), "abc")?;
        }
        let found = digests(&folder)?;
        std::fs::remove_dir_all(&folder)?;
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let list = format!("{abc}  cases/a.json\n{abc}  vectors/b.json\n");
        assert_eq!(found, parsed(&list)?);
        Ok(())
    }
}
