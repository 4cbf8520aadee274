//! The record that the verbs return which destroy keys.

use fieldseal_primitives::KeyId;

use super::state::{KeyState, ids_json};
use crate::keys::listed;
use crate::time::instant::Instant;

/// The permission to destroy a retention bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Destroy {
    /// Only a bucket that has ended at the call's time.
    #[default]
    WhenDue,
    /// Also a bucket that has not ended.
    Early,
}

/// The state that an erasure has reached. A later state includes the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reached {
    /// No call obtains the keys any more.
    Committed,
    /// No file of the key store holds the secrets any more.
    Clean,
    /// No backup, disk block, log or replica holds a secret with which anything opens.
    Unreadable,
}

impl Reached {
    /// Returns the name that all language bindings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reached::Committed => "committed",
            Reached::Clean => "clean",
            Reached::Unreadable => "unreadable",
        }
    }
}

/// The record of an erasure or a destruction. It contains key ids and no names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// The state of the owner's key.
    pub state: KeyState,
    /// The destroyed keys: the owner's own first, oldest first. Empty for an owner without keys.
    pub destroyed: Vec<KeyId>,
    /// The time of the erasure by the host's clock, in milliseconds since 1970-01-01T00:00:00Z. A
    /// repeated call returns the time of the first one. `None` if that call had no clock, and
    /// the system's could not be read.
    pub at: Option<u64>,
    /// The state that the erasure has reached.
    pub reached: Reached,
    /// The places that still hold copies of the secrets, as text for people.
    pub residue: Vec<String>,
}

impl Erased {
    /// Writes the record as RFC 8785 JSON, in the same form as all language bindings.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{");
        if let Some(at) = self.at.and_then(Instant::from_millis) {
            json.push_str("\"at\":\"");
            json.push_str(at.stamp().as_str());
            json.push_str("\",");
        }
        json.push_str("\"destroyed\":");
        json.push_str(&ids_json(self.destroyed.iter().copied()));
        json.push_str(",\"reached\":\"");
        json.push_str(self.reached.as_str());
        json.push_str("\",\"residue\":");
        let residue: Vec<&str> = self.residue.iter().map(String::as_str).collect();
        json.push_str(&listed(&residue));
        json.push_str(",\"state\":\"");
        json.push_str(self.state.as_str());
        json.push_str("\"}");
        json
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::Erasure;
    use super::*;

    /// Without a clock the records have no time.
    #[test]
    fn records_without_a_time_have_no_member_for_it() {
        let (destroyed, residue) = (Vec::new(), vec!["a backup".to_owned()]);
        let (state, reached) = (KeyState::Erased, Reached::Committed);
        let erased = Erased { state, destroyed, at: None, reached, residue };
        let text =
            r#"{"destroyed":[],"reached":"committed","residue":["a backup"],"state":"erased"}"#;
        assert_eq!(erased.to_json(), text);
        let erasure = Erasure { at: None, reason: None, destroyed: Vec::new() };
        assert_eq!(erasure.to_json(), r#"{"destroyed":[]}"#);
    }
}
