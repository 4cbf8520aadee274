//! The states of a key, and the record of an erasure.

use std::fmt;

use fieldseal_primitives::KeyId;

use crate::keys::listed;
use crate::time::instant::Instant;

/// The state of an owner's key.
///
/// | state | sealing | opening | reached by |
/// |---|---|---|---|
/// | never | makes version 1 | `not-found` | lift, of an owner without a key |
/// | live | the newest version | from `min_version` on | first use, provision, rotate, lift |
/// | restricted | `restricted` ¹ | `restricted` ² | restrict |
/// | erased | `erased` | `erased` | erase, destroy; only reopen leads away |
/// | reopened | as live | as live; older values stay `erased` | reopen, of the erased alone; lift |
///
/// ¹ except for the purpose `storage`; ² except for `storage` and `legal_claims`.
///
/// A person's share of an index is erased, reopened and restricted together with the person, besides
/// by its own verbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyState {
    /// No key exists or ever existed.
    Never,
    /// Seals and opens.
    Live,
    /// Kept and not used (GDPR Art. 18).
    Restricted,
    /// Destroyed (GDPR Art. 17, Art. 5(1)(e)).
    Erased,
    /// Has a new key after an erasure. Values sealed under the destroyed keys stay unreadable.
    Reopened,
}

impl KeyState {
    /// Returns the name that all language bindings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyState::Never => "never",
            KeyState::Live => "live",
            KeyState::Restricted => "restricted",
            KeyState::Erased => "erased",
            KeyState::Reopened => "reopened",
        }
    }
}

/// The record of one erasure or destruction. `Debug` omits fingerprints and the reason.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erasure {
    /// The time by the host's clock, in milliseconds since 1970-01-01T00:00:00Z. A repeated call
    /// keeps the time of the first one. `None` if that call had no clock, and the system's
    /// could not be read.
    pub at: Option<u64>,
    /// The reason that the first call gave. `None` for a key destroyed because its time had passed.
    pub reason: Option<String>,
    /// The destroyed keys, the owner's own first, oldest first, each with the fingerprint by which
    /// the keyring recognises a restored copy. Empty for an owner without keys.
    pub destroyed: Vec<(KeyId, [u8; 32])>,
}

impl Erasure {
    /// Writes the record as RFC 8785 JSON, without the fingerprints.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{");
        if let Some(at) = self.at.and_then(Instant::from_millis) {
            json.push_str("\"at\":\"");
            json.push_str(at.stamp().as_str());
            json.push_str("\",");
        }
        json.push_str("\"destroyed\":");
        json.push_str(&ids_json(self.destroyed.iter().map(|(id, _)| *id)));
        if let Some(reason) = &self.reason {
            json.push_str(",\"reason\":");
            fieldseal_json::canonical::string(reason, &mut json);
        }
        json.push('}');
        json
    }
}

impl fmt::Debug for Erasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<KeyId> = self.destroyed.iter().map(|(id, _)| *id).collect();
        f.debug_struct("Erasure").field("at", &self.at).field("ids", &ids).finish_non_exhaustive()
    }
}

/// Returns the JSON text of an array of ids.
pub(super) fn ids_json(ids: impl Iterator<Item = KeyId>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    listed(&ids.iter().map(String::as_str).collect::<Vec<_>>())
}
