//! The entries of a cache: which are there, how old each is, and which may not be used any more.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use fieldseal_json::sort::sorted;
use fieldseal_primitives::KeyId;

use super::caching::Caching;
use crate::keys::{Answer, Key, KeyKind, KeyUse, RefusalCode, Request};

/// Bytes of a reference. They come out of documents, so that entries alone would bound no memory.
const LONGEST_REFERENCE: usize = 1024;

/// An entry is a permission, not only a key: it stands under the whole request (kind, tenant,
/// reference, operation, purpose, caller, id) and never answers another. A key that is dropped here
/// wipes itself and the midstates that were derived of it alone.
pub(crate) struct Entries {
    bounds: Caching,
    entries: BTreeMap<Arc<Request>, Entry>,
    /// By when they were asked for, and then by when they came.
    order: BTreeMap<Age, Arc<Request>>,
    /// By owner: the key to seal with that was fetched last, for whatever purpose or operation.
    newest: BTreeMap<Owner, (Age, KeyId)>,
    next: u64,
    /// The host's clock as last seen.
    clock: u64,
    /// Counts what made it forget at once: answers to what was asked before that are not kept.
    generation: Generation,
    /// Whom it forgot lately, the latest last; `None`: all.
    forgotten: Vec<Option<String>>,
}

/// Evictions that a call under way can be told apart by; where there were more, all of its keys
/// count as evicted.
pub(super) const REMEMBERED: usize = 64;

/// When a key was asked for, and its number among all that came.
type Age = (u64, u64);

/// A key that answers a request, and its age.
pub(crate) struct CachedKey {
    request: Arc<Request>,
    key: Key,
    age: Age,
}

/// Between two times that something was forgotten at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Generation(u64);

struct Entry {
    key: Key,
    age: Age,
}

/// A request by its owner alone: kind, tenant and reference.
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
            entries: BTreeMap::new(),
            order: BTreeMap::new(),
            newest: BTreeMap::new(),
            next: 0,
            clock: 0,
            generation: Generation(0),
            forgotten: Vec::new(),
        }
    }

    pub(crate) const fn bounds(&self) -> Caching {
        self.bounds
    }

    /// Returns the generation to pass to [`Entries::put`] with the answers to what is asked now.
    pub(crate) const fn generation(&self) -> Generation {
        self.generation
    }

    /// Goes on to `now`, the host's clock in milliseconds since 1970. What is too old is dropped;
    /// all of it when the clock went back.
    pub(crate) fn advance(&mut self, now: u64) {
        if now < self.clock {
            self.evict(None);
        }
        self.clock = now;
        while let Some((_, oldest)) = self.order.first_key_value() {
            let is_old = self.entries.get(oldest).is_none_or(|entry| self.is_old(entry.age.0));
            if !is_old {
                break;
            }
            self.drop_oldest();
        }
    }

    /// Returns the key that answers exactly this request, unless it expires by the clock of
    /// [`Entries::advance`]. Values are sealed anew under keys that are asked for anew: after a
    /// rotation a key that is kept would be the one about to be destroyed.
    pub(crate) fn get(&self, request: &Request) -> Option<CachedKey> {
        if request.operation == KeyUse::Reseal {
            return None;
        }
        let (request, entry) = self.entries.get_key_value(request)?;
        let is_over = entry.key.expires.is_some_and(|expires| expires <= self.clock);
        (!is_over).then(|| CachedKey {
            request: Arc::clone(request),
            key: entry.key.clone(),
            age: entry.age,
        })
    }

    /// Returns a key that was found in that generation as an answer: `unavailable` where it must
    /// not be used any more, and marked where the owner has a newer one.
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

    /// Returns true if a key that was found in that generation must not be used any more: calls
    /// wait for their other keys, and meanwhile somebody was evicted, or other calls showed how
    /// late it is.
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

    /// Keeps the key that a host answered to what it was asked at `asked`, a clock of
    /// [`Entries::advance`] in that generation. Others may have gone on meanwhile, so the key is no
    /// younger than that. If anything was evicted meanwhile the answer may be older still: it is
    /// not kept.
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
            let newest = self.newest.entry(Owner(Arc::clone(&request))).or_insert((age, key.id));
            if newest.0 <= age {
                *newest = (age, key.id);
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

    /// Forgets the keys of one reference, whatever its tenant and kind, with the person's indexes,
    /// and those that were asked for by id alone, since they may be its; without a reference all.
    pub(crate) fn evict(&mut self, reference: Option<&str>) {
        self.generation.0 += 1;
        self.forgotten.push(reference.map(str::to_owned));
        if self.forgotten.len() > REMEMBERED {
            self.forgotten.remove(0);
        }
        self.entries.retain(|request, _| !concerns(reference, request));
        self.prune();
    }

    /// Forgets the keys of those ids, whatever they answer: something did not open with them, and
    /// what is sealed with them would not either.
    pub(crate) fn forget(&mut self, ids: &[KeyId]) {
        let ids = sorted(ids.to_vec(), Ord::cmp);
        self.entries.retain(|_, entry| ids.binary_search(&entry.key.id).is_err());
        self.prune();
    }

    /// Returns how many entries there are, in each order, and the evictions that are remembered.
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

    /// Drops what is left of entries that are gone.
    fn prune(&mut self) {
        self.order.retain(|_, request| self.entries.contains_key(request));
        self.newest.retain(|_, (age, _)| self.order.contains_key(age));
    }
}

/// Returns true if an eviction of that reference takes the answer to this request.
fn concerns(reference: Option<&str>, request: &Request) -> bool {
    let (Some(reference), Some(own)) = (reference, request.reference.as_deref()) else {
        return true;
    };
    // The name of a person's index ends so (vocabulary.md, `per`); one more that does is only asked
    // for again.
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
