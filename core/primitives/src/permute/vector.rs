//! Sixteen bytes in a register, and the few operations on them that the cipher needs. None takes
//! longer for some bytes than for others.

use zeroize::DefaultIsZeroes;

pub(super) use self::lanes::Vector;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use std::arch::wasm32::{
        i8x16_splat, i8x16_swizzle, i32x4_shuffle, u16x8_shr, u64x2, u64x2_extract_lane, v128,
        v128_and, v128_xor,
    };
    use std::hint::black_box;

    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Vector(v128);

    impl Vector {
        /// Of these bytes.
        #[inline(always)]
        pub(in super::super) const fn new(bytes: [u8; 16]) -> Self {
            let number = u128::from_le_bytes(bytes);
            Vector(u64x2(number as u64, (number >> 64) as u64))
        }

        /// The bytes.
        #[inline(always)]
        pub(in super::super) fn bytes(self) -> [u8; 16] {
            let (low, high) = (u64x2_extract_lane::<0>(self.0), u64x2_extract_lane::<1>(self.0));
            (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
        }

        /// The sum of each two bytes.
        #[inline(always)]
        pub(in super::super) fn xor(self, other: Self) -> Self {
            Vector(v128_xor(self.0, other.0))
        }

        /// The low nibbles.
        #[inline(always)]
        pub(in super::super) fn low(self) -> Self {
            Vector(v128_and(self.0, i8x16_splat(0xF)))
        }

        /// The high nibbles. By a shift of wider lanes, since there is none of bytes on x86.
        #[inline(always)]
        pub(in super::super) fn high(self) -> Self {
            Vector(u16x8_shr(self.0, 4)).low()
        }

        /// The bytes at these indices, with 0 for an index beyond 15.
        #[inline(always)]
        pub(in super::super) fn at(self, indices: Self) -> Self {
            Vector(i8x16_swizzle(self.0, indices.0))
        }

        /// The words of four bytes at these indices, with 0 for an index beyond 3.
        #[inline(always)]
        pub(in super::super) fn words<
            const A: usize,
            const B: usize,
            const C: usize,
            const D: usize,
        >(
            self,
        ) -> Self {
            Vector(i32x4_shuffle::<A, B, C, D>(self.0, u64x2(0, 0)))
        }

        /// Itself, but no constant to the compiler: V8 builds constant indices anew, in four
        /// instructions, each time `at` is called.
        #[inline(always)]
        pub(in super::super) fn hidden(self) -> Self {
            Vector(black_box(self.0))
        }
    }
}

/// The same, byte by byte, so that tests can run the cipher where there are no such registers.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    #![allow(clippy::indexing_slicing)]

    use std::array::from_fn;

    /// Sixteen bytes, with the functions of the other.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Vector([u8; 16]);

    impl Vector {
        pub(in super::super) const fn new(bytes: [u8; 16]) -> Self {
            Vector(bytes)
        }

        pub(in super::super) fn bytes(self) -> [u8; 16] {
            self.0
        }

        pub(in super::super) fn xor(self, other: Self) -> Self {
            Vector(from_fn(|at| self.0[at] ^ other.0[at]))
        }

        pub(in super::super) fn low(self) -> Self {
            Vector(self.0.map(|byte| byte & 0xF))
        }

        pub(in super::super) fn high(self) -> Self {
            Vector(self.0.map(|byte| byte >> 4))
        }

        pub(in super::super) fn at(self, indices: Self) -> Self {
            Vector(indices.0.map(|index| self.0.get(usize::from(index)).copied().unwrap_or(0)))
        }

        pub(in super::super) fn words<
            const A: usize,
            const B: usize,
            const C: usize,
            const D: usize,
        >(
            self,
        ) -> Self {
            Vector(from_fn(|at| {
                self.0.get(4 * [A, B, C, D][at / 4] + at % 4).copied().unwrap_or(0)
            }))
        }

        pub(in super::super) fn hidden(self) -> Self {
            self
        }
    }
}

impl Default for Vector {
    fn default() -> Self {
        Vector::new([0; 16])
    }
}

impl DefaultIsZeroes for Vector {}
