//! ChaCha20-Poly1305 (RFC 8439) with the nonce 0^96 and no associated data.
//!
//! A fixed nonce is sound for one reason only: **the key is used for one value**. Everything that
//! others put into associated data went into the derivation of that key.

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::KeyInit;
use chacha20poly1305::aead::AeadInOut;

/// Bytes of the tag after the ciphertext.
pub const TAG: usize = 16;

const NONCE: [u8; 12] = [0; 12];

/// Enciphers in place. `None` from the 2^38 - 64 bytes on that the 32-bit counter of blocks does
/// not reach.
pub fn encrypt(single_use_key: &[u8; 32], text: &mut [u8]) -> Option<[u8; TAG]> {
    encrypt_with(single_use_key, NONCE, &[], text)
}

/// Deciphers in place. `false`, and nothing deciphered, when the tag is wrong.
#[must_use]
pub fn decrypt(single_use_key: &[u8; 32], text: &mut [u8], tag: &[u8; TAG]) -> bool {
    decrypt_with(single_use_key, NONCE, &[], text, tag)
}

/// The same under any nonce and with associated data.
pub(super) fn encrypt_with(
    key: &[u8; 32],
    nonce: [u8; 12],
    associated: &[u8],
    text: &mut [u8],
) -> Option<[u8; TAG]> {
    ChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(&nonce.into(), associated, text.into())
        .ok()
        .map(Into::into)
}

/// The same under any nonce and with associated data.
pub(super) fn decrypt_with(
    key: &[u8; 32],
    nonce: [u8; 12],
    associated: &[u8],
    text: &mut [u8],
    tag: &[u8; TAG],
) -> bool {
    ChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(&nonce.into(), associated, text.into(), tag.into())
        .is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use zeroize::ZeroizeOnDrop;

    use super::*;
    use crate::testing::hex;

    /// Test vector 2 of RFC 8439, appendix A.1, is the key stream of the first block of text.
    #[test]
    fn known_answer() {
        let mut text = [0; 64];
        encrypt(&[0; 32], &mut text).unwrap();
        let stream = "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f";
        assert_eq!(text, hex(stream));
    }

    #[test]
    fn what_is_not_genuine_is_not_deciphered() {
        let key = [7; 32];
        let clear = *b"a text over two blocks of sixteen";
        let mut text = clear;
        let tag = encrypt(&key, &mut text).unwrap();
        for bit in 0..8 * (text.len() + TAG) {
            let (mut changed, mut tag) = (text, tag);
            for (at, byte) in changed.iter_mut().chain(&mut tag).enumerate() {
                *byte ^= if at == bit / 8 { 1 << (bit % 8) } else { 0 };
            }
            let before = changed;
            assert!(!decrypt(&key, &mut changed, &tag), "bit {bit}");
            assert_eq!(changed, before, "bit {bit}");
        }
        let before = text;
        assert!(!decrypt(&[8; 32], &mut text, &tag));
        assert_eq!(text, before);
        assert!(decrypt(&key, &mut text, &tag));
        assert_eq!(text, clear);
    }

    /// Compiles only while the `zeroize` features of the mode and of the cipher are on. That of
    /// Poly1305 wipes in `Drop` without a mark.
    #[test]
    fn keys_are_wiped_when_dropped() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<ChaCha20Poly1305>();
    }
}
