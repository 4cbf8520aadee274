//! The crate itself.

use fieldseal_primitives::Sha256;
use fieldseal_primitives::hazmat::{self, Aead as Mode};

use crate::{Aead, Primitives};

pub(crate) struct Native;

impl Primitives for Native {
    fn encrypt(
        &mut self,
        aead: Aead,
        key: &[u8],
        nonce: &[u8],
        strings: &[&[u8]],
        text: &[u8],
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut text = text.to_vec();
        let tag = hazmat::encrypt(mode(aead), &keys(key), nonce_of(nonce), strings, &mut text)?;
        Some((text, tag.to_vec()))
    }

    fn decrypt(
        &mut self,
        aead: Aead,
        key: &[u8],
        nonce: &[u8],
        strings: &[&[u8]],
        text: &[u8],
        tag: &[u8],
    ) -> Option<Vec<u8>> {
        let mut text = text.to_vec();
        hazmat::decrypt(
            mode(aead),
            &keys(key),
            nonce_of(nonce),
            strings,
            &mut text,
            tag.try_into().unwrap(),
        )
        .then_some(text)
    }

    fn aes_256(&mut self, key: &[u8], blocks: &[u8]) -> Vec<u8> {
        let mut blocks = blocks.to_vec();
        let (whole, rest) = blocks.as_chunks_mut();
        assert!(rest.is_empty());
        hazmat::aes_256(key.try_into().unwrap(), whole);
        blocks
    }

    fn hkdf_sha_256(
        &mut self,
        salt: &[u8],
        ikm: &[u8],
        info: &[u8],
        length: usize,
    ) -> Option<Vec<u8>> {
        hazmat::hkdf_sha_256(salt, ikm, info, length)
    }

    fn hmac_sha_256(&mut self, key: &[u8], message: &[u8]) -> Vec<u8> {
        hazmat::hmac_sha_256(key, message).to_vec()
    }

    fn sha_256(&mut self, message: &[u8]) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(message);
        hash.finish().to_vec()
    }
}

fn mode(aead: Aead) -> Mode {
    match aead {
        Aead::Aes256Gcm => Mode::Aes256Gcm,
        Aead::Aes256Siv => Mode::Aes256Siv,
        Aead::ChaCha20Poly1305 => Mode::ChaCha20Poly1305,
    }
}

fn keys(bytes: &[u8]) -> [[u8; 32]; 2] {
    let mut both = [[0; 32]; 2];
    both.as_flattened_mut()[..bytes.len()].copy_from_slice(bytes);
    both
}

fn nonce_of(bytes: &[u8]) -> [u8; 12] {
    if bytes.is_empty() { [0; 12] } else { bytes.try_into().unwrap() }
}
