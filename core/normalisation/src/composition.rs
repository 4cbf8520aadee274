//! The canonical ordering and composition algorithms of UAX #15, over one segment after the other:
//! a character of class 0 (the starter) and the combining marks after it. Nothing before a starter
//! depends on what comes after it, so that a text is never held decomposed.

use zeroize::Zeroizing;

use super::unicode_16::{Character, composed};

/// The composed text, and the segment that may still change.
pub(super) struct Composition {
    text: Zeroizing<String>,
    starter: Option<char>,
    marks: Zeroizing<Vec<Mark>>,
}

/// A combining mark with its class above it; [`JOINED`] in place of one that is gone.
type Mark = u32;
const CLASS: u32 = 24;
const JOINED: Mark = 0;

impl Composition {
    /// Makes room for a text of that many bytes at most, with that many marks after one another:
    /// neither buffer moves, which would leave a copy behind.
    pub(super) fn with_capacity(bytes: usize, marks: usize) -> Self {
        let (text, marks) = (String::with_capacity(bytes), Vec::with_capacity(marks));
        Composition { text: Zeroizing::new(text), starter: None, marks: Zeroizing::new(marks) }
    }

    /// Takes the next character of the decomposed text.
    pub(super) fn push(&mut self, c: char, character: Character) {
        if let Character::Mark(class) = character {
            self.marks.push(u32::from(class) << CLASS | u32::from(c));
            return;
        }
        let nothing_between = self.join_marks();
        if matches!(character, Character::Joins)
            && nothing_between
            && let Some(both) = self.starter.and_then(|starter| both(starter, c))
        {
            self.marks.clear();
            self.starter = Some(both);
            return;
        }
        self.end_segment();
        self.starter = Some(c);
    }

    /// Returns the composed text.
    pub(super) fn finish(mut self) -> Zeroizing<String> {
        self.join_marks();
        self.end_segment();
        self.text
    }

    /// Joins each mark to the starter that no other mark of its class keeps away from it, if a
    /// character for both exists. Returns true if no mark is left.
    fn join_marks(&mut self) -> bool {
        let mut last = 0;
        let starter = &mut self.starter;
        in_order(&mut self.marks, &mut |mark, class, c| match starter
            .filter(|_| last < class)
            .and_then(|starter| composed(starter, c))
        {
            Some(both) => {
                *starter = Some(both);
                *mark = JOINED;
            }
            None => last = class,
        });
        last == 0
    }

    fn end_segment(&mut self) {
        self.text.extend(self.starter);
        in_order(&mut self.marks, &mut |_, _, c| self.text.push(c));
        self.marks.clear();
    }
}

/// Gives marks by class, those of one class in the order of the text. Linear, as Unicode has some
/// fifty classes: one pass for each class that occurs, without a second buffer or a sort.
fn in_order(marks: &mut [Mark], take: &mut dyn FnMut(&mut Mark, u32, char)) {
    let mut class = 1;
    while class <= u32::from(u8::MAX) {
        let mut next = u32::MAX;
        for mark in &mut *marks {
            match *mark >> CLASS {
                of if of == class => take(
                    mark,
                    class,
                    char::from_u32(*mark & !(u32::MAX << CLASS)).unwrap_or_default(),
                ),
                of if of > class => next = next.min(of),
                _ => {}
            }
        }
        class = next;
    }
}

/// Returns the character that both make, if the second has class 0.
fn both(first: char, second: char) -> Option<char> {
    hangul(first, second).or_else(|| composed(first, second))
}

/// Composes Hangul: a vowel joins its leading consonant, a trailing consonant a syllable without
/// one (The Unicode Standard 16.0, section 3.12).
fn hangul(first: char, second: char) -> Option<char> {
    const S: u32 = 0xAC00;
    const L: u32 = 0x1100;
    const V: u32 = 0x1161;
    const T: u32 = 0x11A7;
    const L_COUNT: u32 = 19;
    const V_COUNT: u32 = 21;
    const T_COUNT: u32 = 28;
    let place = |c: char, base: u32, count: u32| {
        u32::from(c).checked_sub(base).filter(|place| *place < count)
    };
    if let (Some(l), Some(v)) = (place(first, L, L_COUNT), place(second, V, V_COUNT)) {
        return char::from_u32(S + (l * V_COUNT + v) * T_COUNT);
    }
    let s = place(first, S, L_COUNT * V_COUNT * T_COUNT).filter(|s| s % T_COUNT == 0)?;
    let t = place(second, T, T_COUNT).filter(|t| *t != 0)?;
    char::from_u32(S + s + t)
}
