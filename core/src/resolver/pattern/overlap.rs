//! Decides if one name can match two patterns, by searching the product of their automata.

use fieldseal_json::sort::sorted;

use super::syntax::Set;
use super::{Alternative, Pattern, PositionBits};

/// The greatest number of steps of one search. Patterns whose product takes more count as meeting.
const STEPS: usize = 1 << 16;

/// A sorted list of code point ranges.
type Ranges = Vec<(u32, u32)>;

/// The progress of one alternative within a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// No character of the match was read yet.
    Before,
    /// The last character was read at this position.
    At(usize),
    /// The alternative was found, and any rest of the name is allowed.
    Found,
}

impl Progress {
    /// Returns a number that no other progress of the same alternative has.
    const fn number(self) -> usize {
        match self {
            Progress::Before => 0,
            Progress::Found => 1,
            Progress::At(position) => position + 2,
        }
    }
}

impl Pattern {
    /// Returns false only if no name matches both patterns.
    pub(crate) fn meets(&self, other: &Pattern) -> bool {
        let (Some(own), Some(others)) = (&self.alternatives, &other.alternatives) else {
            return true;
        };
        let mut left = STEPS;
        own.iter().any(|a| {
            others.iter().any(|b| Product::new(a, b).is_reachable(&mut left).unwrap_or(true))
        })
    }
}

/// Two alternatives whose positions have comparable character sets.
struct Product<'a> {
    sides: [(&'a Alternative, Vec<Ranges>); 2],
}

impl<'a> Product<'a> {
    fn new(a: &'a Alternative, b: &'a Alternative) -> Self {
        let side = |one: &'a Alternative| {
            (one, one.positions.iter().map(|(set, _)| set.code_points()).collect())
        };
        Product { sides: [side(a), side(b)] }
    }

    /// Returns true if some name leads both alternatives to their ends, or `None` if the search
    /// takes too many steps.
    fn is_reachable(&self, left: &mut usize) -> Option<bool> {
        let [(a, _), (b, _)] = &self.sides;
        let start = (a.start(), b.start());
        let width = b.positions.len() + 2;
        let mut seen = vec![false; (a.positions.len() + 2) * width];
        let mut is_new = |(own, other): (Progress, Progress)| {
            let slot = seen.get_mut(own.number() * width + other.number());
            slot.is_some_and(|seen| !std::mem::replace(seen, true))
        };
        is_new(start);
        let mut open = vec![start];
        while let Some((own, other)) = open.pop() {
            if a.accepts(own) && b.accepts(other) {
                return Some(true);
            }
            let others = self.moves(1, other);
            for (next, characters) in self.moves(0, own) {
                for (beside, others) in &others {
                    *left = left.checked_sub(1)?;
                    let pair = (next, *beside);
                    if share(characters, *others) && is_new(pair) {
                        open.push(pair);
                    }
                }
            }
        }
        Some(false)
    }

    /// Lists the progress after one more character, each with the characters that lead to it
    /// (`None` for every character).
    fn moves(&self, side: usize, from: Progress) -> Vec<(Progress, Option<&Ranges>)> {
        let Some((alternative, characters)) = self.sides.get(side) else { return Vec::new() };
        let next = match from {
            Progress::Found => return vec![(Progress::Found, None)],
            Progress::Before => alternative.first,
            Progress::At(position) => {
                alternative.positions.get(position).map(|(_, after)| *after).unwrap_or_default()
            }
        };
        let mut moves: Vec<_> = next
            .iter()
            .map(|position| (alternative.after(position), characters.get(position)))
            .collect();
        if from == Progress::Before && !alternative.from_start {
            moves.push((Progress::Before, None));
        }
        moves
    }
}

impl Alternative {
    fn start(&self) -> Progress {
        let is_found = self.nullable && !(self.from_start && self.to_end);
        if is_found { Progress::Found } else { Progress::Before }
    }

