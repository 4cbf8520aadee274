//! The characters of internationalised labels of host names.

use crate::unicode_16::{Character, Reader};

/// The runs of characters of one kind from U+0000 on, as
/// `cargo run -p fieldseal-normalisation --example unicode_16` wrote them:
/// `number(2 × length + step - 1)`, where the kind is that of the run before plus `step`, modulo 3.
/// The kinds are 0, excluded; 1, letters; and 2, marks and what stands before the first run.
const RUNS: &[u8] = include_bytes!("unicode-16-labels.bin");

/// The combining class of viramas.
const VIRAMA: u8 = 9;

/// The use of a character in a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelCharacter {
    /// It may not occur, or only as the rules for context say.
    Excluded,
    /// A letter or a decimal digit.
    Letter,
    /// A combining mark, which may not begin a label.
    Mark,
    /// A combining mark after which a zero-width joiner may follow.
    Virama,
}

/// Returns the use of a character in a label, by its General_Category (RFC 5892, section 2.1) or
/// as an exception (section 2.6).
///
/// The function does not exclude what normalisation changes, such as capital letters (section
/// 2.2).
///
/// ```
/// use fieldseal_normalisation::{LabelCharacter, label_character};
///
/// assert_eq!(label_character('ü'), LabelCharacter::Letter);
/// assert_eq!(label_character('\u{301}'), LabelCharacter::Mark);
/// assert_eq!(label_character('€'), LabelCharacter::Excluded);
/// ```
#[must_use]
pub fn label_character(c: char) -> LabelCharacter {
    let (mut runs, mut left, mut kind) = (Reader(RUNS), u32::from(c), 2);
    while let Some(run) = runs.number() {
        kind = (kind + 1 + (run & 1)) % 3;
        match left.checked_sub(run >> 1) {
            Some(rest) => left = rest,
            None if kind == 1 => return LabelCharacter::Letter,
            None if kind == 0 => break,
            None if matches!(Character::of(c), Character::Mark(VIRAMA)) => {
                return LabelCharacter::Virama;
            }
            None => return LabelCharacter::Mark,
        }
    }
    LabelCharacter::Excluded
}
