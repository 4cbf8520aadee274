//! AES-256-SIV (RFC 5297) without any associated-data string.
//!
//! ```text
//! K1 ‖ K2 = K                         V = S2V(K1, P)          C = P xor AES-CTR(K2, V without two bits)
//! ```
//!
//! V is a PRF of the text and the nonce in one: the same text under the same key gives the same
//! bytes, and that is all it shows. Everything that others put into associated data went into the
//! derivation of the key.

use aes_siv::siv::CmacSiv;
use aes_siv::{KeyInit, Tag};
use zeroize::Zeroizing;

use super::aes::Aes256;

/// Bytes of V, the synthetic initialization vector, which is the tag too.
pub const V: usize = 16;

type Cipher = CmacSiv<Aes256>;

/// Enciphers in place and answers V. `None` only for what the mode does not allow, which a text
/// alone never is.
pub fn encrypt(key: [&[u8; 32]; 2], text: &mut [u8]) -> Option<[u8; V]> {
    encrypt_with(key, NO_STRINGS, text)
}

/// Deciphers in place. `false`, and the text as it was, when V is wrong.
#[must_use]
pub fn decrypt(key: [&[u8; 32]; 2], text: &mut [u8], v: &[u8; V]) -> bool {
    decrypt_with(key, NO_STRINGS, text, v)
}

/// RFC 5297 §2.6: S2V over the text alone, not over an empty string before it, which would give
/// other bytes.
const NO_STRINGS: &[&[u8]] = &[];

/// The same with strings of associated data.
pub(super) fn encrypt_with(
    key: [&[u8; 32]; 2],
    strings: &[&[u8]],
    text: &mut [u8],
) -> Option<[u8; V]> {
    cipher(key).encrypt_inout_detached(strings, text.into()).ok().map(Into::into)
}

/// The same with strings of associated data.
pub(super) fn decrypt_with(
    key: [&[u8; 32]; 2],
    strings: &[&[u8]],
    text: &mut [u8],
    v: &[u8; V],
) -> bool {
    cipher(key).decrypt_inout_detached(strings, text.into(), &Tag::from(*v)).is_ok()
}

fn cipher([mac, counter]: [&[u8; 32]; 2]) -> Cipher {
    let mut key = Zeroizing::new([0; 64]);
    let (first, second) = key.split_at_mut(32);
    first.copy_from_slice(mac);
    second.copy_from_slice(counter);
    Cipher::new((&*key).into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use cmac::block_api::CmacCore;
    use zeroize::ZeroizeOnDrop;

    use super::*;

    const KEY: [&[u8; 32]; 2] = [&[7; 32], &[8; 32]];

    /// The definition, written a second time: S2V of one string, its last block under the doubled
    /// CMAC of zeros, and counter mode.
    #[test]
    fn agrees_with_the_definition_at_every_length() {
        use aes_gcm::aes::cipher::BlockCipherEncrypt;
        use cmac::{Cmac, Mac};

        let cmac = |text: &[u8]| -> u128 {
            let mut mac = Cmac::<aes_gcm::aes::Aes256Enc>::new(KEY[0].into());
            mac.update(text);
            u128::from_be_bytes(mac.finalize().into_bytes().into())
        };
        let stream = aes_gcm::aes::Aes256Enc::new(KEY[1].into());
        for length in 0..200 {
            let clear: Vec<u8> = (0..length).map(|at| (at * 5 % 251) as u8).collect();
            let zeros = cmac(&[0; 16]);
            let v = match clear.split_last_chunk::<16>() {
                Some((before, last)) => {
                    cmac(&[before, &(u128::from_be_bytes(*last) ^ zeros).to_be_bytes()].concat())
                }
                None => {
                    let mut block = [0; 16];
                    block.split_at_mut(clear.len()).0.copy_from_slice(&clear);
                    let padded = u128::from_be_bytes(block) | 0x80 << (8 * (15 - clear.len()));
                    cmac(&((zeros << 1) ^ ((zeros >> 127) * 0x87) ^ padded).to_be_bytes())
                }
            };
            let counter = v & !(1 << 63 | 1 << 31);
            let expected: Vec<u8> =
                (0..).zip(clear.chunks(16)).fold(Vec::new(), |mut text, (n, block)| {
                    let mut mask = counter.wrapping_add(n).to_be_bytes().into();
                    stream.encrypt_block(&mut mask);
                    text.extend(block.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
                    text
                });
            let mut text = clear.clone();
            assert_eq!(encrypt(KEY, &mut text), Some(v.to_be_bytes()), "{length}");
            assert_eq!(text, expected, "{length}");
            assert!(decrypt(KEY, &mut text, &v.to_be_bytes()));
            assert_eq!(text, clear, "{length}");
        }
    }

    #[test]
    fn what_is_not_genuine_is_not_deciphered() {
        let mut text = *b"a text over two blocks of sixteen";
        let v = encrypt(KEY, &mut text).unwrap();
        for bit in 0..8 * (text.len() + V) {
            let (mut changed, mut v) = (text, v);
            for (at, byte) in changed.iter_mut().chain(&mut v).enumerate() {
                *byte ^= if at == bit / 8 { 1 << (bit % 8) } else { 0 };
            }
            let before = changed;
            assert!(!decrypt(KEY, &mut changed, &v), "bit {bit}");
            assert_eq!(changed, before, "bit {bit}");
        }
        for other in [[KEY[0], KEY[0]], [KEY[1], KEY[1]], [KEY[1], KEY[0]]] {
            let before = text;
            assert!(!decrypt(other, &mut text, &v));
            assert_eq!(text, before);
        }
    }

    /// Compiles only while the `zeroize` features of the mode, of CMAC and of the cipher are on.
    #[test]
    fn keys_are_wiped_when_dropped() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<Cipher>();
        wiped::<CmacCore<Aes256>>();
    }
}
