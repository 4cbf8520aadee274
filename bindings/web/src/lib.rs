//! FieldSeal for JavaScript: translation between plain JavaScript values and the core, no decisions. The npm package in `js/` wraps it.

#[cfg(target_arch = "wasm32")]
mod entropy;

use wasm_bindgen::prelude::wasm_bindgen;

/// JSON text, `Version` of the npm package's types.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    let build = if cfg!(feature = "full") { "full" } else { "lite" };
    let version = env!("CARGO_PKG_VERSION");
    format!(r#"{{"build":"{build}","crate":"{version}","envelope":1,"vocabulary":1}}"#)
}
