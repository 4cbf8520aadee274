//! HMAC-SHA-256 (RFC 2104) whose key is absorbed once.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing, optimization_barrier};

use super::sha_256::{BLOCK, Sha256, State, bytes_of, of_block};

/// The padding of the inner key, in each byte.
const INNER: u8 = 0x36;

/// The padding of the outer key, in each byte.
const OUTER: u8 = 0x5c;

/// An HMAC key as its two midstates, after the inner and the outer padded key: `HMAC(K, ·)` then
/// costs no hashing of K. A midstate is as secret as its key. Both are wiped when dropped.
#[derive(Clone)]
pub struct Mac {
    inner: State,
    outer: State,
}

impl Mac {
    /// Absorbs a key of at most 64 bytes.
    pub fn new<const N: usize>(key: &[u8; N]) -> Self {
        const { assert!(N <= BLOCK, "a longer key would have to be hashed (RFC 2104 §2)") };
        let mut block = Zeroizing::new([0; BLOCK]);
        block.split_at_mut(N).0.copy_from_slice(key);
        Mac::absorb(&block)
    }

    /// Absorbs a key with the zeros after it that fill a block.
    pub fn absorb(block: &[u8; BLOCK]) -> Self {
        let mut padded = *block;
        let mut under = |padding: u8| {
            for (byte, key) in padded.iter_mut().zip(block) {
                *byte = key ^ padding;
            }
            of_block(&padded)
        };
        let mac = Mac { inner: under(INNER), outer: under(OUTER) };
        padded.as_mut_slice().zeroize();
        mac
    }

    /// Returns the midstate after the inner padded key.
    pub(crate) fn inner(&self) -> &State {
        &self.inner
    }

    /// Returns the midstate after the outer padded key.
    pub(crate) fn outer(&self) -> &State {
        &self.outer
    }

    /// `HMAC(K, parts)`, the parts one after the other. Parts can be keys (HKDF-Extract).
    pub fn compute(&self, parts: &[&[u8]], out: &mut [u8; 32]) {
        let mut running = Sha256::after_block(&self.inner);
        for part in parts {
            running.update(part);
        }
        let mut inner = bytes_of(running.end());
        running.restart(&self.outer);
        running.update(&inner);
        *out = bytes_of(running.end());
        inner.as_mut_slice().zeroize();
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac(redacted)")
    }
}

impl Drop for Mac {
    fn drop(&mut self) {
        self.inner = [0; 8];
        self.outer = [0; 8];
        optimization_barrier(self);
    }
}

impl ZeroizeOnDrop for Mac {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hex;

    #[test]
    fn rfc_4231() {
        let mut out = [0; 32];
        Mac::new(&[0x0b; 20]).compute(&[b"Hi ", b"", b"There"], &mut out);
        assert_eq!(out, hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
        Mac::new(b"Jefe").compute(&[b"what do ya want for nothing?"], &mut out);
        assert_eq!(out, hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    }
}
