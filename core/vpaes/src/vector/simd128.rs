//! The vectors of WebAssembly.

use core::arch::wasm32::{
    i8x16_splat, i8x16_swizzle, i32x4_shuffle, u16x8_shr, u64x2, u64x2_extract_lane, v128,
    v128_and, v128_xor,
};
use core::hint::black_box;

/// Sixteen bytes.
#[derive(Clone, Copy)]
pub(crate) struct Vector(v128);

impl Vector {
    /// Makes a vector of these bytes.
    #[inline(always)]
    pub(crate) const fn new(bytes: [u8; 16]) -> Self {
        let number = u128::from_le_bytes(bytes);
        Vector(u64x2(number as u64, (number >> 64) as u64))
    }

    /// Returns the bytes.
    #[inline(always)]
    pub(crate) fn bytes(self) -> [u8; 16] {
        let (low, high) = (u64x2_extract_lane::<0>(self.0), u64x2_extract_lane::<1>(self.0));
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    }

    /// Adds byte to byte in GF(2^8).
    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        Vector(v128_xor(self.0, other.0))
    }

    /// Returns the low nibbles.
    #[inline(always)]
    pub(crate) fn low(self) -> Self {
        Vector(v128_and(self.0, i8x16_splat(0xF)))
    }

    /// Returns the high nibbles, by a shift of wider lanes, since x86 has none of bytes.
    #[inline(always)]
    pub(crate) fn high(self) -> Self {
        Vector(u16x8_shr(self.0, 4)).low()
    }

    /// Looks up the bytes at these indices; an index beyond 15 gives 0.
    #[inline(always)]
    pub(crate) fn at(self, indices: Self) -> Self {
        Vector(i8x16_swizzle(self.0, indices.0))
    }

    /// Takes the words of four bytes at these indices; an index beyond 3 gives 0.
    #[inline(always)]
    pub(crate) fn words<const A: usize, const B: usize, const C: usize, const D: usize>(
        self,
    ) -> Self {
        Vector(i32x4_shuffle::<A, B, C, D>(self.0, u64x2(0, 0)))
    }

    /// Returns the same vector, which the compiler then does not take for a constant: V8 builds
    /// constant indices anew, in four instructions, at each call of [`at`](Self::at).
    #[inline(always)]
    pub(crate) fn hidden(self) -> Self {
        Vector(black_box(self.0))
    }
}
