//! The padding of ISO/IEC 7816-4: one byte `80`, then as many zeros as fill the last block.

/// Padded texts come in multiples of this, so that short ones look alike.
pub const BLOCK: usize = 32;

const LONGEST: [u8; BLOCK] = {
    let mut padding = [0; BLOCK];
    padding[0] = MARK;
    padding
};

const MARK: u8 = 0x80;

/// Bytes that are looked at together.
const WORD: usize = 8;

/// Returns the padding after a text of that length: 1 to 32 bytes.
pub fn padding(length: usize) -> &'static [u8] {
    LONGEST.get(..BLOCK - length % BLOCK).unwrap_or(&LONGEST)
}

/// Returns the length without padding, of which there may be any amount: later releases may pad to
/// a greater multiple. `None` unless the text is a positive multiple of 32 whose last byte that is
/// not zero is the mark.
///
/// The time depends on the length of the text alone: every word is read, and the last that is not
/// zero is kept by masks. The position of the mark in it is a number of trailing zeros, which takes
/// no branch to count. `core/benches/constant_time.rs` measures it.
pub fn unpadded(text: &[u8]) -> Option<usize> {
    let (words, rest) = text.as_chunks::<WORD>();
    let (mut last, mut end) = (0_u64, 0_u64);
    let mut at = 0_u64;
    for word in words {
        let word = u64::from_be_bytes(*word);
        at = at.wrapping_add(WORD as u64);
        // All ones if the word is not zero.
        let mask = ((word | word.wrapping_neg()) >> 63).wrapping_neg();
        last = word & mask | last & !mask;
        end = at & mask | end & !mask;
    }
    // The lowest bit that is set is the highest of its byte, so that the byte is the mark. All zero
    // is 64, and none of these.
    let zeros = last.trailing_zeros();
    // Without a branch: `&&` would be one, and so would a subtraction that is checked.
    let whole = rest.is_empty() & words.len().is_multiple_of(BLOCK / WORD);
    let marked = (zeros % 8 == 7) & whole;
    let length = end.wrapping_sub(u64::from(zeros / 8) + 1);
    marked.then_some(length as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: usize, tail: &[u8]) -> Vec<u8> {
        [vec![b'x'; value], tail.to_vec()].concat()
    }

    #[test]
    fn padding_fills_a_multiple_of_32_with_1_to_32_bytes_and_more_are_read() {
        for value in 0..100 {
            for zeros in 0..100 {
                let padded = [vec![0x80], vec![0; zeros]].concat();
                let expected = (value + 1 + zeros).is_multiple_of(32).then_some(value);
                assert_eq!(unpadded(&text(value, &padded)), expected, "{value} and {zeros}");
                let is_own = expected.is_some() && zeros < 32;
                assert_eq!(padding(value) == padded, is_own, "{value} and {zeros}");
            }
        }
    }

    #[test]
    fn padding_without_its_mark_is_none() {
        assert_eq!(unpadded(&[]), None);
        assert_eq!(unpadded(&[0; 32]), None);
        assert_eq!(unpadded(&[0; 320]), None);
        assert_eq!(unpadded(&text(0, &[&[0x80], [0; 4095].as_slice()].concat())), Some(0));
        assert_eq!(unpadded(&text(1, &[&[0x81], [0; 4094].as_slice()].concat())), None);
        assert_eq!(unpadded(&[b'x'; 32]), None);
        assert_eq!(unpadded(&text(30, &[0x81, 0])), None);
        assert_eq!(unpadded(&text(30, &[0x80, 1])), None);
        assert_eq!(unpadded(&text(30, &[0x80, 0x80])), Some(31), "the last mark counts");
        assert_eq!(unpadded(&text(31, &[0x80, 0])), None, "33 bytes");
    }

    /// Every last block that ends in four bytes of the three kinds there are, against the obvious
    /// way.
    #[test]
    fn agrees_with_the_obvious_way() {
        let kinds = [0, 0x80, b'x'];
        for code in 0..81_usize {
            for place in 0..=28 {
                for filler in kinds {
                    let mut block = [filler; 32];
                    block.iter_mut().skip(place + 4).for_each(|byte| *byte = 0);
                    for (at, byte) in block.iter_mut().skip(place).take(4).enumerate() {
                        *byte = kinds
                            .iter()
                            .copied()
                            .cycle()
                            .nth(code / 3_usize.pow(u32::try_from(at).unwrap_or(0)))
                            .unwrap_or(0);
                    }
                    let padded = text(32, &block);
                    let expected = padded
                        .iter()
                        .rposition(|byte| *byte != 0)
                        .filter(|at| padded.get(*at) == Some(&MARK));
                    assert_eq!(unpadded(&padded), expected, "{block:x?}");
                }
            }
        }
    }
}
