//! GHASH and its mode: the known answers of the specification, and the crates `ghash` and `aes-gcm`,
//! which take the instructions of the machine.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::AeadInOut;
use fieldseal_conformance::counts::GHASHES;
use fieldseal_vpaes::Ghash;
use fieldseal_vpaes::aes_256_gcm::{decrypt, encrypt};
use fieldseal_vpaes::cipher::KeyInit;
use ghash::universal_hash::UniversalHash;
use support::{hex, random, random_bytes};

fn ours(key: &[u8; 16], pieces: &[&[u8]]) -> [u8; 16] {
    let mut hash = Ghash::new(key);
    pieces.iter().for_each(|piece| hash.update_padded(piece));
    hash.finish()
}

fn theirs(key: &[u8; 16], pieces: &[&[u8]]) -> [u8; 16] {
    let mut hash = ghash::GHash::new(key.into());
    pieces.iter().for_each(|piece| hash.update_padded(piece));
    hash.finalize().into()
}

/// *The Galois/Counter Mode of Operation* (McGrew, Viega), appendix B: hash key, associated data,
/// ciphertext and hash of its test cases for AES-256.
#[test]
fn known_answers_of_the_specification() {
    let bits = |bytes: &[u8]| (8 * bytes.len() as u64).to_be_bytes();
    let ciphertext = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
        8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662";
    for (key, associated, text, expected) in [
        ("dc95c078a2408989ad48a21492842087", "", "", "00000000000000000000000000000000"),
        (
            "dc95c078a2408989ad48a21492842087",
            "",
            "cea7403d4d606b6e074ec5d3baf39d18",
            "83de425c5edc5d498f382c441041ca92",
        ),
        (
            "acbef20579b4b8ebce889bac8732dad7",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            ciphertext,
            "8bd0c4d8aacd391e67cca447e8c38f65",
        ),
    ] {
        let (associated, text) = (hex(associated), hex(text));
        let lengths = [bits(&associated), bits(&text)].concat();
        let hash = ours(&hex(key).try_into().unwrap(), &[&associated, &text, &lengths]);
        assert_eq!(hash.to_vec(), hex(expected));
    }
}

#[test]
fn single_bits_of_keys_and_blocks() {
    for bit in 0..128 {
        let one = (1_u128 << bit).to_be_bytes();
        for key in [one, [0; 16], [0xFF; 16], [0x5A; 16]] {
            for block in [one, [0; 16], [0xFF; 16], 1_u128.to_be_bytes()] {
                for pieces in [&[&block[..]][..], &[&block, &one, &block]] {
                    assert_eq!(ours(&key, pieces), theirs(&key, pieces), "{key:x?} {block:x?}");
                }
            }
        }
    }
}

/// Every byte at every place of the key and of the block.
#[test]
fn every_byte_at_every_place() {
    for place in 0..16 {
        for byte in 0..=255 {
            let varied = std::array::from_fn(|at| if at == place { byte } else { 0x5A });
            for (key, block) in [(varied, [0x3C; 16]), ([0x3C; 16], varied)] {
                assert_eq!(ours(&key, &[&block]), theirs(&key, &[&block]));
            }
        }
    }
}

#[test]
fn keys_and_texts_without_a_pattern() {
    let seed = &mut 1;
    for _ in 0..GHASHES.get() {
        let (key, lengths) = (random(seed), random::<2>(seed));
        let [first, second] = lengths.map(|length| random_bytes(usize::from(length % 70), seed));
        let pieces = [first.as_slice(), &second];
        assert_eq!(ours(&key, &pieces), theirs(&key, &pieces), "{key:x?} {first:x?} {second:x?}");
    }
}

/// Texts of all lengths, with and without associated data, and what is not genuine.
#[test]
fn the_mode_is_that_of_the_crate() {
    let seed = &mut 2;
    for length in (0..300).chain([1023, 4096, 4097, 70_000]) {
        let (key, nonce): ([u8; 32], [u8; 12]) = (random(seed), random(seed));
        let (clear, associated) = (random_bytes(length, seed), random_bytes(length % 37, seed));
        let cipher = Aes256Gcm::new(&key.into());
        let (mut text, mut expected) = (clear.clone(), clear.clone());
        let tag = encrypt(&key, &nonce, &associated, &mut text).unwrap();
        let expected_tag = cipher
            .encrypt_inout_detached(&nonce.into(), &associated, expected.as_mut_slice().into())
            .unwrap();
        assert_eq!((&text, tag), (&expected, expected_tag.into()), "{length}");
        let [bit, at] = random(seed);
        let mut wrong = tag;
        if let Some(byte) = wrong.get_mut(usize::from(at % 16)) {
            *byte ^= 1 << (bit % 8);
        }
        assert!(!decrypt(&key, &nonce, &associated, &mut text, &wrong));
        assert!(!decrypt(&key, &nonce, &[&associated[..], &[0]].concat(), &mut text, &tag));
        assert_eq!(text, expected, "{length}: deciphered without a genuine tag");
        assert!(decrypt(&key, &nonce, &associated, &mut text, &tag));
        assert_eq!(text, clear, "{length}");
    }
}

#[test]
fn nothing_printed_shows_a_key() {
    assert_eq!(format!("{:?}", Ghash::new(&[0x77; 16])), "Ghash(redacted)");
}
