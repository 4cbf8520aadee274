//! Known answers that an independent implementation made, and envelopes that releases sealed.
//! `vectors/README.md` describes the members. Byte strings are hexadecimal, and empty where the
//! thing is absent.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Known answers of wire format 1.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct KnownAnswers {
    pub format: String,
    pub envelopes: Vec<Envelope>,
    pub refusals: Vec<Refusal>,
    pub tokens: Vec<Token>,
    pub keys: Vec<KeyIdentity>,
    pub openings: Vec<Opening>,
    pub clear_values: Vec<ClearValue>,
}

/// Envelopes and tokens that a release made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct Released {
    pub format: String,
    pub release: String,
    pub envelopes: Vec<Envelope>,
    /// None in the first file.
    #[serde(default)]
    pub tokens: Vec<Token>,
}

/// A value, and what sealing it gives.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct Envelope {
    pub name: String,
    pub plaintext: String,
    pub suite: u8,
    pub bind: String,
    pub padded: bool,
    pub subject_bound: bool,
    pub subject_key: String,
    pub retention_key: String,
    pub item_key: String,
    pub subject_key_id: String,
    pub retention_key_id: String,
    pub item_key_id: String,
    /// The reference of the item key, in the files that tell it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item_ref: String,
    #[serde(flatten)]
    pub place: Place,
    pub entropy: String,
    /// The entropy after that, of suite 5 alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub iv: String,
    pub envelope: String,
}

/// A string that must not open, and the code with which it fails.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct Refusal {
    pub name: String,
    pub code: String,
    pub envelope: String,
    pub demand: Demand,
    pub subject_key: String,
    pub retention_key: String,
    #[serde(flatten)]
    pub place: Place,
}

/// The demand of the policy at the place of a refused string.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct Demand {
    pub suite: u8,
    pub bind: String,
    pub subject: bool,
    pub retention: bool,
    pub item: bool,
    pub subject_bound: bool,
}

/// A blind index or a pseudonym.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct Token {
    pub kind: String,
    pub key: String,
    pub tenant: String,
    pub domain: String,
    pub normalisation: String,
    pub value: String,
    pub token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// The id and fingerprint that a keyring derives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct KeyIdentity {
    pub secret: String,
    pub kind: String,
    pub tenant: String,
    #[serde(rename = "ref")]
    pub reference: String,
    pub version: u32,
    pub id: String,
    pub fingerprint: String,
}

/// An envelope that opens, though no release seals one like it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct Opening {
    pub name: String,
    pub plaintext: String,
    pub envelope: String,
    pub subject_key: String,
    #[serde(flatten)]
    pub place: Place,
}

/// A clear text, and the code with which sealing refuses it: none for an ordinary string.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct ClearValue {
    pub name: String,
    pub value: String,
    pub code: String,
}

/// The place of a value.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[allow(missing_docs, reason = "vectors/README.md has the members")]
pub struct Place {
    pub tenant: String,
    pub family: String,
    pub record: String,
    pub revision: String,
    pub subject: String,
    pub path: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// Into an array.
    Element(u32),
    /// Into an object.
    Member(String),
}

impl Place {
    /// Returns the field of the context under this bind profile: an RFC 6901 pointer, with `~*` for
    /// an element unless the exact path is bound.
    #[must_use]
    pub fn field(&self, bind: &str) -> String {
        let step = |step: &Step| match step {
            Step::Element(at) if bind == "record-path" => format!("/{at}"),
            Step::Element(_) => "/~*".to_owned(),
            Step::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        };
        self.path.iter().map(step).collect()
    }
}

/// Returns the known answers of wire format 1.
///
/// # Panics
/// Panics if the file is no such file.
#[must_use]
pub fn known_answers() -> KnownAnswers {
    let file: KnownAnswers = serde_json::from_str(include_str!("../vectors/envelope-1.json"))
        .expect("the file has the members of its README");
    assert_eq!(file.format, "fieldseal envelope 1");
    file
}

/// Returns what every release sealed, one file for each.
///
/// # Panics
/// Panics if a file is no such file, or is of another release than its name says.
#[must_use]
pub fn released() -> Vec<Released> {
    let entries = std::fs::read_dir(folder()).expect("the vectors lie beside this crate");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let is_release = |path: &PathBuf| name(path).starts_with("saved-");
    let mut paths: Vec<_> = paths.filter(is_release).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let file: Released =
            serde_json::from_str(&text).expect("the file has the members of its README");
        let (format, own) = (file.format.as_str(), format!("saved-{}.json", file.release));
        assert_eq!((format, own.as_str()), ("fieldseal saved ciphertexts 1", name(&path)));
        file
    };
    paths.into_iter().map(read).collect()
}

/// Returns what policies of releases made: every file but the first of 0.1, whose envelopes were
/// sealed below every policy.
///
/// # Panics
/// Panics as [`released`] does, and if no file is left.
#[must_use]
pub fn released_by_policies() -> Vec<Released> {
    let files: Vec<_> = released().into_iter().filter(|file| file.release != "0.1").collect();
    assert!(!files.is_empty(), "policies made a file");
    files
}

/// Returns the folder of the vectors.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
