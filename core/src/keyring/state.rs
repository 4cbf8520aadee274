//! Where a key stands, and what remains of an erased one.

use std::fmt;

use fieldseal_primitives::KeyId;

/// Where the key of somebody stands.
///
/// | state | sealing | opening | reached by |
/// |---|---|---|---|
/// | never | makes version 1 | `not-found` | lift, of an owner restricted before there was a key |
/// | live | the newest version | every version that `min-version` leaves | first use, provision, rotate, lift |
/// | restricted | `restricted`, except for the purpose `storage` | `restricted`, except for `storage` and `legal_claims` | restrict |
/// | erased | `erased` | `erased` | erase, destroy; only reopen leads away |
/// | reopened | as live | as live; what was erased stays `erased` | reopen, of the erased alone; lift |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyState {
    /// There is no key and there was none.
    Never,
    /// Seals and opens.
    Live,
    /// KeyVersion and not used (GDPR Art. 18).
    Restricted,
    /// Destroyed (GDPR Art. 17, Art. 5(1)(e)).
    Erased,
    /// Lives on with a new key. What the destroyed ones sealed stays unreadable.
    Reopened,
}

impl KeyState {
    /// The name that crosses every border.
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

/// One erasure or destruction, for good on record. `Debug` leaves fingerprints and the reason out.
#[derive(Clone, PartialEq, Eq)]
pub struct Erasure {
    /// When, by the host's clock: milliseconds since 1970-01-01T00:00:00Z. The first call's, when
    /// it was repeated.
    pub at: u64,
    /// Why, as the first call said; `None` for what was destroyed because its time had passed.
    pub reason: Option<String>,
    /// The keys that were destroyed, oldest first, each with its fingerprint, by which a restored
    /// copy is known again. Empty if there had been none.
    pub destroyed: Vec<(KeyId, [u8; 32])>,
}

impl fmt::Debug for Erasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<KeyId> = self.destroyed.iter().map(|(id, _)| *id).collect();
        f.debug_struct("Erasure").field("at", &self.at).field("ids", &ids).finish_non_exhaustive()
    }
}
