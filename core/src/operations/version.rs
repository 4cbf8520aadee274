//! What this build is.

/// The version of the envelope's wire format.
pub const ENVELOPE_VERSION: u32 = 1;

/// The version of the schema vocabulary.
pub const VOCABULARY_VERSION: u32 = 1;

/// The crate, envelope and vocabulary versions and the build, as RFC 8785 JSON.
///
/// ```
/// assert!(fieldseal::version().contains("\"envelope\":1"));
/// ```
pub fn version() -> String {
    let build = if cfg!(feature = "validation") { "full" } else { "lite" };
    format!(
        "{{\"build\":\"{build}\",\"crate\":\"{}\",\"envelope\":{ENVELOPE_VERSION},\"vocabulary\":{VOCABULARY_VERSION}}}",
        env!("CARGO_PKG_VERSION"),
    )
}
