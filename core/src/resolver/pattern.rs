//! Matches member names against `patternProperties` patterns.
//!
//! Both builds use this engine, so that they seal the same locations; the engine of the validator
//! never decides about sealing. It decides the part of ECMA-262 on which implementations agree:
//! literals and escapes, `.`, classes with ranges and `\d \D \w \W \s \S`, groups, alternation, the
//! quantifiers `* + ? {n} {n,} {n,m}` greedy or lazy, and `^` and `$` at the ends of a top-level
//! alternative.
//!
//! The result is [`Match::Maybe`], which counts as a match (docs/what-is-sealed.md), in these
//! cases:
//!
//! - for every name, if the pattern holds anything else (assertions, back references, `\b`, `\p`)
//!   or more than 256 positions;
//! - for a name beyond the Basic Multilingual Plane, if the pattern holds `.`, a class or a
//!   quantifier, since these differ with and without the flag `u`;
//! - for a name with a line end other than `\n`, if the pattern holds `.`, which matches it outside
//!   ECMA-262.
//!
//! Too much may be sealed by this rule, never too little.
//!
//! A pattern becomes a position automaton (V. M. Glushkov, 1961) of at most 256 positions. Matching
//! takes time linear in the name, four words of state and no allocation.

mod overlap;
mod search;
mod syntax;

use std::cell::Cell;

use search::Search;
use syntax::{Part, Set};

/// The result of matching a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    Yes,
    No,
    Maybe,
}

impl Match {
    /// Returns the result of matching either of two patterns.
    pub(crate) const fn or(self, other: Match) -> Match {
        match (self, other) {
            (Match::Yes, _) | (_, Match::Yes) => Match::Yes,
            (Match::No, Match::No) => Match::No,
            _ => Match::Maybe,
        }
    }
}

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// The top-level alternatives; `None` if the pattern is undecidable.
    alternatives: Option<Vec<Alternative>>,
    /// True if `.`, a class or a quantifier occurs. Without the flag `u` these count UTF-16 units.
    units: bool,
    /// True if `.` occurs, for which engines differ about line ends other than `\n`.
    dots: bool,
    /// Searches texts for a pattern that decides nothing about names.
    search: Option<Search>,
}

/// One top-level alternative.
#[derive(Debug)]
struct Alternative {
    from_start: bool,
    to_end: bool,
    nullable: bool,
    first: PositionBits,
    last: PositionBits,
    /// For each position its characters, and the positions that may follow.
    positions: Vec<(Set, PositionBits)>,
}

/// A set of positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PositionBits([u64; 4]);

impl PositionBits {
    const CAPACITY: usize = 256;

    fn insert(&mut self, position: usize) {
        if let Some(word) = self.0.get_mut(position / 64) {
            *word |= 1 << (position % 64);
        }
    }

    fn union(self, other: PositionBits) -> PositionBits {
        let [a, b, c, d] = self.0;
        let [e, f, g, h] = other.0;
        PositionBits([a | e, b | f, c | g, d | h])
    }

    fn meets(self, other: PositionBits) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }

    fn is_empty(self) -> bool {
        self.0 == [0; 4]
    }

    fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(index, mut word)| {
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(index * 64 + bit)
            })
        })
    }
}

impl Pattern {
    /// Compiles any text. An undecidable or malformed pattern might match every name.
    pub(crate) fn compile(source: &str) -> Pattern {
        let Some(parsed) = syntax::parse(source) else {
            let search = Search::compile(source);
            return Pattern { alternatives: None, units: true, dots: true, search };
        };
        let units = parsed.iter().any(|alternative| alternative.part.counts_units());
        let dots = parsed.iter().any(|alternative| alternative.part.holds_dot());
        let alternatives = parsed.into_iter().map(|alternative| {
            let mut built = Alternative {
                from_start: alternative.from_start,
                to_end: alternative.to_end,
                nullable: false,
                first: PositionBits::default(),
                last: PositionBits::default(),
                positions: Vec::new(),
            };
            let ends = built.add(&alternative.part)?;
            (built.nullable, built.first, built.last) = (ends.nullable, ends.first, ends.last);
            Some(built)
        });
        let alternatives: Option<Vec<Alternative>> = alternatives.collect();
        let search = alternatives.is_none().then(|| Search::compile(source)).flatten();
        Pattern { alternatives, units, dots, search }
    }

