//! Case files: calls and results as bytes, the same for every runtime. README.md of this crate
//! describes the format.

mod entropy;
mod key_host;
mod read;
mod runner;
mod source;
mod write;

use std::fmt;
use std::path::{Path, PathBuf};

pub use entropy::Stream;
pub use key_host::KeyHost;
pub use runner::{differences, run};
pub use source::Source;
pub(crate) use write::due;

use crate::keyring_model::Command;
use crate::records::{
    Context, Document, Erased, Error, Opened, Owner, PlacedValue, Request, Sealed,
};

/// The version of the format that this runner reads.
pub const FORMAT: u64 = 1;

/// One runtime under test.
pub trait Runtime {
    /// Returns the name that messages call it by.
    fn name(&self) -> &str;

    /// Begins a case: a fresh instance with an empty entropy pool and [`Stream`] for entropy, whose
    /// keys come from this source. `keys` answers where the source is not a keyring.
    ///
    /// # Errors
    /// [`Missing`] where the runtime has no such source.
    fn begin(&mut self, source: &Source, keys: KeyHost) -> Result<(), Missing>;

    /// Replaces the rows of the key host.
    fn rekey(&mut self, keys: KeyHost);

    /// Returns the calls of the key host since the last time, each with its requests.
    fn asked(&mut self) -> Vec<Vec<Request>>;

    /// Compiles the policy that the next calls are about. `options` is the text of the case's
    /// options.
    ///
    /// # Errors
    /// The contract's error where the schema or the options are refused.
    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), Error>;

    /// Makes one call.
    ///
    /// # Errors
    /// [`Missing`] where the runtime has no such verb.
    fn call(&mut self, call: &Call) -> Result<Result<Outcome, Error>, Missing>;
}

/// The runtime does not have what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

/// The call of a step.
#[derive(Clone)]
pub enum Call {
    /// `seal`
    Seal(Document),
    /// `open`; strict or not.
    Open(Document, bool),
    /// `check`
    Check(Vec<u8>),
    /// `check-deep`
    CheckDeep(Document),
    /// `required-keys`, for this operation.
    RequiredKeys(Document, String),
    /// `seal-many`
    SealMany(Vec<Document>),
    /// `open-many`; strict or not.
    OpenMany(Vec<Document>, bool),
    /// `reseal`
    Reseal(Document),
    /// `index-values`: the name of an index, and the JSON text of a value.
    IndexValues(String, String, Context),
    /// `seal-value`
    SealValue(PlacedValue),
    /// `open-value`; strict or not.
    OpenValue(PlacedValue, bool),
    /// `seal-values`
    SealValues(Vec<PlacedValue>),
    /// `open-values`; strict or not.
    OpenValues(Vec<PlacedValue>, bool),
    /// A verb of the keyring that the keys come from, at a time of the host's clock.
    Keyring(u64, Command),
}

impl Call {
    /// Returns the name of the verb.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Call::Seal(_) => "seal",
            Call::Open(..) => "open",
            Call::Check(_) => "check",
            Call::CheckDeep(_) => "check-deep",
            Call::RequiredKeys(..) => "required-keys",
            Call::SealMany(_) => "seal-many",
            Call::OpenMany(..) => "open-many",
            Call::Reseal(_) => "reseal",
            Call::IndexValues(..) => "index-values",
            Call::SealValue(_) => "seal-value",
            Call::OpenValue(..) => "open-value",
            Call::SealValues(_) => "seal-values",
            Call::OpenValues(..) => "open-values",
            Call::Keyring(_, command) => command.verb(),
        }
    }
}

/// The result of a call.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A sealed document.
    Sealed(Sealed),
    /// An opened document.
    Opened(Opened),
    /// The envelope of one value, in place of the document.
    SealedValue(Sealed),
    /// The JSON text of one value, in place of the document.
    OpenedValue(Opened),
    /// A verdict alone.
    Verdict(String),
    /// Requests for keys.
    Requests(Vec<Request>),
    /// One result for each document or value of a batch, in order.
    Results(Vec<Result<Outcome, Error>>),
    /// Tokens to search with.
    Tokens(Vec<String>),
    /// The owner's state after a verb of the keyring.
    State(String),
    /// The record of an erasure, and the owner's state afterwards.
    Erased(Erased, String),
    /// The buckets that are due.
    Due(Vec<Owner>),
}

/// A case file asks for something that this runner or the runtime under test does not know. The
/// message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown(pub(crate) String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unknown {}

/// Returns the paths of the case files, in order of their names.
///
/// # Panics
/// Panics if the folder cannot be read.
#[must_use]
pub fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = std::fs::read_dir(folder).expect("the case files lie beside this crate");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
}
