//! The life of one owner's keys, as transitions without a store. [`KeyState`] has the table.

use fieldseal_primitives::{KeyId, Secret};

use crate::error::{Error, ErrorCode};

use super::identity::Fingerprint;
use super::state::{Erasure, KeyState};
use crate::keys::{Key, Refusal};

/// Art. 18(2) of the GDPR: storage is what restriction leaves.
const STORAGE: &str = "storage";
/// The same article: establishment, exercise or defence of legal claims. Opens, and seals nothing.
const LEGAL_CLAIMS: &str = "legal_claims";

/// A key in the ring. The secret lies in a box: maps move their entries about and leave the old
/// bytes behind, which wiping the last copy would not reach.
pub(crate) struct KeyVersion {
    pub(crate) id: KeyId,
    pub(crate) version: u32,
    pub(crate) secret: Secret,
    pub(crate) fingerprint: Fingerprint,
}

impl KeyVersion {
    pub(crate) fn key(&self) -> Key {
        Key { id: self.id, secret: self.secret.clone(), expires: None, erasable: true }
    }
}

/// What is on record of one owner.
#[derive(Default)]
pub(crate) struct Row {
    status: KeyStatus,
    /// Older versions are denied to opening.
    minimum: u32,
    /// Everything that was ever destroyed, in the order of time.
    erasures: Vec<Erasure>,
}

/// The versions are there, oldest first, unless they were destroyed.
enum KeyStatus {
    Open(Vec<KeyVersion>),
    Restricted(Vec<KeyVersion>),
    Erased,
}

impl Default for KeyStatus {
    fn default() -> Self {
        KeyStatus::Open(Vec::new())
    }
}

impl Row {
    pub(crate) fn state(&self) -> KeyState {
        match &self.status {
            KeyStatus::Erased => KeyState::Erased,
            KeyStatus::Restricted(_) => KeyState::Restricted,
            KeyStatus::Open(versions) if versions.is_empty() => KeyState::Never,
            KeyStatus::Open(_) if self.erasures.is_empty() => KeyState::Live,
            KeyStatus::Open(_) => KeyState::Reopened,
        }
    }

    /// The key to seal with; `Ok(None)` when one is to be made first.
    pub(crate) fn to_seal(&self, purpose: Option<&str>) -> Result<Option<&KeyVersion>, Refusal> {
        match &self.status {
            KeyStatus::Erased => Err(Refusal::Erased),
            KeyStatus::Restricted(_) if purpose != Some(STORAGE) => Err(Refusal::Restricted),
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => Ok(versions.last()),
        }
    }

    /// The key of this id to open with.
    pub(crate) fn to_open(&self, id: KeyId, purpose: Option<&str>) -> Result<&KeyVersion, Refusal> {
        let Some(kept) = self.versions().iter().find(|kept| kept.id == id) else {
            return Err(if self.destroyed().any(|(destroyed, _)| *destroyed == id) {
                Refusal::Erased
            } else {
                Refusal::NotFound
            });
        };
        let exempt = matches!(purpose, Some(STORAGE | LEGAL_CLAIMS));
        match self.status {
            KeyStatus::Restricted(_) if !exempt => Err(Refusal::Restricted),
            _ if kept.version < self.minimum => Err(Refusal::Denied),
            _ => Ok(kept),
        }
    }

    /// Whether there is no key yet; an error where there is none any more.
    pub(crate) fn lacks_key(&self) -> Result<bool, Error> {
        match &self.status {
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => Ok(versions.is_empty()),
            KeyStatus::Erased => Err(erased()),
        }
    }

    /// The number of the version to come, from 1; a number is never used again. `None` when all are
    /// used up.
    pub(crate) fn next_version(&self) -> Option<u32> {
        u32::try_from(self.versions().len() + self.destroyed().count()).ok()?.checked_add(1)
    }

    /// Gives the next version, with which is sealed from now on; what else is on record stays. Of
    /// no effect after an erasure.
    pub(crate) fn supply(&mut self, key: KeyVersion) {
        match &mut self.status {
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => versions.push(key),
            KeyStatus::Erased => {}
        }
    }

    /// Denies the versions before this one to opening.
    pub(crate) fn require(&mut self, version: u32) {
        self.minimum = version;
    }

    pub(crate) fn restrict(&mut self) -> Result<(), Error> {
        self.status = match std::mem::take(&mut self.status) {
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => {
                KeyStatus::Restricted(versions)
            }
            KeyStatus::Erased => return self.stay_erased(),
        };
        Ok(())
    }

    pub(crate) fn lift(&mut self) -> Result<(), Error> {
        self.status = match std::mem::take(&mut self.status) {
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => {
                KeyStatus::Open(versions)
            }
            KeyStatus::Erased => return self.stay_erased(),
        };
        Ok(())
    }

    fn stay_erased(&mut self) -> Result<(), Error> {
        self.status = KeyStatus::Erased;
        Err(erased())
    }

    /// Destroys every version; the secrets are wiped as they are dropped.
    pub(crate) fn erase(&mut self, at: u64, reason: Option<&str>) {
        if matches!(self.status, KeyStatus::Erased) {
            return;
        }
        let destroyed = self.versions().iter().map(|kept| (kept.id, kept.fingerprint)).collect();
        self.status = KeyStatus::Erased;
        self.erasures.push(Erasure { at, reason: reason.map(str::to_owned), destroyed });
    }

    /// Lets an erased owner live on, with this key alone.
    pub(crate) fn reopen(&mut self, key: KeyVersion) {
        if matches!(self.status, KeyStatus::Erased) {
            self.status = KeyStatus::Open(vec![key]);
        }
    }

    pub(crate) fn erasures(&self) -> &[Erasure] {
        &self.erasures
    }

    fn versions(&self) -> &[KeyVersion] {
        match &self.status {
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => versions,
            KeyStatus::Erased => &[],
        }
    }

    fn destroyed(&self) -> impl Iterator<Item = &(KeyId, Fingerprint)> {
        self.erasures.iter().flat_map(|erasure| &erasure.destroyed)
    }
}

fn erased() -> Error {
    Error::new(ErrorCode::Erased, "the key was destroyed, and stays so")
}
