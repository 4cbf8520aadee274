//! The bytes of one token: white space, strings, numbers, literals (RFC 8259 sections 2, 3, 6 and
//! 7).
//!
//! Every function takes the text and an offset and gives the offset after the token. The text is
//! valid UTF-8 already, so bytes of 0x80 and above need no look.

/// The fault of a token, with the offset of the byte that shows it; of a text that ends too early,
/// with its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadToken {
    pub(super) message: &'static str,
    pub(super) at: usize,
}

impl BadToken {
    #[cold]
    const fn new(message: &'static str, at: usize) -> Self {
        BadToken { message, at }
    }
}

const ENDS: &str = "the text ends inside a value";
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Returns the byte at `at`; 0, which begins nothing in JSON, after the end of the text.
#[inline(always)]
pub(super) fn peek(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk: &[u8; 8] = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*chunk))
}

/// Sets the high bit of each byte that is zero. Bits above the lowest set one may be wrong (the
/// borrow), the lowest never is.
#[inline(always)]
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// Returns an upper bound on tape entries: each except the root follows one of `[ { , :`. Commas
/// inside strings count as well, which costs memory alone; counting without regard to strings runs
/// at vector speed.
pub(super) fn most_entries(bytes: &[u8]) -> usize {
    // Blocks that a sum of eight bits can count, since that is what makes it sixteen sums in one
    // vector register.
    bytes.chunks(240).fold(1, |total, block| {
        let count =
            block.iter().fold(0u8, |count, &byte| count.wrapping_add(u8::from(is_opening(byte))));
        total + usize::from(count)
    })
}

/// `[` and `{` differ in one bit only.
#[inline(always)]
const fn is_opening(byte: u8) -> bool {
    (byte | 0x20 == b'{') | (byte == b',') | (byte == b':')
}

/// Returns the place after white space.
#[inline(always)]
pub(super) fn space(bytes: &[u8], at: usize) -> usize {
    if peek(bytes, at) > b' ' { at } else { long_space(bytes, at) }
}

fn long_space(bytes: &[u8], mut at: usize) -> usize {
    // A newline, then the indentation of pretty-printed text, which is mostly spaces.
    loop {
        match peek(bytes, at) {
            b' ' => {
                while let Some(word) = word(bytes, at) {
                    let other = word ^ (LOW * b' ' as u64);
                    if other != 0 {
                        at += other.trailing_zeros() as usize / 8;
                        break;
                    }
                    at += 8;
                }
                while peek(bytes, at) == b' ' {
                    at += 1;
                }
            }
            b'\n' | b'\r' | b'\t' => at += 1,
            _ => return at,
        }
    }
}

/// Returns the place after the string whose opening quote is at `at - 1`, and true if it holds an
/// escape.
#[inline(always)]
pub(super) fn string(bytes: &[u8], mut at: usize) -> Result<(usize, bool), BadToken> {
    let mut escaped = false;
    loop {
        at = plain(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                at = escape(bytes, at)?;
                escaped = true;
            }
            Some(_) => {
                return Err(BadToken::new("a control character in a string must be escaped", at));
            }
            None => return Err(BadToken::new(ENDS, bytes.len())),
        }
    }
}

/// Returns the place of the next quote, backslash or control character, or the end of the text.
#[inline(always)]
fn plain(bytes: &[u8], mut at: usize) -> usize {
    // Most strings end within a word or two; the others are passed at vector speed.
    while let Some(word) = word(bytes, at) {
        let quote = zeros(word ^ (LOW * b'"' as u64));
        let backslash = zeros(word ^ (LOW * b'\\' as u64));
        let control = word.wrapping_sub(LOW * 0x20) & !word & HIGH;
        let found = quote | backslash | control;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
        while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<16>())
            && !chunk.iter().fold(false, |any, &byte| any | is_special(byte))
        {
            at += 16;
        }
    }
    while bytes.get(at).is_some_and(|&byte| !is_special(byte)) {
        at += 1;
    }
    at
}

#[inline(always)]
const fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < 0x20)
}

