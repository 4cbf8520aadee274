//! The life of one owner's keys, as transitions without a store. [`State`] has the table.

use fieldseal_primitives::{KeyId, Secret};

use crate::error::{Error, ErrorCode};

use super::identity::Fingerprint;
use super::state::{Erasure, State};
use crate::keys::{Key, Refusal};

/// Art. 18(2) of the GDPR: storage is what restriction leaves.
const STORAGE: &str = "storage";
/// The same article: establishment, exercise or defence of legal claims. Opens, and seals nothing.
const LEGAL_CLAIMS: &str = "legal_claims";

/// A key in the ring. The secret lies in a box: maps move their entries about and leave the old
/// bytes behind, which wiping the last copy would not reach.
pub(crate) struct Kept {
    pub(crate) id: KeyId,
    pub(crate) version: u32,
    pub(crate) secret: Secret,
    pub(crate) fingerprint: Fingerprint,
}

impl Kept {
    pub(crate) fn key(&self) -> Key {
        Key { id: self.id, secret: self.secret.clone(), expires: None, erasable: true }
    }
}

/// What is on record of one owner.
#[derive(Default)]
pub(crate) struct Row {
    standing: Standing,
    /// Older versions are denied to opening.
    minimum: u32,
    /// Everything that was ever destroyed, in the order of time.
    erasures: Vec<Erasure>,
}

/// The versions are there, oldest first, unless they were destroyed.
enum Standing {
    Open(Vec<Kept>),
    Restricted(Vec<Kept>),
    Erased,
}

impl Default for Standing {
    fn default() -> Self {
        Standing::Open(Vec::new())
    }
}

impl Row {
    pub(crate) fn state(&self) -> State {
        match &self.standing {
            Standing::Erased => State::Erased,
            Standing::Restricted(_) => State::Restricted,
            Standing::Open(versions) if versions.is_empty() => State::Never,
            Standing::Open(_) if self.erasures.is_empty() => State::Live,
            Standing::Open(_) => State::Reopened,
        }
    }

    /// The key to seal with; `Ok(None)` when one is to be made first.
    pub(crate) fn to_seal(&self, purpose: Option<&str>) -> Result<Option<&Kept>, Refusal> {
        match &self.standing {
            Standing::Erased => Err(Refusal::Erased),
            Standing::Restricted(_) if purpose != Some(STORAGE) => Err(Refusal::Restricted),
            Standing::Open(versions) | Standing::Restricted(versions) => Ok(versions.last()),
        }
    }

    /// The key of this id to open with.
    pub(crate) fn to_open(&self, id: KeyId, purpose: Option<&str>) -> Result<&Kept, Refusal> {
        let Some(kept) = self.versions().iter().find(|kept| kept.id == id) else {
            return Err(if self.destroyed().any(|(destroyed, _)| *destroyed == id) {
                Refusal::Erased
            } else {
                Refusal::NotFound
            });
        };
        let exempt = matches!(purpose, Some(STORAGE | LEGAL_CLAIMS));
        match self.standing {
            Standing::Restricted(_) if !exempt => Err(Refusal::Restricted),
            _ if kept.version < self.minimum => Err(Refusal::Denied),
            _ => Ok(kept),
        }
    }

    /// Whether there is no key yet; an error where there is none any more.
    pub(crate) fn lacks_key(&self) -> Result<bool, Error> {
        match &self.standing {
            Standing::Open(versions) | Standing::Restricted(versions) => Ok(versions.is_empty()),
            Standing::Erased => Err(erased()),
        }
    }

    /// The number of the version to come, from 1; a number is never used again. `None` when all are
    /// used up.
    pub(crate) fn next_version(&self) -> Option<u32> {
        u32::try_from(self.versions().len() + self.destroyed().count()).ok()?.checked_add(1)
    }

    /// Gives the next version, with which is sealed from now on; what else is on record stays. Of
    /// no effect after an erasure.
    pub(crate) fn supply(&mut self, key: Kept) {
        match &mut self.standing {
            Standing::Open(versions) | Standing::Restricted(versions) => versions.push(key),
            Standing::Erased => {}
        }
    }

    /// Denies the versions before this one to opening.
    pub(crate) fn require(&mut self, version: u32) {
        self.minimum = version;
    }

    pub(crate) fn restrict(&mut self) -> Result<(), Error> {
        self.standing = match std::mem::take(&mut self.standing) {
            Standing::Open(versions) | Standing::Restricted(versions) => {
                Standing::Restricted(versions)
            }
            Standing::Erased => return self.stay_erased(),
        };
        Ok(())
    }

    pub(crate) fn lift(&mut self) -> Result<(), Error> {
        self.standing = match std::mem::take(&mut self.standing) {
            Standing::Open(versions) | Standing::Restricted(versions) => Standing::Open(versions),
            Standing::Erased => return self.stay_erased(),
        };
        Ok(())
    }

    fn stay_erased(&mut self) -> Result<(), Error> {
        self.standing = Standing::Erased;
        Err(erased())
    }

    /// Destroys every version; the secrets are wiped as they are dropped.
    pub(crate) fn erase(&mut self, at: u64, reason: Option<&str>) {
        if matches!(self.standing, Standing::Erased) {
            return;
        }
        let destroyed = self.versions().iter().map(|kept| (kept.id, kept.fingerprint)).collect();
        self.standing = Standing::Erased;
        self.erasures.push(Erasure { at, reason: reason.map(str::to_owned), destroyed });
    }

    /// Lets an erased owner live on, with this key alone.
    pub(crate) fn reopen(&mut self, key: Kept) {
        if matches!(self.standing, Standing::Erased) {
            self.standing = Standing::Open(vec![key]);
        }
    }

    pub(crate) fn erasures(&self) -> &[Erasure] {
        &self.erasures
    }

    fn versions(&self) -> &[Kept] {
        match &self.standing {
            Standing::Open(versions) | Standing::Restricted(versions) => versions,
            Standing::Erased => &[],
        }
    }

    fn destroyed(&self) -> impl Iterator<Item = &(KeyId, Fingerprint)> {
        self.erasures.iter().flat_map(|erasure| &erasure.destroyed)
    }
}

fn erased() -> Error {
    Error::new(ErrorCode::Erased, "the key was destroyed, and stays so")
}
