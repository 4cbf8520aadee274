//! The step between a cache and a call: the keys that are at hand, and the requests that are left.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use fieldseal_primitives::KeyId;

use super::entries::{CachedKey, Entries, Generation};
use super::{Answer, Request, source};

/// The answers to all requests of a call, with what verdicts say of their age. A plain list of
/// answers turns into this by [`From`]; [`KeyLookup::finish`] makes it of cached keys and a list.
#[must_use]
pub struct Answers {
    pub(super) list: Vec<Answer>,
    shred_latency_ms: u64,
    /// The cache that some of them are from, or are kept in.
    cache: Option<Shared>,
}

impl Answers {
    /// Sets for how many milliseconds a key that was destroyed elsewhere may still have come from
    /// their source ([`KeySource::shred_latency_ms`](super::KeySource::shred_latency_ms)).
    pub fn with_shred_latency_ms(mut self, millis: u64) -> Self {
        self.shred_latency_ms = millis;
        self
    }

    /// Returns the cache that some of them are from, or are kept in.
    pub(crate) fn cache(&self) -> Option<Shared> {
        self.cache.clone()
    }

    /// Returns the list and the latency.
    pub(crate) fn into_parts(self) -> (Vec<Answer>, u64) {
        (self.list, self.shred_latency_ms)
    }
}

impl From<Vec<Answer>> for Answers {
    /// Takes answers of a source that was asked just now.
    fn from(list: Vec<Answer>) -> Self {
        Answers { list, shred_latency_ms: 0, cache: None }
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

/// The requests of a call, looked up in a [`KeyCache`](super::KeyCache): it holds the cached keys
/// until the source has answered the others.
#[must_use]
pub struct KeyLookup {
    cache: Shared,
    /// By request: the cached key.
    hits: Vec<Option<CachedKey>>,
    missing: Vec<Request>,
    /// The host's clock when the cache was asked, and the cache's generation then.
    asked: u64,
    generation: Generation,
    shred_latency_ms: u64,
}

impl KeyLookup {
    /// Looks each request up, once.
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
            }
        })
    }

    /// Returns the requests that the cache does not answer, in their order.
    pub fn missing(&self) -> &[Request] {
        &self.missing
    }

    /// Joins the cached keys with the answers to [`KeyLookup::missing`], given in their order, and
    /// keeps those answers that are keys.
    ///
    /// A cached key that was evicted meanwhile is `unavailable`: the same call again asks for it.
    /// Another number of answers than there are missing requests makes the call `internal`.
    pub fn finish(self, answers: Vec<Answer>) -> Answers {
        let KeyLookup { cache, hits, missing, asked, generation, shred_latency_ms } = self;
        let list = cache.with(|entries| {
            // The call refuses what is out of order; nothing of it is kept.
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
        Answers { list, shred_latency_ms, cache: Some(cache) }
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

/// The entries of a cache, which all its handles and the calls under way share.
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

    /// A thread that panicked left nothing half done that matters: entries are whole or not there.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Entries) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
