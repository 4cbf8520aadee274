//! FieldSeal for JavaScript. It translates between plain JavaScript values and the core, and
//! decides nothing. The npm package in `js/` wraps it.
//!
//! A document costs one call each way: it goes in as bytes, its context as positional strings, and
//! key answers as records of bytes (`answers`). Results come out as one text whose first lines
//! are the records and whose rest is the document (`results`). A failure is thrown as the JSON
//! text of the core's error record; anything else that is thrown means that the instance is dead.
//!
//! Every export takes `&self`: with `&mut self` a panic would leave a borrow stuck, and a
//! re-entrant callback would be an error.

mod answers;
mod batch;
mod bytes;
mod cache;
mod context;
mod entropy;
mod keyring;
mod policy;
mod requests;
mod results;
mod step;
mod text;
mod verbs;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use results::thrown;

pub use batch::{Calls, OpeningMany, Results, SealingMany};
pub use bytes::Bytes;
pub use cache::{Asking, KeyCache};
pub use keyring::Keyring;
pub use policy::Policy;
pub use step::{Checking, Opening, Sealing, Searching};

/// Returns `EnvelopeHead` of the npm package's types as JSON text.
#[wasm_bindgen(js_name = inspectEnvelope)]
pub fn inspect_envelope(text: &str) -> Result<String, JsValue> {
    fieldseal::inspect_envelope(text).map(|head| head.to_json()).map_err(thrown)
}

/// Returns `Version` of the npm package's types as JSON text.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    fieldseal::version().to_json()
}
