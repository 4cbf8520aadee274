//! A keyring that keeps its keys in memory.

use std::fmt;

use fieldseal_primitives::{KeyId, Secret};
use zeroize::Zeroizing;

use super::identity;
use super::identity::Fingerprint;
use super::row::{KeyVersion, Row, erased};
use super::state::KeyState;
use crate::error::{Error, ErrorCode};
use crate::keys::{
    Answer, Entropy, KeyContext, KeyKind, KeyOwner, KeySource, Refusal, RefusalCode, Request,
};
use crate::ordered::{OrderedMap, OrderedSet};

/// The life of keys, controlled by the core: a key is made once, on first use, and an erased one
/// never returns. [`KeyState`] has the table of answers.
///
/// Every call that changes the keyring takes `&mut self`, so two first writers cannot make two keys
/// for one person. Verbs may be repeated: a repeated verb changes nothing.
///
/// ```
/// use fieldseal::{Entropy, KeyContext, KeyOwner, KeyState, Keyring, Reached};
/// struct Counting(u8);                                  // yours is the system's random source
/// impl Entropy for Counting {
///     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
/// }
/// let (mut keys, mut entropy) = (Keyring::memory(), Counting(0));
/// let ada = KeyOwner::person("cust-7");
/// keys.provision(&ada, &mut KeyContext { now: None, entropy: &mut entropy })?;
/// assert_eq!(keys.state(&ada), KeyState::Live);
/// let erased = keys.erase(&ada, "request of 2026-10-01", Some(1_790_000_000_000))?;
/// assert_eq!((erased.destroyed.len(), erased.reached), (1, Reached::Clean));
/// assert_eq!(keys.state(&ada), KeyState::Erased);
/// assert!(keys.restrict(&ada).is_err());
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Default)]
pub struct Keyring {
    pub(super) rows: OrderedMap<KeyOwner, Row>,
    /// The owner of each id. Never shrinks, since an erased id must answer `erased` and not
    /// `not-found`.
    owners: OrderedMap<KeyId, KeyOwner>,
    /// The fingerprint of every secret that the keyring ever made. Each secret belongs to exactly
    /// one row, and a destroyed one never returns.
    fingerprints: OrderedSet<Fingerprint>,
}

impl Keyring {
    /// Returns an empty keyring in the memory of this process, for tests, demonstrations and data
    /// that may end with the process.
    ///
    /// ```
    /// use fieldseal::{KeyState, Keyring};
    /// assert_eq!(Keyring::memory().state(&"cust-7".into()), KeyState::Never);
    /// ```
    pub const fn memory() -> Self {
        Keyring {
            rows: OrderedMap::new(),
            owners: OrderedMap::new(),
            fingerprints: OrderedSet::new(),
        }
    }

    pub(super) fn row(&self, owner: &KeyOwner) -> Option<&Row> {
        self.rows.get(owner)
    }

    /// Refuses a person's share of an index if the person is erased.
    ///
    /// # Errors
    /// `erased`.
    pub(super) fn person_lives(&self, owner: &KeyOwner) -> Result<(), Error> {
        match self.person_row(owner).map(Row::state) {
            Some(KeyState::Erased) => Err(erased()),
            _ => Ok(()),
        }
    }

    /// Returns the row of the person to whom a share of an index belongs.
    pub(super) fn person_row(&self, owner: &KeyOwner) -> Option<&Row> {
        person_of(owner).and_then(|(person, _)| self.row(&person))
    }

    pub(super) fn next_version(&self, owner: &KeyOwner) -> Option<u32> {
        self.row(owner).map_or(Some(1), Row::next_version)
    }

    /// Changes the row of an owner, and adds one if the owner has none.
    pub(super) fn change<R>(&mut self, owner: &KeyOwner, change: impl FnOnce(&mut Row) -> R) -> R {
        let mut row = self.rows.get_mut(owner).map(std::mem::take).unwrap_or_default();
        let result = change(&mut row);
        self.rows.insert(owner.clone(), row);
        result
    }

