//! The primitives as their standards define them, with nonces, associated data and lengths that no
//! envelope has. The official vectors run through them, and thus through the code under the narrow
//! functions.
//!
//! This is no interface: nothing here stays stable, and a nonce that comes twice gives everything
//! away.

use aes_gcm::KeyInit;
use aes_gcm::aes::Block;
use aes_gcm::aes::cipher::BlockCipherEncrypt;
use fieldseal_derivation::{BLOCK, expand_with, extract_with};
use zeroize::Zeroizing;

use super::aes::Aes256;
use super::{Mac, Sha256, aes_256_gcm, aes_256_siv, chacha20_poly1305};

/// The modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aead {
    /// NIST SP 800-38D. One string, of associated data.
    Aes256Gcm,
    /// RFC 5297. The nonce is not looked at: it is the last of the strings.
    Aes256Siv,
    /// RFC 8439. One string, of associated data.
    ChaCha20Poly1305,
}

/// Enciphers in place and answers the tag. Of a key of 32 bytes only the first half counts.
pub fn encrypt(
    aead: Aead,
    key: &[[u8; 32]; 2],
    nonce: [u8; 12],
    strings: &[&[u8]],
    text: &mut [u8],
) -> Option<[u8; 16]> {
    let [first, second] = key;
    match (aead, strings) {
        (Aead::Aes256Siv, _) => aes_256_siv::encrypt_with([first, second], strings, text),
        (Aead::Aes256Gcm, [associated]) => {
            aes_256_gcm::encrypt_with(first, &nonce, associated, text)
        }
        (Aead::ChaCha20Poly1305, [associated]) => {
            chacha20_poly1305::encrypt_with(first, nonce, associated, text)
        }
        _ => None,
    }
}

/// Deciphers in place. `false` when the tag is wrong.
#[must_use]
pub fn decrypt(
    aead: Aead,
    key: &[[u8; 32]; 2],
    nonce: [u8; 12],
    strings: &[&[u8]],
    text: &mut [u8],
    tag: &[u8; 16],
) -> bool {
    let [first, second] = key;
    match (aead, strings) {
        (Aead::Aes256Siv, _) => aes_256_siv::decrypt_with([first, second], strings, text, tag),
        (Aead::Aes256Gcm, [associated]) => {
            aes_256_gcm::decrypt_with(first, &nonce, associated, text, tag)
        }
        (Aead::ChaCha20Poly1305, [associated]) => {
            chacha20_poly1305::decrypt_with(first, nonce, associated, text, tag)
        }
        _ => false,
    }
}

/// FIPS 197: enciphers each block.
pub fn aes_256(key: &[u8; 32], blocks: &mut [[u8; 16]]) {
    Aes256::new(key.into()).encrypt_blocks(Block::cast_slice_from_core_mut(blocks));
}

/// RFC 5869. `None` for more than 255 blocks.
pub fn hkdf_sha_256(salt: &[u8], ikm: &[u8], info: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut blocks = vec![[0; 32]; length.div_ceil(32)];
    if blocks.len() > 255 {
        return None;
    }
    expand_with(&extract_with(&absorbed(salt), &[ikm]), [info, &[]], &mut blocks);
    let mut okm = blocks.into_flattened();
    okm.truncate(length);
    Some(okm)
}

/// RFC 2104.
pub fn hmac_sha_256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = [0; 32];
    absorbed(key).compute(&[message], &mut mac);
    mac
}

/// RFC 2104, section 2: a key that is longer than a block is hashed, none that an envelope has is.
fn absorbed(key: &[u8]) -> Mac {
    let mut block = Zeroizing::new([0; BLOCK]);
    match block.split_at_mut_checked(key.len()) {
        Some((start, _)) => start.copy_from_slice(key),
        None => {
            let mut hash = Sha256::new();
            hash.update(key);
            block.split_at_mut(32).0.copy_from_slice(&hash.finish());
        }
    }
    Mac::absorb(&block)
}
