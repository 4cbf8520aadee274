//! The encryption key of one value.

use fieldseal_primitives::{Label, Mac, aes_256_gcm, aes_256_siv, chacha20_poly1305, expand};
use zeroize::Zeroize;

use super::Suite;
use super::wire::{COMMITMENT, IV, SALT, TAG};

/// Length of context hash and salt in bytes.
const CONTEXT: usize = 32 + SALT;

/// The label of a suite with one key.
pub(super) type OneKey = Label<CONTEXT, { 32 + COMMITMENT }>;

const GCM: OneKey = Label::new(b"gcm");
const SIV: Label<CONTEXT, { 64 + COMMITMENT }> = Label::new(b"siv");
const CHACHA: OneKey = Label::new(b"chacha");
const GCM_IV: OneKey = Label::new(b"gcm-iv");

/// The derived bytes `K ‖ C` in blocks of 32 bytes.
///
/// K encrypts one value only. C commits to keys and context, so that no ciphertext opens under two
/// of them. The bytes are written in place and wiped when dropped.
pub(super) enum ValueKey {
    Aes256Gcm([[u8; 32]; 2]),
    /// K holds two keys: one for the synthetic initialization vector, one for the key stream.
    Aes256Siv([[u8; 32]; 3]),
    ChaCha20Poly1305([[u8; 32]; 2]),
    Aes256GcmIv([[u8; 32]; 2]),
}

impl ValueKey {
    /// Returns an empty buffer, which holds a key only after [`ValueKey::derive`].
    pub(super) const fn empty(suite: Suite) -> Self {
        match suite {
            Suite::Aes256Gcm => ValueKey::Aes256Gcm([[0; 32]; 2]),
            Suite::Aes256Siv => ValueKey::Aes256Siv([[0; 32]; 3]),
            Suite::ChaCha20Poly1305 => ValueKey::ChaCha20Poly1305([[0; 32]; 2]),
            Suite::Aes256GcmIv => ValueKey::Aes256GcmIv([[0; 32]; 2]),
        }
    }

    pub(super) fn derive(&mut self, prk: &Mac, context: &[u8; 32], salt: &[u8; SALT]) {
        let mut info = [0; CONTEXT];
        let (hash, rest) = info.split_at_mut(32);
        hash.copy_from_slice(context);
        rest.copy_from_slice(salt);
        match self {
            ValueKey::Aes256Gcm(okm) => expand(prk, &GCM, &info, okm),
            ValueKey::Aes256Siv(okm) => expand(prk, &SIV, &info, okm),
            ValueKey::ChaCha20Poly1305(okm) => expand(prk, &CHACHA, &info, okm),
            ValueKey::Aes256GcmIv(okm) => expand(prk, &GCM_IV, &info, okm),
        }
    }

    /// Returns the label and the room for the derived bytes of a suite with one key of 32 bytes.
    pub(super) fn of_one_key(&mut self) -> Option<(&'static OneKey, &mut [[u8; 32]; 2])> {
        match self {
            ValueKey::Aes256Gcm(okm) => Some((&GCM, okm)),
            ValueKey::ChaCha20Poly1305(okm) => Some((&CHACHA, okm)),
            ValueKey::Aes256GcmIv(okm) => Some((&GCM_IV, okm)),
            ValueKey::Aes256Siv(_) => None,
        }
    }

    pub(super) const fn commitment(&self) -> &[u8; COMMITMENT] {
        let (ValueKey::Aes256Gcm([_, commitment])
        | ValueKey::Aes256Siv([_, _, commitment])
        | ValueKey::ChaCha20Poly1305([_, commitment])
        | ValueKey::Aes256GcmIv([_, commitment])) = self;
        commitment
    }

    /// Encrypts in place and returns the tag, or `None` if the text is too long for the mode. `iv`
    /// counts only under the suite that stores one.
    pub(super) fn encrypt(&self, iv: &[u8; IV], text: &mut [u8]) -> Option<[u8; TAG]> {
        match self {
            ValueKey::Aes256Gcm([key, _]) => aes_256_gcm::encrypt(key, text),
            ValueKey::Aes256Siv([mac, counter, _]) => aes_256_siv::encrypt([mac, counter], text),
            ValueKey::ChaCha20Poly1305([key, _]) => chacha20_poly1305::encrypt(key, text),
            ValueKey::Aes256GcmIv([key, _]) => aes_256_gcm::encrypt_under(key, iv, text),
        }
    }

    /// Decrypts in place. Returns false if the tag is wrong.
    #[must_use]
    pub(super) fn decrypt(&self, iv: &[u8; IV], text: &mut [u8], tag: &[u8; TAG]) -> bool {
        match self {
            ValueKey::Aes256Gcm([key, _]) => aes_256_gcm::decrypt(key, text, tag),
            ValueKey::Aes256Siv([mac, counter, _]) => {
                aes_256_siv::decrypt([mac, counter], text, tag)
            }
            ValueKey::ChaCha20Poly1305([key, _]) => chacha20_poly1305::decrypt(key, text, tag),
            ValueKey::Aes256GcmIv([key, _]) => aes_256_gcm::decrypt_under(key, iv, text, tag),
        }
    }
}

impl Drop for ValueKey {
    fn drop(&mut self) {
        match self {
            ValueKey::Aes256Gcm(okm)
            | ValueKey::ChaCha20Poly1305(okm)
            | ValueKey::Aes256GcmIv(okm) => okm.as_flattened_mut().zeroize(),
            ValueKey::Aes256Siv(okm) => okm.as_flattened_mut().zeroize(),
        }
    }
}
