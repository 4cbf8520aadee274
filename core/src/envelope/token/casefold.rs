//! toNFKC_Casefold (The Unicode Standard 16.0, section 3.13, R5): each character becomes its NFKC_Casefold, the result its NFC.
//!
//! Clear text is in every buffer here: each is as large as it will be before the first character comes in, and wiped.

use fieldseal_json::sort::permutation;
use zeroize::{Zeroize, Zeroizing};

use super::unicode_16::{Character, composed};

pub(super) fn nfkc_casefold(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        let mut folded = Zeroizing::new(text.to_owned());
        folded.make_ascii_lowercase();
        return folded;
    }
    let (mut bytes, mut joins) = (0, false);
    fold(text, &mut |c, character| {
        bytes += c.len_utf8();
        joins |= matches!(character, Character::Mark(_) | Character::Joins);
    });
    if joins {
        return joined(&decomposed(text));
    }
    // Each character is in NFC, and none meets another.
    let mut folded = Zeroizing::new(String::with_capacity(bytes));
    fold(text, &mut |c, _| folded.push(c));
    folded
}

/// What is to be done with each character. Not generic, as what takes it is not: each copy for another closure would be in the module.
type Take<'t, What> = &'t mut dyn FnMut(char, What);

/// Every character of the text's NFKC_Casefold, one after the other.
fn fold(text: &str, take: Take<'_, Character>) {
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

/// A character with its class, and how many of class 0 were there when it came.
struct Placed {
    after: usize,
    class: u8,
    c: char,
}

impl Zeroize for Placed {
    fn zeroize(&mut self) {
        self.c.zeroize();
    }
}

/// The folded text, decomposed.
fn decomposed(text: &str) -> Zeroizing<Vec<Placed>> {
    let mut count = 0;
    fold(text, &mut |c, character| decompose(c, character, &mut |_, _| count += 1));
    let (mut placed, mut after) = (Zeroizing::new(Vec::with_capacity(count)), 0);
    fold(text, &mut |c, character| {
        decompose(c, character, &mut |c, class| {
            after += usize::from(class == 0);
            placed.push(Placed { after, class, c });
        });
    });
    placed
}

/// The full canonical decomposition, with classes.
fn decompose(c: char, character: Character, take: Take<'_, u8>) {
    match character {
        Character::Composed(first, second) => {
            decompose(first, of(first), take);
            decompose(second, of(second), take);
        }
        Character::Mark(class) => take(c, class),
        _ => match hangul::decomposed(c) {
            Some((jamo, last)) => jamo.into_iter().chain(last).for_each(|c| take(c, 0)),
            None => take(c, 0),
        },
    }
}

/// The canonical ordering and composition algorithms of UAX #15: marks go by class, those of one class as they came; then what is not
/// kept from the last character of class 0 by another of its class or a higher one joins it, if there is a character for both.
fn joined(placed: &[Placed]) -> Zeroizing<String> {
    let place = |at: u32| placed.get(at as usize).map(|placed| (placed.after, placed.class));
    let order = permutation(placed.len(), &mut |one, other| place(one).cmp(&place(other)));
    let mut kept = Zeroizing::new(Vec::with_capacity(placed.len()));
    let (mut starter, mut last) = (None, 0);
    for &Placed { class, c, .. } in order.iter().filter_map(|at| placed.get(*at as usize)) {
        let near = starter.is_some_and(|at| at + 1 == kept.len());
        if (near || last < class)
            && let Some(first) = starter.and_then(|at| kept.get_mut(at))
            && let Some(both) = hangul::composed(*first, c).or_else(|| composed(*first, c))
        {
            *first = both;
            continue;
        }
        if class == 0 {
            starter = Some(kept.len());
        }
        kept.push(c);
        last = class;
    }
    let mut text = Zeroizing::new(String::with_capacity(kept.iter().map(|c| c.len_utf8()).sum()));
    text.extend(kept.iter());
    text
}

/// Conjoining Jamo behaviour (The Unicode Standard 16.0, section 3.12).
mod hangul {
    const S: u32 = 0xAC00;
    const L: u32 = 0x1100;
    const V: u32 = 0x1161;
    const T: u32 = 0x11A7;
    const L_COUNT: u32 = 19;
    const V_COUNT: u32 = 21;
    const T_COUNT: u32 = 28;

    /// Leading consonant and vowel of a syllable, and its trailing consonant if it has one.
    pub(super) fn decomposed(c: char) -> Option<([char; 2], Option<char>)> {
        let s = place(c, S, L_COUNT * V_COUNT * T_COUNT)?;
        let first = [char::from_u32(L + s / (V_COUNT * T_COUNT))?, char::from_u32(V + s / T_COUNT % V_COUNT)?];
        let last = s % T_COUNT;
        Some((first, if last == 0 { None } else { char::from_u32(T + last) }))
    }

    /// A vowel joins its leading consonant, a trailing consonant a syllable without one.
    pub(super) fn composed(first: char, second: char) -> Option<char> {
        if let (Some(l), Some(v)) = (place(first, L, L_COUNT), place(second, V, V_COUNT)) {
            return char::from_u32(S + (l * V_COUNT + v) * T_COUNT);
        }
        let s = place(first, S, L_COUNT * V_COUNT * T_COUNT).filter(|s| s % T_COUNT == 0)?;
        let t = place(second, T, T_COUNT).filter(|t| *t != 0)?;
        char::from_u32(S + s + t)
    }

    fn place(c: char, base: u32, count: u32) -> Option<u32> {
        u32::from(c).checked_sub(base).filter(|place| *place < count)
    }
}
