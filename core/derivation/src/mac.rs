//! HMAC-SHA-256 (RFC 2104) whose key is absorbed once.

use std::fmt;

use hmac::block_api::HmacCore;
use hmac::digest::KeyInit;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use zeroize::Zeroizing;

/// Bytes of a SHA-256 block, and so the longest key that RFC 2104 does not hash first.
pub const BLOCK: usize = 64;

/// An HMAC key as its two midstates, after the inner and the outer padded key: `HMAC(K, ·)` then
/// costs no hashing of K. A midstate is as secret as its key. Both are wiped when dropped (the
/// `zeroize` features of `hmac` and `sha2`, of which a test of this file makes sure).
#[derive(Clone)]
pub struct Mac(Core);

type Core = HmacCore<sha2::Sha256>;

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
        Mac(Core::new(block.into()))
    }

    /// `HMAC(K, parts)`, the parts one after the other. Parts can be keys (HKDF-Extract): what
    /// buffers them is finished where it lies, since a value that is moved leaves its old bytes on
    /// the stack.
    pub fn compute(&self, parts: &[&[u8]], out: &mut [u8; 32]) {
        let mut running = self.0.clone();
        let mut buffer = Buffer::<Core>::default();
        parts
            .iter()
            .for_each(|part| buffer.digest_blocks(part, |blocks| running.update_blocks(blocks)));
        running.finalize_fixed_core(&mut buffer, out.into());
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use hmac::digest::block_api::{BlockSizeUser, Eager};
    use hmac::digest::block_buffer::BlockBuffer;
    use zeroize::ZeroizeOnDrop;

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

    /// Compiles only while the `zeroize` features of the hashes are on: without them the midstates
    /// would stay behind. `HmacCore` itself is not marked; it is two cores, and has nothing else to
    /// wipe.
    #[test]
    fn midstates_are_wiped_when_dropped() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<sha2::block_api::Sha256VarCore>();
        wiped::<BlockBuffer<<sha2::Sha256 as BlockSizeUser>::BlockSize, Eager>>();
        wiped::<sha2::Sha256>();
    }
}