/// Returns the place after the escape that begins at `at`. A surrogate counts only as the first
/// half of a pair: a lone one has no UTF-8 and could not be read back (RFC 8259 section 8.2).
fn escape(bytes: &[u8], at: usize) -> Result<usize, BadToken> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match unit(bytes, at + 2)? {
            0xDC00..=0xDFFF => Err(BadToken::new("a lone surrogate in a string", at)),
            0xD800..=0xDBFF => {
                let is_low = peek(bytes, at + 6) == b'\\'
                    && peek(bytes, at + 7) == b'u'
                    && matches!(unit(bytes, at + 8)?, 0xDC00..=0xDFFF);
                if is_low {
                    Ok(at + 12)
                } else {
                    Err(BadToken::new("a lone surrogate in a string", at))
                }
            }
            _ => Ok(at + 6),
        },
        Some(_) => Err(BadToken::new("no escape begins like this", at)),
        None => Err(BadToken::new(ENDS, bytes.len())),
    }
}

/// Returns the UTF-16 code unit that four hexadecimal digits at `at` write.
pub(super) fn unit(bytes: &[u8], at: usize) -> Result<u16, BadToken> {
    let mut unit = 0u16;
    for place in at..at + 4 {
        let digit = match bytes.get(place) {
            Some(&digit @ b'0'..=b'9') => digit - b'0',
            Some(&digit @ b'a'..=b'f') => digit - b'a' + 10,
            Some(&digit @ b'A'..=b'F') => digit - b'A' + 10,
            Some(_) => return Err(BadToken::new("an escape needs four hexadecimal digits", place)),
            None => return Err(BadToken::new(ENDS, bytes.len())),
        };
        unit = unit << 4 | u16::from(digit);
    }
    Ok(unit)
}

/// Returns the place after the number that begins at `at` with a minus sign or a digit.
#[inline(always)]
pub(super) fn number(bytes: &[u8], mut at: usize) -> Result<usize, BadToken> {
    if peek(bytes, at) == b'-' {
        at += 1;
    }
    at = if peek(bytes, at) == b'0' { at + 1 } else { digits(bytes, at)? };
    if peek(bytes, at) == b'.' {
        at = digits(bytes, at + 1)?;
    }
    if peek(bytes, at) | 0x20 == b'e' {
        at += 1;
        if matches!(peek(bytes, at), b'+' | b'-') {
            at += 1;
        }
        at = digits(bytes, at)?;
    }
    Ok(at)
}

#[inline(always)]
fn digits(bytes: &[u8], from: usize) -> Result<usize, BadToken> {
    let mut at = from;
    while peek(bytes, at).is_ascii_digit() {
        at += 1;
    }
    if at == from {
        Err(BadToken::new("a digit is missing in a number", at.min(bytes.len())))
    } else {
        Ok(at)
    }
}

/// Returns the place after the literal `word`, whose first byte is at `at`.
#[inline(always)]
pub(super) fn literal(bytes: &[u8], at: usize, word: &'static [u8]) -> Result<usize, BadToken> {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.starts_with(word) {
        return Ok(at + word.len());
    }
    let same = rest.iter().zip(word).take_while(|(a, b)| a == b).count();
    Err(BadToken::new("no value begins like this", at + same))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_string_ends_at_each_offset_from_a_word() {
        for length in 0..40 {
            for (stop, escaped) in [("\"", false), ("\\n\"", true)] {
                let text = format!("{}{stop} tail that is longer than a word", "é".repeat(length));
                let end = length * 2 + stop.len();
                assert_eq!(string(text.as_bytes(), 0).unwrap(), (end, escaped));
            }
        }
    }

    #[test]
    fn every_control_character_is_found_at_every_offset() {
        for control in 0..0x20u8 {
            for length in 0..20 {
                let text = [vec![b'x'; length], vec![control], b"yyyyyyyyyyyy\"".to_vec()].concat();
                assert_eq!(string(&text, 0).unwrap_err().at, length);
            }
        }
    }

    #[test]
    fn the_count_of_entries_is_not_lost_in_a_narrow_sum() {
        let text = vec![b','; 240 * 3 + 7];
        assert_eq!(most_entries(&text), text.len() + 1);
        assert_eq!(most_entries(b"[{,:x"), 5);
    }

    #[test]
    fn white_space_of_any_length_is_passed() {
        for length in 0..40 {
            let text = format!("{}\n\t\r{}x", " ".repeat(length), " ".repeat(length / 2));
            assert_eq!(space(text.as_bytes(), 0), text.len() - 1);
        }
        assert_eq!(space(b"\x0c", 0), 0);
    }
}
