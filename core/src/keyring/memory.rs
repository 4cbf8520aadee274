//! A key source that keeps the keys itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fieldseal_primitives::{KeyId, Secret};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};

use super::identity;
use super::identity::Fingerprint;
use super::row::{KeyVersion, Row};
use super::state::{Erasure, KeyState};
use crate::keys::Reference;
use crate::keys::{Answer, Entropy, Key, KeyContext, KeyKind, KeySource, Refusal, Request};
use crate::time::bucket;

/// The life of keys, run by the core: a key is made on first use, once, and when it was erased
/// nothing brings it back. [`KeyState`] has the table of what is answered when.
///
/// Every call that changes something takes `&mut self`, so that two first writers cannot make two
/// keys of one person. Verbs may be repeated: what is asked for already is no error.
///
/// ```
/// use fieldseal::keyring::{Keyring, KeyState};
/// use fieldseal::keys::{Entropy, KeyContext};
/// struct Counting(u8);                                  // yours is the system's random source
/// impl Entropy for Counting {
///     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
/// }
/// let (mut keys, mut entropy) = (Keyring::memory(), Counting(0));
/// let ada = "cust-7".into();
/// keys.provision(&ada, &mut KeyContext { now: 0, entropy: &mut entropy })?;
/// assert_eq!(keys.state(&ada), KeyState::Live);
/// keys.erase(&ada, "request of 2026-10-01", 1_790_000_000_000)?;
/// assert_eq!(keys.state(&ada), KeyState::Erased);
/// assert!(keys.restrict(&ada).is_err());
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Default)]
pub struct Keyring {
    rows: BTreeMap<Reference, Row>,
    /// Whose key an id is. Never shrinks: an erased id must answer `erased`, not `not-found`.
    owners: BTreeMap<KeyId, Reference>,
    /// Of every secret that was ever here: each is in exactly one row, and a destroyed one never
    /// comes back.
    fingerprints: BTreeSet<Fingerprint>,
}

impl Keyring {
    /// An empty keyring in this process' memory: for tests, demonstrations and data that may end
    /// with the process.
    pub const fn memory() -> Self {
        Keyring { rows: BTreeMap::new(), owners: BTreeMap::new(), fingerprints: BTreeSet::new() }
    }

    /// Makes sure that there is a key, drawing 32 bytes if there was none. A restriction stays.
    ///
    /// # Errors
    /// `context` for an empty reference, `erased` after an erasure, `unavailable` when the host's
    /// random source repeats itself.
    pub fn provision(&mut self, owner: &Reference, host: &mut KeyContext<'_>) -> Result<(), Error> {
        owner.named()?;
        if self.row(owner).map_or(Ok(true), Row::lacks_key)? {
            self.create(owner, host.entropy).map_err(|_| no_key())?;
        }
        Ok(())
    }

    /// Makes a new version, drawing 32 bytes, also where there was none yet: it seals from now on,
    /// and older ones still open. A restriction stays. Versions count from 1, and no number comes
    /// twice.
    ///
    /// With `min_version` those before it are `denied` to opening from now on, as when what they
    /// sealed was sealed anew; the last call that names one counts. They are not destroyed: a lower
    /// one lets them open again.
    ///
    /// ```
    /// # use fieldseal::keyring::Keyring;
    /// # use fieldseal::keys::{Entropy, KeyContext};
    /// # struct Counting(u8);
    /// # impl Entropy for Counting { fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) } }
    /// # let mut entropy = Counting(0);
    /// let (mut keys, ada) = (Keyring::memory(), "cust-7".into());
    /// let mut host = KeyContext { now: 0, entropy: &mut entropy };
    /// keys.provision(&ada, &mut host)?;
    /// keys.rotate(&ada, None, &mut host)?;                 // version 2 seals, 1 and 2 open
    /// keys.rotate(&ada, Some(2), &mut host)?;              // version 3 seals, 2 and 3 open
    /// assert!(keys.rotate(&ada, Some(5), &mut host).is_err());
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an empty reference, and for a `min_version` after the new version, with which
    /// nothing would open; `erased` after an erasure; `unavailable` when the host's random source
    /// repeats itself. Nothing has changed then.
    pub fn rotate(
        &mut self,
        owner: &Reference,
        min_version: Option<u32>,
        host: &mut KeyContext<'_>,
    ) -> Result<(), Error> {
        owner.named()?;
        self.row(owner).map_or(Ok(true), Row::lacks_key)?;
        let next = self.next_version(owner).ok_or_else(no_key)?;
        if min_version.is_some_and(|least| least > next) {
            return Err(Error::new(
                ErrorCode::Context,
                "the least version lies after the new one: nothing would open",
            ));
        }
        self.create(owner, host.entropy).map_err(|_| no_key())?;
        if let (Some(least), Some(row)) = (min_version, self.rows.get_mut(owner)) {
            row.require(least);
        }
        Ok(())
    }

