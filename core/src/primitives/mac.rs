//! HMAC-SHA-256 (RFC 2104) whose key is absorbed once.

use std::fmt;

use hmac::digest::{FixedOutput, KeyInit, Update};
use hmac::Hmac;
use zeroize::Zeroizing;

/// Bytes of a SHA-256 block, and so the longest key that RFC 2104 does not hash first.
const BLOCK: usize = 64;

/// An HMAC key as its two midstates, after the inner and the outer padded key: `HMAC(K, ·)` then costs no hashing of K.
/// A midstate is as secret as its key. Both are wiped when dropped (the `zeroize` features of `hmac` and `sha2`,
/// of which a test of this file makes sure).
pub(crate) struct Mac(Hmac<sha2::Sha256>);

impl Mac {
    /// Absorbs a key of at most 64 bytes.
    pub(crate) fn new<const N: usize>(key: &[u8; N]) -> Self {
        const { assert!(N <= BLOCK, "a longer key would have to be hashed (RFC 2104 §2)") };
        let mut block = Zeroizing::new([0; BLOCK]);
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        Mac(Hmac::new((&*block).into()))
    }

    /// `HMAC(K, parts)`, the parts one after the other.
    pub(crate) fn compute(&self, parts: &[&[u8]], out: &mut [u8; 32]) {
        let mut running = self.0.clone();
        parts.iter().for_each(|part| running.update(part));
        running.finalize_into(out.into());
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac(redacted)")
    }
}