    /// Makes and records the next version, for an owner that is not erased.
    pub(super) fn create(&mut self, owner: &KeyOwner, entropy: &mut dyn Entropy) -> Answer {
        let version = self.make(owner, entropy)?;
        let key = version.key();
        self.change(owner, |row| row.supply(version));
        Ok(key)
    }

    /// Makes a fresh key and records its id and fingerprint, but not the key. The row of a person
    /// lists all indexes of which the person ever had a share.
    pub(super) fn make(
        &mut self,
        owner: &KeyOwner,
        entropy: &mut dyn Entropy,
    ) -> Result<KeyVersion, Refusal> {
        let version = self.next_version(owner).ok_or(RefusalCode::Unavailable)?;
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(&mut *bytes);
        // A source that never filled the buffer: everybody knows this key.
        if bytes.iter().all(|byte| *byte == 0) {
            return Err(RefusalCode::Unavailable.into());
        }
        let secret = Secret::new(*bytes);
        let fingerprint = identity::fingerprint(&secret);
        let id = identity::id(&secret, owner, version).ok_or(RefusalCode::Unavailable)?;
        // A random source that repeats itself would give two people one key, or bring a destroyed
        // key back.
        if self.owners.contains_key(&id) || !self.fingerprints.insert(fingerprint) {
            return Err(RefusalCode::Unavailable.into());
        }
        self.owners.insert(id, owner.clone());
        if let Some((person, index)) = person_of(owner) {
            self.change(&person, |row| row.share(index));
        }
        Ok(KeyVersion { id, version, secret, fingerprint })
    }

    fn sealing_key(&mut self, request: &Request, entropy: &mut dyn Entropy) -> Answer {
        let reference = request.reference.as_deref().ok_or(RefusalCode::NotFound)?;
        let owner = KeyOwner::from_parts(request.kind, &request.tenant, reference)
            .map_err(|_| RefusalCode::NotFound)?;
        let purpose = request.purpose.as_deref();
        // A person's erasure and restriction reach the person's shares of indexes.
        let rows = [self.row(&owner), self.person_row(&owner)].into_iter().flatten();
        let refusals = rows.filter_map(|row| row.to_seal(purpose).err());
        if let Some(refusal) = refusals.min_by_key(|refusal| refusal.code) {
            return Err(refusal.of(reference));
        }
        match self.row(&owner).map(|row| row.to_seal(purpose)) {
            Some(Ok(Some(version))) => Ok(version.key().of(reference)),
            _ => Ok(self.create(&owner, entropy)?.of(reference)),
        }
    }

    fn opening_key(&self, request: &Request) -> Answer {
        let id = request.id.ok_or(RefusalCode::NotFound)?;
        let owner = self.owners.get(&id).ok_or(RefusalCode::NotFound)?;
        let reference = owner.reference();
        let named = match &request.reference {
            Some(named) => *named == reference,
            // Envelopes name these by id alone. A request for an item, index or domain always names
            // it.
            None => matches!(request.kind, KeyKind::Subject | KeyKind::Retention),
        };
        if !named || owner.kind() != request.kind || owner.tenant() != request.tenant {
            return Err(RefusalCode::NotFound.into());
        }
        let row = self.row(owner).ok_or(RefusalCode::NotFound)?;
        match row.to_open(id, request.purpose.as_deref(), self.person_row(owner)) {
            Ok(version) => Ok(version.key().of(reference)),
            Err(refusal) => Err(refusal.of(reference)),
        }
    }
}

/// Returns the person and the name of the index, for a person's share of an index.
fn person_of(owner: &KeyOwner) -> Option<(KeyOwner, &str)> {
    match owner {
        KeyOwner::Index { tenant, name, person: Some(person) } => {
            Some((KeyOwner::person(person).of_tenant(tenant), name))
        }
        _ => None,
    }
}

impl KeySource for Keyring {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        requests.iter().map(|request| self.sealing_key(request, host.entropy)).collect()
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        requests.iter().map(|request| self.opening_key(request)).collect()
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

/// Returns the error of a verb that needs a fresh key and cannot make one.
pub(super) fn no_key() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "no key can be made: the random source repeats itself or gives zeros",
    )
}
