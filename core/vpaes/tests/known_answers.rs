//! The known answers of the standards: FIPS 197 and NIST SP 800-38A, appendix F.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use fieldseal_vpaes::Aes256Enc;
use fieldseal_vpaes::cipher::{Array, BlockCipherEncrypt, KeyInit};

/// The key of all known answers in SP 800-38A.
const KEY: &str = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

/// Their text of four blocks.
const TEXT: [&str; 4] = [
    "6bc1bee22e409f96e93d7e117393172a",
    "ae2d8a571e03ac9c9eb76fac45af8e51",
    "30c81c46a35ce411e5fbc1191a0a52ef",
    "f69f2445df4f9b17ad2b417be66c3710",
];

fn hex<const N: usize>(digits: &str) -> [u8; N] {
    assert_eq!(digits.len(), 2 * N);
    std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
}

fn cipher(key: &str) -> Aes256Enc {
    Aes256Enc::new(&hex(key).into())
}

fn encipher(cipher: &Aes256Enc, block: [u8; 16]) -> [u8; 16] {
    let mut block = Array(block);
    cipher.encrypt_block(&mut block);
    block.0
}

fn xor(one: [u8; 16], other: [u8; 16]) -> [u8; 16] {
    std::array::from_fn(|at| one[at] ^ other[at])
}

/// FIPS 197, appendix C.3, alone and in a slice that goes through four at a time and one.
#[test]
fn fips_197_c_3() {
    let cipher = cipher("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    let (clear, expected) =
        ("00112233445566778899aabbccddeeff", hex("8ea2b7ca516745bfeafc49904b496089"));
    assert_eq!(encipher(&cipher, hex(clear)), expected);
    let mut blocks = [Array(hex(clear)); 5];
    cipher.encrypt_blocks(&mut blocks);
    assert_eq!(blocks.map(|block| block.0), [expected; 5]);
}

/// SP 800-38A, F.1.5 ECB-AES256.Encrypt.
#[test]
fn sp_800_38a_ecb() {
    let expected = [
        "f3eed1bdb5d2a03c064b5a7e3db181f8",
        "591ccb10d410ed26dc5ba74a31362870",
        "b6ed21b99ca6f4f9f153e7b1beafed1d",
        "23304b7a39f9f3ff067d8d8f9e24ecc7",
    ];
    let cipher = cipher(KEY);
    let mut blocks = TEXT.map(|text| Array(hex(text)));
    cipher.encrypt_blocks(&mut blocks);
    assert_eq!(blocks.map(|block| block.0), expected.map(hex));
    assert_eq!(TEXT.map(|text| encipher(&cipher, hex(text))), expected.map(hex));
}

/// SP 800-38A, F.2.5 CBC-AES256.Encrypt: each block is the sum of a clear and an enciphered one.
#[test]
fn sp_800_38a_cbc() {
    let expected = [
        "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
        "9cfc4e967edb808d679f777bc6702c7d",
        "39f23369a9d9bacfa530e26304231461",
        "b2eb05e2c39be9fcda6c19078c6a9d1b",
    ];
    let (cipher, mut last) = (cipher(KEY), hex("000102030405060708090a0b0c0d0e0f"));
    for (text, expected) in TEXT.into_iter().zip(expected) {
        last = encipher(&cipher, xor(hex(text), last));
        assert_eq!(last, hex(expected));
    }
}

/// SP 800-38A, F.3.17 CFB128-AES256.Encrypt.
#[test]
fn sp_800_38a_cfb128() {
    let expected = [
        "dc7e84bfda79164b7ecd8486985d3860",
        "39ffed143b28b1c832113c6331e5407b",
        "df10132415e54b92a13ed0a8267ae2f9",
        "75a385741ab9cef82031623d55b1e471",
    ];
    let (cipher, mut last) = (cipher(KEY), hex("000102030405060708090a0b0c0d0e0f"));
    for (text, expected) in TEXT.into_iter().zip(expected) {
        last = xor(hex(text), encipher(&cipher, last));
        assert_eq!(last, hex(expected));
    }
}

/// SP 800-38A, F.4.5 OFB-AES256.Encrypt.
#[test]
fn sp_800_38a_ofb() {
    let expected = [
        "dc7e84bfda79164b7ecd8486985d3860",
        "4febdc6740d20b3ac88f6ad82a4fb08d",
        "71ab47a086e86eedf39d1c5bba97c408",
        "0126141d67f37be8538f5a8be740e484",
    ];
    let (cipher, mut last) = (cipher(KEY), hex("000102030405060708090a0b0c0d0e0f"));
    for (text, expected) in TEXT.into_iter().zip(expected) {
        last = encipher(&cipher, last);
        assert_eq!(xor(hex(text), last), hex(expected));
    }
}

/// SP 800-38A, F.5.5 CTR-AES256.Encrypt.
#[test]
fn sp_800_38a_ctr() {
    let expected = [
        "601ec313775789a5b7a7f504bbf3d228",
        "f443e3ca4d62b59aca84e990cacaf5c5",
        "2b0930daa23de94ce87017ba2d84988d",
        "dfc9c58db67aada613c2dd08457941a6",
    ];
    let counter = u128::from_be_bytes(hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
    let mut stream: [_; 4] = std::array::from_fn(|at| Array((counter + at as u128).to_be_bytes()));
    cipher(KEY).encrypt_blocks(&mut stream);
    let made: [[u8; 16]; 4] = std::array::from_fn(|at| xor(hex(TEXT[at]), stream[at].0));
    assert_eq!(made, expected.map(hex));
}
