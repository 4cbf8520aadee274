//! AES-256-GCM (NIST SP 800-38D) with the nonce 0^96, or one that is drawn, and no associated data.
//!
//! A fixed nonce is sound for one reason only: **the key is used for one value**. Everything that
//! others put into associated data went into the derivation of that key.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use by_instructions::{decrypt_with, encrypt_with};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use fieldseal_vpaes::aes_256_gcm::{decrypt as decrypt_with, encrypt as encrypt_with};

/// Bytes of the tag after the ciphertext.
pub const TAG: usize = 16;

/// Bytes of a nonce.
pub const IV: usize = 12;

const NONCE: [u8; IV] = [0; IV];

/// Enciphers in place. `None` above the 2^36 - 32 bytes that the mode allows.
pub fn encrypt(single_use_key: &[u8; 32], text: &mut [u8]) -> Option<[u8; TAG]> {
    encrypt_with(single_use_key, &NONCE, &[], text)
}

/// Deciphers in place. `false`, and nothing deciphered, when the tag is wrong.
#[must_use]
pub fn decrypt(single_use_key: &[u8; 32], text: &mut [u8], tag: &[u8; TAG]) -> bool {
    decrypt_with(single_use_key, &NONCE, &[], text, tag)
}

/// Enciphers in place under a nonce that was drawn. `None` above the bound of the mode.
pub fn encrypt_under(
    single_use_key: &[u8; 32],
    iv: &[u8; IV],
    text: &mut [u8],
) -> Option<[u8; TAG]> {
    encrypt_with(single_use_key, iv, &[], text)
}

/// Deciphers in place under that nonce. `false`, and nothing deciphered, when the tag is wrong.
#[must_use]
pub fn decrypt_under(
    single_use_key: &[u8; 32],
    iv: &[u8; IV],
    text: &mut [u8],
    tag: &[u8; TAG],
) -> bool {
    decrypt_with(single_use_key, iv, &[], text, tag)
}

/// The mode of RustCrypto, which takes the instructions of the machine for AES and for GHASH where it
/// has any. Under any nonce and with associated data.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod by_instructions {
    use aes_gcm::AesGcm;
    use aes_gcm::aead::AeadInOut;
    use aes_gcm::aead::consts::U12;

    use super::TAG;
    use crate::ctr_precompute::PrecomputedCtr;

    /// With the round keys of enciphering alone, since counter mode has no use for the others and
    /// each value has a key of its own.
    pub(super) type Cipher = AesGcm<PrecomputedCtr, U12>;

    #[inline(always)]
    pub(crate) fn encrypt_with(
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        text: &mut [u8],
    ) -> Option<[u8; TAG]> {
        let cipher = Cipher::from(PrecomputedCtr::new(key, *nonce, text.len()));
        cipher.encrypt_inout_detached(nonce.into(), associated, text.into()).ok().map(Into::into)
    }

    #[inline(always)]
    pub(crate) fn decrypt_with(
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG],
    ) -> bool {
        let cipher = Cipher::from(PrecomputedCtr::new(key, *nonce, text.len()));
        cipher.decrypt_inout_detached(nonce.into(), associated, text.into(), tag.into()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use aes_gcm::KeyInit;
    use aes_gcm::aead::AeadInOut;
    use zeroize::ZeroizeOnDrop;

    use super::*;
    use crate::testing::hex;

    /// Test cases 13 and 14 of the mode's specification: key, nonce and text all zero.
    #[test]
    fn known_answers() {
        assert_eq!(encrypt(&[0; 32], &mut []), Some(hex("530f8afbc74536b9a963b4f1c4cb738b")));
        let mut text = [0; 16];
        let tag = hex("d0d1c8a799996bf0265b98b5d48ab919");
        assert_eq!(encrypt(&[0; 32], &mut text), Some(tag));
        assert_eq!(text, hex("cea7403d4d606b6e074ec5d3baf39d18"));
        assert!(decrypt(&[0; 32], &mut text, &tag));
        assert_eq!(text, [0; 16]);
    }

    /// Test case 16 of the mode's specification without its associated data is case 15.
    #[test]
    fn known_answer_under_a_nonce() {
        let key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let iv = hex("cafebabefacedbaddecaf888");
        let mut text: [u8; 64] =
            hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
             1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255");
        let clear = text;
        let tag = encrypt_under(&key, &iv, &mut text).unwrap();
        assert_eq!(tag, hex("b094dac5d93471bdec1a502270e3cc6c"));
        assert!(!decrypt(&key, &mut text, &tag));
        assert!(decrypt_under(&key, &iv, &mut text, &tag));
        assert_eq!(text, clear);
    }

    #[test]
    fn what_is_not_genuine_is_not_deciphered() {
        let key = [7; 32];
        let mut text = *b"a text over two blocks of sixteen";
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
    }

    /// Texts of all lengths become what the crate's own cipher makes of them, however many blocks
    /// are precomputed.
    #[test]
    fn agrees_with_the_crate_at_every_length() {
        let key = std::array::from_fn(|at| u8::try_from(at * 7).unwrap());
        for length in (0..600).chain([4096, 4097, 70_000]) {
            let clear: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let (mut ours, mut theirs) = (clear.clone(), clear.clone());
            let tag = encrypt(&key, &mut ours).unwrap();
            let cipher = aes_gcm::Aes256Gcm::new(&key.into());
            let expected = cipher
                .encrypt_inout_detached(&NONCE.into(), &[], theirs.as_mut_slice().into())
                .unwrap();
            assert_eq!((&ours, tag), (&theirs, expected.into()), "{length}");
            assert!(decrypt(&key, &mut ours, &tag));
            assert_eq!(ours, clear, "{length}");
        }
    }

    /// Compiles only while the `zeroize` features of the cipher are on.
    #[test]
    fn round_keys_are_wiped_when_dropped() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<by_instructions::Cipher>();
    }
}
