//! Small changes of bytes, as many as the input spells out, four bytes each: so one changed byte of
//! the input changes what was sealed a little, and not all that follows it.

/// `text` after the edits: bits flipped, bytes set, stretches cut out, doubled, or taken from
/// `donor`.
pub fn edited(mut text: Vec<u8>, donor: &[u8], edits: &[u8]) -> Vec<u8> {
    for edit in edits.as_chunks::<4>().0 {
        let [what, high, low, value] = *edit;
        if text.is_empty() {
            break;
        }
        let at = usize::from(u16::from_be_bytes([high, low])) % text.len();
        let length = usize::from(value) + 1;
        let end = (at + length).min(text.len());
        match what % 7 {
            0 => text[at] ^= 1 << (value % 8),
            1 => text[at] = value,
            2 => text.insert(at, value),
            3 => text.truncate(at),
            4 => _ = text.drain(at..end),
            5 => {
                let stretch = text[at..end].to_vec();
                text.splice(at..at, stretch);
            }
            _ => {
                let from = donor.get(at..end.min(donor.len())).unwrap_or_default();
                text.splice(at..at + from.len(), from.iter().copied());
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::edited;

    #[test]
    fn edits_do_what_they_say() {
        let made = |edits: &[u8]| {
            String::from_utf8(edited(b"abcdef".to_vec(), b"ABCDEF", edits)).expect("ASCII")
        };
        assert_eq!(made(&[]), "abcdef");
        assert_eq!(made(&[0, 0, 1, 0]), "accdef");
        assert_eq!(made(&[1, 0, 1, b'x']), "axcdef");
        assert_eq!(made(&[2, 0, 7, b'x']), "axbcdef");
        assert_eq!(made(&[3, 0, 2, 0]), "ab");
        assert_eq!(made(&[4, 0, 2, 1]), "abef");
        assert_eq!(made(&[5, 0, 2, 1]), "abcdcdef");
        assert_eq!(made(&[6, 0, 2, 1, 1, 0, 0, b'x']), "xbCDef");
    }
}
