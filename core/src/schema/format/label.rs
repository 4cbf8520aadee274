//! Internationalised labels of host names (RFC 5891): Punycode, and the characters that it encodes.

use std::str::Bytes;

use fieldseal_normalisation::{LabelCharacter, label_character, nfkc_casefold};

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

/// The most octets of a label (RFC 1035, section 2.3.4).
const OCTETS: usize = 63;

/// Returns the octets that an internationalised label takes in the DNS, or `None` if the text is
/// not such a label (RFC 5890, section 2.3.2.1). A label of ASCII alone is not one.
///
/// The rules for writing in both directions (RFC 5893) need tables that are not kept.
pub(super) fn octets_of_unicode_label(label: &str) -> Option<usize> {
    let characters: Vec<char> = label.chars().take(LONGEST + 1).collect();
    let is_framed = label.starts_with('-') || label.ends_with('-');
    let is_reserved = matches!(characters.as_slice(), [_, _, '-', '-', ..]);
    let fits = characters.len() <= LONGEST
        && !is_framed
        && !is_reserved
        && !label.is_ascii()
        && has_valid_characters(&characters)
        && is_stable(&characters);
    let octets = PREFIX.len() + encoded_length(&characters).filter(|_| fits)?;
    (octets <= OCTETS).then_some(octets)
}

/// Returns true if normalisation and case folding keep the characters (RFC 5892, section 2.2), and
/// ASCII letters, digits and hyphens are the only ones of ASCII.
fn is_stable(label: &[char]) -> bool {
    // Exceptions (section 2.6) and joiners, which folding changes.
    let kept = |c: &char| match c {
        'ß' | 'ς' | '\u{200C}' | '\u{200D}' => 'a',
        c => *c,
    };
    let text: String = label.iter().map(kept).collect();
    *nfkc_casefold(&text) == text
        && label.iter().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || *c == '-')
}

/// Returns the number of octets that Punycode takes for a label (RFC 3492, section 6.3).
fn encoded_length(label: &[char]) -> Option<usize> {
    let basic = label.iter().filter(|c| c.is_ascii()).count();
    let mut length = if basic > 0 { basic + 1 } else { 0 };
    let (mut code, mut delta, mut bias, mut count) = (128_u32, 0_u32, 72, basic as u32);
    while (count as usize) < label.len() {
        let codes = || label.iter().map(|c| u32::from(*c));
        let next = codes().filter(|own| *own >= code).min()?;
        delta = delta.checked_add((next - code).checked_mul(count + 1)?)?;
        code = next;
        for own in codes() {
            delta = delta.checked_add(u32::from(own < code))?;
            if own == code {
                length += digits(delta, bias);
                bias = adapt(delta, count + 1, count as usize == basic);
                delta = 0;
                count += 1;
            }
        }
        delta += 1;
        code += 1;
    }
    Some(length)
}

/// Returns the digits of a number of variable length.
fn digits(mut delta: u32, bias: u32) -> usize {
    let mut count = 1;
    loop {
        let threshold = threshold(36 * count, bias);
        if delta < threshold {
            return count as usize;
        }
        delta = (delta - threshold) / (36 - threshold);
        count += 1;
    }
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(1, 26)
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
        let threshold = threshold(k, bias);
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
