//! Randomness from Web Crypto, present in browsers, Node, Deno, Bun and workerd under the same
//! name.

use std::cell::RefCell;

use fieldseal::Entropy;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Without `catch`: what it throws passes through as it is, and the facade takes the instance
    /// for dead, since a call that could not get its entropy stopped in its middle.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(buffer: &mut [u8]);
}

/// One call of the host costs as much as sealing a short value, so it is asked for many at once.
const POOL: usize = 4096;

thread_local! {
    /// Empty until the first draw. A fresh instance has a fresh one.
    static BYTES: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; POOL], used: POOL }) };
}

struct Pool {
    bytes: [u8; POOL],
    used: usize,
}

/// The host's randomness in the order in which the host gave it.
pub(crate) struct Pooled;

impl Entropy for Pooled {
    fn fill(&mut self, buffer: &mut [u8]) {
        BYTES.with_borrow_mut(|pool| {
            for byte in buffer {
                if pool.used == POOL {
                    get_random_values(&mut pool.bytes);
                    pool.used = 0;
                }
                // Taken bytes do not stay: they are the nonces and padding of values, and the
                // secrets of new keys.
                *byte = std::mem::take(&mut pool.bytes[pool.used]);
                pool.used += 1;
            }
        });
    }
}

/// Web Crypto refuses more than this in one call.
#[cfg(all(target_arch = "wasm32", feature = "full"))]
const MOST_AT_ONCE: usize = 65_536;

/// The custom backend of getrandom 0.3, chosen by `--cfg getrandom_backend="custom"`: the
/// validator's hash maps (through `ahash`) take their seeds here. A constant would let a hostile
/// document choose colliding names. Past the pool, so that compiling does not shift which bytes the
/// values get.
///
/// # Safety
/// `destination` must be valid for writing `length` bytes; getrandom calls it with its own buffer.
/// This is the only `unsafe` here.
#[cfg(all(target_arch = "wasm32", feature = "full"))]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    destination: *mut u8,
    length: usize,
) -> Result<(), getrandom::Error> {
    // SAFETY: every bit pattern is a u8, and writing first makes the bytes initialised before
    // anything reads them.
    let buffer = unsafe {
        destination.write_bytes(0, length);
        core::slice::from_raw_parts_mut(destination, length)
    };
    buffer.chunks_mut(MOST_AT_ONCE).for_each(get_random_values);
    Ok(())
}
