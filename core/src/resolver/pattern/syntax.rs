//! Parses the decidable part of ECMA-262's pattern syntax (section 22.2.1).

/// The characters that may stand at one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
    class: bool,
}

impl Set {
    fn literal(c: char) -> Set {
        Set { ranges: vec![(c, c)], negated: false, class: false }
    }

    /// Returns the set of `.`: all characters except line ends.
    fn dot() -> Set {
        Set { ranges: LINE_ENDS.to_vec(), negated: true, class: true }
    }

    /// Returns the ranges as written. If [`Set::is_negated`], the set holds the characters outside
    /// them.
    pub(super) fn ranges(&self) -> &[(char, char)] {
        &self.ranges
    }

    pub(super) fn is_negated(&self) -> bool {
        self.negated
    }

    pub(super) fn contains(&self, c: char) -> bool {
        self.ranges.iter().any(|&(from, to)| from <= c && c <= to) != self.negated
    }
}

/// The syntax tree of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    One(Set),
    Sequence(Vec<Part>),
    Choice(Vec<Part>),
    Repeat { part: Box<Part>, least: u32, most: Option<u32> },
}

impl Part {
    /// Returns true if `.`, a class or a quantifier occurs.
    pub(super) fn counts_units(&self) -> bool {
        match self {
            Part::One(set) => set.class,
            Part::Sequence(parts) | Part::Choice(parts) => parts.iter().any(Part::counts_units),
            Part::Repeat { .. } => true,
        }
    }

    /// Returns true if `.` occurs.
    pub(super) fn holds_dot(&self) -> bool {
        match self {
            Part::One(set) => *set == Set::dot(),
            Part::Sequence(parts) | Part::Choice(parts) => parts.iter().any(Part::holds_dot),
            Part::Repeat { part, .. } => part.holds_dot(),
        }
    }
}

/// A top-level alternative with its anchors.
pub(super) struct Anchored {
    pub(super) from_start: bool,
    pub(super) to_end: bool,
    pub(super) part: Part,
}

/// The greatest nesting of groups. Deeper patterns are undecidable, which bounds the recursion.
const DEPTH: u32 = 32;