    fn after(&self, position: usize) -> Progress {
        let is_found = !self.to_end && self.is_last(position);
        if is_found { Progress::Found } else { Progress::At(position) }
    }

    fn accepts(&self, progress: Progress) -> bool {
        match progress {
            Progress::Found => true,
            Progress::At(position) => self.is_last(position),
            // Anchored at both ends, so only the empty name is accepted here.
            Progress::Before => self.nullable,
        }
    }

    fn is_last(&self, position: usize) -> bool {
        let mut one = PositionBits::default();
        one.insert(position);
        self.last.meets(one)
    }
}

fn share(a: Option<&Ranges>, b: Option<&Ranges>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return true };
    a.iter().any(|(from, to)| b.iter().any(|(other, end)| from <= end && other <= to))
}

impl Set {
    /// Returns the code points of the set in ascending ranges.
    fn code_points(&self) -> Ranges {
        let ranges = self.ranges().iter().map(|&(from, to)| (u32::from(from), u32::from(to)));
        let ranges: Ranges = sorted(ranges.collect(), Ord::cmp);
        if !self.is_negated() {
            return ranges;
        }
        let mut outside = Vec::with_capacity(ranges.len() + 1);
        let mut next = 0;
        for (from, to) in ranges {
            if next < from {
                outside.push((next, from - 1));
            }
            next = next.max(to + 1);
        }
        let last = u32::from(char::MAX);
        if next <= last {
            outside.push((next, last));
        }
        outside
    }
}

#[cfg(test)]
mod tests {
    use super::super::Match;
    use super::*;

    const PATTERNS: [&str; 26] = [
        "",
        "^$",
        "^a$",
        "^b$",
        "a",
        "b",
        "^a",
        "a$",
        "^ab",
        "^[a-c]+$",
        "^[^a-c]+$",
        "^[^a]$",
        "^own_",
        "^partner_",
        "^\\d+$",
        "^\\w+$",
        "^\\D$",
        "^.$",
        "^(a|b)*$",
        "^(ab)+$",
        "^(ba)+$",
        "^a{3}$",
        "^a{2}$",
        "^(?:aa)*$",
        "^a|b$",
        "^[\\x00-\\x1f]$",
    ];

    /// Tests all names of up to four characters over an alphabet that the patterns distinguish.
    #[test]
    fn meets_exactly_where_a_name_matches_both() {
        let alphabet = ['a', 'b', 'c', '1', '_', '\u{1}'];
        let mut names = vec![String::new(), "own_x".into(), "partner_".into()];
        let mut longest = vec![String::new()];
        for _ in 0..4 {
            longest = longest
                .iter()
                .flat_map(|name| alphabet.iter().map(move |c| format!("{name}{c}")))
                .collect();
            names.extend(longest.iter().cloned());
        }
        let mut apart = 0;
        for a in PATTERNS {
            for b in PATTERNS {
                let (own, other) = (Pattern::compile(a), Pattern::compile(b));
                let both = names.iter().any(|name| {
                    own.matches(name) == Match::Yes && other.matches(name) == Match::Yes
                });
                assert_eq!(own.meets(&other), other.meets(&own), "{a} {b}");
                // Some pairs, such as `^own_` and `^\D$`, meet on longer names only.
                assert!(own.meets(&other) || !both, "{a} {b}");
                let decided_by_short_names = !a.contains("_") && !b.contains("_");
                if decided_by_short_names {
                    assert_eq!(own.meets(&other), both, "{a} {b}");
                }
                apart += usize::from(!own.meets(&other));
            }
        }
        assert!(apart > 100, "{apart}");
    }

    #[test]
    fn undecidable_and_costly_patterns_meet() {
        assert!(Pattern::compile("(?=a)").meets(&Pattern::compile("^b$")));
        let long = Pattern::compile(&format!("^{}$", "(a|b)?".repeat(120)));
        let other = Pattern::compile(&format!("^{}c$", "(b|a)?".repeat(120)));
        assert!(long.meets(&other), "its product takes more steps than a search may");
    }
}
