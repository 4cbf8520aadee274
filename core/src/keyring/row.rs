//! The life of one owner's keys as state transitions, without a store. [`KeyState`] has the table.

use crate::ordered::OrderedSet;

use fieldseal_primitives::{KeyId, Secret};

use crate::error::{Error, ErrorCode};

use super::identity::Fingerprint;
use super::state::{Erasure, KeyState};
use crate::keys::{Key, Refusal, RefusalCause, RefusalCode};

/// The purpose that a restriction still allows (GDPR Art. 18(2)): storage.
const STORAGE: &str = "storage";
/// The purpose of establishing, exercising or defending legal claims (same article). It allows
/// opening and no sealing.
const LEGAL_CLAIMS: &str = "legal_claims";

/// A version of a key. The secret stands behind a pointer: maps move their entries and leave the
/// old bytes behind, which wiping the last copy would not reach.
pub(crate) struct KeyVersion {
    pub(crate) id: KeyId,
    pub(crate) version: u32,
    pub(crate) secret: Secret,
    pub(crate) fingerprint: Fingerprint,
}

impl KeyVersion {
    pub(crate) fn key(&self) -> Key {
        Key::new(self.id, self.secret.clone())
    }
}

/// The record of one owner.
#[derive(Default)]
pub(crate) struct Row {
    status: KeyStatus,
    /// The number of versions that were ever made.
    made: u32,
    /// Versions below this number are denied for opening.
    minimum: u32,
    /// The erasures in chronological order.
    erasures: Vec<Erasure>,
    /// For a person: the names of the indexes of which the person has a share.
    indexes: OrderedSet<String>,
}

/// The state and its versions, oldest first. An erased owner has no versions.
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
            KeyStatus::Open(_) if !self.erasures.is_empty() => KeyState::Reopened,
            KeyStatus::Open(versions) if versions.is_empty() => KeyState::Never,
            KeyStatus::Open(_) => KeyState::Live,
        }
    }

    /// Returns the key to seal with, or `Ok(None)` if one must be made first.
    pub(crate) fn to_seal(&self, purpose: Option<&str>) -> Result<Option<&KeyVersion>, Refusal> {
        match &self.status {
            KeyStatus::Erased => Err(RefusalCode::Erased.into()),
            KeyStatus::Restricted(_) if purpose != Some(STORAGE) => {
                Err(RefusalCode::Restricted.into())
            }
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => Ok(versions.last()),
        }
    }

    /// Returns the key with this id to open with. A restriction of the person reaches the person's
    /// share of an index.
    pub(crate) fn to_open(
        &self,
        id: KeyId,
        purpose: Option<&str>,
        person: Option<&Row>,
    ) -> Result<&KeyVersion, Refusal> {
        let Some(version) = self.versions().iter().find(|version| version.id == id) else {
            let mut destroyed = self.erasures.iter().flat_map(|erasure| &erasure.destroyed);
            return Err(if destroyed.any(|(destroyed, _)| *destroyed == id) {
                RefusalCode::Erased.into()
            } else {
                RefusalCode::NotFound.into()
            });
        };
        if [Some(self), person].into_iter().flatten().any(|row| row.is_kept_from(purpose)) {
            return Err(RefusalCode::Restricted.into());
        }
        if version.version < self.minimum {
            return Err(Refusal::from(RefusalCode::Denied).because(RefusalCause::MinimumVersion));
        }
        Ok(version)
    }

    /// Returns true if a restriction forbids opening for this purpose.
    pub(crate) fn is_kept_from(&self, purpose: Option<&str>) -> bool {
        let is_exempt = matches!(purpose, Some(STORAGE | LEGAL_CLAIMS));
        matches!(self.status, KeyStatus::Restricted(_)) && !is_exempt
    }

    /// Returns true if the owner has no key yet.
    ///
    /// # Errors
    /// `erased` if the key was destroyed.
    pub(crate) fn lacks_key(&self) -> Result<bool, Error> {
        match &self.status {
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => Ok(versions.is_empty()),
            KeyStatus::Erased => Err(erased()),
        }
    }

    /// Returns the number of the next version, counted from 1. No number is used twice. `None` if
    /// all numbers are used.
    pub(crate) fn next_version(&self) -> Option<u32> {
        self.made.checked_add(1)
    }

    /// Adds the next version, which seals from now on. Has no effect after an erasure.
    pub(crate) fn supply(&mut self, key: KeyVersion) {
        match &mut self.status {
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => {
                self.made = key.version;
                versions.push(key);
            }
            KeyStatus::Erased => {}
        }
    }

    /// Denies opening with the versions before this one.
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

    /// Destroys every version and wipes the secrets. `others` were destroyed with them and enter
    /// the same record. Has no effect on an erased owner.
    pub(crate) fn erase(
        &mut self,
        at: Option<u64>,
        reason: Option<&str>,
        others: Vec<(KeyId, Fingerprint)>,
    ) {
        if matches!(self.status, KeyStatus::Erased) {
            return;
        }
        let own = self.versions().iter().map(|version| (version.id, version.fingerprint));
        let destroyed = own.chain(others).collect();
        self.status = KeyStatus::Erased;
        self.erasures.push(Erasure { at, reason: reason.map(str::to_owned), destroyed });
    }

    /// Destroys every version of a person's share of an index, as [`erase`](Row::erase) does. The
    /// share stays erased only as long as the person is. Returns the destroyed keys.
    pub(crate) fn erase_share(
        &mut self,
        at: Option<u64>,
        reason: Option<&str>,
    ) -> Vec<(KeyId, Fingerprint)> {
        if self.versions().is_empty() {
            return Vec::new();
        }
        let restricted = matches!(self.status, KeyStatus::Restricted(_));
        self.erase(at, reason, Vec::new());
        self.status = if restricted {
            KeyStatus::Restricted(Vec::new())
        } else {
            KeyStatus::Open(Vec::new())
        };
        self.erasures.last().map(|erasure| erasure.destroyed.clone()).unwrap_or_default()
    }

    /// Gives an erased owner this key as its only version.
    pub(crate) fn reopen(&mut self, key: KeyVersion) {
        if matches!(self.status, KeyStatus::Erased) {
            self.made = key.version;
            self.status = KeyStatus::Open(vec![key]);
        }
    }

    pub(crate) fn erasures(&self) -> &[Erasure] {
        &self.erasures
    }

    /// Records that a person has a share of an index.
    pub(crate) fn share(&mut self, index: &str) {
        if !self.indexes.contains(index) {
            self.indexes.insert(index.to_owned());
        }
    }

    /// Returns the names of the indexes of which a person has a share.
    pub(crate) fn indexes(&self) -> impl Iterator<Item = &str> {
        self.indexes.iter().map(String::as_str)
    }

    fn versions(&self) -> &[KeyVersion] {
        match &self.status {
            KeyStatus::Open(versions) | KeyStatus::Restricted(versions) => versions,
            KeyStatus::Erased => &[],
        }
    }
}

/// Returns the error of a verb that an erased owner refuses.
pub(crate) fn erased() -> Error {
    Error::new(ErrorCode::Erased, "the key was destroyed, and stays so")
}
