//! The properties of characters that toNFKC_Casefold needs, as Unicode 16 has them.
//!
//! `cargo run -p fieldseal-normalisation --example unicode_16` wrote the two files, from the crates
//! that `tests/unicode_16.rs` holds all characters against (Unicode Character Database, © Unicode,
//! Inc., Unicode License V3).
//!
//! ```text
//! number     = LEB128                        signed = number, 2n for n ≥ 0 and -2n - 1 below
//! characters = { number(page - last page)  number(bytes)  { entry } }        a page is 32 characters that share c >> 5
//! entry      = number(8 × characters left out since the last entry + kind)
//!   kind 1-3   becomes that many characters; 0: number(how many)
//!   kind 4     is composed of two
//!              both: signed(first - c - the same of the last such entry), then signed(nth - the nth of the last that had one)
//!   kind 5     is a combining mark:  u8(class)
//!   kind 6     joins with what is before it though its class is 0
//! pairs      = { number(second - last second)  number(bytes)  { number(first - last first)  signed(composed - first - the same of the last) } }
//! ```

const CHARACTERS: &[u8] = include_bytes!("unicode-16-characters.bin");
const PAIRS: &[u8] = include_bytes!("unicode-16-pairs.bin");

/// Characters of a page, as a shift.
const PAGE: u32 = 5;

/// The places of every eighth page, found while compiling.
static LANDMARKS: [Landmark; pages(CHARACTERS).div_ceil(APART)] = landmarks(CHARACTERS);
const APART: usize = 8;

/// The most characters that one becomes: U+FDFA.
const LONGEST: usize = 18;

/// Default_Ignorable_Code_Point, assigned or not: they become nothing. Ascending.
const IGNORED: [(u32, u32); 17] = [
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1_BCA0, 0x1_BCA3),
    (0x1_D173, 0x1_D17A),
    (0xE_0000, 0xE_0FFF),
];

/// The part that a character plays.
#[derive(Clone, Copy)]
pub(super) enum Character {
    /// Becomes others, or nothing.
    Becomes(Sequence),
    /// Canonically equivalent to these two, of which the first may be such a one itself.
    Composed(char, char),
    /// A combining mark: its Canonical_Combining_Class, which is not 0.
    Mark(u8),
    /// Class 0, and joins with the character before it.
    Joins,
    /// None of these.
    Plain,
}

/// A few characters.
#[derive(Clone, Copy)]
pub(super) struct Sequence {
    characters: [char; LONGEST],
    length: usize,
}

impl Sequence {
    pub(super) fn as_slice(&self) -> &[char] {
        self.characters.get(..self.length).unwrap_or(&self.characters)
    }
}

impl Character {
    /// Looks a character up, in at most the steps of eight page heads and one page.
    pub(super) fn of(c: char) -> Character {
        let code = u32::from(c);
        if IGNORED.iter().find(|(_, last)| code <= *last).is_some_and(|(first, _)| code >= *first) {
            return Character::Becomes(Sequence { characters: ['\0'; LONGEST], length: 0 });
        }
        page(code >> PAGE).and_then(|page| page.character(code)).unwrap_or(Character::Plain)
    }
}

/// Returns the character that these two are canonically equivalent to, if NFC takes one (UAX #15,
/// primary composite).
pub(super) fn composed(first: char, second: char) -> Option<char> {
    let mut pairs = Reader(PAIRS).group(0, u32::from(second))?;
    let (mut at, mut further) = (0, 0);
    loop {
        at += pairs.number()?;
        further += pairs.signed()?;
        if at == u32::from(first) {
            return char::from_u32(at.checked_add_signed(further)?);
        }
    }
}

/// A place in [`CHARACTERS`] where a page begins, and the number of the page before it.
struct Landmark {
    last: u16,
    start: u16,
}

fn page(number: u32) -> Option<Reader> {
    let place = LANDMARKS.partition_point(|mark| u32::from(mark.last) < number).checked_sub(1)?;
    let Landmark { last, start } = LANDMARKS.get(place)?;
    Reader(CHARACTERS.get(usize::from(*start)..)?).group(u32::from(*last), number)
}