/// `\d`, `\w` and `\s` of ECMA-262 (22.2.2.9). The first two are ASCII only.
const DIGITS: &[(char, char)] = &[('0', '9')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const SPACE: &[(char, char)] = &[
    ('\t', '\r'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{2028}', '\u{2029}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{feff}', '\u{feff}'),
];
const LINE_ENDS: &[(char, char)] = &[('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')];

/// Returns the top-level alternatives, or `None` if the pattern is malformed or undecidable.
pub(super) fn parse(source: &str) -> Option<Vec<Anchored>> {
    let mut reader = Reader { rest: source };
    let mut alternatives = Vec::new();
    loop {
        let from_start = reader.take('^');
        let part = reader.sequence(0)?;
        let to_end = reader.take('$');
        alternatives.push(Anchored { from_start, to_end, part });
        if !reader.take('|') {
            break;
        }
    }
    reader.rest.is_empty().then_some(alternatives)
}

struct Reader<'p> {
    rest: &'p str,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        Some(c)
    }

    fn take(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Parses up to `|`, `)`, `$` or the end. An anchor elsewhere stays unread, and the caller
    /// gives up.
    fn sequence(&mut self, depth: u32) -> Option<Part> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek() {
            let part = match c {
                '|' | ')' | '$' => break,
                '^' | '*' | '+' | '?' | '{' | '}' | ']' => return None,
                '(' => self.group(depth)?,
                '[' => Part::One(self.class()?),
                '.' => {
                    self.next();
                    Part::One(Set::dot())
                }
                '\\' => {
                    self.next();
                    Part::One(self.escape()?)
                }
                c => {
                    self.next();
                    Part::One(Set::literal(c))
                }
            };
            parts.push(self.quantified(part)?);
        }
        Some(Part::Sequence(parts))
    }

    fn group(&mut self, depth: u32) -> Option<Part> {
        if depth >= DEPTH {
            return None;
        }
        self.next();
        if self.peek() == Some('?') {
            self.rest = self.rest.strip_prefix("?:")?;
        }
        let mut parts = vec![self.sequence(depth + 1)?];
        while self.take('|') {
            parts.push(self.sequence(depth + 1)?);
        }
        self.take(')').then_some(Part::Choice(parts))
    }

    fn quantified(&mut self, part: Part) -> Option<Part> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let (inner, rest) = self.rest.strip_prefix('{')?.split_once('}')?;
                let bounds = match inner.split_once(',') {
                    None => {
                        let count = number(inner)?;
                        (count, Some(count))
                    }
                    Some((least, "")) => (number(least)?, None),
                    Some((least, most)) => (number(least)?, Some(number(most)?)),
                };
                self.rest = rest;
                if bounds.1.is_some_and(|most| most < bounds.0) {
                    return None;
                }
                // Lazy and greedy quantifiers match the same names.
                self.take('?');
                return Some(repeat(part, bounds.0, bounds.1));
            }
            _ => return Some(part),
        };
        self.next();
        self.take('?');
        Some(repeat(part, least, most))
    }

    /// Parses an escape after its backslash, outside a class.
    fn escape(&mut self) -> Option<Set> {
        Some(match self.next()? {
            'd' => class(DIGITS, false),
            'D' => class(DIGITS, true),
            'w' => class(WORD, false),
            'W' => class(WORD, true),
            's' => class(SPACE, false),
            'S' => class(SPACE, true),
            c => Set::literal(self.character(c)?),
        })
    }

    /// Parses an escape for one character.
    fn character(&mut self, c: char) -> Option<char> {
        match c {
            't' => Some('\t'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            'v' => Some('\u{b}'),
            'f' => Some('\u{c}'),
            'x' => self.hex(2),
            // A lone surrogate is not a character and makes the pattern undecidable.
            'u' => self.hex(4),
            '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|'
            | '/' | '-' => Some(c),
            _ => None,
        }
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let (code, rest) = self.rest.split_at_checked(digits)?;
        if !code.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.rest = rest;
        char::from_u32(u32::from_str_radix(code, 16).ok()?)
    }

    fn class(&mut self) -> Option<Set> {
        self.next();
        let negated = self.take('^');
        let mut ranges = Vec::new();
        loop {
            let from = match self.next()? {
                ']' => break,
                // Set notation of the flag `v`, about which implementations differ.
                '[' => return None,
                '\\' => match self.next()? {
                    'd' => {
                        ranges.extend_from_slice(DIGITS);
                        continue;
                    }
                    'w' => {
                        ranges.extend_from_slice(WORD);
                        continue;
                    }
                    's' => {
                        ranges.extend_from_slice(SPACE);
                        continue;
                    }
                    'D' => {
                        ranges.extend(complement(DIGITS));
                        continue;
                    }
                    'W' => {
                        ranges.extend(complement(WORD));
                        continue;
                    }
                    'S' => {
                        ranges.extend(complement(SPACE));
                        continue;
                    }
                    c => self.character(c)?,
                },
                c => c,
            };
            let ranged = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            if !ranged {
                ranges.push((from, from));
                continue;
            }
            self.next();
            let to = match self.next()? {
                '\\' => {
                    let c = self.next()?;
                    self.character(c)?
                }
                '[' => return None,
                c => c,
            };
            if to < from {
                return None;
            }
            ranges.push((from, to));
        }
        Some(Set { ranges, negated, class: true })
    }
}

fn class(ranges: &[(char, char)], negated: bool) -> Set {
    Set { ranges: ranges.to_vec(), negated, class: true }
}

/// Returns the characters outside ascending ranges.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut outside = Vec::with_capacity(ranges.len() + 1);
    let mut next = Some('\0');
    for &(from, to) in ranges {
        let before = u32::from(from).checked_sub(1).and_then(char::from_u32);
        outside.extend(next.zip(before).filter(|(first, last)| first <= last));
        next = char::from_u32(u32::from(to) + 1);
    }
    outside.extend(next.map(|first| (first, char::MAX)));
    outside
}

fn repeat(part: Part, least: u32, most: Option<u32>) -> Part {
    Part::Repeat { part: Box::new(part), least, most }
}

/// Parses a count. Returns `None` above the number of positions, which could not be built.
fn number(text: &str) -> Option<u32> {
    let count = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))?;
    (count <= 256).then_some(count)
}
