//! Batches: many documents or values with one key request.

use std::cell::{Cell, RefCell};

use fieldseal::internal::{PlacedCall, begin_open_many, begin_seal_many};
use fieldseal::operations::{Batch, OpenPlan, SealPlan};
use fieldseal::{Error, ErrorCode, OpenOptions, Policy};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::context::with_context;
use crate::entropy::Pooled;
use crate::keyring::Keyring;
use crate::results::{opened, sealed, thrown};
use crate::step::step;
use crate::verbs::placed;

/// The last millisecond of the year 9999. The core refuses a call whose clock is later.
const LAST: f64 = 253_402_300_799_999.0;

/// The calls of a batch, collected one by one.
#[wasm_bindgen]
#[derive(Default)]
pub struct Calls {
    calls: RefCell<Vec<PlacedCall<'static>>>,
    /// The latest clock of the calls. The cache and the keyring go by this one.
    now: Cell<f64>,
}

#[wasm_bindgen]
impl Calls {
    /// Makes an empty batch.
    #[must_use]
    pub fn begin() -> Calls {
        Calls::default()
    }
}

with_context! {
    Calls;
    /// Adds a call. With a place, the document is the value or the envelope there.
    fn push as push(
        self,
        [document: Vec<u8>, place: Option<String>],
        context,
        now
    ) -> () {
        if now <= LAST {
            self.now.set(self.now.get().max(now));
        }
        self.calls.borrow_mut().push(placed(document, context, place));
        Ok(())
    }
}

step!(
    /// A batch that waits for the keys to be sealed with.
    SealingMany,
    Batch<SealPlan<'static>>,
    Results,
    |batch, answers| Ok(Results::new(batch.finish(answers, &mut Pooled), sealed))
);

impl SealingMany {
    /// Takes the calls out of `calls`.
    pub(crate) fn begin(policy: &Policy, calls: &Calls) -> Self {
        let begun = begin_seal_many(policy, calls.calls.take());
        SealingMany::new(begun, calls.now.get() as u64)
    }

    /// Takes both steps.
    pub(crate) fn with(
        keyring: &Keyring,
        policy: &Policy,
        calls: &Calls,
    ) -> Result<Results, JsValue> {
        let begun = begin_seal_many(policy, calls.calls.take());
        let answers = keyring.current_keys(begun.requests(), calls.now.get())?;
        Ok(Results::new(begun.finish(answers, &mut Pooled), sealed))
    }
}

step!(
    /// A batch that waits for the keys to be opened with.
    OpeningMany,
    Batch<OpenPlan<'static>>,
    Results,
    |batch, answers| Ok(Results::new(batch.finish(answers), opened))
);

impl OpeningMany {
    /// Takes the calls out of `calls`.
    pub(crate) fn begin(policy: &Policy, calls: &Calls, options: OpenOptions) -> Self {
        let begun = begin_open_many(policy, calls.calls.take(), options);
        OpeningMany::new(begun, calls.now.get() as u64)
    }

    /// Takes both steps.
    pub(crate) fn with(
        keyring: &Keyring,
        policy: &Policy,
        calls: &Calls,
        options: OpenOptions,
    ) -> Result<Results, JsValue> {
        let begun = begin_open_many(policy, calls.calls.take(), options);
        let answers = keyring.keys_by_id(begun.requests(), calls.now.get())?;
        Ok(Results::new(begun.finish(answers), opened))
    }
}

/// The results of a batch, handed out one by one in the order of its calls.
#[wasm_bindgen]
pub struct Results(RefCell<std::vec::IntoIter<Result<String, Error>>>);

impl Results {
    fn new<T, E: Into<Error>>(
        results: Vec<Result<T, E>>,
        text: fn(T) -> Result<String, Error>,
    ) -> Results {
        let texts: Vec<_> =
            results.into_iter().map(|result| result.map_err(Into::into).and_then(text)).collect();
        Results(RefCell::new(texts.into_iter()))
    }
}

#[wasm_bindgen]
impl Results {
    /// Returns the next one.
    pub fn next(&self) -> Result<String, JsValue> {
        let next = self.0.borrow_mut().next();
        next.unwrap_or_else(|| Err(Error::new(ErrorCode::Internal, "there are no more results")))
            .map_err(thrown)
    }
}