    /// Restricts processing (GDPR Art. 18). Holds also for somebody who has no key yet: the first
    /// write is refused then, unless its purpose is `storage`.
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

    /// Destroys every version of the key (GDPR Art. 17), restricted or not. Holds also for somebody
    /// who never had one: none is made later. Once erased, a repetition changes nothing, not the
    /// time and reason of the first either.
    ///
    /// `now` is the host's clock in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// `context` for an empty reference.
    pub fn erase(&mut self, owner: &Reference, reason: &str, now: u64) -> Result<(), Error> {
        self.end(owner, Some(reason), now)
    }

    /// Destroys every version of the key of something whose time has passed (GDPR Art. 5(1)(e)): a
    /// retention bucket, an item. The same as [`erase`](Keyring::erase), with the passing of time
    /// for a reason.
    ///
    /// `now` is the host's clock in milliseconds since 1970-01-01T00:00:00Z. Whether the bucket is
    /// [`due`](Keyring::due) the host decides.
    ///
    /// # Errors
    /// `context` for an empty reference.
    pub fn destroy(&mut self, owner: &Reference, now: u64) -> Result<(), Error> {
        self.end(owner, None, now)
    }

    /// Lets somebody who was erased come back, with a new version, drawing 32 bytes: writing and
    /// reading go on. What was sealed before the erasure stays unreadable, its keys answer
    /// `erased`. Nothing to do for who is not erased; nothing else leads out of an erasure.
    ///
    /// # Errors
    /// `context` for an empty reference, `unavailable` when the host's random source repeats
    /// itself; still erased then.
    pub fn reopen(&mut self, owner: &Reference, host: &mut KeyContext<'_>) -> Result<(), Error> {
        owner.named()?;
        if self.state(owner) == KeyState::Erased {
            let kept = self.make(owner, host.entropy).map_err(|_| no_key())?;
            self.rows.entry(owner.clone()).or_default().reopen(kept);
        }
        Ok(())
    }

    /// Where somebody's key stands; [`KeyState::Never`] for who is unknown.
    pub fn state(&self, owner: &Reference) -> KeyState {
        self.row(owner).map_or(KeyState::Never, Row::state)
    }

    /// When and why somebody's keys were destroyed, and which they were, in the order of time.
    pub fn erasures(&self, owner: &Reference) -> &[Erasure] {
        self.row(owner).map_or(&[], Row::erasures)
    }

