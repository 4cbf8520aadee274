//! By the vectors of WebAssembly, sixteen characters at a time: Wojciech Muła and Daniel Lemire,
//! *Faster Base64 Encoding and Decoding Using AVX2 Instructions*, 2018. It is a kilobyte smaller than
//! tables with their code, takes no longer, and no address depends on a byte.

use core::arch::wasm32::{
    i8x16_shuffle, i8x16_splat, i8x16_swizzle, u8x16, u8x16_add, u8x16_all_true, u8x16_eq,
    u8x16_lt, u8x16_splat, u8x16_sub, u8x16_sub_sat, u16x8_shl, u16x8_shr, u32x4_shl, u32x4_shr,
    u32x4_splat, u64x2, u64x2_extract_lane, v128, v128_and, v128_or,
};

use super::{decoded_len, encoded_len};

/// Characters of a vector.
const TEXT: usize = 16;

/// The bytes that they encode.
const BYTES: usize = 12;

/// Overwrites `out` with the text of `bytes`. Returns false unless the length of `out` is
/// [`encoded_len`].
#[must_use]
pub fn encode(mut bytes: &[u8], mut out: &mut [u8]) -> bool {
    if encoded_len(bytes.len()) != Some(out.len()) {
        return false;
    }
    while let Some(block) = bytes.first_chunk() {
        let Some((to, rest)) = out.split_first_chunk_mut() else { return false };
        *to = written(characters(read(block)));
        (bytes, out) = (bytes.split_at(BYTES).1, rest);
    }
    for (bytes, out) in bytes.chunks(BYTES).zip(out.chunks_mut(TEXT)) {
        let mut block = [0; TEXT];
        copy(bytes, &mut block);
        copy(&written(characters(read(&block))), out);
    }
    true
}

/// Overwrites `out`, whose length must be [`decoded_len`], with the bytes of `text`.
///
/// Returns `None` unless the text is canonical: no padding, no other character, and zero in the
/// unused bits of the last character.
pub fn decode<'o>(mut text: &[u8], out: &'o mut [u8]) -> Option<&'o [u8]> {
    if out.len() != decoded_len(text.len()) || text.len() % 4 == 1 {
        return None;
    }
    let mut rest = &mut *out;
    while let Some((block, later)) = text.split_first_chunk::<TEXT>() {
        let (to, after) = rest.split_first_chunk_mut::<BYTES>()?;
        *to = *written(bytes(read(block))?).first_chunk()?;
        (text, rest) = (later, after);
    }
    // Behind the last bytes the padding encodes zeros, and so do the unused bits.
    let mut block = [b'A'; TEXT];
    copy(text, &mut block);
    let last = written(bytes(read(&block))?);
    copy(&last, rest);
    last.get(rest.len()).is_none_or(|unused| *unused == 0).then_some(&*out)
}

/// Copies the bytes that both have.
fn copy(from: &[u8], to: &mut [u8]) {
    let length = from.len().min(to.len());
    to.split_at_mut(length).0.copy_from_slice(from.split_at(length).0);
}

#[inline(always)]
fn read(bytes: &[u8; TEXT]) -> v128 {
    let number = u128::from_le_bytes(*bytes);
    u64x2(number as u64, (number >> 64) as u64)
}

#[inline(always)]
fn written(vector: v128) -> [u8; TEXT] {
    let (low, high) = (u64x2_extract_lane::<0>(vector), u64x2_extract_lane::<1>(vector));
    (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
}

#[inline(always)]
fn or<const N: usize>(vectors: [v128; N]) -> v128 {
    vectors.into_iter().fold(u64x2(0, 0), |one, other| v128_or(one, other))
}

/// Returns the characters of the first twelve bytes.
#[inline(always)]
fn characters(bytes: v128) -> v128 {
    // Of three bytes a, b, c the words ab and bc, so that shifts put six bits into each byte.
    let words = i8x16_shuffle::<1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10>(bytes, bytes);
    let numbers = or([
        v128_and(u16x8_shr(words, 10), u32x4_splat(0x0000_003f)),
        v128_and(u16x8_shl(words, 4), u32x4_splat(0x0000_3f00)),
        v128_and(u16x8_shr(words, 6), u32x4_splat(0x003f_0000)),
        v128_and(u16x8_shl(words, 8), u32x4_splat(0x3f00_0000)),
    ]);
    // 13 for A to Z, 0 for a to z, 1 to 10 for digits, 11 and 12 for the others.
    let capital = v128_and(u8x16_lt(numbers, u8x16_splat(26)), u8x16_splat(13));
    let class = v128_or(u8x16_sub_sat(numbers, u8x16_splat(51)), capital);
    const CAPITAL: u8 = b'A';
    const SMALL: u8 = b'a' - 26;
    const DIGIT: u8 = b'0'.wrapping_sub(52);
    const HYPHEN: u8 = b'-'.wrapping_sub(62);
    const UNDERSCORE: u8 = b'_' - 63;
    let offsets = u8x16(
        SMALL, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, HYPHEN,
        UNDERSCORE, CAPITAL, 0, 0,
    );
    u8x16_add(numbers, i8x16_swizzle(offsets, class))
}

/// Returns the bytes that sixteen characters encode, the first twelve of the vector. `None` if one
/// is no character of base64url.
#[inline(always)]
fn bytes(text: v128) -> Option<v128> {
    let range =
        |from: u8, to: u8| u8x16_lt(u8x16_sub(text, u8x16_splat(from)), u8x16_splat(to - from + 1));
    let (capital, small, digit) = (range(b'A', b'Z'), range(b'a', b'z'), range(b'0', b'9'));
    let hyphen = u8x16_eq(text, u8x16_splat(b'-'));
    let underscore = u8x16_eq(text, u8x16_splat(b'_'));
    if !u8x16_all_true(or([capital, small, digit, hyphen, underscore])) {
        return None;
    }
    let add = |class: v128, number: u8, from: u8| {
        v128_and(class, i8x16_splat(number.wrapping_sub(from) as i8))
    };
    let offsets = or([
        add(capital, 0, b'A'),
        add(small, 26, b'a'),
        add(digit, 52, b'0'),
        add(hyphen, 62, b'-'),
        add(underscore, 63, b'_'),
    ]);
    let numbers = u8x16_add(text, offsets);
    // Twelve bits in each half of a word of four characters, then twenty-four in the word.
    let pairs =
        v128_or(u16x8_shl(v128_and(numbers, u32x4_splat(0x003f_003f)), 6), u16x8_shr(numbers, 8));
    let words =
        v128_or(u32x4_shl(v128_and(pairs, u32x4_splat(0x0000_ffff)), 12), u32x4_shr(pairs, 16));
    let zero = u64x2(0, 0);
    Some(i8x16_shuffle::<2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 16, 16, 16, 16>(words, zero))
}
