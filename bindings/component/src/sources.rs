//! The resources `key-source` and `key-cache`.

use std::cell::RefCell;
use std::rc::Rc;

use fieldseal::{
    Answer, AnsweredKeys, Caching, ErrorCode, KeyCache, KeyContext, KeyId, KeySource, Request,
};

use crate::Component;
use crate::contract::exports::fieldseal::core::sources::{
    self, Caching as Bounds, Guest, GuestKeyCache, GuestKeySource, KeyringBorrow,
};
use crate::contract::fieldseal::core::keys;
use crate::contract::fieldseal::core::types::Error;
use crate::keyring::Keyring;
use crate::keys::{HostKeys, MALFORMED, answers, request};
use crate::records;

impl Guest for Component {
    type KeySource = Source;
    type KeyCache = Cache;
}

/// A key source of any origin, shared by whoever the host lends it to. The component model lets no
/// host call in while a call is under way, so it is never lent twice.
#[derive(Clone)]
pub(crate) struct Source(Rc<RefCell<dyn KeySource>>);

impl Source {
    fn new(source: impl KeySource + 'static) -> Self {
        Source(Rc::new(RefCell::new(source)))
    }
}

impl KeySource for Source {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        self.0.borrow_mut().current(requests, host)
    }

    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        self.0.borrow_mut().by_id(requests, now)
    }

    fn shred_latency_ms(&self) -> u64 {
        self.0.borrow().shred_latency_ms()
    }

    fn needs_clock(&self) -> bool {
        self.0.borrow().needs_clock()
    }

    fn forget(&mut self, ids: &[KeyId]) {
        self.0.borrow_mut().forget(ids);
    }
}

impl GuestKeySource for Source {
    fn host() -> sources::KeySource {
        sources::KeySource::new(Source::new(HostKeys))
    }

    fn from_keyring(ring: KeyringBorrow<'_>) -> sources::KeySource {
        sources::KeySource::new(Source(ring.get::<Keyring>().shared()))
    }

    fn from_answers(
        requests: Vec<keys::Request>,
        given: Vec<Result<keys::Key, keys::Refusal>>,
    ) -> Result<sources::KeySource, Error> {
        // Read before anything is judged: each is wiped where the host put it.
        let given = answers(given)
            .ok_or_else(|| records::error(fieldseal::Error::new(ErrorCode::Internal, MALFORMED)))?;
        let requests = requests.into_iter().map(request).collect();
        let source = AnsweredKeys::new(requests, given).map_err(records::error)?;
        Ok(sources::KeySource::new(Source::new(source)))
    }
}

/// Keys of one source, kept for a while.
pub(crate) struct Cache(KeyCache<Source>);

impl GuestKeyCache for Cache {
    fn over(source: sources::KeySourceBorrow<'_>, bounds: Bounds) -> sources::KeyCache {
        let mut caching = Caching::default();
        caching.entries = bounds.entries.unwrap_or(caching.entries);
        caching.max_age_ms = bounds.max_age_ms.unwrap_or(caching.max_age_ms);
        let source = source.get::<Source>().clone();
        sources::KeyCache::new(Cache(KeyCache::new(source, caching)))
    }

    fn source(&self) -> sources::KeySource {
        sources::KeySource::new(Source::new(self.0.clone()))
    }

    fn evict(&self, reference: Option<String>) {
        self.0.evict(reference.as_deref());
    }
}
