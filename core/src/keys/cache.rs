//! A cache in front of a key source, so that the source is not asked for each document.

use std::fmt;

use fieldseal_primitives::KeyId;

use super::caching::Caching;
use super::entries::Entries;
use super::lookup::Shared;
use super::{Answer, KeyContext, KeyLookup, KeySource, RefusalCause, RefusalCode, Request};

/// A cache in front of one key source, which keeps its answers for a bounded time. It is a key
/// source itself. Its clones share their entries, so that each thread may have one.
///
/// An entry is a permission: it answers exactly the request for which it was fetched (kind, tenant,
/// reference, operation, purpose, caller, origin, consents, id). The cache never answers a request
/// of operation [`Reseal`](super::KeyUse::Reseal). Call [`KeyCache::evict`] after an erasure, and
/// between a rotation and the next seal, in every process that has a cache.
///
/// A cache needs the time: without [`Context::now`](crate::Context) a call fails with `context`.
///
/// ```
/// use fieldseal::{Caching, KeyCache, KeySource};
/// # use fieldseal::{Answer, Context, Entropy, Key, KeyContext, KeyId, Options, Policy, Request};
/// # use fieldseal::Secret;
/// # struct Remote(u32);
/// # impl KeySource for Remote {
/// #     fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
/// #         self.0 += 1;
/// #         requests.iter().map(|_| Ok(Key::new(KeyId([7; 16]), Secret::new([1; 32])))).collect()
/// #     }
/// #     fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> { Vec::new() }
/// # }
/// # struct Counting(u8);
/// # impl Entropy for Counting {
/// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
/// # }
/// # let (remote, mut entropy) = (Remote(0), Counting(0));
/// # let schema = br#"{"x-schema-family": "urn:example:order",
/// #     "properties": {"name": {"x-protection": {}}}}"#;
/// # let policy = Policy::compile(schema, Options::default())?;
/// let mut keys = KeyCache::new(remote, Caching { max_age_ms: 60_000, ..Caching::default() });
/// let about = Context {
///     record: Some("order-7".into()),
///     subject: Some("cust-1".into()),
///     now: Some(1_795_000_000_000),
///     ..Context::default()
/// };
/// for _ in 0..3 {
///     policy.seal(br#"{"name":"Ada"}"#, &about, &mut keys, &mut entropy)?;
/// }
/// assert_eq!(keys.shred_latency_ms(), 60_000);
/// # assert_eq!(keys.source().0, 1);
/// keys.evict(Some("cust-1"));                          // her key was erased, or rotated
/// # Ok::<(), fieldseal::Error>(())
/// ```
///
/// An asynchronous host keeps a cache without a source, and fetches the missing keys itself:
///
/// ```
/// # use fieldseal::{Caching, Key, KeyCache, KeyId, KeyKind, KeyUse, Request, Secret};
/// # let ada = Some("cust-1".to_owned());
/// # let requests = [Request { reference: ada, ..Request::new(KeyKind::Subject, KeyUse::Seal) }];
/// # let now = 1_795_000_000_000;
/// let cache = KeyCache::new((), Caching::default());
/// let lookup = cache.lookup(&requests, now);
/// let fetch = |_| Ok(Key::new(KeyId([7; 16]), Secret::new([1; 32])));
/// let fetched = lookup.missing().iter().map(fetch).collect();
/// let answers = lookup.finish(fetched);      // for the second step of a call
/// # drop(answers);
/// assert!(cache.lookup(&requests, now + 1).missing().is_empty());
/// ```
#[derive(Clone)]
pub struct KeyCache<S = ()> {
    source: S,
    caching: Caching,
    shared: Shared,
}

impl<S> KeyCache<S> {
    /// Puts an empty cache in front of a source. With the source `()` it only serves
    /// [`KeyCache::lookup`].
    pub fn new(source: S, caching: Caching) -> Self {
        KeyCache { source, caching, shared: Shared::new(Entries::new(caching)) }
    }

    /// Returns the source.
    pub const fn source(&self) -> &S {
        &self.source
    }

    /// Returns the source for changes. The cache keeps its entries.
    pub const fn source_mut(&mut self) -> &mut S {
        &mut self.source
    }

    /// Looks up the requests of a call. `now` is the host's clock in milliseconds since
    /// 1970-01-01T00:00:00Z. A clock that went back by more than ten seconds,
    /// or by more than the greatest age of an entry, empties the cache.
    pub fn lookup(&self, requests: &[Request], now: u64) -> KeyLookup {
        KeyLookup::new(&self.shared, requests, now)
    }

    /// Forgets the keys of one owner's reference in every tenant and kind, and all keys without a
    /// reference, since they may be the owner's. The index keys of a person of that name are
    /// included. Without an argument it forgets all keys. Calls under way lose these keys as well.
    pub fn evict(&self, owner: Option<&str>) {
        self.shared.with(|entries| entries.evict(owner));
    }
}

impl<S: KeySource> KeyCache<S> {
    /// Answers from the cache, and asks the source for the missing keys in one question.
    fn answer(
        &mut self,
        requests: &[Request],
        now: Option<u64>,
        ask: impl FnOnce(&mut S, &[Request]) -> Vec<Answer>,
    ) -> Vec<Answer> {
        if !self.caching.is_on() {
            return ask(&mut self.source, requests);
        }
        let Some(now) = now else {
            let refusal = || super::Refusal::from(RefusalCode::Unavailable);
            return requests
                .iter()
                .map(|_| Err(refusal().because(RefusalCause::NoClock)))
                .collect();
        };
        let lookup = self.lookup(requests, now);
        let answers = match lookup.missing() {
            [] => Vec::new(),
            missing => ask(&mut self.source, missing),
        };
        lookup.finish(answers).list
    }
}

impl<S: KeySource> KeySource for KeyCache<S> {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        self.answer(requests, host.now, |source, missing| source.current(missing, host))
    }

    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        self.answer(requests, now, |source, missing| source.by_id(missing, now))
    }

    fn shred_latency_ms(&self) -> u64 {
        self.caching.latency().saturating_add(self.source.shred_latency_ms())
    }

    fn needs_clock(&self) -> bool {
        self.caching.is_on() || self.source.needs_clock()
    }

    fn forget(&mut self, ids: &[KeyId]) {
        self.shared.with(|entries| entries.forget(ids));
        self.source.forget(ids);
    }
}

impl<S> fmt::Debug for KeyCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").field("caching", &self.caching).finish_non_exhaustive()
    }
}