const fn pages(table: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < table.len() {
        let (_, length_at) = number(table, at);
        let (length, start) = number(table, length_at);
        at = start + length as usize;
        count += 1;
    }
    count
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated in constants, where a wrong index does not compile"
)]
const fn landmarks<const N: usize>(table: &[u8]) -> [Landmark; N] {
    let mut landmarks = [const { Landmark { last: 0, start: 0 } }; N];
    let (mut at, mut count, mut last) = (0, 0, 0);
    while at < table.len() {
        assert!(last <= u16::MAX as u32 && at <= u16::MAX as usize, "both have 16 bits");
        if count % APART == 0 {
            landmarks[count / APART] = Landmark { last: last as u16, start: at as u16 };
        }
        let (distance, length_at) = number(table, at);
        let (length, start) = number(table, length_at);
        (at, count, last) = (start + length as usize, count + 1, last + distance);
    }
    landmarks
}

/// The number at this place and the place after it.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated in constants, where a wrong index does not compile"
)]
pub(super) const fn number(table: &[u8], mut at: usize) -> (u32, usize) {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = table[at];
        at += 1;
        number |= ((byte & 0x7F) as u32) << shift;
        if byte < 0x80 {
            return (number, at);
        }
        shift += 7;
    }
}

/// Reads a group from its beginning. Its end is the end of an entry, so that `None` means that
/// nothing is left.
#[derive(Clone, Copy)]
pub(super) struct Reader(pub(super) &'static [u8]);

impl Reader {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Reads a number. Most have one byte: a case of its own for them saves a fifth of every
    /// look-up.
    pub(super) fn number(&mut self) -> Option<u32> {
        if let Some((byte, rest)) = self.0.split_first().filter(|(byte, _)| **byte < 0x80) {
            self.0 = rest;
            return Some(u32::from(*byte));
        }
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
            shift += 7;
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let number = self.number()?;
        let half = i32::try_from(number >> 1).ok()?;
        Some(if number & 1 == 0 { half } else { -half - 1 })
    }

    /// Finds the group under this number in a table of ascending ones, from the place after `last`
    /// on.
    fn group(mut self, last: u32, wanted: u32) -> Option<Reader> {
        let mut at = last;
        loop {
            at += self.number()?;
            let length = usize::try_from(self.number()?).ok()?;
            let (group, rest) = self.0.split_at_checked(length)?;
            if at >= wanted {
                return (at == wanted).then_some(Reader(group));
            }
            self.0 = rest;
        }
    }

    /// In a page.
    fn character(mut self, wanted: u32) -> Option<Character> {
        let (mut at, mut further, mut codes) = (wanted >> PAGE << PAGE, 0, [0; LONGEST]);
        loop {
            let head = self.number()?;
            at += head >> 3;
            if at > wanted {
                return None;
            }
            let found = match head & 7 {
                5 => Character::Mark(self.byte()?),
                6 => Character::Joins,
                kind => {
                    let length = match kind {
                        0 => usize::try_from(self.number()?).ok()?,
                        4 => 2,
                        few => usize::try_from(few).ok()?,
                    };
                    further += self.signed()?;
                    let (first, others) = codes.split_first_mut()?;
                    *first = at.checked_add_signed(further)?;
                    for code in others.iter_mut().take(length - 1) {
                        *code = code.checked_add_signed(self.signed()?)?;
                    }
                    if at == wanted {
                        sequence(&codes, length, kind == 4)?
                    } else {
                        Character::Plain
                    }
                }
            };
            if at == wanted {
                return Some(found);
            }
            at += 1;
        }
    }
}

fn sequence(codes: &[u32; LONGEST], length: usize, composed: bool) -> Option<Character> {
    let mut sequence = Sequence { characters: ['\0'; LONGEST], length };
    for (to, code) in sequence.characters.iter_mut().zip(codes).take(length) {
        *to = char::from_u32(*code)?;
    }
    match sequence.as_slice() {
        [first, second] if composed => Some(Character::Composed(*first, *second)),
        _ => Some(Character::Becomes(sequence)),
    }
}
