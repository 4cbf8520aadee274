//! Keys for a while, so that a key source is not asked for each document.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Key, KeyId, KeyKind, Request};
use crate::schema::canonical::string as push_canonical_string;

/// How many keys are kept, and how long: the age is how late a key that was destroyed elsewhere is
/// gone here, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caching {
    /// The most entries; 0 turns the cache off. Default 10,000. A key whose reference has more than
    /// 1,024 bytes is not kept.
    pub entries: u32,
    /// Milliseconds. Default 300,000, five minutes; 0 turns the cache off.
    pub max_age_ms: u64,
}

impl Default for Caching {
    fn default() -> Self {
        Caching { entries: 10_000, max_age_ms: 300_000 }
    }
}

impl Caching {
    /// Whether anything is kept.
    pub(crate) const fn is_on(self) -> bool {
        self.entries > 0 && self.max_age_ms > 0
    }
}

/// Bytes of a reference. They come out of documents, so that entries alone would bound no memory.
const LONGEST_REFERENCE: usize = 1024;

/// An entry is a permission, not only a key: it stands under the whole request (kind, tenant,
/// reference, operation, purpose, caller, id) and never answers another. A key that is dropped here
/// wipes itself and the midstates that were derived of it alone.
pub(crate) struct Cache {
    bounds: Caching,
    entries: BTreeMap<Arc<Request>, Entry>,
    /// By when they were asked for, and then by when they came.
    order: BTreeMap<(u64, u64), Arc<Request>>,
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
const REMEMBERED: usize = 64;

/// A key that answers a request, and since when it is here.
pub(crate) struct CachedKey {
    pub(crate) key: Key,
    fetched: u64,
}

/// Between two times that something was forgotten at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Generation(u64);

struct Entry {
    key: Key,
    fetched: u64,
    number: u64,
}

impl Cache {
    pub(crate) const fn new(bounds: Caching) -> Self {
        Cache {
            bounds,
            entries: BTreeMap::new(),
            order: BTreeMap::new(),
            next: 0,
            clock: 0,
            generation: Generation(0),
            forgotten: Vec::new(),
        }
    }

    pub(crate) const fn bounds(&self) -> Caching {
        self.bounds
    }

    /// What [`Cache::put`] is told with the answers to what is asked now.
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
            let is_old = self.entries.get(oldest).is_none_or(|entry| self.is_old(entry.fetched));
            if !is_old {
                break;
            }
            self.drop_oldest();
        }
    }

    /// The key that answers exactly this request, unless it expires by the clock of
    /// [`Cache::advance`].
    pub(crate) fn get(&self, request: &Request) -> Option<CachedKey> {
        let entry = self.entries.get(request)?;
        let is_over = entry.key.expires.is_some_and(|expires| expires <= self.clock);
        (!is_over).then(|| CachedKey { key: entry.key.clone(), fetched: entry.fetched })
    }

    /// Whether a key that was found in that generation must not be used any more: calls wait for their
    /// other keys, and meanwhile somebody was evicted, or others showed how late it is.
    pub(crate) fn is_gone(
        &self,
        request: &Request,
        hit: &CachedKey,
        generation: Generation,
    ) -> bool {
        let since = usize::try_from(self.generation.0 - generation.0).unwrap_or(usize::MAX);
        let mut lately = self.forgotten.iter().rev().take(since);
        since > self.forgotten.len()
            || lately.any(|reference| concerns(reference.as_deref(), request))
            || self.is_old(hit.fetched)
    }

    fn is_old(&self, fetched: u64) -> bool {
        self.clock.saturating_sub(fetched) > self.bounds.max_age_ms
    }

    /// Keeps what a host answered to what it was asked at `asked`, a clock of [`Cache::advance`] in
    /// that generation. Others may have gone on meanwhile, so that it is no younger than that. If anything
    /// was evicted meanwhile the answer may be older still: it is not kept.
    pub(crate) fn put(&mut self, request: &Request, key: &Key, asked: u64, generation: Generation) {
        let is_over =
            key.expires.is_some_and(|expires| expires <= self.clock) || self.is_old(asked);
        let is_long =
            request.reference.as_ref().is_some_and(|reference| reference.len() > LONGEST_REFERENCE);
        let is_newer = |known: &Entry| known.fetched > asked;
        if !self.bounds.is_on()
            || generation != self.generation
            || is_over
            || is_long
            || self.entries.get(request).is_some_and(is_newer)
        {
            return;
        }
        let (request, number) = (Arc::new(request.clone()), self.next);
        self.next += 1;
        let entry = Entry { key: key.clone(), fetched: asked, number };
        if let Some(before) = self.entries.insert(Arc::clone(&request), entry) {
            self.order.remove(&(before.fetched, before.number));
        }
        self.order.insert((asked, number), request);
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
        self.order.retain(|_, request| self.entries.contains_key(request));
    }

    /// Forgets the keys of those ids, in ascending order, whatever they answer: something did not
    /// open with them, and what is sealed with them would not either.
    pub(crate) fn forget(&mut self, ids: &[KeyId]) {
        self.entries.retain(|_, entry| ids.binary_search(&entry.key.id).is_err());
        self.order.retain(|_, request| self.entries.contains_key(request));
    }

    fn drop_oldest(&mut self) {
        if let Some((_, request)) = self.order.pop_first() {
            self.entries.remove(&request);
        }
    }
}

