//! Randomness from Web Crypto, present in browsers, Node, Deno, Bun and workerd under the same name.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(buffer: &mut [u8]) -> Result<(), wasm_bindgen::JsValue>;
}

/// Web Crypto refuses more than this in one call.
const MOST_AT_ONCE: usize = 65_536;

/// Fills `buffer`, or says that the host has no entropy.
pub(crate) fn fill(buffer: &mut [u8]) -> Result<(), getrandom::Error> {
    buffer.chunks_mut(MOST_AT_ONCE).try_for_each(|part| get_random_values(part).map_err(|_| getrandom::Error::UNEXPECTED))
}

/// The custom backend of getrandom 0.3, chosen by `--cfg getrandom_backend="custom"`: the validator's hash maps (through `ahash`) take
/// their seeds here. A constant would let a hostile document choose colliding names.
///
/// # Safety
/// `destination` must be valid for writing `length` bytes; getrandom calls it with its own buffer. This is the only `unsafe` of this binding.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(destination: *mut u8, length: usize) -> Result<(), getrandom::Error> {
    // SAFETY: every bit pattern is a u8, and writing first makes the bytes initialised before anything reads them.
    let buffer = unsafe {
        destination.write_bytes(0, length);
        core::slice::from_raw_parts_mut(destination, length)
    };
    fill(buffer)
}
