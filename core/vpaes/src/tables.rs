//! The tables of 16 bytes, each computed when the program is compiled, from the definition of AES
//! (FIPS 197) alone.
//!
//! F is GF(2^8) modulo x^8+x^4+x^3+x+1, and G in it the subfield of the 16 elements with g^16 = g.
//! With w of order 15, the powers 1, w, w^2, w^3 are a basis of G: a nibble is an element of G.
//! With u such that u^16 + u = 1, each element of F is i + k u with i and k in G in just one way:
//! the **coordinates** of an element are the byte with i in its high nibble and k in its low one.
//!
//! **The inverse.** Let j = i + k and z = u u^16, which is in G. Since (i + k u)^16 = i + k + k u =
//! j + k u, the product of the two is the norm N = i j + k^2 z. With 1/0 counted as "infinite", two
//! numbers take five inversions in G:
//!
//! ```text
//! p' = 1 / (1/i + 1/(z k)) + j = N / (z k + i)
//! q' = 1 / (1/j + 1/(z k)) + i = N / (z k + j)
//! ```
//!
//! Then 1/(i + k u) = (j + k u)/N = (u + z)/p' + (u + z + 1)/q', which one multiplies out. Each
//! summand depends on one nibble, so that a linear map of the inverse, such as that of the S-box,
//! is the sum of what two tables of 16 bytes give.
//!
//! Infinity is the byte `0x80`: a look-up beyond 15 gives 0, which is what 1/infinity is, also
//! after a nibble was added to it. Where i = 0 or k = 0 the two formulas hold by this, and where
//! both are, p' and q' become infinite and the inverse 0, as AES has it.
#![expect(
    clippy::indexing_slicing,
    reason = "in constants, an index out of bounds does not compile"
)]

use crate::vector::Vector;

/// One over 0, beyond all nibbles.
const INFINITE: u8 = 0x80;

/// The product in F.
const fn mul(a: u8, b: u8) -> u8 {
    let (mut a, mut b, mut product) = (a, b, 0);
    while b != 0 {
        product ^= if b & 1 == 1 { a } else { 0 };
        a = a << 1 ^ if a & 0x80 == 0 { 0 } else { 0x1B };
        b >>= 1;
    }
    product
}

const fn power(x: u8, exponent: u8) -> u8 {
    let (mut at, mut power) = (0, 1);
    while at < exponent {
        power = mul(power, x);
        at += 1;
    }
    power
}

/// In F, with 0 for 0.
const fn inverse(x: u8) -> u8 {
    power(x, 254)
}

/// The first element of order 15.
const W: u8 = {
    let mut w = 1;
    while power(w, 15) != 1 || power(w, 5) == 1 || power(w, 3) == 1 {
        w += 1;
    }
    w
};

/// The first element with u^16 + u = 1.
const U: u8 = {
    let mut u = 1;
    while power(u, 16) ^ u != 1 {
        u += 1;
    }
    u
};

const Z: u8 = mul(U, power(U, 16));

/// The element of G that a nibble stands for.
const fn subfield(nibble: u8) -> u8 {
    let (mut at, mut sum) = (0, 0);
    while at < 4 {
        sum ^= if nibble >> at & 1 == 1 { power(W, at) } else { 0 };
        at += 1;
    }
    sum
}

/// The element of F with these coordinates.
const fn element(coordinates: u8) -> u8 {
    subfield(coordinates >> 4) ^ mul(subfield(coordinates & 0xF), U)
}

const COORDINATES: [u8; 256] = {
    let (mut table, mut at) = ([0; 256], 0);
    while at < 256 {
        table[element(at as u8) as usize] = at as u8;
        at += 1;
    }
    table
};

/// Returns the coordinates of an element of F.
const fn coordinates(x: u8) -> u8 {
    COORDINATES[x as usize]
}

/// Returns the nibble of an element of G.
const fn nibble(x: u8) -> u8 {
    coordinates(x) >> 4
}

/// The linear part of the S-box: the sum of the byte rotated by 0..=4.
const fn linear(x: u8) -> u8 {
    x ^ x.rotate_left(1) ^ x.rotate_left(2) ^ x.rotate_left(3) ^ x.rotate_left(4)
}

/// One over `factor` times the nibble.
const fn reciprocals(factor: u8) -> Vector {
    let (mut table, mut at) = ([INFINITE; 16], 1);
    while at < 16 {
        table[at] = nibble(inverse(mul(factor, subfield(at as u8))));
        at += 1;
    }
    Vector::new(table)
}

/// 1/g.
pub(crate) const RECIPROCAL: Vector = reciprocals(1);

/// 1/(z g).
pub(crate) const RECIPROCAL_Z: Vector = reciprocals(Z);

/// A linear map of bytes, as a sum.
pub(crate) struct Linear {
    /// By the high nibble.
    pub(crate) high: Vector,
    /// By the low nibble.
    pub(crate) low: Vector,
}

