//! AES-256-GCM (NIST SP 800-38D) with the nonce 0^96 and no associated data.
//!
//! A fixed nonce is sound for one reason only: **the key is used for one value**. Everything that others put into
//! associated data went into the derivation of that key.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};

/// Bytes of the tag after the ciphertext.
pub(crate) const TAG: usize = 16;

const NONCE: [u8; 12] = [0; 12];

/// Enciphers in place. `None` above the 2^36 - 32 bytes that the mode allows.
pub(crate) fn encrypt(single_use_key: &[u8; 32], text: &mut [u8]) -> Option<[u8; TAG]> {
    let cipher = Aes256Gcm::new(single_use_key.into());
    cipher.encrypt_inout_detached(&NONCE.into(), &[], text.into()).ok().map(Into::into)
}

/// Deciphers in place. `false`, and nothing deciphered, when the tag is wrong.
#[must_use]
pub(crate) fn decrypt(single_use_key: &[u8; 32], text: &mut [u8], tag: &[u8; TAG]) -> bool {
    let cipher = Aes256Gcm::new(single_use_key.into());
    cipher.decrypt_inout_detached(&NONCE.into(), &[], text.into(), tag.into()).is_ok()
}
