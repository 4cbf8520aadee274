//! Searches texts for patterns of the wider part: also with look-around, ends of words, and any
//! number of positions.
//!
//! All ways through the pattern advance together over the text (K. Thompson, 1968), so a search
//! takes steps in proportion to pattern and text, and each look-around those of a search of its
//! own. The steps are counted, and a search that has none left has no outcome.

use std::cell::Cell;

use super::syntax::{Part, Place, Set, is_word, parse_wide};

/// The greatest number of instructions of a pattern. Counted repetitions are written out.
const LONGEST: usize = 1 << 16;

/// One instruction.
#[derive(Debug)]
enum Step {
    /// Takes a character of the set.
    One(Set),
    /// Goes on after this instruction, and at another one.
    Split(usize),
    Jump(usize),
    Place(Place),
    /// Goes on at `next` if the instructions after this one match from here on, or do not.
    Look {
        ahead: bool,
        negated: bool,
        next: usize,
    },
    Match,
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Search(Vec<Step>);

impl Search {
    /// Compiles a pattern, or returns `None` for one that is malformed, undecidable or too long.
    pub(super) fn compile(source: &str) -> Option<Search> {
        let mut search = Search(Vec::new());
        search.add(&parse_wide(source)?, true)?;
        search.push(Step::Match)?;
        Some(search)
    }

    /// Returns true if the pattern is somewhere in the text. The outcome has no meaning once
    /// `steps` is 0.
    pub(super) fn is_in(&self, text: &str, steps: &Cell<u64>) -> bool {
        Run { steps: &self.0, text, left: steps }.matches(0, 0, true, true)
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        self.0.push(step);
        (self.0.len() <= LONGEST).then_some(self.0.len() - 1)
    }

    /// Lets the instruction at `at` lead to the next one that is added.
    fn aim(&mut self, at: usize) {
        let end = self.0.len();
        if let Some(Step::Split(next) | Step::Jump(next) | Step::Look { next, .. }) =
            self.0.get_mut(at)
        {
            *next = end;
        }
    }

    /// Adds a part, which is matched towards the end of the text if `ahead`, else towards its start.
    fn add(&mut self, part: &Part, ahead: bool) -> Option<()> {
        match part {
            Part::One(set) => drop(self.push(Step::One(set.clone()))?),
            Part::Place(place) => drop(self.push(Step::Place(*place))?),
            Part::Sequence(parts) if ahead => {
                parts.iter().try_for_each(|part| self.add(part, ahead))?
            }
            Part::Sequence(parts) => {
                parts.iter().rev().try_for_each(|part| self.add(part, ahead))?
            }
            Part::Choice(parts) => {
                let mut ends = Vec::new();
                let Some((last, others)) = parts.split_last() else { return Some(()) };
                for part in others {
                    let split = self.push(Step::Split(0))?;
                    self.add(part, ahead)?;
                    ends.push(self.push(Step::Jump(0))?);
                    self.aim(split);
                }
                self.add(last, ahead)?;
                ends.into_iter().for_each(|end| self.aim(end));
            }
            Part::Repeat { part, least, most } => {
                for _ in 0..*least {
                    self.add(part, ahead)?;
                }
                let Some(most) = most else {
                    let start = self.push(Step::Split(0))?;
                    self.add(part, ahead)?;
                    self.push(Step::Jump(start))?;
                    self.aim(start);
                    return Some(());
                };
                let mut splits = Vec::new();
                for _ in *least..*most {
                    splits.push(self.push(Step::Split(0))?);
                    self.add(part, ahead)?;
                }
                splits.into_iter().for_each(|split| self.aim(split));
            }
            Part::Look { ahead, negated, part } => {
                let look = Step::Look { ahead: *ahead, negated: *negated, next: 0 };
                let look = self.push(look)?;
                self.add(part, *ahead)?;
                self.push(Step::Match)?;
                self.aim(look);
            }
        }
        Some(())
    }
}

/// A search in one text.
struct Run<'s, 't> {
    steps: &'s [Step],
    text: &'t str,
    left: &'s Cell<u64>,
}

impl Run<'_, '_> {
    /// Returns true if the instructions from `start` on match at the byte `at`, or anywhere after it
    /// if the search is `free`.
    fn matches(&self, start: usize, at: usize, ahead: bool, free: bool) -> bool {
        let size = self.steps.len() as u64;
        self.left.set(self.left.get().saturating_sub(size / 16));
        let (mut here, mut next) = (Vec::new(), Vec::new());
        let mut seen = vec![usize::MAX; self.steps.len()];
        let mut at = at;
        let mut is_first = true;
        loop {
            // Marks the instructions that are reached at this place.
            if (is_first || free) && self.reach(start, at, &mut seen, &mut here) {
                return true;
            }
            is_first = false;
            let c = if ahead {
                self.text.get(at..).and_then(|rest| rest.chars().next())
            } else {
                self.text.get(..at).and_then(|rest| rest.chars().next_back())
            };
            let Some(c) = c.filter(|_| free || !here.is_empty()) else { return false };
            at = if ahead { at + c.len_utf8() } else { at - c.len_utf8() };
            for step in here.drain(..) {
                if let Some(Step::One(set)) = self.steps.get(step)
                    && set.contains(c)
                    && self.reach(step + 1, at, &mut seen, &mut next)
                {
                    return true;
                }
            }
            if self.left.get() == 0 {
                return false;
            }
            std::mem::swap(&mut here, &mut next);
        }
    }

    /// Lists the instructions for a character that are reached without one. Returns true if the end
    /// of the pattern is.
    fn reach(&self, start: usize, at: usize, seen: &mut [usize], list: &mut Vec<usize>) -> bool {
        let mut open = vec![start];
        while let Some(step) = open.pop() {
            match seen.get_mut(step) {
                Some(seen) if *seen != at => *seen = at,
                _ => continue,
            }
            self.left.set(self.left.get().saturating_sub(1));
            match self.steps.get(step) {
                Some(Step::One(_)) => list.push(step),
                Some(Step::Split(other)) => open.extend([*other, step + 1]),
                Some(Step::Jump(other)) => open.push(*other),
                Some(Step::Place(place)) if self.is_at(*place, at) => open.push(step + 1),
                Some(Step::Look { ahead, negated, next })
                    if self.left.get() > 0
                        && self.matches(step + 1, at, *ahead, false) != *negated =>
                {
                    open.push(*next);
                }
                Some(Step::Match) => return true,
                _ => {}
            }
        }
        false
    }

    fn is_at(&self, place: Place, at: usize) -> bool {
        let (before, after) = self.text.split_at_checked(at).unwrap_or_default();
        let is_end = || {
            before.chars().next_back().is_some_and(is_word)
                != after.chars().next().is_some_and(is_word)
        };
        match place {
            Place::Start => at == 0,
            Place::End => after.is_empty(),
            Place::WordEnd => is_end(),
            Place::NoWordEnd => !is_end(),
        }
    }
}

#[cfg(test)]
mod tests;
