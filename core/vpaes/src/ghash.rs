//! GHASH (NIST SP 800-38D, section 6.4), over vectors.
//!
//! The bits of a block are the coefficients of a polynomial in z over GF(2): the highest bit of the
//! first byte that of z^0, the lowest of the last byte that of z^127. Products count modulo
//! z^128 + z^7 + z^2 + z + 1.
//!
//! **The product.** With T(n) the product of the hash key and a nibble n, whose highest bit is z^0,
//! and with h and l the nibbles of each byte of x, the product of x and the hash key is
//!
//! ```text
//! Σ z^(8 i) (T(h of byte i) + z^4 T(l of byte i))            i from 0 to 15
//! ```
//!
//! A look-up gives all sixteen bytes i at once, but only one byte of each T. The tables are
//! therefore kept by bytes: table j holds byte j of T(0) to T(15). What table j gives for byte i
//! belongs to byte i + j of the sum, and Horner's rule moves it there: from the last table to the
//! first, the sum moves up by one byte and the next look-up is added. Both nibbles have a sum of
//! their own, and z^4 is applied to that of the low nibbles at the end.

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::tables::{MODULUS_NEXT, MODULUS_OWN, Z_NEXT, Z_OWN};
use crate::vector::Vector;

/// A running GHASH under one hash key. Tables and sum are wiped when dropped.
///
/// It is a part of GCM and no hash for other uses: its output reveals the key.
///
/// ```
/// use fieldseal_vpaes::Ghash;
///
/// // The second test case of the mode's specification.
/// let key = 0x66e94bd4_ef8a2c3b_884cfa59_ca342b2e_u128.to_be_bytes();
/// let mut hash = Ghash::new(&key);
/// let ciphertext = 0x0388dace_60b6a392_f328c2b9_71b2fe78_u128.to_be_bytes();
/// let lengths = 128_u128.to_be_bytes();
/// hash.update(&[ciphertext, lengths]);
/// assert_eq!(hash.finish(), 0xf38cbb1a_d69223dc_c3457ae5_b6b0f885_u128.to_be_bytes());
/// ```
pub struct Ghash {
    /// Byte j of the products of the hash key and each nibble, for each j.
    tables: [Vector; 16],
    sum: Vector,
}

impl Ghash {
    /// Makes the tables of a hash key.
    pub fn new(key: &[u8; 16]) -> Self {
        Ghash::with(Vector::new(*key))
    }

    /// The same of a vector.
    pub(crate) fn with(key: Vector) -> Self {
        let zero = Vector::default();
        let times_z = times_z(key);
        let times_z_2 = self::times_z(times_z);
        let times_z_3 = self::times_z(times_z_2);
        let highest = [zero, times_z, key, key.xor(times_z)];
        let lowest = [zero, times_z_3, times_z_2, times_z_2.xor(times_z_3)];

        let mut hash = Ghash { tables: [zero; 16], sum: zero };
        for (four, high) in hash.tables.as_chunks_mut::<4>().0.iter_mut().zip(highest) {
            for (product, low) in four.iter_mut().zip(lowest) {
                *product = high.xor(low);
            }
        }
        // Row and column of a byte are eight bits of an address, which each step rotates by one.
        let mut other = Zeroizing::new([zero; 16]);
        for _ in 0..2 {
            interleave(&hash.tables, &mut other);
            interleave(&other, &mut hash.tables);
        }
        hash
    }

    /// Takes in whole blocks.
    #[inline(never)]
    pub fn update(&mut self, blocks: &[[u8; 16]]) {
        for block in blocks {
            self.sum = self.product(self.sum.xor(Vector::new(*block)));
        }
    }

    /// Takes in bytes, with the zeros after them that fill the last block.
    pub fn update_padded(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks();
        self.update(blocks);
        if !rest.is_empty() {
            let mut block = [0; 16];
            for (to, byte) in block.iter_mut().zip(rest) {
                *to = *byte;
            }
            self.update(&[block]);
        }
    }

    /// Returns the hash of all that was taken in.
    pub fn finish(self) -> [u8; 16] {
        self.sum.bytes()
    }

    #[inline(always)]
    pub(crate) fn sum(&self) -> Vector {
        self.sum
    }

