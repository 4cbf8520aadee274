//! The vectors of WebAssembly.

use core::arch::wasm32::{
    i8x16_shuffle, i32x4_shuffle, i64x2_shuffle, u32x4, u32x4_add, u32x4_shl, u32x4_shr,
    u32x4_splat, u64x2, u64x2_extract_lane, v128, v128_and, v128_or, v128_xor,
};

/// One word of each of four messages.
#[derive(Clone, Copy)]
pub(crate) struct Lanes(v128);

impl Lanes {
    /// Makes a vector of these words.
    #[inline(always)]
    pub(crate) fn new([one, two, three, four]: [u32; 4]) -> Self {
        Lanes(u32x4(one, two, three, four))
    }

    /// Makes a vector of one word.
    #[inline(always)]
    pub(crate) fn splat(word: u32) -> Self {
        Lanes(u32x4_splat(word))
    }

    /// Reads four big-endian words.
    #[inline(always)]
    pub(crate) fn read(bytes: &[u8; 16]) -> Self {
        let number = u128::from_le_bytes(*bytes);
        Lanes(u64x2(number as u64, (number >> 64) as u64)).reversed()
    }

    /// Returns the words as big-endian bytes.
    #[inline(always)]
    pub(crate) fn write(self) -> [u8; 16] {
        let Lanes(bytes) = self.reversed();
        let (low, high) = (u64x2_extract_lane::<0>(bytes), u64x2_extract_lane::<1>(bytes));
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    }

    /// Reverses the bytes of each word.
    #[inline(always)]
    fn reversed(self) -> Self {
        let Lanes(bytes) = self;
        Lanes(i8x16_shuffle::<3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12>(bytes, bytes))
    }

    /// Makes rows of columns.
    #[inline(always)]
    pub(crate) fn transposed([one, two, three, four]: [Self; 4]) -> [Self; 4] {
        let low = |one: Self, other: Self| i32x4_shuffle::<0, 4, 1, 5>(one.0, other.0);
        let high = |one: Self, other: Self| i32x4_shuffle::<2, 6, 3, 7>(one.0, other.0);
        let rows = |one: v128, other: v128| {
            [Lanes(i64x2_shuffle::<0, 2>(one, other)), Lanes(i64x2_shuffle::<1, 3>(one, other))]
        };
        let [first, second] = rows(low(one, two), low(three, four));
        let [third, fourth] = rows(high(one, two), high(three, four));
        [first, second, third, fourth]
    }

    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Lanes(u32x4_add(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        Lanes(v128_xor(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        Lanes(v128_and(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn shift_right<const BITS: u32>(self) -> Self {
        Lanes(u32x4_shr(self.0, BITS))
    }

    #[inline(always)]
    pub(crate) fn rotate_right<const BITS: u32>(self) -> Self {
        Lanes(v128_or(u32x4_shr(self.0, BITS), u32x4_shl(self.0, 32 - BITS)))
    }
}
