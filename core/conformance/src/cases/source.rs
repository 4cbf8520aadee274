//! The source of a case's keys, as the case names it.

use serde_json::Value;

use super::Unknown;

/// The source of a case's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The key host answers from its rows, each time.
    Rows,
    /// The key host stands behind the runtime's cache.
    Cached {
        /// The number of keys that the cache holds, if the case says so.
        entries: Option<u64>,
        /// The milliseconds for which it holds them, if the case says so.
        max_age_ms: Option<u64>,
    },
    /// A keyring of the runtime, empty at first. Steps may be verbs of the keyring.
    Keyring,
    /// The runtime says which keys a call needs, the key host answers, and the call is made with
    /// the answers.
    Answers,
}

impl Source {
    /// Returns the name of its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Source::Rows => "rows",
            Source::Cached { .. } => "cached",
            Source::Keyring => "keyring",
            Source::Answers => "answers",
        }
    }

    /// Reads the member `source` of a case, whose name is for messages.
    pub(super) fn read(case: &str, source: Option<&Value>) -> Result<Source, Unknown> {
        let Some(source) = source else { return Ok(Source::Rows) };
        let kind = source.as_str().or_else(|| source["kind"].as_str()).unwrap_or_default();
        let known: &[&str] = match kind {
            "cached" => &["kind", "entries", "maxAgeMs"],
            _ => &["kind"],
        };
        let mut members = source.as_object().into_iter().flatten();
        if let Some((other, _)) = members.find(|(name, _)| !known.contains(&name.as_str())) {
            return Err(Unknown(format!(
                "case `{case}`: this runner does not know `{other}` of the source kind `{kind}`"
            )));
        }
        match kind {
            "rows" => Ok(Source::Rows),
            "cached" => Ok(Source::Cached {
                entries: source["entries"].as_u64(),
                max_age_ms: source["maxAgeMs"].as_u64(),
            }),
            "keyring" => Ok(Source::Keyring),
            "answers" => Ok(Source::Answers),
            _ => Err(Unknown(format!(
                "case `{case}`: this runner does not know the source kind {source}"
            ))),
        }
    }
}