    /// Multiplies by the hash key.
    #[inline(always)]
    fn product(&self, x: Vector) -> Vector {
        let zero = Vector::default();
        let (high_nibbles, low_nibbles) = (x.high(), x.low());
        // Sums of 32 bytes, the last sixteen in the second vector.
        let (mut of_high, mut of_low) = ([zero; 2], [zero; 2]);
        for table in self.tables.iter().rev() {
            of_high = up(of_high);
            of_low = up(of_low);
            let ([high, _], [low, _]) = (&mut of_high, &mut of_low);
            *high = high.xor(table.at(high_nibbles));
            *low = low.xor(table.at(low_nibbles));
        }
        let ([low, low_above], [high, high_above]) = (of_low, of_high);
        let (raised, raised_above) = (low.raised(), low_above.raised());
        let sum = high.xor(low.high()).xor(raised.after(zero));
        let above = high_above.xor(low_above.high()).xor(raised_above.after(raised));
        let (sum, beyond) = fold(sum, above);
        fold_nibble(sum, beyond)
    }
}

/// Moves 32 bytes up by one.
#[inline(always)]
fn up([low, above]: [Vector; 2]) -> [Vector; 2] {
    [low.after(Vector::default()), above.after(low)]
}

/// Multiplies by z.
#[inline(always)]
fn times_z(x: Vector) -> Vector {
    let (zero, next) = (Vector::default(), Z_NEXT.of(x));
    fold_nibble(Z_OWN.of(x).xor(next.after(zero)), zero.after(next))
}

/// Adds z^128 times `above` to a sum, which is z^7 + z^2 + z + 1 times it. Returns the sum and, in
/// the first byte of the other vector, by what it exceeds z^127.
#[inline(always)]
fn fold(sum: Vector, above: Vector) -> (Vector, Vector) {
    let (zero, next) = (Vector::default(), MODULUS_NEXT.of(above));
    (sum.xor(MODULUS_OWN.of(above)).xor(next.after(zero)), zero.after(next))
}

/// The same of a vector whose low nibbles and last byte are 0.
#[inline(always)]
fn fold_nibble(sum: Vector, above: Vector) -> Vector {
    let nibbles = above.high();
    let next = MODULUS_NEXT.high.at(nibbles).after(Vector::default());
    sum.xor(MODULUS_OWN.high.at(nibbles)).xor(next)
}

/// Moves the byte with the address `rc`, row and column, to the address that is rotated by one bit.
#[inline(always)]
fn interleave(rows: &[Vector; 16], made: &mut [Vector; 16]) {
    let (first, second) = rows.split_at(8);
    for (pair, (row, other)) in made.as_chunks_mut().0.iter_mut().zip(first.iter().zip(second)) {
        *pair = row.interleaved(*other);
    }
}

impl fmt::Debug for Ghash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ghash(redacted)")
    }
}

impl Zeroize for Ghash {
    #[inline]
    fn zeroize(&mut self) {
        self.tables.zeroize();
        self.sum.zeroize();
    }
}

impl Drop for Ghash {
    #[inline]
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Ghash {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit, as section 6.3 of the standard defines the product.
    fn by_definition(x: u128, y: u128) -> u128 {
        let mut v = y;
        (0..128).rev().fold(0, |z, bit| {
            let z = if x >> bit & 1 == 1 { z ^ v } else { z };
            v = if v & 1 == 1 { v >> 1 ^ 0xE1 << 120 } else { v >> 1 };
            z
        })
    }

    /// Powers of z, which are a basis: the product is linear in both of its factors.
    #[test]
    fn products_are_those_of_the_standard() {
        for key in (0..128).map(|bit| 1_u128 << bit) {
            let hash = Ghash::new(&key.to_be_bytes());
            for other in (0..128).map(|bit| 1_u128 << bit).chain([u128::MAX, key ^ u128::MAX]) {
                let product = hash.product(Vector::new(other.to_be_bytes()));
                let expected = by_definition(other, key);
                assert_eq!(u128::from_be_bytes(product.bytes()), expected, "{key:x} {other:x}");
            }
        }
    }

    #[test]
    fn tables_are_wiped_when_dropped() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<Ghash>();
        let mut hash = Ghash::new(&[7; 16]);
        hash.update(&[[1; 16]]);
        assert!(hash.sum.bytes() != [0; 16]);
        assert!(hash.tables.iter().all(|table| table.bytes() != [0; 16]));
        hash.zeroize();
        assert!(hash.tables.iter().chain([&hash.sum]).all(|table| table.bytes() == [0; 16]));
    }
}
