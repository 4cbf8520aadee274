//! What the rules make an evaluation do for one document, bounded before there is any.

use super::{Applicator, Program, Rule, RuleId};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;

/// How many schemas a validator may be in at once: each is a few frames of its stack, of which a
/// WebAssembly instance has 4 MiB and a thread often 2 MiB.
const NESTING: u32 = 4096;

impl Rule {
    /// All that it applies to the same value, `not` and names included.
    fn applicators_of(&self) -> impl Iterator<Item = RuleId> {
        let here = self.here.iter().flat_map(|here| match here {
            Applicator::Not(rule) => vec![(*rule, true)],
            other => other.marking(),
        });
        here.map(|(rule, _)| rule).chain(self.names)
    }
}

impl Program {
    fn here(&self, id: usize) -> impl Iterator<Item = usize> {
        self.rules.get(id).into_iter().flat_map(Rule::applicators_of).map(|id| id as usize)
    }

    /// All rules, after those that they apply to the same value. What leads back is left out: an
    /// evaluation ends such a loop.
    fn innermost_first(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.rules.len());
        let (mut entered, mut left) =
            (vec![false; self.rules.len()], vec![false; self.rules.len()]);
        for start in 0..self.rules.len() {
            let mut open = vec![start];
            while let Some(id) = open.last().copied() {
                match (entered.get_mut(id), left.get_mut(id)) {
                    (Some(entered), _) if !*entered => {
                        *entered = true;
                        open.extend(self.here(id));
                    }
                    (_, left) => {
                        open.pop();
                        if let Some(left) = left.filter(|left| !**left) {
                            *left = true;
                            order.push(id);
                        }
                    }
                }
            }
        }
        order
    }

    /// Ends in `limit` where a validator would look at one value more often than `expansions`, or
    /// be in more schemas at once than its stack has room for in a document of the greatest depth.
    pub(super) fn bound(&self, limits: &Limits) -> Result<(), Error> {
        let order = self.innermost_first();
        self.bound_evaluations(&order, u64::from(limits.expansions))?;
        self.bound_nesting(&order, limits.depth)
    }

    /// References that double in turn make the evaluations of one value exponential in the schema's
    /// size, without any recursion.
    fn bound_evaluations(&self, order: &[usize], most: u64) -> Result<(), Error> {
        let mut counts: Vec<u64> = vec![1; self.rules.len()];
        for id in order.iter().copied() {
            let below = self.here(id).map(|target| counts.get(target).copied().unwrap_or(1));
            let count = below.fold(1u64, u64::saturating_add);
            if count > most {
                return Err(Error::new(
                    ErrorCode::Limit,
                    "checking one value takes more steps than the limit `expansions` allows",
                ));
            }
            if let Some(place) = counts.get_mut(id) {
                *place = count;
            }
        }
        Ok(())
    }

    /// Schemas that apply further ones to the same value multiply with the depth of the document,
    /// and validators are recursive.
    fn bound_nesting(&self, order: &[usize], depth: u32) -> Result<(), Error> {
        // By rule: how many from it on, where the document goes on for so many levels.
        let mut above: Vec<u32> = vec![0; self.rules.len()];
        for _ in 0..=depth {
            let mut here: Vec<u32> = vec![0; self.rules.len()];
            for id in order.iter().copied() {
                let Some(rule) = self.rules.get(id) else { continue };
                let same = self.here(id).filter_map(|target| here.get(target)).max();
                let below = rule.children().filter_map(|target| above.get(target as usize)).max();
                let nested = 1 + same.max(below).copied().unwrap_or_default();
                if nested > NESTING {
                    let message = "schemas apply one another so often that a document of the depth that `limits` allow could not be checked";
                    return Err(Error::new(ErrorCode::Limit, message));
                }
                if let Some(place) = here.get_mut(id) {
                    *place = nested;
                }
            }
            if here == above {
                break;
            }
            above = here;
        }
        Ok(())
    }

    /// Rules that apply themselves to the same value whatever it is, by `$ref` and `allOf` alone:
    /// no evaluation of them ends.
    pub(crate) fn endless(&self) -> Vec<RuleId> {
        let always = |id: usize| {
            let here = self.rules.get(id).map(|rule| &*rule.here).unwrap_or_default();
            here.iter().filter_map(|here| {
                if let Applicator::Always(target) = here { Some(*target as usize) } else { None }
            })
        };
        let mut endless = vec![true; self.rules.len()];
        // What leads to no rule that is left, or is led to by none, is on no loop.
        for forward in [true, false] {
            let mut edges: Vec<Vec<usize>> = vec![Vec::new(); self.rules.len()];
            let mut waiting = vec![0usize; self.rules.len()];
            for from in 0..self.rules.len() {
                for to in always(from) {
                    let (held, holder) = if forward { (from, to) } else { (to, from) };
                    let both = |id: usize| endless.get(id).is_some_and(|left| *left);
                    if let (true, Some(edges), Some(waiting)) =
                        (both(from) && both(to), edges.get_mut(holder), waiting.get_mut(held))
                    {
                        edges.push(held);
                        *waiting += 1;
                    }
                }
            }
            let mut open: Vec<usize> =
                (0..).zip(&waiting).filter(|(_, count)| **count == 0).map(|(id, _)| id).collect();
            while let Some(id) = open.pop() {
                if let Some(left) = endless.get_mut(id) {
                    *left = false;
                }
                for held in edges.get(id).into_iter().flatten() {
                    if let Some(count) = waiting.get_mut(*held) {
                        *count -= 1;
                        if *count == 0 {
                            open.push(*held);
                        }
                    }
                }
            }
        }
        (0..).zip(endless).filter(|(_, endless)| *endless).map(|(id, _)| id).collect()
    }

    /// Which rules can return to themselves at the same value: an evaluation remembers where it has
    /// met those.
    pub(super) fn find_returning(&mut self) {
        // A rule outside every loop is left once all that it applies is left.
        let mut waiting: Vec<usize> =
            (0..self.rules.len()).map(|id| self.here(id).count()).collect();
        let mut sources: Vec<Vec<usize>> = vec![Vec::new(); self.rules.len()];
        for id in 0..self.rules.len() {
            for target in self.here(id) {
                if let Some(sources) = sources.get_mut(target) {
                    sources.push(id);
                }
            }
        }
        let mut open: Vec<usize> =
            (0..).zip(&waiting).filter(|(_, count)| **count == 0).map(|(id, _)| id).collect();
        while let Some(id) = open.pop() {
            for source in sources.get(id).into_iter().flatten() {
                if let Some(count) = waiting.get_mut(*source) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        open.push(*source);
                    }
                }
            }
        }
        for (rule, count) in self.rules.iter_mut().zip(waiting) {
            rule.returns = count > 0;
        }
    }
}
