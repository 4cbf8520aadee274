//! The entries of a key cache, with their age.

use crate::ordered::OrderedMap;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use fieldseal_json::sort::sorted;
use fieldseal_primitives::KeyId;

use super::caching::Caching;
use crate::keys::{Answer, Key, KeyKind, KeyUse, RefusalCode, Request};

/// The most bytes of a kept reference. References come from documents, so a bound on the number of
/// entries alone would not bound memory.
const LONGEST_REFERENCE: usize = 1024;

/// Milliseconds by which the clock of one call may lie behind that of another, unless keys grow old
/// sooner.
const OVERLAP_MS: u64 = 10_000;

/// The entries of a key cache. An entry is a permission, not only a key: it belongs to the whole
/// request (kind, tenant, reference, operation, purpose, caller, origin, consents, id) and answers
/// no other one. A dropped key wipes itself and the midstates that were derived from it alone.
pub(crate) struct Entries {
    bounds: Caching,
    entries: OrderedMap<Arc<Request>, Entry>,
    /// Requests by the time at which they were asked, and then by arrival.
    order: OrderedMap<Age, Arc<Request>>,
    /// The sealing key of each owner that was fetched last, for any purpose or operation.
    newest: OrderedMap<Owner, (Age, KeyId)>,
    next: u64,
    /// The latest time that the host's clock showed.
    clock: u64,
    /// Counts evictions. An answer to a question from before an eviction is not kept.
    generation: Generation,
    /// The references of the latest evictions, the newest last. `None` stands for all keys.
    forgotten: Vec<Option<String>>,
}

/// The number of evictions that are remembered for calls under way. After more of them, all keys of
/// such a call count as evicted.
pub(super) const REMEMBERED: usize = 64;

/// The time at which a key was asked for, and its number among all keys that arrived.
type Age = (u64, u64);

/// A cached key that answers a request, and its age.
pub(crate) struct CachedKey {
    request: Arc<Request>,
    key: Key,
    age: Age,
}

/// The period between two evictions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Generation(u64);

struct Entry {
    key: Key,
    age: Age,
}

/// Compares requests by their owner alone: kind, tenant and reference.
struct Owner(Arc<Request>);

impl Owner {
    fn parts(&self) -> (KeyKind, &str, Option<&str>) {
        let Request { kind, tenant, reference, .. } = &*self.0;
        (*kind, tenant, reference.as_deref())
    }
}

impl Ord for Owner {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl PartialOrd for Owner {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Owner {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Owner {}

impl Entries {
    pub(crate) const fn new(bounds: Caching) -> Self {
        Entries {
            bounds,
            entries: OrderedMap::new(),
            order: OrderedMap::new(),
            newest: OrderedMap::new(),
            next: 0,
            clock: 0,
            generation: Generation(0),
            forgotten: Vec::new(),
        }
    }

    pub(crate) const fn bounds(&self) -> Caching {
        self.bounds
    }

    /// Returns the generation to pass to [`Entries::put`] with the answers to a question asked now.
    pub(crate) const fn generation(&self) -> Generation {
        self.generation
    }

    /// Advances to `now`, the host's clock in milliseconds since 1970. Drops the entries that are
    /// too old. Calls overlap, and each reads the clock before it comes here, so a time that lies a
    /// little back is that of a slower call. All entries are dropped if the clock went back further.
    pub(crate) fn advance(&mut self, now: u64) {
        let slack = OVERLAP_MS.min(self.bounds.max_age_ms);
        if now.saturating_add(slack) < self.clock {
            self.evict(None);
            self.clock = now;
        }
        self.clock = self.clock.max(now);
        while let Some((_, oldest)) = self.order.first() {
            let is_old = self.entries.get(oldest).is_none_or(|entry| self.is_old(entry.age.0));
            if !is_old {
                break;
            }
            self.drop_oldest();
        }
    }

    /// Returns the key that answers exactly this request, unless it has expired by the clock of
    /// [`Entries::advance`]. Never answers a request of operation [`KeyUse::Reseal`]: after a
    /// rotation, the cached key would be the one that is about to be destroyed.
    pub(crate) fn get(&self, request: &Request) -> Option<CachedKey> {
        if request.operation == KeyUse::Reseal {
            return None;
        }
        let (request, entry) = self.entries.entry(request)?;
        let is_over = entry.key.expires.is_some_and(|expires| expires <= self.clock);
        (!is_over).then(|| CachedKey {
            request: Arc::clone(request),
            key: entry.key.clone(),
            age: entry.age,
        })
    }

