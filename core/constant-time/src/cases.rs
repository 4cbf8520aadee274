//! The functions under test, each with its secrets hidden from valgrind.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fieldseal_primitives::hazmat::{self, Aead};
use fieldseal_primitives::padding::unpadded;
use fieldseal_primitives::{LANES, Label, Mac, Messages, Sha256, equal, expand, extract};
use fieldseal_vpaes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use fieldseal_vpaes::{Aes256Enc, Ghash, aes_256_gcm};

use crate::memcheck::{hide, publish};

/// The outcome of a case.
pub(crate) enum Expected {
    /// Nothing depends on a secret.
    Silence,
    /// The outcome alone, which the caller learns: whether a tag was right.
    Verdict,
    /// A careless function, which shows that a leak is seen.
    Leak,
}

pub(crate) const ALL: &[(&str, Expected, fn())] = &[
    ("AES-256 by vector permutation", Expected::Silence, permuted_aes),
    ("GHASH by vector permutation", Expected::Silence, permuted_ghash),
    ("AES-256-GCM by vector permutation", Expected::Silence, permuted_gcm),
    ("AES-256-GCM by vector permutation, deciphered", Expected::Verdict, permuted_gcm_deciphered),
    ("AES-256 of this machine", Expected::Silence, aes),
    ("AES-256-GCM of this machine", Expected::Silence, gcm),
    ("AES-256-GCM of this machine, deciphered", Expected::Verdict, gcm_deciphered),
    ("AES-256-SIV", Expected::Silence, siv),
    ("AES-256-SIV, deciphered", Expected::Verdict, siv_deciphered),
    ("ChaCha20-Poly1305", Expected::Silence, chacha),
    ("ChaCha20-Poly1305, deciphered", Expected::Verdict, chacha_deciphered),
    ("SHA-256", Expected::Silence, sha),
    ("HMAC and HKDF", Expected::Silence, hkdf),
    ("HMAC over four messages side by side", Expected::Silence, side_by_side),
    ("comparison", Expected::Silence, comparison),
    ("unpadding", Expected::Silence, unpadding),
    ("careless: S-box in memory", Expected::Leak, careless_table),
    ("careless: comparison up to the first difference", Expected::Leak, careless_comparison),
    ("careless: unpadding from the end", Expected::Leak, careless_unpadding),
    ("careless: base64 by a table, which sees envelopes alone", Expected::Leak, base64_by_a_table),
];

