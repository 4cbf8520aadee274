//! A compiled policy and the two steps of its calls.

use std::cell::Cell;

use fieldseal::policy::Options;
use fieldseal::{
    CoverageFormat, Error, ErrorCode, KeyContext, KeySource, OpenOptions, PendingCheck,
    PendingOpen, PendingSeal,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::batch::{Calls, OpeningMany, Results, SealingMany};
use crate::context::context;
use crate::entropy::Pooled;
use crate::keyring::Keyring;
use crate::keys;
use crate::results::{finished, opened, sealed, thrown};

/// A compiled schema. Calls under way share it, so it may be freed while they wait for keys.
#[wasm_bindgen]
pub struct Policy(fieldseal::Policy);

#[wasm_bindgen]
#[expect(
    clippy::too_many_arguments,
    reason = "a context crosses as positional strings; see context.rs"
)]
impl Policy {
    /// Schema and `CompileOptions` as JSON text; no options: the empty text.
    pub fn compile(schema: &str, options: &str) -> Result<Policy, JsValue> {
        let options = Options::from_json(options).map_err(thrown)?;
        fieldseal::policy::Policy::compile(schema.as_bytes(), options).map(Policy).map_err(thrown)
    }

    /// Both steps at once, under keys that are in this instance.
    #[wasm_bindgen(js_name = sealWith)]
    pub fn seal_with(
        &self,
        keyring: &Keyring,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        let context = context(record, subject, purpose, caller, tenant, revision, at, now);
        // Not the core's verb for one call: that would be a second copy of the code that the two
        // steps use.
        let now = context.now;
        let begun = self.0.begin_seal(document, context).map_err(thrown)?;
        let answers = keyring
            .lend(|keys| {
                Ok(keys.current(begun.requests(), &mut KeyContext { now, entropy: &mut Pooled }))
            })
            .map_err(thrown)?;
        begun.finish(answers, &mut Pooled).map_err(Error::from).and_then(sealed).map_err(thrown)
    }

    /// Both steps at once, under keys that are in this instance.
    #[wasm_bindgen(js_name = openWith)]
    pub fn open_with(
        &self,
        keyring: &Keyring,
        strict: bool,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        let context = context(record, subject, purpose, caller, tenant, revision, at, now);
        let now = context.now;
        let begun = self.0.begin_open(document, context, options(strict)).map_err(thrown)?;
        let answers = keyring.lend(|keys| Ok(keys.by_id(begun.requests(), now))).map_err(thrown)?;
        begun.finish(answers).map_err(Error::from).and_then(opened).map_err(thrown)
    }

    /// The first step of sealing.
    #[wasm_bindgen(js_name = beginSeal)]
    pub fn begin_seal(
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
    ) -> Result<Sealing, JsValue> {
        let context = context(record, subject, purpose, caller, tenant, revision, at, now);
        let begun = self.0.begin_seal(document, context).map_err(thrown)?;
        Ok(Sealing {
            requests: keys::requests_text(begun.requests()),
            begun: Cell::new(Some(begun)),
        })
    }