impl Linear {
    /// Maps each byte: each of its nibbles goes through a table.
    #[inline(always)]
    pub(crate) fn of(&self, bytes: Vector) -> Vector {
        self.high.at(bytes.high()).xor(self.low.at(bytes.low()))
    }
}

/// From a byte to its coordinates.
pub(crate) const INTO: Linear = {
    let (mut high, mut low, mut at) = ([0; 16], [0; 16], 0);
    while at < 16 {
        (high[at], low[at]) = (coordinates((at as u8) << 4), coordinates(at as u8));
        at += 1;
    }
    Linear { high: Vector::new(high), low: Vector::new(low) }
};

/// From coordinates to the byte.
pub(crate) const OUT_OF: Linear = {
    let (mut high, mut low, mut at) = ([0; 16], [0; 16], 0);
    while at < 16 {
        (high[at], low[at]) = (element((at as u8) << 4), element(at as u8));
        at += 1;
    }
    Linear { high: Vector::new(high), low: Vector::new(low) }
};

/// The S-box without its constant, as a sum.
pub(crate) struct Substitution {
    /// By p'.
    pub(crate) p: Vector,
    /// By q'.
    pub(crate) q: Vector,
}

/// `times` the output of the S-box, in coordinates or as a byte.
const fn substitution(times: u8, in_coordinates: bool) -> Substitution {
    let (mut p, mut q, mut at) = ([0; 16], [0; 16], 1);
    while at < 16 {
        let one_over = inverse(subfield(at as u8));
        let of_p = mul(times, linear(mul(one_over, U ^ Z)));
        let of_q = mul(times, linear(mul(one_over, U ^ Z ^ 1)));
        (p[at], q[at]) =
            if in_coordinates { (coordinates(of_p), coordinates(of_q)) } else { (of_p, of_q) };
        at += 1;
    }
    Substitution { p: Vector::new(p), q: Vector::new(q) }
}

/// The S-box in coordinates.
pub(crate) const ONCE: Substitution = substitution(1, true);

/// Twice the S-box in coordinates, for MixColumns.
pub(crate) const TWICE: Substitution = substitution(2, true);

/// The S-box that gives bytes again, for the last round.
pub(crate) const LAST: Substitution = substitution(1, false);

/// The constant that the S-box adds to each byte after its linear part.
pub(crate) struct Affine {
    /// As AES has it.
    pub(crate) bytes: Vector,
    /// In coordinates.
    pub(crate) coordinates: Vector,
}

/// The one constant of the S-box.
pub(crate) const AFFINE: Affine =
    Affine { bytes: Vector::new([0x63; 16]), coordinates: Vector::new([coordinates(0x63); 16]) };

/// For each second round key: the powers of x, in coordinates, in the first byte of each word, and
/// what the S-box adds.
pub(crate) const ROUND_CONSTANTS: [Vector; 7] = {
    let (mut constants, mut at) = ([AFFINE.coordinates; 7], 0);
    while at < 7 {
        let (sum, other) = (coordinates(0x63 ^ 1 << at), coordinates(0x63));
        constants[at] = Vector::new([
            sum, other, other, other, sum, other, other, other, sum, other, other, other, sum,
            other, other, other,
        ]);
        at += 1;
    }
    constants
};

/// From columns to rows, and back.
pub(crate) const TRANSPOSE: Vector =
    Vector::new([0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]);

/// The place that ShiftRows takes each byte from, by rows.
pub(crate) const SHIFT_ROWS: Vector =
    Vector::new([0, 1, 2, 3, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14]);

/// A linear map of bytes of which each bit is the sum of bits of `shifts` places before it, in a
/// block: the highest bit of a byte is the first. The bits that leave the byte are in the map
/// `next`.
const fn shifted(shifts: &[u32], next: bool) -> Linear {
    let (mut high, mut low, mut at) = ([0; 16], [0; 16], 0);
    while at < 16 {
        let mut each = 0;
        while each < shifts.len() {
            let places = shifts[each];
            let (of_high, of_low) = ((at as u16) << 12 >> places, (at as u16) << 8 >> places);
            high[at] ^= if next { of_high as u8 } else { (of_high >> 8) as u8 };
            low[at] ^= if next { of_low as u8 } else { (of_low >> 8) as u8 };
            each += 1;
        }
        at += 1;
    }
    Linear { high: Vector::new(high), low: Vector::new(low) }
}

/// In GHASH, a byte times z.
pub(crate) const Z_OWN: Linear = shifted(&[1], false);

/// In GHASH, by what a byte times z exceeds the byte.
pub(crate) const Z_NEXT: Linear = shifted(&[1], true);

/// z^128 modulo the polynomial of GHASH, as exponents of z.
const MODULUS: [u32; 4] = [0, 1, 2, 7];

/// In GHASH, a byte times z^128.
pub(crate) const MODULUS_OWN: Linear = shifted(&MODULUS, false);

/// In GHASH, by what a byte times z^128 exceeds the byte.
pub(crate) const MODULUS_NEXT: Linear = shifted(&MODULUS, true);
