//! The verbs of a policy over one document, in two steps, and in one under keys that are in this
//! instance.

use fieldseal::{Error, IndexQuery};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::context::context;
use crate::entropy::Pooled;
use crate::keyring::Keyring;
use crate::policy::{Policy, options};
use crate::results::{opened, sealed, thrown};
use crate::step::{Checking, Opening, Sealing, Searching};
use crate::text;

#[wasm_bindgen]
#[expect(
    clippy::too_many_arguments,
    reason = "a context crosses as positional strings; see context.rs"
)]
impl Policy {
    /// Seals under keys that are in this instance.
    #[wasm_bindgen(js_name = sealWith)]
    pub fn seal_with(
        &self,
        keyring: &Keyring,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        origin: Option<String>,
        consents: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        let context =
            context(record, subject, purpose, caller, origin, consents, tenant, revision, at, now)?;
        // Not the core's verb for one call, which would be a second copy of the code that the two
        // steps use.
        let begun = self.0.begin_seal(document, context).map_err(thrown)?;
        let answers = keyring.current_keys(begun.requests(), now)?;
        begun.finish(answers, &mut Pooled).map_err(Error::from).and_then(sealed).map_err(thrown)
    }

    /// Opens under keys that are in this instance.
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
        origin: Option<String>,
        consents: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        let context =
            context(record, subject, purpose, caller, origin, consents, tenant, revision, at, now)?;
        let begun = self.0.begin_open(document, context, options(strict)).map_err(thrown)?;
        let answers = keyring.keys_by_id(begun.requests(), now)?;
        begun.finish(answers).map_err(Error::from).and_then(opened).map_err(thrown)
    }

    /// Checks under keys that are in this instance.
    #[wasm_bindgen(js_name = checkWith)]
    pub fn check_with(
        &self,
        keyring: &Keyring,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        origin: Option<String>,
        consents: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        let context =
            context(record, subject, purpose, caller, origin, consents, tenant, revision, at, now)?;
        let begun = self.0.begin_check(document, context).map_err(thrown)?;
        let answers = keyring.keys_by_id(begun.requests(), now)?;
        begun.finish(answers).map(|verdict| verdict.to_json()).map_err(thrown)
    }

    /// Searches an index under keys that are in this instance. Returns `string[]` as JSON
    /// text.
    #[wasm_bindgen(js_name = indexValuesWith)]
    pub fn index_values_with(
        &self,
        keyring: &Keyring,
        name: &str,
        value: Vec<u8>,
        null: bool,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        origin: Option<String>,
        consents: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<String, JsValue> {
        let context =
            context(record, subject, purpose, caller, origin, consents, tenant, revision, at, now)?;
        let query = query(name, &value, null);
        let begun = self.0.begin_index_values(&query, context).map_err(thrown)?;
        let answers = keyring.current_keys(begun.requests(), now)?;
        begun.finish(answers).map(|tokens| text::list(&tokens)).map_err(thrown)
    }

    /// Takes the first step of sealing.
    #[wasm_bindgen(js_name = beginSeal)]
    pub fn begin_seal(
        &self,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        origin: Option<String>,
        consents: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<Sealing, JsValue> {
        let context =
            context(record, subject, purpose, caller, origin, consents, tenant, revision, at, now)?;
        let begun = self.0.begin_seal(document, context).map_err(thrown)?;
        Ok(Sealing::new(begun, now as u64))
    }

    /// Takes the first step of opening.
    #[wasm_bindgen(js_name = beginOpen)]
    pub fn begin_open(
        &self,
        strict: bool,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        origin: Option<String>,
        consents: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<Opening, JsValue> {
        let context =
            context(record, subject, purpose, caller, origin, consents, tenant, revision, at, now)?;
        let begun = self.0.begin_open(document, context, options(strict)).map_err(thrown)?;
        Ok(Opening::new(begun, now as u64))
    }

    /// Takes the first step of checking with keys.
    #[wasm_bindgen(js_name = beginCheck)]
    pub fn begin_check(
        &self,
        document: Vec<u8>,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        origin: Option<String>,
        consents: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<Checking, JsValue> {
        let context =
            context(record, subject, purpose, caller, origin, consents, tenant, revision, at, now)?;
        let begun = self.0.begin_check(document, context).map_err(thrown)?;
        Ok(Checking::new(begun, now as u64))
    }

    /// Takes the first step of a search in an index.
    #[wasm_bindgen(js_name = beginIndexValues)]
    pub fn begin_index_values(
        &self,
        name: &str,
        value: Vec<u8>,
        null: bool,
        record: Option<String>,
        subject: Option<String>,
        purpose: Option<String>,
        caller: Option<String>,
        origin: Option<String>,
        consents: Option<String>,
        tenant: Option<String>,
        revision: Option<String>,
        at: Option<String>,
        now: f64,
    ) -> Result<Searching, JsValue> {
        let context =
            context(record, subject, purpose, caller, origin, consents, tenant, revision, at, now)?;
        let query = query(name, &value, null);
        let begun = self.0.begin_index_values(&query, context).map_err(thrown)?;
        Ok(Searching::new(begun, now as u64))
    }
}

/// Returns the search for a value, which is a JSON text.
fn query<'q>(name: &'q str, value: &'q [u8], null: bool) -> IndexQuery<'q> {
    let query = IndexQuery::new(name, value);
    if null { query.with_null() } else { query }
}
