//! The verbs of a keyring.

use super::erased::{Destroy, Erased, Reached};
use super::memory::{Keyring, no_key};
use super::rotated::Rotated;
use super::row::Row;
use super::state::{Erasure, KeyState};
use crate::error::{Error, ErrorCode};
use crate::keys::{KeyContext, KeyOwner};
use crate::time::bucket;
use crate::time::clock::clock;
use crate::time::instant::Instant;

const TOO_MANY: &str = "the minimum version lies after the new one: nothing would open";
const NO_BUCKET: &str = "only a bucket, such as `contract/2036-10`, and an item are destroyed";
const NO_CLOCK: &str = "the call has no time by which the bucket could have ended";
const NOT_DUE: &str = "this bucket has not ended yet: destroy it early only on purpose";

impl Keyring {
    /// Makes the first version of a key for an owner that has none, and draws 32 bytes. A
    /// restriction stays in force.
    ///
    /// ```
    /// # use fieldseal::{Entropy, KeyContext, KeyOwner, KeyState, Keyring};
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);
    /// let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("cust-7"));
    /// keys.provision(&ada, &mut KeyContext { now: None, entropy: &mut entropy })?;
    /// assert_eq!(keys.state(&ada), KeyState::Live);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an owner with an empty name, `erased` after an erasure, `unavailable` if the
    /// host's random source repeats itself or gives zeros.
    pub fn provision(&mut self, owner: &KeyOwner, host: &mut KeyContext<'_>) -> Result<(), Error> {
        self.lives(owner)?;
        if self.row(owner).map_or(Ok(true), Row::lacks_key)? {
            self.create(owner, host.entropy).map_err(|_| no_key())?;
        }
        Ok(())
    }

    /// Makes a new version, the first or the next, draws 32 bytes, and returns the number of the
    /// version. It seals from now on, and older versions still open. A restriction stays in force.
    /// Versions count from 1, and no number is used twice.
    ///
    /// `min_version` sets the minimum version: from now on, opening with older ones is `denied`,
    /// for use after their values were resealed. The last call that gives one counts. Older
    /// versions are not destroyed, so a lower `min_version` lets them open again.
    ///
    /// ```
    /// # use fieldseal::{Entropy, KeyContext, KeyOwner, Keyring};
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);
    /// let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("cust-7"));
    /// let mut host = KeyContext { now: None, entropy: &mut entropy };
    /// keys.provision(&ada, &mut host)?;
    /// let version = keys.rotate(&ada, None, &mut host)?.version;
    /// assert_eq!(version, 2);                              // 2 seals, 1 and 2 open
    /// keys.rotate(&ada, Some(version), &mut host)?;        // 3 seals, 2 and 3 open
    /// assert!(keys.rotate(&ada, Some(5), &mut host).is_err());
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an owner with an empty name, and for a `min_version` above the new version,
    /// with which nothing would open; `erased` after an erasure; `unavailable` if the host's random
    /// source repeats itself or gives zeros. Nothing has changed then.
    pub fn rotate(
        &mut self,
        owner: &KeyOwner,
        min_version: Option<u32>,
        host: &mut KeyContext<'_>,
    ) -> Result<Rotated, Error> {
        self.lives(owner)?;
        self.row(owner).map_or(Ok(true), Row::lacks_key)?;
        let next = self.next_version(owner).ok_or_else(no_key)?;
        if min_version.is_some_and(|least| least > next) {
            return Err(Error::new(ErrorCode::Context, TOO_MANY));
        }
        self.create(owner, host.entropy).map_err(|_| no_key())?;
        if let (Some(least), Some(row)) = (min_version, self.rows.get_mut(owner)) {
            row.require(least);
        }
        Ok(Rotated { version: next })
    }

    /// Restricts processing (GDPR Art. 18). A person's restriction also reaches the person's shares
    /// of indexes. It also applies to an owner without a key: the first
    /// write is then refused, unless its purpose is `storage`.
    ///
    /// ```
    /// # use fieldseal::{KeyOwner, KeyState, Keyring};
    /// let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("cust-7"));
    /// keys.restrict(&ada)?;
    /// assert_eq!(keys.state(&ada), KeyState::Restricted);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an owner with an empty name, `erased` after an erasure.
    pub fn restrict(&mut self, owner: &KeyOwner) -> Result<(), Error> {
        self.lives(owner)?;
        self.change(owner, Row::restrict)
    }

    /// Ends a restriction. Changes nothing for an owner that is not restricted.
    ///
    /// ```
    /// # use fieldseal::{KeyOwner, KeyState, Keyring};
    /// let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("cust-7"));
    /// keys.restrict(&ada)?;
    /// keys.lift(&ada)?;
    /// assert_eq!(keys.state(&ada), KeyState::Never);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an owner with an empty name, `erased` after an erasure.
    pub fn lift(&mut self, owner: &KeyOwner) -> Result<(), Error> {
        self.lives(owner)?;
        self.rows.get_mut(owner).map_or(Ok(()), Row::lift)
    }

    /// Destroys every version of the key (GDPR Art. 17), restricted or not. It also applies to an
    /// owner that never had a key: none is made later. Erasing a person also destroys the person's
    /// shares of indexes, which are the keys of indexes in which each person has a separate one.
    ///
    /// A repeated call changes nothing and returns the record of the first one. `now` is the host's
    /// clock in milliseconds since 1970-01-01T00:00:00Z. Without it the system's clock is read (feature
    /// `std`), or else the record has no time.
    ///
    /// ```
    /// # use fieldseal::{KeyOwner, KeyState, Keyring, Reached};
    /// let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("cust-7"));
    /// let erased = keys.erase(&ada, "case 4711", Some(1_790_000_000_000))?;
    /// assert_eq!(erased.state, KeyState::Erased);
    /// assert_eq!((erased.destroyed.len(), erased.reached), (0, Reached::Clean));
    /// assert!(erased.to_json().starts_with(r#"{"at":"2026-09-21T14:13:20.000Z","destroyed":[]"#));
    /// assert_eq!(keys.erase(&ada, "again", None)?, erased);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an owner with an empty name, and for a time after the year 9999. Nothing has
    /// changed then.
    pub fn erase(
        &mut self,
        owner: &KeyOwner,
        reason: &str,
        now: Option<u64>,
    ) -> Result<Erased, Error> {
        self.end(owner, Some(reason), now.or_else(clock))
    }

    /// Destroys every version of the key of a retention bucket that has ended, or of an item (GDPR
    /// Art. 5(1)(e)). The passing of time is the only reason. The record is that of
    /// [`erase`](Keyring::erase).
    ///
    /// `now` is the host's clock in milliseconds since 1970-01-01T00:00:00Z; without it the system's
    /// clock is read (feature `std`). By that time the bucket must be [`due`](Keyring::due), unless
    /// it is destroyed [`Destroy::Early`] or was destroyed before. An item has no end, so it can
    /// always be destroyed.
    ///
    /// ```
    /// # use fieldseal::{Destroy, KeyOwner, Keyring};
    /// let (mut keys, bucket) = (Keyring::memory(), KeyOwner::bucket("contract/2036"));
    /// assert!(keys.destroy(&bucket, Destroy::WhenDue, Some(2_114_380_799_999)).is_err());
    /// keys.destroy(&bucket, Destroy::WhenDue, Some(2_114_380_800_000))?;
    ///
    /// keys.destroy(&KeyOwner::bucket("contract/2037"), Destroy::Early, None)?;
    /// let phone = KeyOwner::item("urn:example:order", "order-7", "/phone");
    /// keys.destroy(&phone, Destroy::WhenDue, None)?;
    /// assert!(keys.destroy(&"cust-7".into(), Destroy::Early, None).is_err());
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an owner that is neither an item nor a bucket named by its retention and its
    /// last year, month or day; for a bucket that has not ended; for a call without a clock, unless
    /// the bucket is destroyed early; and for a time after the year 9999.
    pub fn destroy(
        &mut self,
        owner: &KeyOwner,
        permission: Destroy,
        now: Option<u64>,
    ) -> Result<Erased, Error> {
        let refused = |message| Err(Error::new(ErrorCode::Context, message));
        let now = now.or_else(clock);
        now.map(Instant::of_clock).transpose()?;
        match owner {
            KeyOwner::Item { .. } => {}
            KeyOwner::Bucket { name, .. } => match (bucket::end(name), permission, now) {
                (None, ..) => return refused(NO_BUCKET),
                (Some(_), Destroy::Early, _) => {}
                // Another call changes nothing, and its record is that of the destruction.
                (Some(_), Destroy::WhenDue, _) if self.state(owner) == KeyState::Erased => {}
                (Some(_), Destroy::WhenDue, None) => return refused(NO_CLOCK),
                (Some(end), Destroy::WhenDue, Some(now)) if now < end => return refused(NOT_DUE),
                (Some(_), Destroy::WhenDue, Some(_)) => {}
            },
            KeyOwner::Person { .. } | KeyOwner::Index { .. } | KeyOwner::Domain { .. } => {
                return refused(NO_BUCKET);
            }
        }
        self.end(owner, None, now)
    }

    /// Gives an erased owner a new version, and draws 32 bytes. Sealing and opening work again.
    /// Values that were sealed before the erasure stay unreadable, and their keys answer `erased`.
    /// The person's shares of indexes return with the next use of each. Changes nothing for an
    /// owner that is not erased. No other verb ends an erasure.
    ///
    /// ```
    /// # use fieldseal::{Entropy, KeyContext, KeyOwner, KeyState, Keyring};
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);
    /// let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("cust-7"));
    /// keys.erase(&ada, "case 4711", None)?;
    /// keys.reopen(&ada, &mut KeyContext { now: None, entropy: &mut entropy })?;
    /// assert_eq!(keys.state(&ada), KeyState::Reopened);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an owner with an empty name; `erased` for a share of an index whose person is
    /// erased; `unavailable` if the host's random source repeats itself or gives zeros. The owner then stays
    /// erased.
    pub fn reopen(&mut self, owner: &KeyOwner, host: &mut KeyContext<'_>) -> Result<(), Error> {
        self.lives(owner)?;
        if self.state(owner) == KeyState::Erased {
            let version = self.make(owner, host.entropy).map_err(|_| no_key())?;
            self.change(owner, |row| row.reopen(version));
        }
        Ok(())
    }

    /// Returns the state of an owner's key, [`KeyState::Never`] for an unknown owner.
    ///
    /// ```
    /// # use fieldseal::{KeyOwner, KeyState, Keyring};
    /// assert_eq!(Keyring::memory().state(&KeyOwner::person("cust-7")), KeyState::Never);
    /// ```
    pub fn state(&self, owner: &KeyOwner) -> KeyState {
        let own = self.row(owner).map_or(KeyState::Never, Row::state);
        match (self.person_row(owner).map(Row::state), own) {
            (Some(KeyState::Erased), _) => KeyState::Erased,
            (Some(KeyState::Restricted), KeyState::Never | KeyState::Live | KeyState::Reopened) => {
                KeyState::Restricted
            }
            _ => own,
        }
    }

    /// Returns the erasures of an owner in chronological order, each with its time, its reason and
    /// the keys that it destroyed.
    ///
    /// ```
    /// # use fieldseal::{KeyOwner, Keyring};
    /// let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("cust-7"));
    /// keys.erase(&ada, "case 4711", Some(7))?;
    /// let [erasure] = keys.erasures(&ada) else { panic!("one erasure") };
    /// assert_eq!((erasure.at, erasure.reason.as_deref()), (Some(7), Some("case 4711")));
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    pub fn erasures(&self, owner: &KeyOwner) -> &[Erasure] {
        self.row(owner).map_or(&[], Row::erasures)
    }

    /// Returns the retention buckets of all tenants that have ended at `at` and are not destroyed,
    /// sorted by tenant and name. Changes nothing: a host calls [`destroy`](Keyring::destroy) for
    /// each.
    ///
    /// `at` is in milliseconds since 1970-01-01T00:00:00Z. A bucket is named by its last year,
    /// month or day in UTC: `contract/2036` has ended at 2037-01-01T00:00:00Z. A bucket with
    /// another kind of name is never due.
    ///
    /// ```
    /// # use fieldseal::{Entropy, KeyContext, KeyOwner, Keyring};
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);
    /// let (mut keys, bucket) = (Keyring::memory(), KeyOwner::bucket("contract/2036"));
    /// keys.provision(&bucket, &mut KeyContext { now: None, entropy: &mut entropy })?;
    /// assert!(keys.due(2_114_380_799_999)?.is_empty());
    /// assert_eq!(keys.due(2_114_380_800_000)?, [bucket]);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for a time after the year 9999, which probably does not count milliseconds.
    pub fn due(&self, at: u64) -> Result<Vec<KeyOwner>, Error> {
        let at = Instant::of_clock(at)?.millis();
        let has_ended = |owner: &KeyOwner| match owner {
            KeyOwner::Bucket { name, .. } => bucket::end(name).is_some_and(|end| end <= at),
            _ => false,
        };
        let lasts = |row: &Row| {
            matches!(row.state(), KeyState::Live | KeyState::Restricted | KeyState::Reopened)
        };
        let due = self.rows.iter().filter(|(owner, row)| lasts(row) && has_ended(owner));
        Ok(due.map(|(owner, _)| owner.clone()).collect())
    }

    /// Refuses an owner with an empty name, and a share of an index whose person is erased.
    fn lives(&self, owner: &KeyOwner) -> Result<(), Error> {
        owner.named()?;
        self.person_lives(owner)
    }

    fn end(
        &mut self,
        owner: &KeyOwner,
        reason: Option<&str>,
        now: Option<u64>,
    ) -> Result<Erased, Error> {
        owner.named()?;
        now.map(Instant::of_clock).transpose()?;
        let mut shares = Vec::new();
        if let (KeyOwner::Person { tenant, reference }, Some(row)) = (owner, self.row(owner)) {
            let names: Vec<String> = row.indexes().map(str::to_owned).collect();
            for name in names {
                let share = KeyOwner::index_of(name, reference).of_tenant(tenant);
                if let Some(row) = self.rows.get_mut(&share) {
                    shares.extend(row.erase_share(now, reason));
                }
            }
        }
        self.change(owner, |row| row.erase(now, reason, shares));
        let last = self.row(owner).and_then(|row| row.erasures().last());
        Ok(Erased {
            state: KeyState::Erased,
            destroyed: last
                .into_iter()
                .flat_map(|erasure| &erasure.destroyed)
                .map(|key| key.0)
                .collect(),
            at: last.and_then(|erasure| erasure.at),
            reached: Reached::Clean,
            residue: Vec::new(),
        })
    }
}
