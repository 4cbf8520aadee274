//! The primitives as a component: translation, no decisions.

use fieldseal_json::base64url;
use fieldseal_primitives::Sha256;
use fieldseal_primitives::hazmat::{self, Aead};

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated from wit/")]
mod contract {
    wit_bindgen::generate!({ path: "wit", world: "primitives" });
}

struct Component;

impl contract::Guest for Component {
    fn encrypt(
        aead: contract::Aead,
        key: Vec<u8>,
        nonce: Vec<u8>,
        strings: Vec<Vec<u8>>,
        mut text: Vec<u8>,
    ) -> Option<contract::Enciphered> {
        let (key, nonce) = (keys(&key)?, nonce_of(&nonce)?);
        let strings: Vec<&[u8]> = strings.iter().map(Vec::as_slice).collect();
        let tag = hazmat::encrypt(mode(aead), &key, nonce, &strings, &mut text)?;
        Some(contract::Enciphered { text, tag: tag.to_vec() })
    }

    fn decrypt(
        aead: contract::Aead,
        key: Vec<u8>,
        nonce: Vec<u8>,
        strings: Vec<Vec<u8>>,
        mut text: Vec<u8>,
        tag: Vec<u8>,
    ) -> Option<Vec<u8>> {
        let (key, nonce, tag) = (keys(&key)?, nonce_of(&nonce)?, tag.try_into().ok()?);
        let strings: Vec<&[u8]> = strings.iter().map(Vec::as_slice).collect();
        hazmat::decrypt(mode(aead), &key, nonce, &strings, &mut text, &tag).then_some(text)
    }

    fn aes256(key: Vec<u8>, mut blocks: Vec<u8>) -> Option<Vec<u8>> {
        let (whole, []) = blocks.as_chunks_mut() else { return None };
        hazmat::aes_256(key.as_slice().try_into().ok()?, whole);
        Some(blocks)
    }

    fn hkdf_sha256(salt: Vec<u8>, ikm: Vec<u8>, info: Vec<u8>, length: u32) -> Option<Vec<u8>> {
        hazmat::hkdf_sha_256(&salt, &ikm, &info, usize::try_from(length).ok()?)
    }

    fn hmac_sha256(key: Vec<u8>, message: Vec<u8>) -> Vec<u8> {
        hazmat::hmac_sha_256(&key, &message).to_vec()
    }

    fn sha256(message: Vec<u8>) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(&message);
        hash.finish().to_vec()
    }

    fn base64url_encode(bytes: Vec<u8>) -> Vec<u8> {
        let mut text = vec![0; base64url::encoded_len(bytes.len()).unwrap_or_default()];
        if base64url::encode(&bytes, &mut text) { text } else { Vec::new() }
    }

    fn base64url_decode(text: Vec<u8>) -> Option<Vec<u8>> {
        let mut bytes = vec![0; base64url::decoded_len(text.len())];
        base64url::decode(&text, &mut bytes).map(<[u8]>::to_vec)
    }
}

fn mode(aead: contract::Aead) -> Aead {
    match aead {
        contract::Aead::Aes256Gcm => Aead::Aes256Gcm,
        contract::Aead::Aes256Siv => Aead::Aes256Siv,
        contract::Aead::Chacha20Poly1305 => Aead::ChaCha20Poly1305,
    }
}

/// One key or two; the second is not looked at where there is one.
fn keys(bytes: &[u8]) -> Option<[[u8; 32]; 2]> {
    match bytes.as_chunks().0 {
        [one] if bytes.len() == 32 => Some([*one, [0; 32]]),
        [one, two] if bytes.len() == 64 => Some([*one, *two]),
        _ => None,
    }
}

fn nonce_of(bytes: &[u8]) -> Option<[u8; 12]> {
    if bytes.is_empty() { Some([0; 12]) } else { bytes.try_into().ok() }
}

contract::export!(Component with_types_in contract);
