//! Which member names a `patternProperties` pattern matches.
//!
//! Both builds use this engine and rule, so that they seal the same locations; the validator's own
//! engine never decides what is sealed. It decides the part of ECMA-262 on which implementations
//! agree: literals and escapes, `.`, classes with ranges and `\d \D \w \W \s \S`, groups,
//! alternation, the quantifiers `* + ? {n} {n,} {n,m}` greedy or lazy, and `^` and `$` at the ends
//! of a top-level alternative. Whatever else a pattern holds (assertions, back references, `\b`,
//! `\p`, more than 256 positions) makes it [`Match::Maybe`] for every name, and so does a name
//! beyond the Basic Multilingual Plane for a pattern in which `.`, a class or a quantifier occurs,
//! since with and without the `u` flag these differ, and a name with a line end other than `\n` for
//! a pattern with `.`, which matches it outside ECMA-262. A name that might match counts
//! (resolver.md): too much may be sealed by this, never too little.
//!
//! A pattern becomes a position automaton (V. M. Glushkov, 1961) of at most 256 positions: a match
//! takes time linear in the name, with four words of state and no allocation.

mod syntax;

use syntax::{Part, Set};

/// Whether a name matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    Yes,
    No,
    Maybe,
}

impl Match {
    /// Whether either of two matches.
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
    /// `None`: not decidable here.
    alternatives: Option<Vec<Alternative>>,
    /// Holds `.`, a class or a quantifier, which count UTF-16 units without the `u` flag.
    units: bool,
    /// Holds `.`, for which engines differ about the line ends that are not `\n`.
    dots: bool,
}

/// One top-level alternative.
#[derive(Debug)]
struct Alternative {
    from_start: bool,
    to_end: bool,
    nullable: bool,
    first: PositionBits,
    last: PositionBits,
    /// A position each: what stands there, and where one may go on.
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
    /// Compiles any text: what is not decidable here, malformed patterns included, might match
    /// every name.
    pub(crate) fn compile(source: &str) -> Pattern {
        let Some(parsed) = syntax::parse(source) else {
            return Pattern { alternatives: None, units: true, dots: true };
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
        Pattern { alternatives: alternatives.collect(), units, dots }
    }

    /// Whether it can tell anything: else every name might match.
    pub(crate) fn is_decidable(&self) -> bool {
        self.alternatives.is_some()
    }

    /// Whether there is no name for which it cannot.
    #[cfg(feature = "validation")]
    pub(crate) fn decides_every_name(&self) -> bool {
        self.is_decidable() && !self.units
    }

    /// Whether the pattern is found in the name.
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

/// What a part contributes: the positions it may begin and end with, and whether it may be empty.
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

    /// Adds a part's positions; `None` when they are more than 256.
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
            Part::Repeat { part, least, most } => {
                let mut all = Ends::empty();
                for _ in 0..*least {
                    let one = self.add(part)?;
                    if one.first.is_empty() {
                        // Holds no position and never will: 255 copies of 255 copies of nothing are
                        // nothing.
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
        // With the `u` flag one position, without it two.
        assert_eq!(matching("^.$", "😀"), Match::Maybe);
        assert_eq!(matching("^😀$", "😀"), Match::Yes);
        assert_eq!(matching("^x-", "😀"), Match::No);
        // ECMA-262 says that `.` matches none of these, and most other engines that it does.
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
