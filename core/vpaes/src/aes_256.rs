//! The cipher: key schedule and rounds, over vectors.
//!
//! From the first step to the last each byte is kept as its **coordinates** (`tables.rs` has the
//! algebra), in which the S-box takes seven look-ups and twice the S-box, from which MixColumns is
//! made, two more. The state is kept by rows: the row below is a rotation by a word. MixColumns
//! leaves the constant of the S-box as it is, and the round keys hold it.

use core::fmt;

use cipher::consts::{U4, U16, U32};
use cipher::{
    Array, Block, BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser,
    InOut, Key, KeyInit, KeySizeUser, ParBlocks, ParBlocksSizeUser,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::tables::{
    AFFINE, INTO, LAST, ONCE, OUT_OF, RECIPROCAL, RECIPROCAL_Z, ROUND_CONSTANTS, SHIFT_ROWS,
    Substitution, TRANSPOSE, TWICE,
};
use crate::vector::Vector;

/// Four times the last word of a round key by columns, its bytes rotated.
const LAST_ROTATED: Vector =
    Vector::new([13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12]);

/// AES-256 (FIPS 197) that enciphers: the round keys of one key, wiped when dropped.
///
/// The traits of [`cipher`] make it the block cipher of a mode, as `aes::Aes256Enc` is one.
///
/// ```
/// use fieldseal_vpaes::Aes256Enc;
/// use fieldseal_vpaes::cipher::{Array, BlockCipherEncrypt, KeyInit};
///
/// let cipher = Aes256Enc::new(&[7; 32].into());
/// let mut blocks = [Array([0; 16]); 5];
/// cipher.encrypt_blocks(&mut blocks);
/// assert_ne!(blocks[0], Array([0; 16]));
/// assert_eq!(blocks[0], blocks[4], "equal blocks stay equal: a mode must tell them apart");
/// ```
pub struct Aes256Enc {
    /// By columns, as FIPS 197 has it.
    first: Vector,
    /// By rows and in coordinates, with the constant of the S-box.
    middle: [Vector; 13],
    /// By columns, with the constant of the S-box.
    last: Vector,
}

impl KeySizeUser for Aes256Enc {
    type KeySize = U32;
}

impl KeyInit for Aes256Enc {
    #[inline]
    fn new(key: &Key<Self>) -> Self {
        let (first, second) = key.split_ref::<U16>();
        let (first, second) = (Vector::new(first.0), Vector::new(second.0));
        let (mut even, mut odd) = (INTO.of(first), INTO.of(second));
        let [constants @ .., last_constant] = &ROUND_CONSTANTS;

        let mut keys =
            Aes256Enc { first, middle: [Vector::default(); 13], last: Vector::default() };
        let [second, pairs @ ..] = &mut keys.middle;
        *second = odd.xor(AFFINE.coordinates).at(TRANSPOSE);
        for ([one, other], constant) in pairs.as_chunks_mut().0.iter_mut().zip(constants) {
            even = next_key(even, odd.at(LAST_ROTATED), *constant);
            *one = even.xor(AFFINE.coordinates).at(TRANSPOSE);
            odd = next_key(odd, even.words::<3, 3, 3, 3>(), AFFINE.coordinates);
            *other = odd.xor(AFFINE.coordinates).at(TRANSPOSE);
        }
        keys.last =
            OUT_OF.of(next_key(even, odd.at(LAST_ROTATED), *last_constant)).xor(AFFINE.bytes);
        keys
    }
}

/// Returns the round key after next: each word is the sum of the words up to it in this key, the
/// S-box of `word` and a constant. The longest chain of steps goes through `word`, which is
/// therefore added last.
#[inline(always)]
fn next_key(key: Vector, word: Vector, constant: Vector) -> Vector {
    let sums = key.xor(key.words::<7, 0, 1, 2>());
    let sums = sums.xor(sums.words::<6, 7, 0, 1>());
    let (p, q) = invert(word);
    sums.xor(constant).xor(ONCE.p.at(p)).xor(ONCE.q.at(q))
}

/// Returns the two numbers that the inverse is a sum of, see `tables.rs`.
#[inline(always)]
fn invert(coordinates: Vector) -> (Vector, Vector) {
    let (i, k) = (coordinates.high(), coordinates.low());
    let j = i.xor(k);
    let over_k = RECIPROCAL_Z.at(k);
    let p = RECIPROCAL.at(RECIPROCAL.at(i).xor(over_k)).xor(j);
    let q = RECIPROCAL.at(RECIPROCAL.at(j).xor(over_k)).xor(i);
    (p, q)
}

/// Applies the linear part of the S-box to an inverse.
#[inline(always)]
fn substitute(table: &Substitution, (p, q): (Vector, Vector)) -> Vector {
    table.p.at(p).xor(table.q.at(q))
}

/// SubBytes, ShiftRows, MixColumns and AddRoundKey. With S the output of the S-box and S' the row
/// below, MixColumns is 2 S + 3 S' + S'' + S''', which is 2 S + (2 S + S + (S + S')')'.
#[inline(always)]
fn round(state: Vector, key: Vector, shift_rows: Vector) -> Vector {
    let inverse = invert(state.at(shift_rows));
    let (once, twice) = (substitute(&ONCE, inverse), substitute(&TWICE, inverse));
    let of_one = once.xor(below(once));
    let of_three = twice.xor(once).xor(below(of_one));
    twice.xor(key).xor(below(of_three))
}

/// Moves each row up by one.
#[inline(always)]
fn below(rows: Vector) -> Vector {
    rows.words::<1, 2, 3, 0>()
}

impl Aes256Enc {
    /// Enciphers N blocks side by side, since each step of one block waits for the step before.
    /// More than four gain nothing.
    #[inline(always)]
    fn encrypt<const N: usize>(&self, mut states: [Vector; N]) -> [Vector; N] {
        let (shift_rows, transpose) = (SHIFT_ROWS.hidden(), TRANSPOSE.hidden());
        for state in &mut states {
            *state = INTO.of(state.xor(self.first).at(transpose));
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

    /// Enciphers four blocks, once compiled for all callers.
    #[inline(never)]
    pub(crate) fn encrypt_four(&self, blocks: &mut [Vector; 4]) {
        *blocks = self.encrypt(*blocks);
    }
}

impl BlockSizeUser for Aes256Enc {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for Aes256Enc {
    type ParBlocksSize = U4;
}

impl BlockCipherEncrypt for Aes256Enc {
    #[inline]
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = U16>) {
        f.call(self);
    }
}

impl BlockCipherEncBackend for Aes256Enc {
    #[inline]
    fn encrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let [made] = self.encrypt([Vector::new(block.get_in().0)]);
        block.get_out().0 = made.bytes();
    }

    #[inline]
    fn encrypt_par_blocks(&self, mut blocks: InOut<'_, '_, ParBlocks<Self>>) {
        let mut made = blocks.get_in().0.map(|block| Vector::new(block.0));
        self.encrypt_four(&mut made);
        blocks.get_out().0 = made.map(|block| Array(block.bytes()));
        made.zeroize();
    }
}

impl fmt::Debug for Aes256Enc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aes256Enc(redacted)")
    }
}

