//! Randomness for `getrandom` from `wasi:random`, so that the module asks the host for it by one name.
//!
//! Only the validator's hash maps come this way (through `ahash`): a constant here would let a hostile document choose colliding names.
//! Sealing takes its entropy as an argument.

use crate::contract::wasi::random::random::get_random_bytes;

/// The custom backend of getrandom 0.3, chosen by `--cfg getrandom_backend="custom"`.
///
/// # Safety
/// `destination` must be valid for writing `length` bytes; getrandom calls it with its own buffer. This is the only `unsafe` of this binding.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(destination: *mut u8, length: usize) -> Result<(), getrandom::Error> {
    let bytes = get_random_bytes(length as u64);
    if bytes.len() != length {
        return Err(getrandom::Error::UNEXPECTED);
    }
    // SAFETY: `bytes` was just allocated, so it cannot overlap `destination`, which the caller vouches for; the lengths are equal.
    unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), destination, length) };
    Ok(())
}
