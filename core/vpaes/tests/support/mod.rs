//! Inputs of the tests.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

/// SplitMix64, for inputs without a pattern.
pub fn random<const N: usize>(seed: &mut u64) -> [u8; N] {
    std::array::from_fn(|_| byte(seed))
}

pub fn random_bytes(length: usize, seed: &mut u64) -> Vec<u8> {
    (0..length).map(|_| byte(seed)).collect()
}

fn byte(seed: &mut u64) -> u8 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*seed ^ *seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB) >> 56) as u8
}

pub fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