    /// The first step of opening.
    #[wasm_bindgen(js_name = beginOpen)]
    pub fn begin_open(
        &self,
        strict: bool,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<Opening, JsValue> {
        let context = context(record, subject, purpose, caller, tenant, revision, at, now);
        let begun = self.0.begin_open(document, context, options(strict)).map_err(thrown)?;
        Ok(Opening {
            requests: keys::requests_text(begun.requests()),
            begun: Cell::new(Some(begun)),
        })
    }

    /// The first step of checking with keys.
    #[wasm_bindgen(js_name = beginCheck)]
    pub fn begin_check(
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
    ) -> Result<Checking, JsValue> {
        let context = context(record, subject, purpose, caller, tenant, revision, at, now);
        let begun = self.0.begin_check(document, context).map_err(thrown)?;
        Ok(Checking {
            requests: keys::requests_text(begun.requests()),
            begun: Cell::new(Some(begun)),
        })
    }

    /// Both steps at once, under keys that are in this instance.
    #[wasm_bindgen(js_name = checkWith)]
    pub fn check_with(
        &self,
        keyring: &Keyring,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        let context = context(record, subject, purpose, caller, tenant, revision, at, now);
        let now = context.now;
        let begun = self.0.begin_check(document, context).map_err(thrown)?;
        let answers = keyring.lend(|keys| Ok(keys.by_id(begun.requests(), now))).map_err(thrown)?;
        begun.finish(answers).map(|verdict| verdict.to_json()).map_err(thrown)
    }

    /// The plaintext schema and, a line further, the sealed one.
    pub fn schemas(&self) -> Result<String, JsValue> {
        let fieldseal::Schemas { plaintext, sealed } = self.0.schemas().map_err(thrown)?;
        Ok([plaintext, sealed].join("\n"))
    }

    /// The first step of sealing a batch. Takes the calls out of `calls`.
    #[wasm_bindgen(js_name = beginSealMany)]
    pub fn begin_seal_many(&self, calls: &Calls) -> SealingMany {
        SealingMany::begin(&self.0, calls.take())
    }

    /// The first step of opening a batch. Takes the calls out of `calls`.
    #[wasm_bindgen(js_name = beginOpenMany)]
    pub fn begin_open_many(&self, strict: bool, calls: &Calls) -> OpeningMany {
        OpeningMany::begin(&self.0, calls.take(), options(strict))
    }

    /// Both steps of a batch, under keys that are in this instance.
    #[wasm_bindgen(js_name = sealManyWith)]
    pub fn seal_many_with(
        &self,
        keyring: &Keyring,
        calls: &Calls,
        now: f64,
    ) -> Result<Results, JsValue> {
        SealingMany::with(keyring, &self.0, calls.take(), now as u64).map_err(thrown)
    }

    /// Both steps of a batch, under keys that are in this instance.
    #[wasm_bindgen(js_name = openManyWith)]
    pub fn open_many_with(
        &self,
        keyring: &Keyring,
        strict: bool,
        calls: &Calls,
        now: f64,
    ) -> Result<Results, JsValue> {
        OpeningMany::with(keyring, &self.0, calls.take(), options(strict), now as u64)
            .map_err(thrown)
    }

    /// The verdict on a sealed document.
    pub fn check(&self, document: Vec<u8>) -> Result<String, JsValue> {
        self.0.check(&document).map(|verdict| verdict.to_json()).map_err(thrown)
    }

    /// `KeyRequest[]` as JSON text.
    #[wasm_bindgen(js_name = requiredKeys)]
    pub fn required_keys(
        &self,
        operation: &str,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        let context = context(record, subject, purpose, caller, tenant, revision, at, now);
        let operation = keys::operation(operation).ok_or_else(|| {
            thrown(Error::new(ErrorCode::Context, "`operation` is one of seal, open, reseal"))
        })?;
        self.0
            .required_keys(&document, &context, operation)
            .map(|requests| keys::requests_text(&requests))
            .map_err(thrown)
    }

    /// `Coverage` as JSON text.
    #[must_use]
    pub fn coverage(&self) -> String {
        self.0.coverage().to_json()
    }

    /// The coverage for people.
    #[wasm_bindgen(js_name = coverageText)]
    #[must_use]
    pub fn coverage_text(&self, markdown: bool) -> String {
        let format = if markdown { CoverageFormat::Markdown } else { CoverageFormat::Text };
        self.0.coverage().to_text(format)
    }
}

/// The options of a call that opens.
fn options(strict: bool) -> OpenOptions {
    if strict { OpenOptions::strict() } else { OpenOptions::default() }
}

/// A document that waits for the keys to be sealed with.
#[wasm_bindgen]
pub struct Sealing {
    requests: String,
    begun: Cell<Option<PendingSeal<'static>>>,
}

#[wasm_bindgen]
impl Sealing {
    /// `KeyRequest[]` as JSON text.
    #[must_use]
    pub fn requests(&self) -> String {
        self.requests.clone()
    }

    /// The second step, once.
    pub fn finish(&self, answers: Vec<u8>) -> Result<String, JsValue> {
        let answers = keys::answers(answers).map_err(thrown)?;
        let begun = self.begun.take().ok_or_else(|| thrown(finished()))?;
        begun.finish(answers, &mut Pooled).map_err(Error::from).and_then(sealed).map_err(thrown)
    }
}

/// A document that waits for the keys to be opened with.
#[wasm_bindgen]
pub struct Opening {
    requests: String,
    begun: Cell<Option<PendingOpen<'static>>>,
}

#[wasm_bindgen]
impl Opening {
    /// `KeyRequest[]` as JSON text.
    #[must_use]
    pub fn requests(&self) -> String {
        self.requests.clone()
    }

    /// The second step, once.
    pub fn finish(&self, answers: Vec<u8>) -> Result<String, JsValue> {
        let answers = keys::answers(answers).map_err(thrown)?;
        let begun = self.begun.take().ok_or_else(|| thrown(finished()))?;
        begun.finish(answers).map_err(Error::from).and_then(opened).map_err(thrown)
    }
}

/// A document that waits for the keys to be checked with.
#[wasm_bindgen]
pub struct Checking {
    requests: String,
    begun: Cell<Option<PendingCheck<'static>>>,
}

#[wasm_bindgen]
impl Checking {
    /// `KeyRequest[]` as JSON text.
    #[must_use]
    pub fn requests(&self) -> String {
        self.requests.clone()
    }

    /// The second step, once: the verdict.
    pub fn finish(&self, answers: Vec<u8>) -> Result<String, JsValue> {
        let answers = keys::answers(answers).map_err(thrown)?;
        let begun = self.begun.take().ok_or_else(|| thrown(finished()))?;
        begun.finish(answers).map(|verdict| verdict.to_json()).map_err(thrown)
    }
}
