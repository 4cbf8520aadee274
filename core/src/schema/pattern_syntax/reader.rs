//! Reads the pattern grammar of ECMA-262 (2025, section 22.2.1) with the flag `u`, in one pass
//! without recursion.

use std::iter::Peekable;
use std::str::Chars;

use super::property::is_property;

/// The greatest nesting of groups, which the validator's engine has as well.
const DEPTH: usize = 250;

/// The greatest count of named groups. With the depth it bounds the time.
const NAMES: usize = 1000;

/// Returns true if the text is a regular expression.
///
/// One thing more than the grammar passes: a needless backslash before an ASCII character that is
/// neither a letter nor a digit. All engines read it alike, and schemas of draft-04 to 2019-09
/// contain it. Before `<` and `>` they do not: some find the ends of a word there.
pub(crate) fn is_pattern(text: &str) -> bool {
    let mut reader = Reader { rest: text.chars().peekable(), ..Reader::default() };
    reader.pattern().is_some() && reader.references_lead_somewhere()
}

/// A pattern that is being read.
struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    open: Vec<Group>,
    captures: u64,
    greatest_reference: u64,
    /// The names of capturing groups, in the order of the text.
    names: Vec<CaptureName>,
    referenced: Vec<String>,
}

/// The name of a capturing group.
struct CaptureName {
    name: String,
    /// A match passes through this group and through the place that is being read.
    reaches: bool,
}

/// A group that is not closed yet. The pattern as a whole is the outermost.
#[derive(Default)]
struct Group {
    /// Only what consumes characters may be repeated.
    repeatable: bool,
    /// The count of names before the group, and before its present alternative.
    first_name: usize,
    alternative: usize,
}

/// A member of a class: one character, or a set that cannot end a range.
#[derive(Clone, Copy)]
enum Member {
    One(u32),
    Set,
}

impl Default for Reader<'_> {
    fn default() -> Self {
        Reader {
            rest: "".chars().peekable(),
            open: vec![Group::default()],
            captures: 0,
            greatest_reference: 0,
            names: Vec::new(),
            referenced: Vec::new(),
        }
    }
}