    /// Turns a key that was found in that generation into an answer: `unavailable` if it must not
    /// be used any more, and marked as stale if the owner has a newer one.
    pub(crate) fn held(&self, hit: CachedKey, generation: Generation) -> Answer {
        if self.is_gone(&hit, generation) {
            return Err(RefusalCode::Unavailable.into());
        }
        let CachedKey { request, mut key, age } = hit;
        if request.id.is_none() {
            let newest = self.newest.get(&Owner(request));
            key.stale = newest.is_some_and(|(newer, id)| *newer > age && *id != key.id);
        }
        Ok(key)
    }

    /// Returns true if a key that was found in that generation must not be used any more. While a
    /// call waits for its other keys, an owner may be evicted, or another call may advance the
    /// clock.
    pub(crate) fn is_gone(&self, hit: &CachedKey, generation: Generation) -> bool {
        let since = usize::try_from(self.generation.0 - generation.0).unwrap_or(usize::MAX);
        let mut lately = self.forgotten.iter().rev().take(since);
        since > self.forgotten.len()
            || lately.any(|reference| concerns(reference.as_deref(), &hit.request))
            || self.is_old(hit.age.0)
    }

    fn is_old(&self, fetched: u64) -> bool {
        self.clock.saturating_sub(fetched) > self.bounds.max_age_ms
    }

    /// Keeps the key with which a host answered a question of the time `asked`, in that generation
    /// of the cache. The clock may have advanced since, so `asked` sets the age of the key. After
    /// an eviction in between, the answer may be older still and is not kept.
    pub(crate) fn put(&mut self, request: &Request, key: &Key, asked: u64, generation: Generation) {
        let is_over =
            key.expires.is_some_and(|expires| expires <= self.clock) || self.is_old(asked);
        let is_long =
            request.reference.as_ref().is_some_and(|reference| reference.len() > LONGEST_REFERENCE);
        let is_newer = |known: &Entry| known.age.0 > asked;
        if !self.bounds.is_on()
            || generation != self.generation
            || is_over
            || is_long
            || self.entries.get(request).is_some_and(is_newer)
        {
            return;
        }
        let (request, age) = (Arc::new(request.clone()), (asked, self.next));
        self.next += 1;
        if request.id.is_none() {
            let owner = Owner(Arc::clone(&request));
            if self.newest.get(&owner).is_none_or(|(newest, _)| *newest <= age) {
                self.newest.insert(owner, (age, key.id));
            }
        }
        let entry = Entry { key: key.clone(), age };
        if let Some(before) = self.entries.insert(Arc::clone(&request), entry) {
            self.order.remove(&before.age);
        }
        self.order.insert(age, request);
        while self.entries.len() > self.bounds.entries as usize {
            self.drop_oldest();
        }
    }

    /// Forgets the keys of one reference in every tenant and kind, and those without a reference,
    /// since they may belong to it. The index keys of a person of that name are included. Without a
    /// reference it forgets all keys.
    pub(crate) fn evict(&mut self, reference: Option<&str>) {
        self.generation.0 += 1;
        self.forgotten.push(reference.map(str::to_owned));
        if self.forgotten.len() > REMEMBERED {
            self.forgotten.remove(0);
        }
        self.entries.retain(|request, _| !concerns(reference, request));
        self.prune();
    }

    /// Forgets the keys of these ids, whichever requests they answer. They did not open a value,
    /// and values sealed with them would not open either.
    pub(crate) fn forget(&mut self, ids: &[KeyId]) {
        let ids = sorted(ids.to_vec(), Ord::cmp);
        self.entries.retain(|_, entry| ids.binary_search(&entry.key.id).is_err());
        self.prune();
    }

    /// Returns the numbers of entries, of ages, of newest keys, and of remembered evictions.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> [usize; 4] {
        [self.entries.len(), self.order.len(), self.newest.len(), self.forgotten.len()]
    }

    fn drop_oldest(&mut self) {
        let Some((age, request)) = self.order.pop_first() else { return };
        self.entries.remove(&request);
        let owner = Owner(request);
        if self.newest.get(&owner).is_some_and(|(newest, _)| *newest == age) {
            self.newest.remove(&owner);
        }
    }

    /// Drops ages and newest keys whose entries are gone.
    fn prune(&mut self) {
        self.order.retain(|_, request| self.entries.contains_key(request));
        self.newest.retain(|_, (age, _)| self.order.contains_key(age));
    }
}

/// Returns true if an eviction of that reference removes the answer to this request.
fn concerns(reference: Option<&str>, request: &Request) -> bool {
    let (Some(reference), Some(own)) = (reference, request.reference.as_deref()) else {
        return true;
    };
    // The reference of a person's index ends like this (docs/marking-a-schema.md, `index`). A key
    // that only looks like one is fetched again.
    let is_its_index = || {
        let mut end = String::from(",");
        fieldseal_json::canonical::string(reference, &mut end);
        end.push(']');
        own.ends_with(&end)
    };
    own == reference || request.kind == KeyKind::Index && is_its_index()
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries")
            .field("bounds", &self.bounds)
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
