//! The characters of internationalised labels of host names.

use crate::unicode_16::{Character, Reader, number};

/// The runs of characters of one kind from U+0000 on, as
/// `cargo run -p fieldseal-normalisation --example unicode_16` wrote them:
/// `number(2 × length + step - 1)`, where the kind is that of the run before plus `step`, modulo 3.
/// The kinds are 0, excluded; 1, letters; and 2, marks and what stands before the first run.
const RUNS: &[u8] = include_bytes!("unicode-16-labels.bin");

/// The places of every 128th run, found while compiling.
static LANDMARKS: [Landmark; count(RUNS).div_ceil(APART)] = landmarks(RUNS);
const APART: usize = 128;

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
    let code = u32::from(c);
    match kind(code).unwrap_or_default() {
        1 => LabelCharacter::Letter,
        2 if matches!(Character::of(c), Character::Mark(VIRAMA)) => LabelCharacter::Virama,
        2 => LabelCharacter::Mark,
        _ => LabelCharacter::Excluded,
    }
}

/// Looks the kind of a character up, in at most the steps of 128 runs.
fn kind(code: u32) -> Option<u32> {
    let place = LANDMARKS.partition_point(|mark| mark.code <= code).checked_sub(1)?;
    let Landmark { code: first, kind, start } = LANDMARKS.get(place)?;
    let mut runs = Reader(RUNS.get(usize::from(*start)..)?);
    let (mut left, mut kind) = (code - first, u32::from(*kind));
    loop {
        let run = runs.number()?;
        kind = (kind + 1 + (run & 1)) % 3;
        let Some(rest) = left.checked_sub(run >> 1) else {
            return Some(kind);
        };
        left = rest;
    }
}

/// A place in [`RUNS`] where a run begins, its first character, and the kind before it.
struct Landmark {
    code: u32,
    start: u16,
    kind: u8,
}

const fn count(runs: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < runs.len() {
        (_, at) = number(runs, at);
        count += 1;
    }
    count
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated in constants, where a wrong index does not compile"
)]
const fn landmarks<const N: usize>(runs: &[u8]) -> [Landmark; N] {
    let mut landmarks = [const { Landmark { code: 0, start: 0, kind: 0 } }; N];
    let (mut at, mut count, mut code, mut kind) = (0, 0, 0, 2);
    while at < runs.len() {
        assert!(at <= u16::MAX as usize, "it has 16 bits");
        if count % APART == 0 {
            landmarks[count / APART] = Landmark { code, start: at as u16, kind: kind as u8 };
        }
        let (run, next) = number(runs, at);
        (at, count, code, kind) = (next, count + 1, code + (run >> 1), (kind + 1 + (run & 1)) % 3);
    }
    landmarks
}
