//! A call between its two steps.

use std::cell::RefCell;

use fieldseal::operations::{CheckPlan, IndexPlan, OpenPlan, SealPlan};
use fieldseal::{Answers, Error, ErrorCode, KeyLookup, Pending};
use wasm_bindgen::JsValue;

use crate::answers::answers;
use crate::cache::KeyCache;
use crate::entropy::Pooled;
use crate::requests::requests_text;
use crate::results::{opened, sealed, thrown};
use crate::text;

/// A call that waits for its keys.
pub(crate) struct Waiting<V> {
    pending: RefCell<Option<Pending<V>>>,
    lookup: RefCell<Option<KeyLookup>>,
    /// The clock of the call.
    now: u64,
}

impl<V> Waiting<V> {
    pub(crate) const fn new(pending: Pending<V>, now: u64) -> Self {
        Waiting { pending: RefCell::new(Some(pending)), lookup: RefCell::new(None), now }
    }

    /// Looks the requests up in a cache, and returns true if it lacks any of the keys.
    pub(crate) fn lookup(&self, cache: &KeyCache) -> bool {
        let Some(lookup) =
            self.pending.borrow().as_ref().map(|call| cache.lookup(call.requests(), self.now))
        else {
            return false;
        };
        let is_missing = !lookup.missing().is_empty();
        self.lookup.replace(Some(lookup));
        is_missing
    }

    /// Returns the requests that the cache did not answer as JSON text, without a cache all of
    /// them.
    pub(crate) fn requests(&self) -> Result<String, JsValue> {
        match (&*self.lookup.borrow(), &*self.pending.borrow()) {
            (Some(lookup), _) => requests_text(lookup.missing()),
            (None, Some(pending)) => requests_text(pending.requests()),
            (None, None) => requests_text(&[]),
        }
        .map_err(thrown)
    }

    /// Takes the second step, once.
    pub(crate) fn finish<T>(
        &self,
        given: Vec<u8>,
        finish: impl FnOnce(Pending<V>, Answers) -> Result<T, Error>,
    ) -> Result<T, JsValue> {
        let given = answers(given).map_err(thrown)?;
        let pending = self.pending.take().ok_or_else(|| thrown(finished()))?;
        let answers = match self.lookup.take() {
            Some(lookup) => lookup.finish(given),
            None => given.into(),
        };
        finish(pending, answers).map_err(thrown)
    }
}

/// Makes the second step fail that is taken twice.
fn finished() -> Error {
    Error::new(ErrorCode::Internal, "this call is finished")
}

/// Makes the class of a call between its two steps.
macro_rules! step {
    ($(#[$doc:meta])* $name:ident, $plan:ty, $result:ty, $finish:expr) => {
        $(#[$doc])*
        #[wasm_bindgen::prelude::wasm_bindgen]
        pub struct $name($crate::step::Waiting<$plan>);

        impl $name {
            pub(crate) const fn new(pending: fieldseal::Pending<$plan>, now: u64) -> Self {
                $name($crate::step::Waiting::new(pending, now))
            }
        }

        #[wasm_bindgen::prelude::wasm_bindgen]
        impl $name {
            /// Looks the requests up in a cache, and returns true if it lacks any of the keys.
            pub fn lookup(&self, cache: &$crate::cache::KeyCache) -> bool {
                self.0.lookup(cache)
            }

            /// Returns `KeyRequest[]` as JSON text: after a lookup those that the cache did not
            /// answer.
            pub fn requests(&self) -> Result<String, wasm_bindgen::JsValue> {
                self.0.requests()
            }

            /// Takes the second step, once, with the answers to the requests.
            pub fn finish(&self, answers: Vec<u8>) -> Result<$result, wasm_bindgen::JsValue> {
                self.0.finish(answers, $finish)
            }
        }
    };
}
pub(crate) use step;

step!(
    /// A document that waits for the keys to be sealed with.
    Sealing,
    SealPlan<'static>,
    String,
    |call, answers| sealed(call.finish(answers, &mut Pooled)?)
);

step!(
    /// A document that waits for the keys to be opened with.
    Opening,
    OpenPlan<'static>,
    String,
    |call, answers| opened(call.finish(answers)?)
);

step!(
    /// A document that waits for the keys to be checked with.
    Checking,
    CheckPlan<'static>,
    String,
    |call, answers| Ok(call.finish(answers)?.to_json())
);

step!(
    /// A search in an index that waits for its keys.
    Searching,
    IndexPlan<'static>,
    String,
    |call, answers| Ok(text::list(&call.finish(answers)?))
);
