//! The vectors of WebAssembly.

use core::arch::wasm32::{
    i8x16_shuffle, i8x16_splat, i8x16_swizzle, i32x4_shuffle, u16x8_shl, u16x8_shr, u64x2,
    u64x2_extract_lane, v128, v128_and, v128_xor,
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

    /// Returns the low nibbles as high ones.
    #[inline(always)]
    pub(crate) fn raised(self) -> Self {
        Vector(u16x8_shl(self.low().0, 4))
    }

    /// Moves each byte up by one place. The last byte of `before` becomes the first.
    #[inline(always)]
    pub(crate) fn after(self, before: Self) -> Self {
        Vector(i8x16_shuffle::<15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30>(
            before.0, self.0,
        ))
    }

    /// Returns the bytes of both in turn: those of the first halves, and those of the second.
    #[inline(always)]
    pub(crate) fn interleaved(self, other: Self) -> [Self; 2] {
        [
            Vector(i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(
                self.0, other.0,
            )),
            Vector(i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(
                self.0, other.0,
            )),
        ]
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
