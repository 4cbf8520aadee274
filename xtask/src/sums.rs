//! SHA-256 sums, in the format that `sha256sum --check` reads.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// One line a file, sorted by name; `SHA256SUMS` itself excluded.
pub(crate) fn of_folder(folder: &Path) -> Result<String> {
    let mut names = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))?
    {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "SHA256SUMS" {
            names.push(name);
        }
    }
    names.sort();
    let mut lines = String::new();
    for name in names {
        let sum = sha256(&std::fs::read(folder.join(&name))?);
        writeln!(lines, "{sum}  {name}")?;
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::{of_folder, sha256};

    #[test]
    fn sha256_of_fips_180_example() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_folder_is_listed_sorted_and_without_its_own_list() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("fieldseal-sums-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        for name in ["b", "a", "SHA256SUMS"] {
            std::fs::write(folder.join(name), "abc")?;
        }
        let listed = of_folder(&folder)?;
        std::fs::remove_dir_all(&folder)?;
        let names: Vec<_> = listed.lines().filter_map(|line| line.split("  ").nth(1)).collect();
        assert_eq!(names, ["a", "b"]);
        Ok(())
    }
}