/// Every step returns `None` where the text leaves the grammar.
impl Reader<'_> {
    fn pattern(&mut self) -> Option<()> {
        // True after an atom, which a quantifier may follow.
        let mut repeatable = false;
        while let Some(c) = self.rest.next() {
            repeatable = match c {
                '^' | '$' => false,
                '|' => self.next_alternative()?,
                '(' => self.open_group()?,
                ')' => self.close_group()?,
                '[' => self.class()?,
                '\\' => self.escape()?,
                '*' | '+' | '?' | '{' if repeatable => self.quantifier(c)?,
                '*' | '+' | '?' | '{' | '}' | ']' => return None,
                _ => true,
            };
        }
        (self.open.len() == 1).then_some(())
    }

    /// Reads the rest of a quantifier. Nothing may repeat it.
    fn quantifier(&mut self, first: char) -> Option<bool> {
        if first == '{' {
            let least = self.digits()?;
            if self.rest.next_if_eq(&',').is_some() {
                // Numbers without leading zeros are ordered by length, then as text.
                let most = self.digits();
                if most.is_some_and(|most| (most.len(), &most) < (least.len(), &least)) {
                    return None;
                }
            }
            self.expect('}')?;
        }
        self.rest.next_if_eq(&'?');
        Some(false)
    }

    /// Reads a number of any length without its leading zeros.
    fn digits(&mut self) -> Option<String> {
        let mut digits = String::new();
        let mut any = false;
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            any = true;
            if digit != '0' || !digits.is_empty() {
                digits.push(digit);
            }
        }
        any.then_some(digits)
    }

    fn expect(&mut self, c: char) -> Option<()> {
        self.rest.next_if_eq(&c).map(|_| ())
    }

    fn open_group(&mut self) -> Option<bool> {
        let mut repeatable = true;
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                '=' | '!' => repeatable = false,
                '<' => match self.rest.next_if(|&c| c == '=' || c == '!') {
                    Some(_) => repeatable = false,
                    None => self.capture_named()?,
                },
                c => self.modifiers(c)?,
            }
        } else {
            self.captures += 1;
        }
        let names = self.names.len();
        self.open.push(Group { repeatable, first_name: names, alternative: names });
        (self.open.len() <= DEPTH).then_some(false)
    }

    /// Reads `i`, `m` and `s`, each at most once, before and after a `-`, up to the colon.
    fn modifiers(&mut self, first: char) -> Option<()> {
        let mut seen = Vec::new();
        let mut removed = false;
        let mut c = first;
        loop {
            match c {
                'i' | 'm' | 's' if !seen.contains(&c) => seen.push(c),
                '-' if !removed => removed = true,
                ':' if !seen.is_empty() => return Some(()),
                _ => return None,
            }
            c = self.rest.next()?;
        }
    }

    fn capture_named(&mut self) -> Option<()> {
        self.captures += 1;
        let name = self.group_name()?;
        if self.names.len() == NAMES || self.names.iter().any(|of| of.reaches && of.name == name) {
            return None;
        }
        self.names.push(CaptureName { name, reaches: true });
        Some(())
    }

    /// Reads a name up to its `>`.
    fn group_name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let c = match self.rest.next()? {
                '>' if !name.is_empty() => return Some(name),
                '\\' => {
                    self.expect('u')?;
                    char::from_u32(self.unicode()?)?
                }
                c => c,
            };
            let fits = match c {
                '$' | '_' => true,
                _ if name.is_empty() => c.is_alphabetic(),
                // Marks are identifier parts as well; the standard library has no table of them.
                _ => c.is_alphanumeric() || (!c.is_ascii() && !c.is_whitespace()),
            };
            if !fits {
                return None;
            }
            name.push(c);
        }
    }

    /// Frees the names of the alternative that ends: two groups may share a name where no match
    /// passes through both.
    fn next_alternative(&mut self) -> Option<bool> {
        let group = self.open.last_mut()?;
        self.names.get_mut(group.alternative..)?.iter_mut().for_each(|name| name.reaches = false);
        group.alternative = self.names.len();
        Some(false)
    }

    fn close_group(&mut self) -> Option<bool> {
        if self.open.len() == 1 {
            return None;
        }
        let group = self.open.pop()?;
        let others = self.names.get_mut(group.first_name..group.alternative)?;
        others.iter_mut().for_each(|name| name.reaches = true);
        Some(group.repeatable)
    }

    /// Reads an escape outside classes. Returns true unless it is an assertion.
    fn escape(&mut self) -> Option<bool> {
        match *self.rest.peek()? {
            'b' | 'B' => {
                self.rest.next();
                return Some(false);
            }
            'k' => {
                self.rest.next();
                self.expect('<')?;
                let name = self.group_name()?;
                // Few names exist, so that few need to be kept.
                if !self.referenced.contains(&name) {
                    self.referenced.push(name);
                }
                if self.referenced.len() > NAMES {
                    return None;
                }
            }
            '1'..='9' => {
                let number = self.digits()?.parse().unwrap_or(u64::MAX);
                self.greatest_reference = self.greatest_reference.max(number);
            }
            _ => {
                self.character_escape()?;
            }
        }
        Some(true)
    }

    /// Reads an escape that classes have as well.
    fn character_escape(&mut self) -> Option<Member> {
        Some(Member::One(match self.rest.next()? {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => return Some(Member::Set),
            'p' | 'P' => {
                self.expect('{')?;
                let mut property = String::new();
                loop {
                    match self.rest.next()? {
                        '}' => return is_property(&property).then_some(Member::Set),
                        c => property.push(c),
                    }
                }
            }
            't' => 0x09,
            'n' => 0x0A,
            'v' => 0x0B,
            'f' => 0x0C,
            'r' => 0x0D,
            'c' => u32::from(self.rest.next_if(char::is_ascii_alphabetic)?) % 32,
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => 0,
            'x' => self.hexadecimal(2)?,
            'u' => self.unicode()?,
            c if c.is_ascii_punctuation() && c != '<' && c != '>' => u32::from(c),
            ' ' => 0x20,
            _ => return None,
        }))
    }

    /// Reads what follows `\u`: four digits, two halves of a pair, or a code point in braces.
    fn unicode(&mut self) -> Option<u32> {
        if self.rest.next_if_eq(&'{').is_some() {
            let mut value = self.hexadecimal(1)?;
            while self.rest.next_if_eq(&'}').is_none() {
                value = (value * 16) + self.hexadecimal(1)?;
                if value > u32::from(char::MAX) {
                    return None;
                }
            }
            return Some(value);
        }
        let first = self.hexadecimal(4)?;
        if (0xD800..0xDC00).contains(&first) {
            let before = self.rest.clone();
            if self.rest.next() == Some('\\')
                && self.rest.next() == Some('u')
                && let Some(second @ 0xDC00..0xE000) = self.hexadecimal(4)
            {
                return Some(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            }
            self.rest = before;
        }
        Some(first)
    }

    fn hexadecimal(&mut self, digits: u32) -> Option<u32> {
        (0..digits).try_fold(0, |value, _| Some(value * 16 + self.rest.next()?.to_digit(16)?))
    }

    fn class(&mut self) -> Option<bool> {
        self.rest.next_if_eq(&'^');
        while self.rest.next_if_eq(&']').is_none() {
            let from = self.class_member()?;
            if self.rest.next_if_eq(&'-').is_none() {
                continue;
            }
            // A hyphen at the end is one.
            if self.rest.next_if_eq(&']').is_some() {
                break;
            }
            match (from, self.class_member()?) {
                (Member::One(from), Member::One(to)) if from <= to => {}
                _ => return None,
            }
        }
        Some(true)
    }

    fn class_member(&mut self) -> Option<Member> {
        match self.rest.next()? {
            '\\' if self.rest.next_if_eq(&'b').is_some() => Some(Member::One(0x08)),
            '\\' => self.character_escape(),
            c => Some(Member::One(u32::from(c))),
        }
    }

    fn references_lead_somewhere(&self) -> bool {
        self.greatest_reference <= self.captures
            && self.referenced.iter().all(|name| self.names.iter().any(|of| of.name == *name))
    }
}
