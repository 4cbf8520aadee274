//! Parses ECMA-262's pattern syntax (section 22.2.1): the part that decides about member names, and
//! the wider part that validates texts.

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
    Repeat {
        part: Box<Part>,
        least: u32,
        most: Option<u32>,
    },
    /// An assertion about a place, in the wider part only.
    Place(Place),
    /// A look-ahead or look-behind, in the wider part only.
    Look {
        ahead: bool,
        negated: bool,
        part: Box<Part>,
    },
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    End,
    /// An end of a word (`\b`).
    WordEnd,
    /// Any other place (`\B`).
    NoWordEnd,
}

impl Part {
    /// Returns true if `.`, a class or a quantifier occurs.
    pub(super) fn counts_units(&self) -> bool {
        match self {
            Part::One(set) => set.class,
            Part::Sequence(parts) | Part::Choice(parts) => parts.iter().any(Part::counts_units),
            Part::Repeat { .. } => true,
            Part::Place(_) | Part::Look { .. } => false,
        }
    }

    /// Returns true if `.` occurs.
    pub(super) fn holds_dot(&self) -> bool {
        match self {
            Part::One(set) => *set == Set::dot(),
            Part::Sequence(parts) | Part::Choice(parts) => parts.iter().any(Part::holds_dot),
            Part::Repeat { part, .. } | Part::Look { part, .. } => part.holds_dot(),
            Part::Place(_) => false,
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

/// The greatest count of a repetition in the wider part.
const WIDEST: u32 = 1 << 16;

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
    let mut reader = Reader { rest: source, wide: false };
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

/// Returns the syntax tree of a pattern of the wider part, or `None` if the pattern is malformed or
/// holds a property (`\p`) or a back reference.
pub(super) fn parse_wide(source: &str) -> Option<Part> {
    let mut reader = Reader { rest: source, wide: true };
    let part = reader.choice(0)?;
    reader.rest.is_empty().then_some(part)
}

/// Returns true for a character of `\w`.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

struct Reader<'p> {
    rest: &'p str,
    /// True if the wider part is read.
    wide: bool,
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
                '|' | ')' => break,
                '^' | '$' if self.wide => {
                    self.next();
                    parts.push(Part::Place(if c == '^' { Place::Start } else { Place::End }));
                    continue;
                }
                '$' => break,
                '^' | '*' | '+' | '?' | '{' | '}' | ']' => return None,
                '(' => self.group(depth)?,
                '[' => Part::One(self.class()?),
                '.' => {
                    self.next();
                    Part::One(Set::dot())
                }
                '\\' => {
                    self.next();
                    if self.wide && (self.take('b') || self.rest.starts_with('B')) {
                        let is_end = !self.take('B');
                        let place = if is_end { Place::WordEnd } else { Place::NoWordEnd };
                        parts.push(Part::Place(place));
                        continue;
                    }
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
        let look = self.opening()?;
        let part = self.choice(depth + 1)?;
        if !self.take(')') {
            return None;
        }
        Some(match look {
            Some((ahead, negated)) => Part::Look { ahead, negated, part: Box::new(part) },
            None => part,
        })
    }

    fn choice(&mut self, depth: u32) -> Option<Part> {
        let mut parts = vec![self.sequence(depth)?];
        while self.take('|') {
            parts.push(self.sequence(depth)?);
        }
        Some(Part::Choice(parts))
    }

    /// Parses the beginning of a group. Returns the direction of a look-around, and true if it is
    /// negated.
    fn opening(&mut self) -> Option<Option<(bool, bool)>> {
        const LOOKS: [(&str, (bool, bool)); 4] = [
            ("?=", (true, false)),
            ("?!", (true, true)),
            ("?<=", (false, false)),
            ("?<!", (false, true)),
        ];
        if !self.rest.starts_with('?') {
            return Some(None);
        }
        if let Some(rest) = self.rest.strip_prefix("?:") {
            self.rest = rest;
            return Some(None);
        }
        if !self.wide {
            return None;
        }
        for (start, look) in LOOKS {
            if let Some(rest) = self.rest.strip_prefix(start) {
                self.rest = rest;
                return Some(Some(look));
            }
        }
        // A group with a name, which counts only for back references.
        self.rest = self.rest.strip_prefix("?<")?.split_once('>')?.1;
        Some(None)
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
                        let count = self.number(inner)?;
                        (count, Some(count))
                    }
                    Some((least, "")) => (self.number(least)?, None),
                    Some((least, most)) => (self.number(least)?, Some(self.number(most)?)),
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
            'u' if self.wide => self.code_point(),
            // A lone surrogate is not a character and makes the pattern undecidable.
            'u' => self.hex(4),
            '0' if self.wide && !self.rest.starts_with(|c: char| c.is_ascii_digit()) => Some('\0'),
            'c' if self.wide => {
                let letter = self.next().filter(char::is_ascii_alphabetic)?;
                char::from_u32(u32::from(letter) % 32)
            }
            '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|'
            | '/' | '-' => Some(c),
            // The flag `u` refuses these, and each engine that takes them reads one character.
            ' ' => self.wide.then_some(c),
            c if c.is_ascii_punctuation() && c != '<' && c != '>' => self.wide.then_some(c),
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

    /// Parses the rest of `\u`: four digits, a pair of surrogates, or digits in braces.
    fn code_point(&mut self) -> Option<char> {
        if self.take('{') {
            let (digits, rest) = self.rest.split_once('}')?;
            self.rest = rest;
            return char::from_u32(u32::from_str_radix(digits, 16).ok()?);
        }
        let rest = self.rest;
        self.hex(4).or_else(|| {
            let units = [rest.get(..4)?, rest.get(4..)?.strip_prefix("\\u")?.get(..4)?];
            let unit = |digits: &str| u16::from_str_radix(digits, 16).ok();
            let units = [unit(units[0])?, unit(units[1])?];
            self.rest = rest.get(10..)?;
            char::decode_utf16(units).next()?.ok()
        })
    }

    /// Parses a count. Returns `None` above the number of positions, which could not be built.
    fn number(&self, text: &str) -> Option<u32> {
        let count = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))?;
        (count <= if self.wide { WIDEST } else { 256 }).then_some(count)
    }

    fn class(&mut self) -> Option<Set> {
        self.next();
        let negated = self.take('^');
        let mut ranges = Vec::new();
        loop {
            let from = match self.next()? {
                ']' => break,
                // Set notation of the flag `v`, about which implementations differ.
                '[' if !self.wide => return None,
                '\\' => match self.next()? {
                    'D' if self.wide => {
                        ranges.extend(complement(DIGITS));
                        continue;
                    }
                    'W' if self.wide => {
                        ranges.extend(complement(WORD));
                        continue;
                    }
                    'S' if self.wide => {
                        ranges.extend(complement(SPACE));
                        continue;
                    }
                    'b' if self.wide => '\u{8}',
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
                '[' if !self.wide => return None,
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

fn repeat(part: Part, least: u32, most: Option<u32>) -> Part {
    Part::Repeat { part: Box::new(part), least, most }
}

/// Returns the characters outside sorted ranges.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut outside = Vec::new();
    let mut next = Some('\0');
    for (from, to) in ranges {
        if let (Some(first), Some(last)) = (next, before(*from))
            && first <= last
        {
            outside.push((first, last));
        }
        next = after(*to);
    }
    outside.extend(next.map(|first| (first, char::MAX)));
    outside
}

fn before(c: char) -> Option<char> {
    u32::from(c).checked_sub(1).and_then(char::from_u32)
}

fn after(c: char) -> Option<char> {
    char::from_u32(u32::from(c) + 1)
}
