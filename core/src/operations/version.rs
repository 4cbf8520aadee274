//! The versions of this build and its formats.

/// The version of the envelope's wire format.
pub const ENVELOPE_VERSION: u32 = crate::envelope::VERSION;

/// The version of the schema vocabulary.
pub const VOCABULARY_VERSION: u32 = 1;

/// The versions of a build and of its formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// The version of the crate.
    pub crate_version: &'static str,
    /// The version of the envelope's wire format.
    pub envelope: u32,
    /// The version of the schema vocabulary.
    pub vocabulary: u32,
    /// `evaluator`, or `full` for a build that has the validator crate as well.
    pub build: &'static str,
}

impl Version {
    /// Writes the versions as RFC 8785 JSON.
    pub fn to_json(&self) -> String {
        let Version { crate_version, envelope, vocabulary, build } = self;
        let formats = format!("\"envelope\":{envelope},\"vocabulary\":{vocabulary}");
        format!("{{\"build\":\"{build}\",\"crate\":\"{crate_version}\",{formats}}}")
    }
}

/// Returns the versions of this build and its formats.
///
/// ```
/// let version = fieldseal::version();
/// assert_eq!(version.envelope, 1);
/// assert!(version.to_json().contains("\"envelope\":1"));
/// ```
pub const fn version() -> Version {
    Version {
        crate_version: env!("CARGO_PKG_VERSION"),
        envelope: ENVELOPE_VERSION,
        vocabulary: VOCABULARY_VERSION,
        build: if cfg!(feature = "validation") { "full" } else { "evaluator" },
    }
}
