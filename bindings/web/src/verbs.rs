//! The verbs of a policy over one document, in two steps, and in one under keys that are in this
//! instance.

use fieldseal::{Error, IndexQuery};
use wasm_bindgen::JsValue;

use crate::context::with_context;
use crate::entropy::Pooled;
use crate::keyring::Keyring;
use crate::policy::{Policy, options};
use crate::results::{opened, sealed, thrown};
use crate::step::{Checking, Opening, Sealing, Searching};
use crate::text;

with_context! {
    Policy;
    /// Seals under keys that are in this instance.
    fn seal_with as sealWith(self, [keyring: &Keyring, document: Vec<u8>], context, now) -> String {
        // Not the core's verb for one call, which would be a second copy of the code that the two
        // steps use.
        let begun = self.0.begin_seal(document, context).map_err(thrown)?;
        let answers = keyring.current_keys(begun.requests(), now)?;
        begun.finish(answers, &mut Pooled).map_err(Error::from).and_then(sealed).map_err(thrown)
    }

    /// Opens under keys that are in this instance.
    fn open_with as openWith(
        self,
        [keyring: &Keyring, strict: bool, document: Vec<u8>],
        context,
        now
    ) -> String {
        let begun = self.0.begin_open(document, context, options(strict)).map_err(thrown)?;
        let answers = keyring.keys_by_id(begun.requests(), now)?;
        begun.finish(answers).map_err(Error::from).and_then(opened).map_err(thrown)
    }

    /// Checks under keys that are in this instance.
    fn check_with as checkWith(
        self,
        [keyring: &Keyring, document: Vec<u8>],
        context,
        now
    ) -> String {
        let begun = self.0.begin_check(document, context).map_err(thrown)?;
        let answers = keyring.keys_by_id(begun.requests(), now)?;
        begun.finish(answers).map(|verdict| verdict.to_json()).map_err(thrown)
    }

    /// Searches an index under keys that are in this instance. Returns `string[]` as JSON
    /// text.
    fn index_values_with as indexValuesWith(
        self,
        [keyring: &Keyring, name: &str, value: Vec<u8>, null: bool],
        context,
        now
    ) -> String {
        let query = query(name, &value, null);
        let begun = self.0.begin_index_values(&query, context).map_err(thrown)?;
        let answers = keyring.current_keys(begun.requests(), now)?;
        begun.finish(answers).map(|tokens| text::list(&tokens)).map_err(thrown)
    }

    /// Takes the first step of sealing.
    fn begin_seal as beginSeal(self, [document: Vec<u8>], context, now) -> Sealing {
        let begun = self.0.begin_seal(document, context).map_err(thrown)?;
        Ok(Sealing::new(begun, now as u64))
    }

    /// Takes the first step of opening.
    fn begin_open as beginOpen(self, [strict: bool, document: Vec<u8>], context, now) -> Opening {
        let begun = self.0.begin_open(document, context, options(strict)).map_err(thrown)?;
        Ok(Opening::new(begun, now as u64))
    }

    /// Takes the first step of checking with keys.
    fn begin_check as beginCheck(self, [document: Vec<u8>], context, now) -> Checking {
        let begun = self.0.begin_check(document, context).map_err(thrown)?;
        Ok(Checking::new(begun, now as u64))
    }

    /// Takes the first step of a search in an index.
    fn begin_index_values as beginIndexValues(
        self,
        [name: &str, value: Vec<u8>, null: bool],
        context,
        now
    ) -> Searching {
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