    /// Returns true if the pattern is decidable. Otherwise every name might match.
    pub(crate) fn is_decidable(&self) -> bool {
        self.alternatives.is_some()
    }

    /// Returns true if the pattern is decidable for every name.
    pub(crate) fn decides_every_name(&self) -> bool {
        self.is_decidable() && !self.units
    }

    /// Returns true if the pattern can be searched for in every text.
    pub(crate) fn is_searchable(&self) -> bool {
        self.alternatives.is_some() || self.search.is_some()
    }

    /// Searches for the pattern in a text, as ECMA-262 does with the flag `u` (2020-12 core, section
    /// 6.4). The outcome has no meaning once `steps` is 0.
    pub(crate) fn is_match(&self, text: &str, steps: &Cell<u64>) -> bool {
        match (&self.alternatives, &self.search) {
            (Some(alternatives), _) => {
                alternatives.iter().any(|alternative| alternative.is_in(text))
            }
            (None, Some(search)) => search.is_in(text, steps),
            (None, None) => false,
        }
    }

    /// Searches for the pattern in the name.
    pub(crate) fn matches(&self, name: &str) -> Match {
        let Some(alternatives) = &self.alternatives else { return Match::Maybe };
        if self.units && name.chars().any(|c| c > '\u{ffff}') {
            return Match::Maybe;
        }
        if self.dots && name.contains(['\r', '\u{2028}', '\u{2029}']) {
            return Match::Maybe;
        }
        if alternatives.iter().any(|alternative| alternative.is_in(name)) {
            Match::Yes
        } else {
            Match::No
        }
    }
}

/// The positions with which a part may begin and end, and whether it may be empty.
struct Ends {
    nullable: bool,
    first: PositionBits,
    last: PositionBits,
}

impl Ends {
    fn empty() -> Ends {
        Ends { nullable: true, first: PositionBits::default(), last: PositionBits::default() }
    }
}

impl Alternative {
    fn is_in(&self, name: &str) -> bool {
        if self.nullable && !(self.from_start && self.to_end && !name.is_empty()) {
            return true;
        }
        let mut next = self.first;
        let mut here = PositionBits::default();
        for c in name.chars() {
            here = PositionBits::default();
            let mut follow = PositionBits::default();
            for position in next.iter() {
                if let Some((set, after)) = self.positions.get(position)
                    && set.contains(c)
                {
                    here.insert(position);
                    follow = follow.union(*after);
                }
            }
            if !self.to_end && here.meets(self.last) {
                return true;
            }
            next = if self.from_start { follow } else { follow.union(self.first) };
        }
        self.to_end && here.meets(self.last)
    }

    /// Adds the positions of a part. Returns `None` if they are more than 256.
    fn add(&mut self, part: &Part) -> Option<Ends> {
        match part {
            Part::One(set) => {
                let position = self.positions.len();
                if position >= PositionBits::CAPACITY {
                    return None;
                }
                self.positions.push((set.clone(), PositionBits::default()));
                let mut at = PositionBits::default();
                at.insert(position);
                Some(Ends { nullable: false, first: at, last: at })
            }
            Part::Sequence(parts) => parts.iter().try_fold(Ends::empty(), |before, part| {
                let after = self.add(part)?;
                Some(self.join(before, after))
            }),
            Part::Choice(parts) => {
                let mut all = Ends {
                    nullable: false,
                    first: PositionBits::default(),
                    last: PositionBits::default(),
                };
                for part in parts {
                    let one = self.add(part)?;
                    all = Ends {
                        nullable: all.nullable || one.nullable,
                        first: all.first.union(one.first),
                        last: all.last.union(one.last),
                    };
                }
                Some(all)
            }
            Part::Place(_) | Part::Look { .. } => None,
            Part::Repeat { part, least, most } => {
                let mut all = Ends::empty();
                for _ in 0..*least {
                    let one = self.add(part)?;
                    if one.first.is_empty() {
                        // The part holds no position, and neither do its copies: this ends 255 ×
                        // 255 empty repetitions early.
                        return Some(all);
                    }
                    all = self.join(all, one);
                }
                match most {
                    None => {
                        let mut one = self.add(part)?;
                        self.follow(one.last, one.first);
                        one.nullable = true;
                        all = self.join(all, one);
                    }
                    Some(most) => {
                        for _ in *least..*most {
                            let mut one = self.add(part)?;
                            if one.first.is_empty() {
                                return Some(all);
                            }
                            one.nullable = true;
                            all = self.join(all, one);
                        }
                    }
                }
                Some(all)
            }
        }
    }

