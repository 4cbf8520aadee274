//! base64url without padding, canonical (RFC 4648 §5 and §3.5): the text of envelopes and tokens.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod tables;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod vectors;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use tables::{decode, encode};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use vectors::{decode, encode};

/// Number of characters that encode three bytes.
const QUANTUM: usize = 4;

/// Returns the number of characters that encode `bytes` bytes, or `None` if the machine cannot
/// address that many.
pub const fn encoded_len(bytes: usize) -> Option<usize> {
    let rest = match bytes % 3 {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    match (bytes / 3).checked_mul(QUANTUM) {
        Some(whole) => whole.checked_add(rest),
        None => None,
    }
}

/// Returns the number of bytes that a canonical text of this length encodes.
///
/// The result is less than the length, so it cannot overflow.
pub const fn decoded_len(characters: usize) -> usize {
    let rest = match characters % QUANTUM {
        0 | 1 => 0,
        2 => 1,
        _ => 2,
    };
    characters / QUANTUM * 3 + rest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn text(bytes: &[u8]) -> String {
        let mut out = vec![0; encoded_len(bytes.len()).unwrap()];
        assert!(encode(bytes, &mut out));
        String::from_utf8(out).unwrap()
    }

    fn bytes(text: &[u8]) -> Option<Vec<u8>> {
        decode(text, &mut vec![0; decoded_len(text.len())]).map(<[u8]>::to_vec)
    }

    #[test]
    fn rfc_4648_section_10_without_padding() {
        for (clear, encoded) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(text(clear.as_bytes()), encoded);
            assert_eq!(bytes(encoded.as_bytes()).unwrap(), clear.as_bytes());
        }
        assert_eq!(text(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn one_text_and_no_other_for_all_short_bytes() {
        let all = 0..=u8::MAX;
        let one = all
            .clone()
            .flat_map(|a| all.clone().map(move |b| vec![a, b]))
            .filter_map(|text| bytes(&text));
        let one: std::collections::BTreeSet<_> = one.map(|bytes| (text(&bytes), bytes)).collect();
        assert_eq!(one.len(), 256, "of 65,536 strings of two bytes");

        let last = |tail: &[u8]| {
            all.clone()
                .filter(|last| bytes(&[b"Fs1BZm", tail, &[*last]].concat()).is_some())
                .count()
        };
        assert_eq!((last(b""), last(b"9"), last(b"9v"), last(b"9vY")), (16, 64, 0, 4));
    }

    #[test]
    fn lengths() {
        for length in 0..300 {
            assert_eq!(text(&vec![0xa5; length]).len(), encoded_len(length).unwrap());
            assert_eq!(decoded_len(encoded_len(length).unwrap()), length);
        }
        assert_eq!(encoded_len(usize::MAX), None);
        assert_eq!(encoded_len(usize::MAX / 4 * 3), Some(usize::MAX - 3));
        assert_eq!(decoded_len(usize::MAX), usize::MAX / 4 * 3 + 2);
    }
}
