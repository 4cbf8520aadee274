//! Randomness from `wasi:random`, the one source of this module.

use std::cell::RefCell;

use fieldseal::Entropy;
use zeroize::Zeroize;

use crate::contract::wasi::random::random::get_random_bytes;

/// What one call of the host brings: a document's worth of values costs one call, not one a value.
const REFILL: usize = 4096;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; REFILL], next: REFILL }) };
}

/// Bytes of the host that no one has drawn yet: those from `next` on.
struct Pool {
    bytes: [u8; REFILL],
    next: usize,
}

impl Pool {
    /// Hands out the host's bytes in the host's order, each once: pooling changes no result. What
    /// was handed out is wiped.
    fn draw(&mut self, buffer: &mut [u8]) {
        let mut wanted = buffer;
        while !wanted.is_empty() {
            if self.next == REFILL {
                let mut fresh = get_random_bytes(REFILL as u64);
                // A host that gives another number than asked breaks `wasi:random`: this ends the
                // instance, and nothing is sealed.
                self.bytes.copy_from_slice(&fresh);
                fresh.zeroize();
                self.next = 0;
            }
            let pooled = &mut self.bytes[self.next..];
            let taken = wanted.len().min(pooled.len());
            let (now, later) = wanted.split_at_mut(taken);
            now.copy_from_slice(&pooled[..taken]);
            pooled[..taken].zeroize();
            self.next += taken;
            wanted = later;
        }
    }
}

/// The core's entropy, drawn through a pool that is empty until the first value is sealed.
pub(crate) struct Pooled;

impl Entropy for Pooled {
    fn fill(&mut self, buffer: &mut [u8]) {
        POOL.with_borrow_mut(|pool| pool.draw(buffer));
    }
}

/// The custom backend of getrandom 0.3, chosen by `--cfg getrandom_backend="custom"`: the
/// validator's hash maps (through `ahash`) take their seeds here. A constant would let a hostile
/// document choose colliding names; the pool is left alone, so that compiling a policy moves no
/// entropy of sealing.
///
/// # Safety
/// `destination` must be valid for writing `length` bytes; getrandom calls it with its own buffer.
/// Besides the allocator this is the only `unsafe` of this binding.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    destination: *mut u8,
    length: usize,
) -> Result<(), getrandom::Error> {
    let bytes = get_random_bytes(length as u64);
    if bytes.len() != length {
        return Err(getrandom::Error::UNEXPECTED);
    }
    // SAFETY: `bytes` was just allocated, so it cannot overlap `destination`, which the caller
    // vouches for; the lengths are equal.
    unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), destination, length) };
    Ok(())
}