    fn join(&mut self, before: Ends, after: Ends) -> Ends {
        self.follow(before.last, after.first);
        Ends {
            nullable: before.nullable && after.nullable,
            first: if before.nullable { before.first.union(after.first) } else { before.first },
            last: if after.nullable { before.last.union(after.last) } else { after.last },
        }
    }

    fn follow(&mut self, from: PositionBits, to: PositionBits) {
        for position in from.iter() {
            if let Some((_, after)) = self.positions.get_mut(position) {
                *after = after.union(to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(pattern: &str, name: &str) -> Match {
        Pattern::compile(pattern).matches(name)
    }

    #[test]
    fn decided_as_ecma_262_does() {
        for (pattern, yes, no) in [
            ("", &["", "a"][..], &[][..]),
            ("^$", &[""], &["a"]),
            ("^x-", &["x-", "x-a"], &["ax-", "", "x"]),
            ("_url$", &["_url", "a_url"], &["_urls", "url"]),
            ("^name$", &["name"], &["names", "aname", ""]),
            ("a|b", &["xa", "bx"], &["", "c"]),
            ("^a|b$", &["ax", "xb"], &["xa", "bx"]),
            ("^[a-z_][a-z0-9_]*$", &["a", "a1_"], &["1a", "", "aB"]),
            ("^[^a-c]+$", &["def"], &["dea", ""]),
            ("^\\d{2,3}$", &["12", "123"], &["1", "1234", "١٢"]),
            ("^a{2}b{0}c{1,}$", &["aac", "aaccc"], &["aabc", "aa"]),
            ("^(ab|cd)*?$", &["", "abcd"], &["abc"]),
            ("^(?:a+)+$", &["aaaa"], &["aaab"]),
            ("^(a?){20}$", &["", "aaaaaaaaaaaaaaaaaaaa"], &["aaaaaaaaaaaaaaaaaaaaa"]),
            ("^.$", &["é", "-"], &["\n", "ab"]),
            ("^\\u0041\\x42\\.\\/\\-$", &["AB./-"], &["ABx/-"]),
            ("^[\\w\\-.]+$", &["a-b.c_1"], &["é"]),
            ("^[a-]$", &["a", "-"], &["b"]),
            ("^\\S+$", &["a"], &["a b", "\u{feff}"]),
            ("^ab|cd", &["abx", "xcd"], &["xab"]),
        ] {
            for name in yes {
                assert_eq!(matching(pattern, name), Match::Yes, "{pattern} {name:?}");
            }
            for name in no {
                assert_eq!(matching(pattern, name), Match::No, "{pattern} {name:?}");
            }
        }
    }

    #[test]
    fn what_is_not_decided_might_match() {
        for pattern in [
            "(?=a)",
            "(?!a)b",
            "(a)\\1",
            "\\bword",
            "\\p{L}",
            "(^a)b",
            "a$b",
            "[[a]]",
            "(",
            ")",
            "*",
            "a{300}",
            "a{2,1}",
            "[z-a]",
            "(?<n>a)",
            "\\ud800",
            "x**",
            "[\\D]",
            "a{200}b{200}",
        ] {
            assert_eq!(matching(pattern, "zzz"), Match::Maybe, "{pattern}");
        }
        // One position with the flag `u`, two without it.
        assert_eq!(matching("^.$", "😀"), Match::Maybe);
        assert_eq!(matching("^😀$", "😀"), Match::Yes);
        assert_eq!(matching("^x-", "😀"), Match::No);
        // According to ECMA-262 `.` matches none of these; in most other engines it does.
        for name in ["\r", "\u{2028}", "\u{2029}", "a\r"] {
            assert_eq!(matching("^a?.$", name), Match::Maybe, "{name:?}");
            assert_eq!(
                matching("^[^a]$", name),
                if name.starts_with('a') { Match::No } else { Match::Yes },
                "{name:?}"
            );
        }
    }

    #[test]
    fn hostile_patterns_stay_small() {
        assert_eq!(matching("^((((a{9}){9}){9}){9}){9}$", "a"), Match::Maybe);
        assert_eq!(matching("^((((a{0}){255}){255}){255}){255}$", ""), Match::Yes);
        assert_eq!(matching(&"(".repeat(100_000), "a"), Match::Maybe);
    }
}
