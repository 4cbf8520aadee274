//! toNFKC_Casefold (The Unicode Standard 16.0, section 3.13, R5): each character becomes its
//! NFKC_Casefold, the result its NFC.
//!
//! Every buffer here holds clear text. Each gets its full size before the first character comes in,
//! since growing would leave a copy behind, and is wiped.

use zeroize::Zeroizing;

use super::composition::Composition;
use super::unicode_16::Character;

/// Returns toNFKC_Casefold of a text: without differences of case and of presentation, and without
/// default-ignorable characters.
///
/// ```
/// use fieldseal_normalisation::nfkc_casefold;
///
/// assert_eq!(*nfkc_casefold("Straße №\u{a0}５"), "strasse no 5");
/// ```
pub fn nfkc_casefold(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        let mut folded = Zeroizing::new(text.to_owned());
        folded.make_ascii_lowercase();
        return folded;
    }
    let size = Size::of(text);
    if size.joins {
        let mut composition = Composition::with_capacity(size.decomposed, size.marks);
        fold(text, &mut |c, character| {
            decompose(c, character, &mut |c, character| composition.push(c, character))
        });
        return composition.finish();
    }
    // Each character is in NFC, and none meets another.
    let mut folded = Zeroizing::new(String::with_capacity(size.bytes));
    fold(text, &mut |c, _| folded.push(c));
    folded
}

/// Returns [`nfkc_casefold`] of a text without White_Space at both ends.
///
/// ```
/// use fieldseal_normalisation::email;
///
/// assert_eq!(*email("\tAda@EXAMPLE.org "), "ada@example.org");
/// ```
pub fn email(text: &str) -> Zeroizing<String> {
    // In its place: a copy would double the memory of a long text.
    let mut folded = nfkc_casefold(text);
    let end = folded.trim_end().len();
    folded.truncate(end);
    let start = folded.len() - folded.trim_start().len();
    folded.drain(..start);
    folded
}

/// Receives each character. Dynamic, since a module would hold a copy for each closure.
pub(super) type Take<'t> = &'t mut dyn FnMut(char, Character);

/// Gives every character of the text's NFKC_Casefold, one after the other.
pub(super) fn fold(text: &str, take: Take<'_>) {
    for c in text.chars() {
        match of(c) {
            Character::Becomes(others) => others.as_slice().iter().for_each(|c| take(*c, of(*c))),
            _ if c.is_ascii() => take(c.to_ascii_lowercase(), Character::Plain),
            character => take(c, character),
        }
    }
}

fn of(c: char) -> Character {
    if c.is_ascii() { Character::Plain } else { Character::of(c) }
}

/// Gives the full canonical decomposition, except for the syllables of Hangul: a character that
/// joins one joins it whole, and no syllable joins the character before it.
fn decompose(c: char, character: Character, take: Take<'_>) {
    match character {
        Character::Composed(first, second) => {
            decompose(first, of(first), take);
            decompose(second, of(second), take);
        }
        other => take(c, other),
    }
}

/// The space that the folded text takes. Each composed character counts as the worst one would.
#[derive(Default)]
struct Size {
    /// Bytes as it is.
    bytes: usize,
    /// The most bytes decomposed. The composed text has no more, since no character is longer than
    /// the two that it is composed of.
    decomposed: usize,
    /// The most marks in its longest run of combining marks when it is decomposed.
    marks: usize,
    /// True if a character could join another or change places with it.
    joins: bool,
}

/// A composed character of n bytes is at most three times as many decomposed (U+0390).
const LONGER: usize = 3;

/// A composed character that folding leaves has at most as many marks (U+01D6).
const MARKS: usize = 2;

impl Size {
    fn of(text: &str) -> Size {
        let (mut size, mut run) = (Size::default(), 0);
        fold(text, &mut |c, character| {
            let length = c.len_utf8();
            let (decomposed, marks) = match character {
                Character::Composed(..) => (LONGER * length, MARKS),
                Character::Mark(_) => (length, run + 1),
                _ => (length, 0),
            };
            run = marks;
            size.bytes += length;
            size.decomposed += decomposed;
            size.marks = size.marks.max(run);
            size.joins |= matches!(character, Character::Mark(_) | Character::Joins);
        });
        size
    }
}

#[cfg(test)]
mod tests {
    use super::{Character, LONGER, MARKS, decompose, of};

    #[test]
    fn no_character_takes_more_than_is_reserved_for_it() {
        let mut most = (0, 0);
        for c in '\0'..=char::MAX {
            let Character::Composed(first, second) = of(c) else { continue };
            let length = c.len_utf8();
            assert!(length <= first.len_utf8() + second.len_utf8(), "U+{:04X}", u32::from(c));
            let (mut bytes, mut marks, mut starts) = (0, 0, false);
            decompose(c, of(c), &mut |c, character| {
                let mark = matches!(character, Character::Mark(_));
                starts |= bytes == 0 && !mark;
                bytes += c.len_utf8();
                marks += usize::from(mark);
            });
            assert!(starts && bytes <= LONGER * length && marks <= MARKS, "U+{:04X}", u32::from(c));
            most = (most.0.max(bytes.div_ceil(length)), most.1.max(marks));
        }
        assert_eq!(most, (LONGER, MARKS));
    }
}
