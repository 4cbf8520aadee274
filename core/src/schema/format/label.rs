//! Internationalised labels of host names (RFC 5891): Punycode, and the characters that it encodes.

use std::str::Bytes;

use fieldseal_normalisation::{LabelCharacter, label_character};

/// The prefix of a label in Punycode.
const PREFIX: &str = "xn--";

/// The most characters that a label of 63 octets encodes: each takes an octet.
const LONGEST: usize = 59;

/// Returns true for a label of ASCII letters, digits and hyphens unless it claims an encoding that
/// it does not have.
pub(super) fn is_label(label: &str) -> bool {
    match label.strip_prefix(PREFIX) {
        Some(encoded) => {
            Decoded::of(encoded).is_some_and(|decoded| has_valid_characters(decoded.as_slice()))
        }
        // Two hyphens in the third place are kept for encodings (section 4.2.3.1).
        None => label.get(2..4) != Some("--"),
    }
}

/// Characters of a label.
pub(super) struct Decoded {
    characters: [char; LONGEST],
    length: usize,
}

impl Decoded {
    pub(super) fn as_slice(&self) -> &[char] {
        self.characters.get(..self.length).unwrap_or_default()
    }

    /// Decodes Punycode (RFC 3492, section 6.2).
    pub(super) fn of(text: &str) -> Option<Decoded> {
        let mut decoded = Decoded { characters: ['\0'; LONGEST], length: 0 };
        let (basic, deltas) = text.rsplit_once('-').unwrap_or(("", text));
        if text.starts_with('-') && basic.is_empty() {
            return None;
        }
        for c in basic.chars() {
            decoded.insert(decoded.length, c)?;
        }
        let (mut code, mut bias, mut at) = (128_u32, 72, 0_u32);
        let mut rest = deltas.bytes();
        while rest.len() > 0 {
            let before = at;
            at = at.checked_add(delta(&mut rest, bias)?)?;
            let count = decoded.length as u32 + 1;
            bias = adapt(at - before, count, before == 0);
            code = code.checked_add(at / count)?;
            at %= count;
            decoded.insert(at as usize, char::from_u32(code)?)?;
            at += 1;
        }
        Some(decoded)
    }

    fn insert(&mut self, at: usize, c: char) -> Option<()> {
        let mut carried = c;
        for place in self.characters.get_mut(at..=self.length)? {
            std::mem::swap(place, &mut carried);
        }
        self.length += 1;
        Some(())
    }
}

/// Reads a number of variable length.
fn delta(digits: &mut Bytes<'_>, bias: u32) -> Option<u32> {
    let (mut delta, mut weight, mut k) = (0_u32, 1_u32, 36_u32);
    loop {
        // The letters come before the digits.
        let digit = (char::from(digits.next()?).to_digit(36)? + 26) % 36;
        delta = delta.checked_add(digit.checked_mul(weight)?)?;
        let threshold = k.saturating_sub(bias).clamp(1, 26);
        if digit < threshold {
            return Some(delta);
        }
        weight = weight.checked_mul(36 - threshold)?;
        k += 36;
    }
}

/// Returns the next bias (RFC 3492, section 6.1).
fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = delta / if first { 700 } else { 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

/// Returns true if each character may stand where it does (RFC 5891, sections 4.2.3.2 and 4.2.3.3;
/// the rules for context are those of RFC 5892, appendix A).
///
/// A zero-width non-joiner passes: tables of joining types are not kept.
fn has_valid_characters(label: &[char]) -> bool {
    const KATAKANA_DOT: u8 = 1;
    const EAST_ASIAN: u8 = 2;
    const ARABIC_DIGIT: u8 = 4;
    const EXTENDED_DIGIT: u8 = 8;
    let mut seen = 0;
    // No label holds the character 0, which stands for none.
    let mut before = '\0';
    let mut rest = label.iter();
    while let Some(c) = rest.next() {
        let next = rest.as_slice().first().copied().unwrap_or_default();
        let fits = match *c {
            '\0'..='\x7F' | '\u{200C}' | '\u{30FB}' => true,
            '\u{200D}' => label_character(before) == LabelCharacter::Virama,
            '\u{B7}' => before == 'l' && next == 'l',
            '\u{375}' => matches!(next, '\u{370}'..='\u{3FF}'),
            '\u{5F3}' | '\u{5F4}' => matches!(before, '\u{590}'..='\u{5FF}'),
            c => match label_character(c) {
                LabelCharacter::Excluded => false,
                LabelCharacter::Letter => true,
                LabelCharacter::Mark | LabelCharacter::Virama => before != '\0',
            },
        };
        if !fits {
            return false;
        }
        seen |= match *c {
            '\u{30FB}' => KATAKANA_DOT,
            '\u{3041}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' => EAST_ASIAN,
            '\u{660}'..='\u{669}' => ARABIC_DIGIT,
            '\u{6F0}'..='\u{6F9}' => EXTENDED_DIGIT,
            _ => 0,
        };
        before = *c;
    }
    seen & (KATAKANA_DOT | EAST_ASIAN) != KATAKANA_DOT
        && seen & (ARABIC_DIGIT | EXTENDED_DIGIT) != ARABIC_DIGIT | EXTENDED_DIGIT
}
