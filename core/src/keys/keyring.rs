//! A key source that keeps the keys itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fieldseal_primitives::{KeyId, Secret};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};

use super::identity::{self, Fingerprint};
use super::state::{Kept, Row};
use super::{Answer, Entropy, Erasure, Host, Key, KeySource, Kind, Reference, Refusal, Request, State};

/// The only version, until keys can be rotated.
const FIRST: u32 = 1;

/// The life of keys, run by the core: a key is made on first use, once, and when it was erased nothing brings it back.
///
/// Every call that changes something takes `&mut self`, so that two first writers cannot make two keys of one person.
/// Verbs may be repeated: what is asked for already is no error.
///
/// ```
/// use fieldseal::keys::{Entropy, Host, Keyring, State};
/// struct Counting(u8);                                  // yours is the system's random source
/// impl Entropy for Counting {
///     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
/// }
/// let (mut keys, mut entropy) = (Keyring::memory(), Counting(0));
/// let ada = "cust-7".into();
/// keys.provision(&ada, &mut Host { now: 0, entropy: &mut entropy })?;
/// assert_eq!(keys.state(&ada), State::Live);
/// keys.erase(&ada, "request of 2026-10-01", 1_790_000_000_000)?;
/// assert_eq!(keys.state(&ada), State::Erased);
/// assert!(keys.restrict(&ada).is_err());
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Default)]
pub struct Keyring {
    rows: BTreeMap<Reference, Row>,
    /// Whose key an id is. Never shrinks: an erased id must answer `erased`, not `not-found`.
    owners: BTreeMap<KeyId, Reference>,
    /// Of every secret that was ever here: each is in exactly one row, and a destroyed one never comes back.
    fingerprints: BTreeSet<Fingerprint>,
}

impl Keyring {
    /// An empty keyring in this process' memory: for tests, demonstrations and data that may end with the process.
    pub const fn memory() -> Self {
        Keyring { rows: BTreeMap::new(), owners: BTreeMap::new(), fingerprints: BTreeSet::new() }
    }

    /// Makes sure that there is a key, drawing 32 bytes if there was none. A restriction stays.
    ///
    /// # Errors
    /// `context` for an empty reference, `erased` after an erasure, `unavailable` when the host's random source repeats itself.
    pub fn provision(&mut self, owner: &Reference, host: &mut Host<'_>) -> Result<(), Error> {
        owner.named()?;
        if self.row(owner).map_or(Ok(true), Row::lacks_key)? {
            self.create(owner, host.entropy)
                .map_err(|_| Error::new(ErrorCode::Unavailable, "no key can be made: the random source repeats itself"))?;
        }
        Ok(())
    }

    /// Restricts processing (GDPR Art. 18). Holds also for somebody who has no key yet: the first write is refused then,
    /// unless its purpose is `storage`.
    ///
    /// # Errors
    /// `context` for an empty reference, `erased` after an erasure.
    pub fn restrict(&mut self, owner: &Reference) -> Result<(), Error> {
        owner.named()?;
        self.rows.entry(owner.clone()).or_default().restrict()
    }

    /// Ends a restriction; nothing to do where there is none.
    ///
    /// # Errors
    /// `context` for an empty reference, `erased` after an erasure.
    pub fn lift(&mut self, owner: &Reference) -> Result<(), Error> {
        owner.named()?;
        self.rows.get_mut(owner).map_or(Ok(()), Row::lift)
    }

    /// Destroys the key (GDPR Art. 17), restricted or not. Holds also for somebody who never had one: none is made later.
    /// Once erased, a repetition changes nothing, not the time and reason of the first either.
    ///
    /// `now` is the host's clock in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// `context` for an empty reference.
    pub fn erase(&mut self, owner: &Reference, reason: &str, now: u64) -> Result<(), Error> {
        owner.named()?;
        self.rows.entry(owner.clone()).or_default().erase(now, reason);
        Ok(())
    }

    /// Where somebody's key stands; [`State::Never`] for who is unknown.
    pub fn state(&self, owner: &Reference) -> State {
        self.row(owner).map_or(State::Never, Row::state)
    }

    /// When and why somebody's key was erased, and which it was.
    pub fn erasure(&self, owner: &Reference) -> Option<&Erasure> {
        self.row(owner).and_then(Row::erasure)
    }

    fn row(&self, owner: &Reference) -> Option<&Row> {
        self.rows.get(owner)
    }

    /// The first key of an owner whose row says that there is none.
    fn create(&mut self, owner: &Reference, entropy: &mut dyn Entropy) -> Answer {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(&mut *bytes);
        let secret = Secret::new(*bytes);
        let fingerprint = identity::fingerprint(&secret);
        let id = identity::id(&secret, owner, FIRST).ok_or(Refusal::Unavailable)?;
        // A random source that repeats itself would put two people under one key, or bring back a destroyed one.
        if self.owners.contains_key(&id) || !self.fingerprints.insert(fingerprint) {
            return Err(Refusal::Unavailable);
        }
        let kept = Kept { id, secret, fingerprint };
        let key = kept.key();
        self.rows.entry(owner.clone()).or_default().supply(kept);
        self.owners.insert(id, owner.clone());
        Ok(key)
    }

    fn sealing_key(&mut self, request: &Request, entropy: &mut dyn Entropy) -> Answer {
        let reference = request.reference.as_deref().filter(|name| !name.is_empty()).ok_or(Refusal::NotFound)?;
        let owner = Reference { kind: request.kind, tenant: request.tenant.clone(), reference: reference.to_owned() };
        match self.row(&owner).map_or(Ok(None), |row| row.to_seal(request.purpose.as_deref()))? {
            Some(kept) => Ok(kept.key()),
            None => self.create(&owner, entropy),
        }
    }

    fn opening_key(&self, request: &Request) -> Answer {
        let id = request.id.ok_or(Refusal::NotFound)?;
        let owner = self.owners.get(&id).ok_or(Refusal::NotFound)?;
        let named = match &request.reference {
            Some(reference) => *reference == owner.reference,
            // The envelope finds them by id alone; an item, index or domain is named always.
            None => matches!(request.kind, Kind::Subject | Kind::Retention),
        };
        if !named || owner.kind != request.kind || owner.tenant != request.tenant {
            return Err(Refusal::NotFound);
        }
        let row = self.row(owner).ok_or(Refusal::NotFound)?;
        row.to_open(id, request.purpose.as_deref()).map(Kept::key)
    }
}

impl KeySource for Keyring {
    fn current(&mut self, requests: &[Request], host: &mut Host<'_>) -> Vec<Result<Key, Refusal>> {
        requests.iter().map(|request| self.sealing_key(request, host.entropy)).collect()
    }

    fn by_id(&mut self, requests: &[Request], _: u64) -> Vec<Result<Key, Refusal>> {
        requests.iter().map(|request| self.opening_key(request)).collect()
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}