    /// The retention buckets, of all tenants, whose time has passed at `at` and that were not
    /// destroyed: sorted by tenant and name. Changes nothing; a host that wants them gone calls
    /// [`destroy`](Keyring::destroy) for each.
    ///
    /// `at` is in milliseconds since 1970-01-01T00:00:00Z. A bucket is named by its last year,
    /// month or day in UTC: `contract/2036` has passed when 2037-01-01T00:00:00Z has come. One
    /// whose name ends otherwise is never due.
    ///
    /// ```
    /// # use fieldseal::keyring::Keyring;
    /// # use fieldseal::keys::{Entropy, KeyContext, KeyKind, Reference};
    /// # struct Counting(u8);
    /// # impl Entropy for Counting { fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) } }
    /// # let mut entropy = Counting(0);
    /// let mut keys = Keyring::memory();
    /// let bucket = Reference { kind: KeyKind::Retention, tenant: String::new(), reference: "contract/2036".into() };
    /// keys.provision(&bucket, &mut KeyContext { now: 0, entropy: &mut entropy })?;
    /// assert!(keys.due(2_114_380_799_999).is_empty());
    /// assert_eq!(keys.due(2_114_380_800_000), [bucket]);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    pub fn due(&self, at: u64) -> Vec<Reference> {
        let passed = |owner: &Reference| {
            owner.kind == KeyKind::Retention
                && bucket::end(&owner.reference).is_some_and(|end| end <= at)
        };
        let lasts = |row: &Row| {
            matches!(row.state(), KeyState::Live | KeyState::Restricted | KeyState::Reopened)
        };
        self.rows
            .iter()
            .filter(|(owner, row)| lasts(row) && passed(owner))
            .map(|(owner, _)| owner.clone())
            .collect()
    }

    fn row(&self, owner: &Reference) -> Option<&Row> {
        self.rows.get(owner)
    }

    fn end(&mut self, owner: &Reference, reason: Option<&str>, now: u64) -> Result<(), Error> {
        owner.named()?;
        self.rows.entry(owner.clone()).or_default().erase(now, reason);
        Ok(())
    }

    fn next_version(&self, owner: &Reference) -> Option<u32> {
        self.row(owner).map_or(Some(1), Row::next_version)
    }

    /// The next version, on record from now on, of an owner who is not erased.
    fn create(&mut self, owner: &Reference, entropy: &mut dyn Entropy) -> Answer {
        let kept = self.make(owner, entropy)?;
        let key = kept.key();
        self.rows.entry(owner.clone()).or_default().supply(kept);
        Ok(key)
    }

    /// A fresh key that is not on record yet, but known for ever.
    fn make(
        &mut self,
        owner: &Reference,
        entropy: &mut dyn Entropy,
    ) -> Result<KeyVersion, Refusal> {
        let version = self.next_version(owner).ok_or(Refusal::Unavailable)?;
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(&mut *bytes);
        let secret = Secret::new(*bytes);
        let fingerprint = identity::fingerprint(&secret);
        let id = identity::id(&secret, owner, version).ok_or(Refusal::Unavailable)?;
        // A random source that repeats itself would put two people under one key, or bring back a
        // destroyed one.
        if self.owners.contains_key(&id) || !self.fingerprints.insert(fingerprint) {
            return Err(Refusal::Unavailable);
        }
        self.owners.insert(id, owner.clone());
        Ok(KeyVersion { id, version, secret, fingerprint })
    }

    fn sealing_key(&mut self, request: &Request, entropy: &mut dyn Entropy) -> Answer {
        let reference = request
            .reference
            .as_deref()
            .filter(|name| !name.is_empty())
            .ok_or(Refusal::NotFound)?;
        let owner = Reference {
            kind: request.kind,
            tenant: request.tenant.clone(),
            reference: reference.to_owned(),
        };
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
            None => matches!(request.kind, KeyKind::Subject | KeyKind::Retention),
        };
        if !named || owner.kind != request.kind || owner.tenant != request.tenant {
            return Err(Refusal::NotFound);
        }
        let row = self.row(owner).ok_or(Refusal::NotFound)?;
        row.to_open(id, request.purpose.as_deref()).map(KeyVersion::key)
    }
}

impl KeySource for Keyring {
    fn current(
        &mut self,
        requests: &[Request],
        host: &mut KeyContext<'_>,
    ) -> Vec<Result<Key, Refusal>> {
        requests.iter().map(|request| self.sealing_key(request, host.entropy)).collect()
    }

    fn by_id(&mut self, requests: &[Request], _: u64) -> Vec<Result<Key, Refusal>> {
        requests.iter().map(|request| self.opening_key(request)).collect()
    }

    fn holds_keys(&self) -> bool {
        true
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

fn no_key() -> Error {
    Error::new(ErrorCode::Unavailable, "no key can be made: the random source repeats itself")
}
