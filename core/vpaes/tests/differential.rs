//! Against the crate `aes`, which takes the instructions of the machine.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use fieldseal_vpaes::Aes256Enc;
use fieldseal_vpaes::cipher::{Array, Block, BlockCipherEncrypt, KeyInit};
use support::random;

/// Compares whole slices: blocks go through four at a time, and the rest one by one.
fn compare(key: [u8; 32], blocks: &[Block<Aes256Enc>]) {
    let (mut ours, mut theirs) = (blocks.to_vec(), blocks.to_vec());
    Aes256Enc::new(&key.into()).encrypt_blocks(&mut ours);
    aes::Aes256Enc::new(&key.into()).encrypt_blocks(&mut theirs);
    assert_eq!(ours, theirs, "{key:?} {blocks:?}");
}

#[test]
fn single_bits_of_keys_and_blocks() {
    for (key, block) in
        [([0; 32], [0; 16]), ([0xFF; 32], [0xFF; 16]), ([0; 32], [0xFF; 16]), ([0xFF; 32], [0; 16])]
    {
        compare(key, &[Array(block)]);
    }
    for bit in 0..256 {
        compare(
            std::array::from_fn(|at| if at == bit / 8 { 1 << (bit % 8) } else { 0 }),
            &[Array([0; 16])],
        );
    }
    for bit in 0..128 {
        compare([0; 32], &[Array((1_u128 << bit).to_be_bytes())]);
    }
}

/// Every byte at every place: the first S-box sees all its inputs, in all lanes.
#[test]
fn every_byte_at_every_place() {
    for place in 0..16 {
        let blocks: Vec<_> = (0..=255)
            .map(|byte| Array(std::array::from_fn(|at| if at == place { byte } else { 0x5A })))
            .collect();
        compare([0x3C; 32], &blocks);
    }
    for place in 0..32 {
        for byte in 0..=255 {
            compare(
                std::array::from_fn(|at| if at == place { byte } else { 0x5A }),
                &[Array([0x3C; 16])],
            );
        }
    }
}

#[test]
fn keys_and_slices_without_a_pattern() {
    let seed = &mut 1;
    for length in (0..=17).cycle().take(1_300) {
        let blocks: Vec<_> = (0..length).map(|_| Array(random(seed))).collect();
        compare(random(seed), &blocks);
    }
}

/// Enciphered from one buffer into another, which the modes do.
#[test]
fn buffer_to_buffer() {
    let seed = &mut 2;
    for length in 0..=9 {
        let blocks: Vec<_> = (0..length).map(|_| Array(random(seed))).collect();
        let key = random(seed);
        let mut made = vec![Array([0; 16]); length];
        Aes256Enc::new(&key.into()).encrypt_blocks_b2b(&blocks, &mut made).unwrap();
        let mut expected = blocks.clone();
        aes::Aes256Enc::new(&key.into()).encrypt_blocks(&mut expected);
        assert_eq!(made, expected);
        for (block, expected) in blocks.iter().zip(&expected) {
            let mut one = Array([0; 16]);
            Aes256Enc::new(&key.into()).encrypt_block_b2b(block, &mut one);
            assert_eq!(one, *expected);
        }
    }
}

#[test]
fn nothing_printed_shows_a_key() {
    assert_eq!(format!("{:?}", Aes256Enc::new(&[0x77; 32].into())), "Aes256Enc(redacted)");
}