/// Bytes without a pattern, hidden.
fn secret<const N: usize>() -> [u8; N] {
    let mut state = 1_u32;
    let mut bytes = std::array::from_fn(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    hide(&mut bytes);
    black_box(bytes)
}

fn permuted_aes() {
    let mut blocks = [Array(secret::<16>()); 6];
    Aes256Enc::new(&secret::<32>().into()).encrypt_blocks(&mut blocks);
    black_box(&mut blocks);
}

fn permuted_ghash() {
    let mut hash = Ghash::new(&secret());
    hash.update_padded(&secret::<100>());
    black_box(hash.finish());
}

fn permuted_gcm() {
    let mut text = secret::<200>();
    black_box(aes_256_gcm::encrypt(&secret(), &[0; 12], &secret::<20>(), &mut text));
    black_box(&mut text);
}

fn permuted_gcm_deciphered() {
    let (key, nonce, mut text) = (secret(), [0; 12], secret::<200>());
    let mut tag = aes_256_gcm::encrypt(&key, &nonce, &[], &mut text).unwrap_or_default();
    publish(&mut text);
    publish(&mut tag);
    let mut genuine = [aes_256_gcm::decrypt(&key, &nonce, &[], &mut text, &tag)];
    publish(&mut genuine);
    assert_eq!(black_box(genuine), [true]);
    black_box(&mut text);
}

fn aes() {
    let mut blocks = [secret(); 6];
    hazmat::aes_256(&secret(), &mut blocks);
    black_box(&mut blocks);
}

fn gcm() {
    enciphered(Aead::Aes256Gcm, &[&secret::<20>()]);
}

fn siv() {
    enciphered(Aead::Aes256Siv, &[&secret::<20>()]);
}

fn chacha() {
    enciphered(Aead::ChaCha20Poly1305, &[&secret::<20>()]);
}

fn gcm_deciphered() {
    deciphered(Aead::Aes256Gcm);
}

fn siv_deciphered() {
    deciphered(Aead::Aes256Siv);
}

fn chacha_deciphered() {
    deciphered(Aead::ChaCha20Poly1305);
}

fn deciphered(aead: Aead) {
    let (mut text, key, nonce) = (secret::<200>(), [secret(), secret()], [0; 12]);
    let mut tag = hazmat::encrypt(aead, &key, nonce, &[&[]], &mut text).unwrap_or_default();
    publish(&mut text);
    publish(&mut tag);
    let mut genuine = [hazmat::decrypt(aead, &key, nonce, &[&[]], &mut text, &tag)];
    publish(&mut genuine);
    assert_eq!(black_box(genuine), [true]);
    black_box(&mut text);
}

fn enciphered(aead: Aead, strings: &[&[u8]]) {
    let (mut text, key) = (secret::<200>(), [secret(), secret()]);
    black_box(hazmat::encrypt(aead, &key, [0; 12], strings, &mut text));
    black_box(&mut text);
}

fn sha() {
    let mut hash = Sha256::new();
    hash.update(&secret::<30>());
    hash.update(&secret::<150>());
    black_box(hash.finish());
}

fn hkdf() {
    const LABEL: Label<48, 64> = Label::new(b"gcm");
    let (first, second) = (secret::<32>(), secret::<32>());
    let key = extract(b"fieldseal1 value", &[&first, &second]);
    let mut made = [[0; 32]; 2];
    expand(&key, &LABEL, &secret(), &mut made);
    Mac::new(&secret::<32>()).compute(&[&secret::<32>(), &secret::<70>()], &mut made[0]);
    black_box(&mut made);
}

fn side_by_side() {
    let mut messages = Messages::new();
    for lane in 0..LANES {
        let (key, text) = (Mac::new(&secret::<32>()), secret::<250>());
        messages.write(lane, &key, &[&secret::<32>(), &text[..60 * lane]]);
    }
    messages.authenticate();
    black_box(messages.macs());
}

fn comparison() {
    let (one, other) = (secret::<32>(), secret::<32>());
    let mut answers = [equal(&one, &other), equal(&one, &black_box(one))];
    publish(&mut answers);
    assert_eq!(black_box(answers), [true, true]);
}

fn unpadding() {
    let mut text = [7; 64];
    text[50] = 0x80;
    text[51..].fill(0);
    hide(&mut text);
    let mut answers = [unpadded(black_box(&text)), unpadded(black_box(&text[..32]))];
    publish(&mut answers);
    assert_eq!(black_box(answers), [Some(50), None]);
}

fn careless_table() {
    let table: [u8; 256] = std::array::from_fn(|at| (at as u8).wrapping_mul(7));
    let [index] = secret();
    black_box(black_box(&table)[usize::from(index)]);
}

fn careless_comparison() {
    let (one, other) = (secret::<32>(), secret::<32>());
    let mut same = one.iter().zip(&other).all(|(one, other)| black_box(one) == other);
    publish(std::slice::from_mut(&mut same));
    black_box(same);
}

fn careless_unpadding() {
    black_box(black_box(secret::<64>()).iter().rposition(|byte| *byte != 0));
}

/// The crate that writes envelopes looks up in memory: an envelope is public, and clear text never
/// passes through it.
fn base64_by_a_table() {
    let mut text = [0; 44];
    black_box(URL_SAFE_NO_PAD.encode_slice(secret::<32>(), &mut text)).ok();
    black_box(&mut text);
}
