//! The padding of ISO/IEC 7816-4: one byte `80`, then as many zeros as fill the last block.

/// Padded texts come in multiples of this, so that short ones look alike.
pub const BLOCK: usize = 32;

const LONGEST: [u8; BLOCK] = {
    let mut padding = [0; BLOCK];
    padding[0] = MARK;
    padding
};

const MARK: u8 = 0x80;

/// Returns the padding after a text of that length: 1 to 32 bytes.
pub fn padding(length: usize) -> &'static [u8] {
    LONGEST.get(..BLOCK - length % BLOCK).unwrap_or(&LONGEST)
}

/// The length without padding. `None` unless the text is a positive multiple of 32 of which the
/// last 1 to 32 bytes are padding.
///
/// The time depends on the length of the text alone: where the mark is, or that there is none, is a
/// number of trailing zeros, which takes no branch to count. `core/benches/constant_time.rs`
/// measures it.
pub fn unpadded(text: &[u8]) -> Option<usize> {
    let (rest, low) = text.split_last_chunk()?;
    let (before, high) = rest.split_last_chunk()?;
    let zeros = trailing_zeros(u128::from_be_bytes(*high), u128::from_be_bytes(*low));
    // The lowest bit that is set is the highest of its byte, so that the byte is the mark. All zero
    // is 256, and none of these.
    let marked = zeros % 8 == 7 && before.len().is_multiple_of(BLOCK);
    let padding = usize::try_from(zeros / 8).ok()? + 1;
    if marked { text.len().checked_sub(padding) } else { None }
}

/// Adds both halves: the zeros of the high half count if the low half is 0, which has 128.
fn trailing_zeros(high: u128, low: u128) -> u32 {
    let low = low.trailing_zeros();
    let low_is_zero = (low >> 7).wrapping_neg();
    low + (high.trailing_zeros() & low_is_zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: usize, tail: &[u8]) -> Vec<u8> {
        [vec![b'x'; value], tail.to_vec()].concat()
    }

    #[test]
    fn padding_is_1_to_32_bytes_that_fill_a_multiple_of_32() {
        for value in 0..100 {
            for zeros in 0..100 {
                let padded = [vec![0x80], vec![0; zeros]].concat();
                let expected = (zeros < 32 && (value + 1 + zeros) % 32 == 0).then_some(value);
                assert_eq!(unpadded(&text(value, &padded)), expected, "{value} and {zeros}");
                assert_eq!(padding(value) == padded, expected.is_some(), "{value} and {zeros}");
            }
        }
    }

    #[test]
    fn padding_without_its_mark_is_none() {
        assert_eq!(unpadded(&[]), None);
        assert_eq!(unpadded(&[0; 32]), None);
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
                        .filter(|at| *at >= 32 && padded.get(*at) == Some(&MARK));
                    assert_eq!(unpadded(&padded), expected, "{block:x?}");
                }
            }
        }
    }
}
