//! The core's key cache.

use std::cell::RefCell;

use fieldseal::{Caching, Error, ErrorCode, KeyLookup, Request};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::answers::{answers, records};
use crate::bytes::Bytes;
use crate::requests::{requests, requests_text};
use crate::results::thrown;

/// A cache in front of a key source of JavaScript.
#[wasm_bindgen]
pub struct KeyCache(fieldseal::KeyCache);

#[wasm_bindgen]
impl KeyCache {
    /// Makes an empty one.
    #[must_use]
    pub fn empty(entries: u32, max_age_ms: f64) -> KeyCache {
        // The facade lets whole numbers from 0 to 2^53 - 1 through.
        let caching = Caching { entries, max_age_ms: max_age_ms as u64 };
        KeyCache(fieldseal::KeyCache::new((), caching))
    }

    /// Looks up requests (`KeyRequest[]` as JSON text, ids in hex) that no call of a policy makes.
    pub fn ask(&self, asked: &str, now: f64) -> Result<Asking, JsValue> {
        let requests = requests(asked).map_err(thrown)?;
        Ok(Asking(RefCell::new(Some(self.lookup(&requests, now as u64)))))
    }

    /// See the core's method of this name.
    pub fn evict(&self, owner: Option<String>) {
        self.0.evict(owner.as_deref());
    }
}

impl KeyCache {
    pub(crate) fn lookup(&self, requests: &[Request], now: u64) -> KeyLookup {
        self.0.lookup(requests, now)
    }
}

/// Requests that were looked up in a cache, and wait for the keys that it lacks.
#[wasm_bindgen]
pub struct Asking(RefCell<Option<KeyLookup>>);

#[wasm_bindgen]
impl Asking {
    /// Returns the requests that the cache did not answer, `KeyRequest[]` as JSON text.
    pub fn requests(&self) -> Result<String, JsValue> {
        let lookup = self.0.borrow();
        requests_text(lookup.as_ref().map_or(&[], KeyLookup::missing)).map_err(thrown)
    }

    /// Returns the answers to all requests, once, given those to the remaining ones.
    pub fn finish(&self, given: Vec<u8>) -> Result<Bytes, JsValue> {
        let given = answers(given).map_err(thrown)?;
        let finished = || thrown(Error::new(ErrorCode::Internal, "this question is answered"));
        let lookup = self.0.take().ok_or_else(finished)?;
        Ok(Bytes::holding(&records(&lookup.finish(given).into_list())))
    }
}
