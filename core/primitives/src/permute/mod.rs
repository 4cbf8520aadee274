//! AES-256 by vector permutation, for WebAssembly (Mike Hamburg, *Accelerating AES with Vector
//! Permute Instructions*, CHES 2009).
//!
//! WebAssembly has no instructions for AES. The usual way without them, the bits of several blocks
//! side by side, takes for a new key the time of seven blocks; and here each value has a key of its
//! own and only some blocks. This way looks up tables of 16 bytes, which lie in a register, at 16
//! places in one instruction: no address depends on a secret, and no branch does.
//!
//! From the first step to the last each byte is kept as its **coordinates** ([`tables`] has the
//! algebra), in which the S-box takes seven such look-ups and twice the S-box, of which MixColumns
//! is made, two more. The state is kept by rows, so that the row below is a rotation by a word.
//! What the S-box adds to its linear part, MixColumns leaves as it is: it is in the round keys.

mod tables;
mod vector;

use aes_gcm::aes::Block;
use aes_gcm::aes::cipher::consts::{U4, U16, U32};
use aes_gcm::aes::cipher::{
    Array, BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, InOut,
    Key, KeyInit, KeySizeUser, ParBlocks, ParBlocksSizeUser,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use tables::{
    AFFINE, INTO, LAST, Linear, ONCE, OUT_OF, RECIPROCAL, RECIPROCAL_Z, ROUND_CONSTANTS,
    SHIFT_ROWS, Substitution, TRANSPOSE, TWICE,
};
use vector::Vector;

/// Four times the last word of a round key by columns, its bytes rotated.
const LAST_ROTATED: Vector =
    Vector::new([13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12]);

/// The round keys.
pub(super) struct Aes256 {
    /// As AES has it.
    first: Vector,
    /// In coordinates and by rows, with what the S-box adds.
    middle: [Vector; 13],
    /// By columns, with what the S-box adds.
    last: Vector,
}

impl KeySizeUser for Aes256 {
    type KeySize = U32;
}

impl KeyInit for Aes256 {
    fn new(key: &Key<Self>) -> Self {
        let (first, second) = key.split_ref::<U16>();
        let (first, second) = (Vector::new(first.0), Vector::new(second.0));
        let (mut even, mut odd) = (linear(&INTO, first), linear(&INTO, second));
        let [constants @ .., last_constant] = &ROUND_CONSTANTS;

        let mut keys = Aes256 { first, middle: [Vector::default(); 13], last: Vector::default() };
        let [second, pairs @ ..] = &mut keys.middle;
        *second = odd.xor(AFFINE.coordinates).at(TRANSPOSE);
        for ([one, other], constant) in pairs.as_chunks_mut().0.iter_mut().zip(constants) {
            even = next_key(even, odd.at(LAST_ROTATED), *constant);
            *one = even.xor(AFFINE.coordinates).at(TRANSPOSE);
            odd = next_key(odd, even.words::<3, 3, 3, 3>(), AFFINE.coordinates);
            *other = odd.xor(AFFINE.coordinates).at(TRANSPOSE);
        }
        keys.last =
            linear(&OUT_OF, next_key(even, odd.at(LAST_ROTATED), *last_constant)).xor(AFFINE.bytes);
        keys
    }
}

/// The round key after next: to each word goes what is before it in this key, the S-box of `word`,
/// and a constant. The longest chain of steps goes through `word`, so that it is added last.
#[inline(always)]
fn next_key(key: Vector, word: Vector, constant: Vector) -> Vector {
    let sums = key.xor(key.words::<7, 0, 1, 2>());
    let sums = sums.xor(sums.words::<6, 7, 0, 1>());
    let (p, q) = invert(word);
    sums.xor(constant).xor(ONCE.p.at(p)).xor(ONCE.q.at(q))
}

/// Both nibbles through a table.
#[inline(always)]
fn linear(map: &Linear, bytes: Vector) -> Vector {
    map.high.at(bytes.high()).xor(map.low.at(bytes.low()))
}

/// The two numbers of which the inverse is a sum, as [`tables`] has it.
#[inline(always)]
fn invert(coordinates: Vector) -> (Vector, Vector) {
    let (i, k) = (coordinates.high(), coordinates.low());
    let j = i.xor(k);
    let over_k = RECIPROCAL_Z.at(k);
    let p = RECIPROCAL.at(RECIPROCAL.at(i).xor(over_k)).xor(j);
    let q = RECIPROCAL.at(RECIPROCAL.at(j).xor(over_k)).xor(i);
    (p, q)
}

/// What the S-box gives of an inverse, but for what it adds.
#[inline(always)]
fn substitute(table: &Substitution, (p, q): (Vector, Vector)) -> Vector {
    table.p.at(p).xor(table.q.at(q))
}

/// SubBytes, ShiftRows, MixColumns and the round key. With S what the S-box gives and S' the row
/// below, MixColumns is 2 S + 3 S' + S'' + S''', which is 2 S + (2 S + S + (S + S')')'.
#[inline(always)]
fn round(state: Vector, key: Vector, shift_rows: Vector) -> Vector {
    let inverse = invert(state.at(shift_rows));
    let (once, twice) = (substitute(&ONCE, inverse), substitute(&TWICE, inverse));
    let of_one = once.xor(below(once));
    let of_three = twice.xor(once).xor(below(of_one));
    twice.xor(key).xor(below(of_three))
}

/// Each row moved up by one.
#[inline(always)]
fn below(rows: Vector) -> Vector {
    rows.words::<1, 2, 3, 0>()
}

impl Aes256 {
    /// Blocks side by side, since each step of one waits for the step before. Four are as many as
    /// pay.
    #[inline(always)]
    fn encrypt<const N: usize>(&self, mut states: [Vector; N]) -> [Vector; N] {
        let (shift_rows, transpose) = (SHIFT_ROWS.hidden(), TRANSPOSE.hidden());
        for state in &mut states {
            *state = linear(&INTO, state.xor(self.first).at(transpose));
        }
        for key in &self.middle {
            for state in &mut states {
                *state = round(*state, *key, shift_rows);
            }
        }
        for state in &mut states {
            *state = substitute(&LAST, invert(state.at(shift_rows))).at(transpose).xor(self.last);
        }
        states
    }
}

impl BlockSizeUser for Aes256 {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for Aes256 {
    type ParBlocksSize = U4;
}

impl BlockCipherEncrypt for Aes256 {
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = U16>) {
        f.call(self);
    }
}

impl BlockCipherEncBackend for Aes256 {
    fn encrypt_block(&self, mut block: InOut<'_, '_, Block>) {
        let [made] = self.encrypt([Vector::new(block.get_in().0)]);
        block.get_out().0 = made.bytes();
    }

    fn encrypt_par_blocks(&self, mut blocks: InOut<'_, '_, ParBlocks<Self>>) {
        let made = self.encrypt(blocks.get_in().0.map(|block| Vector::new(block.0)));
        blocks.get_out().0 = made.map(|block| Array(block.bytes()));
    }
}

impl Zeroize for Aes256 {
    fn zeroize(&mut self) {
        self.first.zeroize();
        self.middle.zeroize();
        self.last.zeroize();
    }
}

impl Drop for Aes256 {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Aes256 {}

#[cfg(test)]
mod tests {
    use aes_gcm::aes::Aes256Enc;

    use super::*;
    use crate::testing::hex;

    /// Whole slices too: blocks go through four at a time, and the rest one by one.
    fn check(key: [u8; 32], blocks: &[Block]) {
        let (mut ours, mut theirs) = (blocks.to_vec(), blocks.to_vec());
        Aes256::new(&key.into()).encrypt_blocks(&mut ours);
        Aes256Enc::new(&key.into()).encrypt_blocks(&mut theirs);
        assert_eq!(ours, theirs, "{key:?} {blocks:?}");
    }

    /// SplitMix64, for inputs without a pattern.
    fn random<const N: usize>(seed: &mut u64) -> [u8; N] {
        std::array::from_fn(|_| {
            *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (*seed ^ *seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            ((mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB) >> 56) as u8
        })
    }

    /// Appendix C.3 of FIPS 197.
    #[test]
    fn known_answer() {
        let key: [u8; 32] = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        let mut blocks = [Array(hex("00112233445566778899aabbccddeeff")); 5];
        Aes256::new(&key.into()).encrypt_blocks(&mut blocks);
        assert_eq!(blocks.map(|block| block.0), [hex("8ea2b7ca516745bfeafc49904b496089"); 5]);
    }

    #[test]
    fn agrees_with_the_crate_on_single_bits() {
        for (key, block) in [
            ([0; 32], [0; 16]),
            ([0xFF; 32], [0xFF; 16]),
            ([0; 32], [0xFF; 16]),
            ([0xFF; 32], [0; 16]),
        ] {
            check(key, &[Array(block)]);
        }
        for bit in 0..256 {
            check(
                std::array::from_fn(|at| if at == bit / 8 { 1 << (bit % 8) } else { 0 }),
                &[Block::default()],
            );
        }
        for bit in 0..128 {
            check([0; 32], &[Array((1_u128 << bit).to_be_bytes())]);
        }
    }

    #[test]
    fn agrees_with_the_crate_on_keys_and_slices_without_a_pattern() {
        let seed = &mut 1;
        for length in (0..=17).cycle().take(1_300) {
            let blocks: Vec<Block> = (0..length).map(|_| Array(random(seed))).collect();
            check(random(seed), &blocks);
        }
    }

    /// Against the definition: the inverse, as the one number of which the product is 1, and each
    /// bit as the sum of five.
    #[test]
    fn the_s_box_is_that_of_the_standard() {
        let product = |a: u8, b: u8| {
            let sum = (0..8)
                .filter(|bit| b >> bit & 1 == 1)
                .fold(0_u16, |sum, bit| sum ^ u16::from(a) << bit);
            (8..16).rev().fold(sum, |sum, bit| {
                if sum >> bit & 1 == 1 { sum ^ 0x11B << (bit - 8) } else { sum }
            })
        };
        for byte in 0..=255 {
            let inverse = (1..=255).find(|other| product(byte, *other) == 1).unwrap_or(0);
            let bit = |at: u8| {
                [0, 4, 5, 6, 7]
                    .iter()
                    .fold(0x63 >> at & 1, |sum, more| sum ^ inverse >> ((at + more) % 8) & 1)
            };
            let expected = (0..8).fold(0, |sum, at| sum | bit(at) << at);

            let inverted = invert(linear(&INTO, Vector::new([byte; 16])));
            assert_eq!(
                substitute(&LAST, inverted).xor(AFFINE.bytes).bytes(),
                [expected; 16],
                "{byte}"
            );
            let once = substitute(&ONCE, inverted).xor(AFFINE.coordinates);
            assert_eq!(linear(&OUT_OF, once).bytes(), [expected; 16], "{byte}");
            let twice = linear(&OUT_OF, substitute(&TWICE, inverted)).bytes().map(u16::from);
            assert_eq!(twice, [product(expected ^ 0x63, 2); 16], "{byte}");
        }
    }

    #[test]
    fn round_keys_are_wiped_when_dropped() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<Aes256>();
        let mut keys = Aes256::new(&[7; 32].into());
        keys.zeroize();
        assert!(
            [keys.first, keys.last].iter().chain(&keys.middle).all(|key| key.bytes() == [0; 16])
        );
    }
}
