//! Bytes in JavaScript's memory.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// JavaScript's own bytes. Answers are written where they are read, and no copy stays behind
    /// in this memory.
    #[wasm_bindgen(js_name = Uint8Array)]
    pub type Bytes;

    #[wasm_bindgen(constructor, js_class = Uint8Array)]
    fn new(length: u32) -> Bytes;

    #[wasm_bindgen(method)]
    fn set(this: &Bytes, source: &[u8]);
}

impl Bytes {
    /// Returns a copy in JavaScript's memory.
    pub(crate) fn holding(source: &[u8]) -> Bytes {
        let bytes = Bytes::new(source.len() as u32);
        bytes.set(source);
        bytes
    }
}
