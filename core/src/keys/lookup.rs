//! The step between a key cache and a call: cached keys, and the requests that remain.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use fieldseal_primitives::KeyId;

use super::entries::{CachedKey, Entries, Generation};
use super::{Answer, Request, source};

/// The answers to all requests of a call, and the shred latency that verdicts state. A plain list
/// of answers converts into it with [`From`]. [`KeyLookup::finish`] makes it from cached keys and a
/// list.
#[must_use]
pub struct Answers {
    pub(super) list: Vec<Answer>,
    shred_latency_ms: u64,
    /// True if their source answers no call without a clock.
    needs_clock: bool,
    /// The cache that supplied or keeps some of the answers.
    cache: Option<Shared>,
}

impl Answers {
    /// Sets the milliseconds for which their source may still supply a key that was destroyed
    /// elsewhere ([`KeySource::shred_latency_ms`](super::KeySource::shred_latency_ms)).
    pub fn with_shred_latency_ms(mut self, millis: u64) -> Self {
        self.shred_latency_ms = millis;
        self
    }

    /// Records that their source answers no call without a clock, or that it does.
    pub(crate) fn with_needs_clock(mut self, needs_clock: bool) -> Self {
        self.needs_clock = needs_clock;
        self
    }

    /// Returns the list of answers, for hosts that answer requests which no call makes.
    pub fn into_list(self) -> Vec<Answer> {
        self.list
    }

    /// Returns the cache that supplied or keeps some of the answers.
    pub(crate) fn cache(&self) -> Option<Shared> {
        self.cache.clone()
    }

    /// Returns true if their source answers no call without a clock.
    pub(crate) const fn needs_clock(&self) -> bool {
        self.needs_clock
    }

    /// Returns the list of answers and the shred latency.
    pub(crate) fn into_parts(self) -> (Vec<Answer>, u64) {
        (self.list, self.shred_latency_ms)
    }
}

impl From<Vec<Answer>> for Answers {
    /// Takes the answers of a source that was asked without a cache.
    fn from(list: Vec<Answer>) -> Self {
        Answers { list, shred_latency_ms: 0, needs_clock: false, cache: None }
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers")
            .field("list", &self.list)
            .field("shred_latency_ms", &self.shred_latency_ms)
            .finish_non_exhaustive()
    }
}

/// The requests of a call, looked up in a [`KeyCache`](super::KeyCache). It holds the cached keys
/// until the source has answered the remaining requests.
#[must_use]
pub struct KeyLookup {
    cache: Shared,
    /// The cached key of each request.
    hits: Vec<Option<CachedKey>>,
    missing: Vec<Request>,
    /// The host's clock at the lookup.
    asked: u64,
    /// The cache's generation at the lookup.
    generation: Generation,
    shred_latency_ms: u64,
    needs_clock: bool,
}

impl KeyLookup {
    /// Looks up each request once.
    pub(super) fn new(cache: &Shared, requests: &[Request], now: u64) -> Self {
        cache.with(|entries| {
            entries.advance(now);
            let hits: Vec<_> = requests.iter().map(|request| entries.get(request)).collect();
            let missing = requests.iter().zip(&hits).filter(|(_, hit)| hit.is_none());
            KeyLookup {
                cache: cache.clone(),
                missing: missing.map(|(request, _)| request.clone()).collect(),
                hits,
                asked: now,
                generation: entries.generation(),
                shred_latency_ms: entries.bounds().latency(),
                needs_clock: entries.bounds().is_on(),
            }
        })
    }

    /// Returns the requests that the cache does not answer, in their order.
    pub fn missing(&self) -> &[Request] {
        &self.missing
    }

    /// Joins the cached keys with the answers to [`KeyLookup::missing`], given in the same order,
    /// and keeps the keys among these answers.
    ///
    /// A cached key that was evicted meanwhile becomes `unavailable`; repeating the call asks for
    /// it again. With any other number of answers than missing requests, the call fails with
    /// `internal`.
    pub fn finish(self, answers: Vec<Answer>) -> Answers {
        let KeyLookup { cache, hits, missing, asked, generation, shred_latency_ms, needs_clock } =
            self;
        let list = cache.with(|entries| {
            // The call refuses invalid answers, and the cache keeps none of them.
            if source::check(&missing, &answers).is_ok() {
                for (request, answer) in missing.iter().zip(&answers) {
                    if let Ok(key) = answer {
                        entries.put(request, key, asked, generation);
                    }
                }
            }
            let mut fresh = answers.into_iter();
            let mut list = Vec::with_capacity(hits.len());
            for hit in hits {
                match hit {
                    Some(hit) => list.push(entries.held(hit, generation)),
                    None => match fresh.next() {
                        Some(answer) => list.push(answer),
                        None => break,
                    },
                }
            }
            list.extend(fresh);
            list
        });
        Answers { list, shred_latency_ms, needs_clock, cache: Some(cache) }
    }
}

impl fmt::Debug for KeyLookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLookup")
            .field("requests", &self.hits.len())
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}

/// The entries of a cache, shared by its clones and the calls under way.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Entries>>);

impl Shared {
    pub(super) fn new(entries: Entries) -> Self {
        Shared(Arc::new(Mutex::new(entries)))
    }

    /// Makes the cache forget the keys of these ids.
    pub(crate) fn forget(&self, ids: &[KeyId]) {
        self.with(|entries| entries.forget(ids));
    }

    /// Calls a function with the entries. A thread that panicked left no entry incomplete, so a
    /// poisoned lock is still used.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Entries) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
