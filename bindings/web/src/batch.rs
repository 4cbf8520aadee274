//! Many documents, one key request.

use std::cell::{Cell, RefCell};

use fieldseal::{
    Context, Error, ErrorCode, KeyContext, KeySource, OpenOptions, PendingOpenMany,
    PendingSealMany, Policy,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::context::context;
use crate::entropy::Pooled;
use crate::keyring::Keyring;
use crate::keys;
use crate::results::{finished, opened, sealed, thrown};

type Pair = (std::borrow::Cow<'static, [u8]>, Context);

/// The calls of a batch, collected one by one.
#[wasm_bindgen]
#[derive(Default)]
pub struct Calls(RefCell<Vec<Pair>>);

#[wasm_bindgen]
impl Calls {
    /// None yet.
    #[wasm_bindgen(js_name = begin)]
    #[must_use]
    pub fn begin() -> Calls {
        Calls::default()
    }

    /// One more.
    #[expect(
        clippy::too_many_arguments,
        reason = "a context crosses as positional strings; see context.rs"
    )]
    pub fn push(
        &self,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) {
        let context = context(record, subject, purpose, caller, tenant, revision, at, now);
        self.0.borrow_mut().push((document.into(), context));
    }
}

impl Calls {
    pub(crate) fn take(&self) -> Vec<Pair> {
        self.0.take()
    }
}

/// A batch that waits for the keys to be sealed with.
#[wasm_bindgen]
pub struct SealingMany(Cell<Option<PendingSealMany<'static>>>, String);

#[wasm_bindgen]
impl SealingMany {
    /// `KeyRequest[]` as JSON text.
    #[must_use]
    pub fn requests(&self) -> String {
        self.1.clone()
    }

    /// The second step, once.
    pub fn finish(&self, answers: Vec<u8>) -> Result<Results, JsValue> {
        let answers = keys::answers(answers).map_err(thrown)?;
        let begun = self.0.take().ok_or_else(|| thrown(finished()))?;
        Ok(Results::new(begun.finish(answers, &mut Pooled), sealed))
    }
}

impl SealingMany {
    pub(crate) fn begin(policy: &Policy, calls: Vec<Pair>) -> Self {
        let begun = policy.begin_seal_many(calls);
        let requests = keys::requests_text(begun.requests());
        SealingMany(Cell::new(Some(begun)), requests)
    }

    /// Both steps at once.
    pub(crate) fn with(
        keyring: &Keyring,
        policy: &Policy,
        calls: Vec<Pair>,
        now: u64,
    ) -> Result<Results, Error> {
        let begun = policy.begin_seal_many(calls);
        let answers = keyring.lend(|keys| {
            Ok(keys.current(
                begun.requests(),
                &mut KeyContext { now: Some(now), entropy: &mut Pooled },
            ))
        })?;
        Ok(Results::new(begun.finish(answers, &mut Pooled), sealed))
    }
}

/// A batch that waits for the keys to be opened with.
#[wasm_bindgen]
pub struct OpeningMany(Cell<Option<PendingOpenMany<'static>>>, String);

#[wasm_bindgen]
impl OpeningMany {
    /// `KeyRequest[]` as JSON text.
    #[must_use]
    pub fn requests(&self) -> String {
        self.1.clone()
    }

    /// The second step, once.
    pub fn finish(&self, answers: Vec<u8>) -> Result<Results, JsValue> {
        let answers = keys::answers(answers).map_err(thrown)?;
        let begun = self.0.take().ok_or_else(|| thrown(finished()))?;
        Ok(Results::new(begun.finish(answers), opened))
    }
}

impl OpeningMany {
    pub(crate) fn begin(policy: &Policy, calls: Vec<Pair>, options: OpenOptions) -> Self {
        let begun = policy.begin_open_many(calls, options);
        let requests = keys::requests_text(begun.requests());
        OpeningMany(Cell::new(Some(begun)), requests)
    }

    /// Both steps at once.
    pub(crate) fn with(
        keyring: &Keyring,
        policy: &Policy,
        calls: Vec<Pair>,
        options: OpenOptions,
        now: u64,
    ) -> Result<Results, Error> {
        let begun = policy.begin_open_many(calls, options);
        let answers = keyring.lend(|keys| Ok(keys.by_id(begun.requests(), Some(now))))?;
        Ok(Results::new(begun.finish(answers), opened))
    }
}

/// The results of a batch in the order of its calls, handed out one by one.
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
    /// The next one.
    pub fn next(&self) -> Result<String, JsValue> {
        let next = self.0.borrow_mut().next();
        next.unwrap_or_else(|| Err(Error::new(ErrorCode::Internal, "there are no more results")))
            .map_err(thrown)
    }
}