impl Zeroize for Aes256Enc {
    #[inline]
    fn zeroize(&mut self) {
        self.first.zeroize();
        self.middle.zeroize();
        self.last.zeroize();
    }
}

impl Drop for Aes256Enc {
    #[inline]
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Aes256Enc {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the definition: the inverse, as the one number whose product with the byte is 1, and
    /// each bit as the sum of five.
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

            let inverted = invert(INTO.of(Vector::new([byte; 16])));
            assert_eq!(
                substitute(&LAST, inverted).xor(AFFINE.bytes).bytes(),
                [expected; 16],
                "{byte}"
            );
            let once = substitute(&ONCE, inverted).xor(AFFINE.coordinates);
            assert_eq!(OUT_OF.of(once).bytes(), [expected; 16], "{byte}");
            let twice = OUT_OF.of(substitute(&TWICE, inverted)).bytes().map(u16::from);
            assert_eq!(twice, [product(expected ^ 0x63, 2); 16], "{byte}");
        }
    }

    #[test]
    fn round_keys_are_wiped_when_dropped() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<Aes256Enc>();
        let mut keys = Aes256Enc::new(&[7; 32].into());
        assert!(
            keys.last.bytes() != [0; 16] && keys.middle.iter().all(|key| key.bytes() != [0; 16])
        );
        keys.zeroize();
        assert!(
            [keys.first, keys.last].iter().chain(&keys.middle).all(|key| key.bytes() == [0; 16])
        );
    }
}
