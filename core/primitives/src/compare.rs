//! Comparison whose duration tells nothing.

use subtle::ConstantTimeEq;

/// Returns true if two strings of one length are the same, in time that depends on the length
/// alone.
pub fn equal<const N: usize>(left: &[u8; N], right: &[u8; N]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::equal;

    #[test]
    fn every_bit_counts() {
        let one = [0x5a_u8; 32];
        assert!(equal(&one, &one.clone()));
        for bit in 0..256_usize {
            let other: [u8; 32] =
                std::array::from_fn(
                    |at| if at == bit / 8 { 0x5a ^ (1 << (bit % 8)) } else { 0x5a },
                );
            assert!(!equal(&one, &other), "bit {bit}");
        }
    }
}