/// Whether an eviction of that reference takes what answers this request.
fn concerns(reference: Option<&str>, request: &Request) -> bool {
    let (Some(reference), Some(own)) = (reference, request.reference.as_deref()) else {
        return true;
    };
    // The name of a person's index ends so (vocabulary.md, `per`); one more that does is only asked
    // for again.
    let is_its_index = || {
        let mut end = String::from(",");
        push_canonical_string(reference, &mut end);
        end.push(']');
        own.ends_with(&end)
    };
    own == reference || request.kind == KeyKind::Index && is_its_index()
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("bounds", &self.bounds)
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;
    use crate::keys::{KeyId, KeyUse, Secret};

    fn request(number: u8) -> Request {
        let text = |bit: u8, text: &str| (number >> bit & 1 == 1).then(|| text.to_owned());
        Request {
            kind: if number & 1 == 1 { KeyKind::Subject } else { KeyKind::Retention },
            reference: text(1, "r"),
            tenant: text(2, "t").unwrap_or_default(),
            operation: if number & 8 == 8 { KeyUse::Seal } else { KeyUse::Open },
            purpose: text(4, "p"),
            caller: text(5, "c"),
            id: (number & 64 == 64).then_some(KeyId([number; 16])),
        }
    }

    fn key(number: u64, expires: Option<u64>) -> Key {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_be_bytes());
        Key { id: KeyId(id), secret: Secret::new([1; 32]), expires, erasable: true }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Get(u8, u64),
        /// So long ago was it asked, and so long does the key live.
        Put(u8, u64, u64, Option<u64>),
        Evict(bool),
        Back,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (any::<u8>(), 0_u64..40).prop_map(|(request, pause)| Step::Get(request, pause)),
            4 => (any::<u8>(), 0_u64..40, prop_oneof![Just(0), 0_u64..130], prop::option::of(0_u64..200))
                .prop_map(|(request, pause, ago, lives)| Step::Put(request, pause, ago, lives)),
            1 => any::<bool>().prop_map(Step::Evict),
            1 => Just(Step::Back),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: fieldseal_conformance::counts::CACHE_STEPS.get(), failure_persistence: None, ..ProptestConfig::default() })]

        /// A list that is searched from its end says the same, whatever comes in whichever order.
        #[test]
        fn k03_agrees_with_a_list(steps in prop::collection::vec(step(), 1..120)) {
            let bounds = Caching { entries: 7, max_age_ms: 100 };
            let mut cache = Cache::new(bounds);
            let mut list: Vec<(Request, Key, u64)> = Vec::new();
            let (mut now, mut made) = (1_000_000, 0);
            for step in steps {
                match step {
                    Step::Get(number, pause) => {
                        now += pause;
                        cache.advance(now);
                        list.retain(|(_, _, fetched)| now - fetched <= 100);
                        let expected = list.iter().find(|(own, _, _)| *own == request(number)).map(|(_, key, _)| key);
                        let expected = expected.filter(|key| key.expires.is_none_or(|expires| expires > now));
                        prop_assert_eq!(cache.get(&request(number)).map(|hit| hit.key.id), expected.map(|key| key.id));
                    }
                    Step::Put(number, pause, ago, lives) => {
                        now += pause;
                        made += 1;
                        let (key, asked) = (key(made, lives.map(|lives| now + lives)), now - ago);
                        cache.advance(now);
                        cache.put(&request(number), &key, asked, cache.generation());
                        list.retain(|(_, _, fetched)| now - fetched <= 100);
                        let is_newer = |(own, _, fetched): &(Request, Key, u64)| *own == request(number) && *fetched > asked;
                        if lives != Some(0) && ago <= 100 && !list.iter().any(is_newer) {
                            list.retain(|(own, _, _)| *own != request(number));
                            list.push((request(number), key, asked));
                            list.sort_by_key(|(_, _, fetched)| *fetched);
                            if list.len() > 7 {
                                list.remove(0);
                            }
                        }
                    }
                    Step::Evict(all) => {
                        cache.evict(if all { None } else { Some("r") });
                        list.retain(|(own, _, _)| !all && own.reference.as_deref().is_some_and(|own| own != "r"));
                    }
                    Step::Back => {
                        now -= 1;
                        cache.advance(now);
                        list.clear();
                    }
                }
                prop_assert!(cache.entries.len() <= 7 && cache.order.len() == cache.entries.len());
            }
        }
    }

    /// Whoever evicts a person has no way to recall what is under way: it must not come back with
    /// the answer.
    #[test]
    fn k03_what_was_asked_before_an_eviction_is_not_kept() {
        for reference in [Some("r"), Some("somebody else"), None] {
            let mut cache = Cache::new(Caching::default());
            cache.advance(1);
            let generation = cache.generation();
            cache.evict(reference);
            cache.put(&request(3), &key(1, None), 1, generation);
            assert!(cache.get(&request(3)).is_none());
            cache.put(&request(3), &key(1, None), 1, cache.generation());
            assert!(cache.get(&request(3)).is_some());
        }
    }

    /// A call that holds a key while it waits for another one's: an eviction, and an age that
    /// others show, reach it there.
    #[test]
    fn k03_a_key_that_a_call_holds_is_gone_with_its_person() {
        let filled = || {
            let mut cache = Cache::new(Caching { entries: 2, max_age_ms: 100 });
            cache.advance(1000);
            cache.put(&request(3), &key(1, None), 1000, cache.generation());
            let (hit, generation) = (cache.get(&request(3)).unwrap(), cache.generation());
            (cache, hit, generation)
        };
        for (evicted, gone) in [(Some("r"), true), (Some("somebody else"), false), (None, true)] {
            let (mut cache, hit, generation) = filled();
            assert!(!cache.is_gone(&request(3), &hit, generation));
            cache.evict(evicted);
            assert_eq!(cache.is_gone(&request(3), &hit, generation), gone, "{evicted:?}");
            // What was found after it is not touched by it.
            assert!(!cache.is_gone(&request(3), &hit, cache.generation()));
        }
        // Others that come and go in a small cache do not touch it, and many evictions count for
        // all.
        let (mut cache, hit, generation) = filled();
        for number in [1, 5, 7] {
            cache.put(&request(number), &key(2, None), 1000, cache.generation());
        }
        assert!(cache.get(&request(3)).is_none() && !cache.is_gone(&request(3), &hit, generation));
        (0..REMEMBERED).for_each(|_| cache.evict(Some("somebody else")));
        assert!(!cache.is_gone(&request(3), &hit, generation));
        cache.evict(Some("somebody else"));
        assert!(
            cache.is_gone(&request(3), &hit, generation) && cache.forgotten.len() == REMEMBERED
        );
        // Its age, as far as anybody told; a clock that went back.
        let (mut cache, hit, generation) = filled();
        cache.advance(1100);
        assert!(!cache.is_gone(&request(3), &hit, generation));
        cache.advance(1101);
        assert!(cache.is_gone(&request(3), &hit, generation));
        let (mut cache, hit, generation) = filled();
        cache.advance(999);
        assert!(cache.is_gone(&request(3), &hit, generation));
    }

    #[test]
    fn what_did_not_open_is_forgotten_for_sealing_too() {
        let mut cache = Cache::new(Caching::default());
        cache.advance(1);
        let sealing = Request { operation: KeyUse::Seal, id: None, ..request(3) };
        let other = Request { reference: Some("o".to_owned()), ..sealing.clone() };
        cache.put(&sealing, &key(1, None), 1, cache.generation());
        cache.put(&other, &key(2, None), 1, cache.generation());
        cache.forget(&[key(0, None).id, key(1, None).id]);
        assert!(cache.get(&sealing).is_none() && cache.get(&other).is_some());
        assert_eq!(cache.entries.len(), cache.order.len());
    }

    #[test]
    fn is_off_without_entries_or_age() {
        for bounds in [
            Caching { entries: 0, ..Caching::default() },
            Caching { max_age_ms: 0, ..Caching::default() },
        ] {
            let mut cache = Cache::new(bounds);
            cache.advance(1);
            cache.put(&request(3), &key(1, None), 1, cache.generation());
            assert!(!bounds.is_on() && cache.get(&request(3)).is_none());
        }
        assert_eq!(Caching::default(), Caching { entries: 10_000, max_age_ms: 300_000 });
    }
}
