//! Compares searches with an engine of ECMA-262 written by others.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::cell::Cell;
use std::collections::BTreeSet;

use fieldseal_conformance::counts::PATTERN_SEARCHES;

use super::Search;
use crate::resolver::pattern::syntax::{Part, Place, is_word, parse_wide};

/// A deterministic generator of pseudorandom numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

/// Parts of patterns. Each place has a choice of them, and the later ones hold others.
const PARTS: [&str; 34] = [
    "a",
    "b",
    "é",
    "😀",
    "-",
    "_",
    "\\n",
    ".",
    "\\d",
    "\\D",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "[ab]",
    "[^a]",
    "[\\S a]",
    "[\\D\\W]",
    "[^\\w-]",
    "[a-e_]",
    "\\b",
    "\\B",
    "^",
    "$",
    "\\u{1F600}",
    "\\ud83d\\ude00",
    "\\cJ",
    "(X)",
    "(?:X|X)",
    "(?=X)",
    "(?!X)",
    "(?<=X)",
    "(?<!X)",
    "(?<n>X)",
];
const REPETITIONS: [&str; 9] = ["", "", "", "*", "+", "?", "{2}", "{1,}", "{0,3}?"];
const TEXT: [char; 9] = ['a', 'b', 'c', 'é', '😀', '-', '_', '\n', '1'];

fn pattern(dice: &mut Dice, depth: usize, named: &mut bool) -> String {
    let mut text = String::new();
    for _ in 0..1 + dice.below(3) {
        let simple = 27;
        let part = PARTS[dice.below(if depth > 2 || *named { simple } else { PARTS.len() })];
        if part.contains("?<n>") {
            *named = true;
        }
        let mut pieces = part.split('X');
        text.push_str(pieces.next().unwrap());
        for piece in pieces {
            text.push_str(&pattern(dice, depth + 1, named));
            text.push_str(piece);
        }
        // Nothing repeats a place or a look-around with the flag `u`.
        let is_place = ["\\b", "\\B", "^", "$"].contains(&part)
            || ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| part.starts_with(look));
        if !is_place {
            text.push_str(REPETITIONS[dice.below(REPETITIONS.len())]);
        }
    }
    text
}

#[test]
fn searches_find_what_an_engine_of_others_finds() {
    let mut dice = Dice(71);
    let (mut compared, mut matched, mut otherwise) = (0, 0, 0);
    while compared < PATTERN_SEARCHES.get() {
        let source = pattern(&mut dice, 0, &mut false);
        let Some(own) = Search::compile(&source) else { panic!("{source} is of the wider part") };
        let other = regress::Regex::with_flags(&source, "u").unwrap();
        for _ in 0..10 {
            let text: String = (0..dice.below(8)).map(|_| TEXT[dice.below(TEXT.len())]).collect();
            let steps = Cell::new(1_000_000);
            let found = own.is_in(&text, &steps);
            assert!(steps.get() > 0);
            if found != other.find(&text).is_some() {
                // The engine tries too few ways through repeated groups with choices.
                assert_eq!(found, is_in(&parse_wide(&source).unwrap(), &text), "{source} {text:?}");
                otherwise += 1;
            }
            compared += 1;
            matched += u32::from(found);
        }
    }
    assert!(otherwise * 1_000 < compared, "{otherwise} of {compared}");
    assert!(matched * 10 > compared * 2 && matched * 10 < compared * 9, "{matched} of {compared}");
}

/// Searches by definition: the places at which a part may end.
fn is_in(part: &Part, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    (0..=text.len()).any(|at| !ends(part, &text, at).is_empty())
}

fn ends(part: &Part, text: &[char], at: usize) -> BTreeSet<usize> {
    let only = |holds: bool| if holds { BTreeSet::from([at]) } else { BTreeSet::new() };
    let each = |starts: &BTreeSet<usize>, part: &Part| -> BTreeSet<usize> {
        starts.iter().flat_map(|start| ends(part, text, *start)).collect()
    };
    match part {
        Part::One(set) => match text.get(at) {
            Some(c) if set.contains(*c) => BTreeSet::from([at + 1]),
            _ => BTreeSet::new(),
        },
        Part::Sequence(parts) => {
            parts.iter().fold(BTreeSet::from([at]), |starts, part| each(&starts, part))
        }
        Part::Choice(parts) => parts.iter().flat_map(|part| ends(part, text, at)).collect(),
        Part::Repeat { part, least, most } => {
            let mut starts =
                (0..*least).fold(BTreeSet::from([at]), |starts, _| each(&starts, part));
            let mut all = starts.clone();
            // Further repetitions than characters add nothing.
            for _ in *least..most.unwrap_or(u32::MAX).min(least + 10) {
                starts = each(&starts, part);
                all.extend(&starts);
            }
            all
        }
        Part::Place(place) => {
            let word =
                |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| is_word(*c));
            let is_end = word(at.checked_sub(1)) != word(Some(at));
            only(match place {
                Place::Start => at == 0,
                Place::End => at == text.len(),
                Place::WordEnd => is_end,
                Place::NoWordEnd => !is_end,
            })
        }
        Part::Look { ahead: true, negated, part } => {
            only(ends(part, text, at).is_empty() == *negated)
        }
        Part::Look { ahead: false, negated, part } => {
            only((0..=at).all(|start| !ends(part, text, start).contains(&at)) == *negated)
        }
    }
}

#[test]
fn hostile_patterns_end() {
    for (source, text) in [
        ("^(a*)*$", "a".repeat(5_000) + "b"),
        ("^(?=(a+)+$)", "a".repeat(2_000) + "b"),
        ("(?=.*(?=.*(?=.*b)))c", "a".repeat(500)),
        ("a{0,30000}b", "a".repeat(2_000)),
    ] {
        let search = Search::compile(source).unwrap();
        let steps = Cell::new(200_000_000);
        assert!(!search.is_in(&text, &steps), "{source}");
        let few = Cell::new(100);
        search.is_in(&text, &few);
        assert_eq!(few.get(), 0, "{source}");
    }
    for source in ["a{65537}", "(a{400}){400}", "\\p{L}", "(a)\\1", "\\k<n>(?<n>a)"] {
        assert!(Search::compile(source).is_none(), "{source}");
    }
    assert!(Search::compile(&"(".repeat(100_000)).is_none());
}
