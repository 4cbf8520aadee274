//! Bounds the work that rules can cause for any document.

use super::{Applicator, Program, Rule, RuleId};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;

/// The greatest number of schemas that a validator may be evaluating at once.
///
/// Each takes a few stack frames. The stack of a WebAssembly instance has 4 MiB in the full build and
/// 1 MiB in the others, that of a thread often 2 MiB.
const NESTING: u32 = 4096;

impl Rule {
    /// Returns all rules that this one applies to the same value, including those of `not` and
    /// `propertyNames`.
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

    /// Lists all rules, each after those that it applies to the same value.
    ///
    /// References back are ignored, since evaluation ends such loops.
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

    /// Checks that the work for any document is bounded.
    ///
    /// # Errors
    /// `limit` if a validator would evaluate one value more often than `expansions`, or if a
    /// document of the greatest depth would nest more schemas than the stack has room for.
    pub(super) fn bound(&self, limits: &Limits) -> Result<(), Error> {
        let order = self.innermost_first();
        self.bound_evaluations(&order, u64::from(limits.expansions))?;
        self.bound_nesting(&order, limits.depth)
    }

    /// Checks the number of evaluations of one value: references that double in turn make it
    /// exponential in the size of the schema, without any recursion.
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

    /// Checks the nesting of schemas: those that apply others to the same value multiply with the
    /// depth of the document, and validators are recursive.
    fn bound_nesting(&self, order: &[usize], depth: u32) -> Result<(), Error> {
        // By rule: the nesting from this rule on, if the document has as many further levels as the
        // iterations so far.
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

    /// Lists the rules that always apply themselves to the same value, through `$ref` and `allOf`
    /// alone. Their evaluation never ends.
    pub(crate) fn endless(&self) -> Vec<RuleId> {
        let always = |id: usize| {
            let here = self.rules.get(id).map(|rule| &*rule.here).unwrap_or_default();
            here.iter().filter_map(|here| {
                if let Applicator::Always(target) = here { Some(*target as usize) } else { None }
            })
        };
        let mut endless = vec![true; self.rules.len()];
        // A rule that leads to no remaining rule, or that no remaining rule leads to, lies outside
        // every loop.
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

    /// Marks the rules that can return to themselves at the same value, or lead to such a rule.
    ///
    /// Evaluation keeps track of the values at which it has met them.
    pub(super) fn find_returning(&mut self) {
        // A rule outside every loop is removed once all rules that it applies are removed.
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
