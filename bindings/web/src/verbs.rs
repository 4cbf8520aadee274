//! The verbs of a policy over one document or value, in two steps, and in one under keys that are in
//! this instance.

use fieldseal::internal::{PlacedCall, begin_open, begin_seal};
use fieldseal::{Context, Error, IndexQuery};
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
    /// Seals under keys that are in this instance. With a place, the document is the value there.
    fn seal_with as sealWith(
        self,
        [keyring: &Keyring, document: Vec<u8>, place: Option<String>],
        context,
        now
    ) -> String {
        // Not the core's verb for one call, which would be a second copy of the code that the two
        // steps use.
        let begun = begin_seal(&self.0, placed(document, context, place)).map_err(thrown)?;
        let answers = keyring.current_keys(begun.requests(), now)?;
        begun.finish(answers, &mut Pooled).map_err(Error::from).and_then(sealed).map_err(thrown)
    }

    /// Opens under keys that are in this instance. With a place, the document is the envelope
    /// there, a JSON string.
    fn open_with as openWith(
        self,
        [keyring: &Keyring, strict: bool, document: Vec<u8>, place: Option<String>],
        context,
        now
    ) -> String {
        let call = placed(document, context, place);
        let begun = begin_open(&self.0, call, options(strict)).map_err(thrown)?;
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
    fn begin_seal as beginSeal(
        self,
        [document: Vec<u8>, place: Option<String>],
        context,
        now
    ) -> Sealing {
        let begun = begin_seal(&self.0, placed(document, context, place)).map_err(thrown)?;
        Ok(Sealing::new(begun, now as u64))
    }

    /// Takes the first step of opening.
    fn begin_open as beginOpen(
        self,
        [strict: bool, document: Vec<u8>, place: Option<String>],
        context,
        now
    ) -> Opening {
        let call = placed(document, context, place);
        let begun = begin_open(&self.0, call, options(strict)).map_err(thrown)?;
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

/// Returns the call for a document, or for the value at a place. The place stands behind a line
/// with the date that the retention counts from, which is empty without one.
pub(crate) fn placed(
    document: Vec<u8>,
    context: Context,
    place: Option<String>,
) -> PlacedCall<'static> {
    let lines = place.as_deref().and_then(|text| text.split_once('\n'));
    let (from, place) = match lines {
        Some((date, place)) => (Some(date).filter(|date| !date.is_empty()), Some(place)),
        None => (None, place.as_deref()),
    };
    PlacedCall {
        document: document.into(),
        context: context.into(),
        place: place.map(|place| place.to_owned().into()),
        from: from.map(|date| date.to_owned().into()),
    }
}

/// Returns the search for a value, which is a JSON text.
fn query<'q>(name: &'q str, value: &'q [u8], null: bool) -> IndexQuery<'q> {
    let query = IndexQuery::new(name, value);
    if null { query.with_null() } else { query }
}
