//! Finds the known name that the author of a misspelt one probably meant.

use fieldseal_normalisation::nfkc_casefold;

/// The most edits that count as a slip. The JavaScript binding uses the same number.
const SLIP: usize = 3;

/// Returns the known name nearest to a written one, or `None` if every name is too far away. Case
/// does not count. A short name is near to every other, so at most half of its characters may
/// differ, and fewer than were written.
pub(crate) fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = |name: &str| -> Vec<char> {
        // A name of this length is near to no known one, so its remaining characters are left out.
        // The core has a table of its own for case; the standard library's would be a second one.
        let start: String = name.chars().take(64 + SLIP).collect();
        nfkc_casefold(&start).chars().collect()
    };
    let written = lower(written);
    let mut best = None;
    for name in known {
        let own = lower(name);
        let most = SLIP.min(own.len().div_ceil(2));
        if own.len().abs_diff(written.len()) > most {
            continue;
        }
        let edits = distance(&written, &own);
        if edits <= most && edits < written.len() && best.is_none_or(|(_, least)| edits < least) {
            best = Some((*name, edits));
        }
    }
    best.map(|(name, _)| name)
}

/// Counts the characters to insert, remove, replace, or swap with their neighbour (the optimal
/// string alignment distance).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut last = None;
    for (at, own) in one.iter().enumerate() {
        let mut next = vec![at + 1];
        for (to, meant) in other.iter().enumerate() {
            let cell = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
            let replaced = cell(&row, to) + usize::from(own != meant);
            let edited = cell(&row, to + 1).min(cell(&next, to)) + 1;
            let is_swap = to > 0 && last == Some(meant) && other.get(to - 1) == Some(own);
            let swapped = if is_swap { cell(&before, to - 1) + 1 } else { usize::MAX };
            next.push(replaced.min(edited).min(swapped));
        }
        before = std::mem::replace(&mut row, next);
        last = Some(own);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let known = ["subject", "suite", "pad", "bind", "rectifiable", "retention"];
        for (written, meant) in [
            ("subjet", Some("subject")),
            ("Subject", Some("subject")),
            ("sbuject", Some("subject")),
            ("subjects", Some("subject")),
            ("siute", Some("suite")),
            ("padd", Some("pad")),
            ("rectifyable", Some("rectifiable")),
            ("retension", Some("retention")),
            ("colour", None),
            ("a", None),
            ("", None),
            ("ab", None),
        ] {
            assert_eq!(nearest(written, &known), meant, "{written}");
        }
        assert_eq!(nearest(&"s".repeat(1_000_000), &known), None);
        assert_eq!(nearest("subject", &[]), None);
    }

    #[test]
    fn the_nearest_of_several_is_named() {
        assert_eq!(nearest("dates", &["data", "date", "dared"]), Some("date"));
    }

    #[test]
    fn distances_are_those_of_edits() {
        let of = |one: &str, other: &str| {
            distance(&one.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>())
        };
        for (one, other, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("ca", "abc", 3),
            ("flaw", "lawn", 2),
            ("abcd", "acbd", 1),
        ] {
            assert_eq!((of(one, other), of(other, one)), (edits, edits), "{one} {other}");
        }
    }
}
