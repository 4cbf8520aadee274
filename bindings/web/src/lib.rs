//! FieldSeal for JavaScript: translation between plain JavaScript values and the core, no
//! decisions. The npm package in `js/` wraps it.
//!
//! What crosses, chosen so that a document costs one call each way: a document goes in as bytes, a
//! context as positional strings, key answers as fixed records of bytes ([`keys`]); results come
//! out as one text whose first lines are the records and whose rest is the document ([`results`]).
//! A failure is thrown as the JSON text of the core's error record; whatever else is thrown means
//! that the instance is dead.
//!
//! Every export takes `&self`: with `&mut self` a panic would leave a borrow stuck, and a
//! re-entrant callback would be an error.

mod batch;
mod context;
mod entropy;
mod keyring;
mod keys;
mod policy;
mod results;
mod text;

use wasm_bindgen::prelude::wasm_bindgen;

pub use batch::{Calls, OpeningMany, Results, SealingMany};
pub use keyring::{Bytes, Keyring};
pub use policy::{Opening, Policy, Sealing};

/// JSON text, `Version` of the npm package's types.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    fieldseal::version().to_json()
}
