//! The life of one key, as transitions without a store.
//!
//! | state | sealing | opening | reached by |
//! |---|---|---|---|
//! | never | makes version 1 | `not-found` | lift, of a person restricted before there was a key |
//! | live | its key | its key | first use, provision, lift |
//! | restricted | `restricted`, except for the purpose `storage` | `restricted`, except for `storage` and `legal_claims` | restrict |
//! | erased | `erased` | `erased` | erase; nothing leads away |

use fieldseal_primitives::{KeyId, Secret};
use std::fmt;

use crate::error::{Error, ErrorCode};

use super::identity::Fingerprint;
use super::{Key, Refusal};

/// Art. 18(2) of the GDPR: storage is what restriction leaves.
const STORAGE: &str = "storage";
/// The same article: establishment, exercise or defence of legal claims. Opens, and seals nothing.
const LEGAL_CLAIMS: &str = "legal_claims";

/// Where the key of somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// There is no key and there was none.
    Never,
    /// Seals and opens.
    Live,
    /// Kept and not used (GDPR Art. 18).
    Restricted,
    /// Destroyed (GDPR Art. 17). For good.
    Erased,
}

impl State {
    /// The name that crosses every border.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Never => "never",
            State::Live => "live",
            State::Restricted => "restricted",
            State::Erased => "erased",
        }
    }
}

/// What remains of an erased key. `Debug` leaves the fingerprint and the reason out.
#[derive(Clone, PartialEq, Eq)]
pub struct Erasure {
    /// When, by the host's clock: milliseconds since 1970-01-01T00:00:00Z. The first erasure's, when it was repeated.
    pub at: u64,
    /// Why, as the first call said.
    pub reason: String,
    /// The key that was destroyed and its fingerprint, by which a restored copy is known again; `None` if there had been none.
    pub destroyed: Option<(KeyId, [u8; 32])>,
}

impl fmt::Debug for Erasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.destroyed.map(|(id, _)| id);
        f.debug_struct("Erasure").field("at", &self.at).field("id", &id).finish_non_exhaustive()
    }
}

/// A key in the ring. The secret lies in a box: maps move their entries about and leave the old bytes behind, which
/// wiping the last copy would not reach.
pub(super) struct Kept {
    pub(super) id: KeyId,
    pub(super) secret: Secret,
    pub(super) fingerprint: Fingerprint,
}

impl Kept {
    pub(super) fn key(&self) -> Key {
        Key { id: self.id, secret: self.secret.clone(), expires: None, erasable: true }
    }
}

/// What is on record of one owner.
#[derive(Default)]
pub(super) enum Row {
    #[default]
    Never,
    Live(Kept),
    /// Without a key when it came before the first use.
    Restricted(Option<Kept>),
    Erased(Erasure),
}

impl Row {
    pub(super) const fn state(&self) -> State {
        match self {
            Row::Never => State::Never,
            Row::Live(_) => State::Live,
            Row::Restricted(_) => State::Restricted,
            Row::Erased(_) => State::Erased,
        }
    }

    /// The key to seal with; `Ok(None)` when one is to be made first.
    pub(super) fn to_seal(&self, purpose: Option<&str>) -> Result<Option<&Kept>, Refusal> {
        match self {
            Row::Never => Ok(None),
            Row::Live(kept) => Ok(Some(kept)),
            Row::Restricted(kept) if purpose == Some(STORAGE) => Ok(kept.as_ref()),
            Row::Restricted(_) => Err(Refusal::Restricted),
            Row::Erased(_) => Err(Refusal::Erased),
        }
    }

    /// The key of this id to open with.
    pub(super) fn to_open(&self, id: KeyId, purpose: Option<&str>) -> Result<&Kept, Refusal> {
        let kept = match self {
            Row::Never => None,
            Row::Live(kept) => Some(kept),
            Row::Restricted(kept) => kept.as_ref(),
            Row::Erased(erasure) if erasure.destroyed.is_some_and(|(destroyed, _)| destroyed == id) => {
                return Err(Refusal::Erased);
            }
            Row::Erased(_) => None,
        };
        let kept = kept.filter(|kept| kept.id == id).ok_or(Refusal::NotFound)?;
        let exempt = matches!(purpose, Some(STORAGE | LEGAL_CLAIMS));
        if matches!(self, Row::Restricted(_)) && !exempt { Err(Refusal::Restricted) } else { Ok(kept) }
    }

    /// Whether there is a key, or never will be one.
    pub(super) fn lacks_key(&self) -> Result<bool, Error> {
        match self {
            Row::Never | Row::Restricted(None) => Ok(true),
            Row::Live(_) | Row::Restricted(Some(_)) => Ok(false),
            Row::Erased(_) => Err(erased()),
        }
    }

    /// Gives the first key; what else is on record stays.
    pub(super) fn supply(&mut self, key: Kept) {
        match self {
            Row::Never => *self = Row::Live(key),
            Row::Restricted(none @ None) => *none = Some(key),
            Row::Live(_) | Row::Restricted(Some(_)) | Row::Erased(_) => {}
        }
    }

    pub(super) fn restrict(&mut self) -> Result<(), Error> {
        *self = match std::mem::take(self) {
            Row::Never => Row::Restricted(None),
            Row::Live(kept) => Row::Restricted(Some(kept)),
            restricted @ Row::Restricted(_) => restricted,
            gone @ Row::Erased(_) => {
                *self = gone;
                return Err(erased());
            }
        };
        Ok(())
    }

    pub(super) fn lift(&mut self) -> Result<(), Error> {
        *self = match std::mem::take(self) {
            Row::Restricted(Some(kept)) => Row::Live(kept),
            Row::Never | Row::Restricted(None) => Row::Never,
            live @ Row::Live(_) => live,
            gone @ Row::Erased(_) => {
                *self = gone;
                return Err(erased());
            }
        };
        Ok(())
    }

    /// Destroys the key, if there is one; the secret is wiped as it is dropped.
    pub(super) fn erase(&mut self, at: u64, reason: &str) {
        let destroyed = match self {
            Row::Erased(_) => return,
            Row::Live(kept) | Row::Restricted(Some(kept)) => Some((kept.id, kept.fingerprint)),
            Row::Never | Row::Restricted(None) => None,
        };
        *self = Row::Erased(Erasure { at, reason: reason.to_owned(), destroyed });
    }

    pub(super) const fn erasure(&self) -> Option<&Erasure> {
        match self {
            Row::Erased(erasure) => Some(erasure),
            Row::Never | Row::Live(_) | Row::Restricted(_) => None,
        }
    }
}

fn erased() -> Error {
    Error::new(ErrorCode::Erased, "the key was destroyed, and stays so")
}
