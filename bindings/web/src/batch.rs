//! Many documents, one key request.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use fieldseal::operations;
use fieldseal::{Context, Error, ErrorCode, KeyContext, KeySource};
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
pub struct SealingMany(
    Cell<Option<operations::SealingMany<'static, Rc<fieldseal::policy::Policy>>>>,
    String,
);

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
    pub(crate) fn begin(
        policy: Rc<fieldseal::policy::Policy>,
        calls: Vec<Pair>,
        must_ask: bool,
    ) -> Self {
        let begun = match must_ask {
            true => operations::SealingMany::begin_uncached(policy, calls),
            false => operations::SealingMany::begin(policy, calls),
        };
        let requests = keys::requests_text(begun.requests());
        SealingMany(Cell::new(Some(begun)), requests)
    }

    /// Both steps at once.
    pub(crate) fn with(
        keyring: &Keyring,
        policy: Rc<fieldseal::policy::Policy>,
        calls: Vec<Pair>,
        now: u64,
    ) -> Result<Results, Error> {
        let begun = operations::SealingMany::begin_uncached(policy, calls);
        let answers = keyring.lend(|keys| {
            Ok(keys.current(begun.requests(), &mut KeyContext { now, entropy: &mut Pooled }))
        })?;
        Ok(Results::new(begun.finish(answers, &mut Pooled), sealed))
    }
}

/// A batch that waits for the keys to be opened with.
#[wasm_bindgen]
pub struct OpeningMany(
    Cell<Option<operations::OpeningMany<'static, Rc<fieldseal::policy::Policy>>>>,
    String,
);

#[wasm_bindgen]
impl OpeningMany {
    /// `KeyRequest[]` as JSON text.
    #[must_use]
    pub fn requests(&self) -> String {
        self.1.clone()
    }

    /// The second step, once.
    pub fn finish(&self, answers: Vec<u8>, strict: bool) -> Result<Results, JsValue> {
        let answers = keys::answers(answers).map_err(thrown)?;
        let begun = self.0.take().ok_or_else(|| thrown(finished()))?;
        Ok(Results::new(begun.finish(answers, strict), opened))
    }
}

impl OpeningMany {
    pub(crate) fn begin(
        policy: Rc<fieldseal::policy::Policy>,
        calls: Vec<Pair>,
        must_ask: bool,
    ) -> Self {
        let begun = match must_ask {
            true => operations::OpeningMany::begin_uncached(policy, calls),
            false => operations::OpeningMany::begin(policy, calls),
        };
        let requests = keys::requests_text(begun.requests());
        OpeningMany(Cell::new(Some(begun)), requests)
    }

    /// Both steps at once.
    pub(crate) fn with(
        keyring: &Keyring,
        policy: Rc<fieldseal::policy::Policy>,
        calls: Vec<Pair>,
        strict: bool,
        now: u64,
    ) -> Result<Results, Error> {
        let begun = operations::OpeningMany::begin_uncached(policy, calls);
        let answers = keyring.lend(|keys| Ok(keys.by_id(begun.requests(), now)))?;
        Ok(Results::new(begun.finish(answers, strict), opened))
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
