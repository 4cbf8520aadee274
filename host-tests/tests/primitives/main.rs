//! Official vectors through the primitives under the envelope: the same runner for the native crate
//! and for the module that `cargo xtask vectors` compiled as the shipped ones are. Where a standard
//! allows what no envelope has, the general functions behind the narrow ones take it; what these do
//! not take either (other lengths of keys, nonces and tags) is counted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod component;
mod native;
mod project;
mod records;
mod tally;
mod wycheproof;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fieldseal_conformance::counts::GCM_TEXTS;
use tally::Tally;

/// The modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aead {
    Aes256Gcm,
    Aes256Siv,
    ChaCha20Poly1305,
}

impl Aead {
    fn name(self) -> &'static str {
        match self {
            Aead::Aes256Gcm => "AES-256-GCM",
            Aead::Aes256Siv => "AES-256-SIV",
            Aead::ChaCha20Poly1305 => "ChaCha20-Poly1305",
        }
    }
}

/// The primitives under test.
trait Primitives {
    /// Ciphertext and tag. Of AES-256-SIV the key has 64 bytes and the nonce none; of the others 32
    /// and 12, and there is one string.
    fn encrypt(
        &mut self,
        aead: Aead,
        key: &[u8],
        nonce: &[u8],
        strings: &[&[u8]],
        text: &[u8],
    ) -> Option<(Vec<u8>, Vec<u8>)>;

    fn decrypt(
        &mut self,
        aead: Aead,
        key: &[u8],
        nonce: &[u8],
        strings: &[&[u8]],
        text: &[u8],
        tag: &[u8],
    ) -> Option<Vec<u8>>;

    /// Each block under one key, without a mode.
    fn aes_256(&mut self, key: &[u8], blocks: &[u8]) -> Vec<u8>;

    fn hkdf_sha_256(
        &mut self,
        salt: &[u8],
        ikm: &[u8],
        info: &[u8],
        length: usize,
    ) -> Option<Vec<u8>>;

    fn hmac_sha_256(&mut self, key: &[u8], message: &[u8]) -> Vec<u8>;

    fn sha_256(&mut self, message: &[u8]) -> Vec<u8>;
}

fn all_vectors(name: &str, primitives: &mut impl Primitives) {
    let mut tally = Tally::default();
    wycheproof::run(primitives, &mut tally);
    project::run(primitives, &mut tally);
    tally.say(name);
    // As many as there are, so that a file that is read wrongly is noticed.
    assert_eq!(tally.run(), EXPECTED, "{name}");
}

/// Run and left out, for each primitive.
const EXPECTED: [(&str, usize, usize); 7] = [
    ("AES-256", 830, 0),
    ("AES-256-GCM", 4190, 11876),
    ("AES-256-SIV", 301, 603),
    ("ChaCha20-Poly1305", 387, 9),
    ("HKDF-SHA-256", 89, 0),
    ("HMAC-SHA-256", 180, 0),
    ("SHA-256", 229, 0),
];

#[test]
fn official_vectors_hold_natively() {
    all_vectors("native", &mut native::Native);
}

#[test]
fn official_vectors_hold_in_webassembly() {
    all_vectors("WebAssembly", &mut component::Instance::new().unwrap());
}

/// The module has `fieldseal-vpaes`, the machine itself the crate `aes`. Slices of 0 to 17 blocks go
/// through four at a time, and the rest one by one.
#[test]
fn aes_in_webassembly_is_that_of_the_crate() {
    let (mut native, mut module) = (native::Native, component::Instance::new().unwrap());
    let seed = &mut 1;
    for length in (0..=17).cycle().take(1_800) {
        let (key, blocks) = (random(32, seed), random(16 * length, seed));
        assert_eq!(module.aes_256(&key, &blocks), native.aes_256(&key, &blocks), "{key:?}");
    }
    for bit in 0..256 {
        let mut key = [0; 32];
        key[bit / 8] = 1 << (bit % 8);
        let blocks = &key[16 * (bit / 128)..][..16];
        for key in [&key, &[0; 32]] {
            assert_eq!(module.aes_256(key, blocks), native.aes_256(key, blocks), "bit {bit}");
        }
    }
}

/// The module has the mode of `fieldseal-vpaes`, the machine itself that of the crate `aes-gcm`.
#[test]
fn gcm_in_webassembly_is_that_of_the_crate() {
    let (mut native, mut module) = (native::Native, component::Instance::new().unwrap());
    let (seed, gcm) = (&mut 2, Aead::Aes256Gcm);
    for _ in 0..GCM_TEXTS.get() {
        let lengths = random(3, seed);
        // One text in sixteen is long: its key stream takes several batches.
        let length = usize::from(lengths[0] % 100) + if lengths[2] < 16 { 500 } else { 0 };
        let (key, nonce, text) = (random(32, seed), random(12, seed), random(length, seed));
        let associated = random(usize::from(lengths[1] % 40), seed);
        let strings = &[associated.as_slice()];
        let made = module.encrypt(gcm, &key, &nonce, strings, &text);
        assert_eq!(made, native.encrypt(gcm, &key, &nonce, strings, &text), "{key:?} {text:?}");
        let (ciphertext, mut tag) = made.unwrap();
        let opened = module.decrypt(gcm, &key, &nonce, strings, &ciphertext, &tag);
        assert_eq!(opened, Some(text), "{key:?}");
        tag[usize::from(lengths[2] % 16)] ^= 1 << (lengths[2] / 32);
        assert_eq!(module.decrypt(gcm, &key, &nonce, strings, &ciphertext, &tag), None, "{key:?}");
    }
}

/// The module writes and reads sixteen characters at a time by vectors, the machine itself by the
/// tables of the crate `base64`.
#[test]
fn base64url_in_webassembly_is_that_of_the_crate() {
    let (mut module, seed) = (component::Instance::new().unwrap(), &mut 3);
    for length in (0..100).cycle().take(2_000) {
        let bytes = random(length, seed);
        let text = URL_SAFE_NO_PAD.encode(&bytes).into_bytes();
        assert_eq!(module.base64url_encode(&bytes), text, "{bytes:?}");
        assert_eq!(module.base64url_decode(&text).as_ref(), Some(&bytes));
        // Another byte anywhere, which is canonical in some last characters only, and a cut text.
        let [at, byte] = [random(1, seed)[0], random(1, seed)[0]];
        let mut changed = text.clone();
        if let Some(to) = changed.get_mut(usize::from(at) % text.len().max(1)) {
            *to = byte;
        }
        let cut = &text[..text.len() - usize::from(at) % (text.len() + 1).min(8)];
        for text in [changed.as_slice(), cut] {
            let expected = URL_SAFE_NO_PAD.decode(text).ok();
            assert_eq!(module.base64url_decode(text), expected, "{:?}", text.escape_ascii());
        }
    }
    // Each byte at each place of a vector, and of a rest.
    for place in 0..22 {
        for byte in 0..=255 {
            let mut text = [b'A'; 22];
            text[place] = byte;
            let expected = URL_SAFE_NO_PAD.decode(text).ok();
            assert_eq!(module.base64url_decode(&text), expected, "{:?}", text.escape_ascii());
        }
    }
}

/// SplitMix64, for inputs without a pattern.
fn random(length: usize, seed: &mut u64) -> Vec<u8> {
    let byte = |_| {
        *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (*seed ^ *seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB) >> 56) as u8
    };
    (0..length).map(byte).collect()
}
