//! What a schema makes a validator do for one document, bounded before there is any.

use super::{Link, Registry};
use crate::error::{Error, ErrorCode};

/// How many schemas a validator may be in at once: each is a few frames of its stack, of which a WebAssembly instance has
/// 4 MiB and a thread often 2 MiB.
const NESTING: u32 = 4096;

/// Where a link leads a validator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leads {
    ToTheSameValue,
    Below,
    Nowhere,
}

fn leads(link: &Link<'_>) -> Leads {
    match link {
        Link::Here { .. } | Link::Never | Link::Unbuilt("$dynamicRef") => Leads::ToTheSameValue,
        Link::Held => Leads::Nowhere,
        _ => Leads::Below,
    }
}

impl Registry<'_> {
    fn targets(&self, id: usize, where_to: Leads) -> impl Iterator<Item = usize> {
        let links = self.nodes.get(id).map(|node| node.links.as_slice()).unwrap_or_default();
        links.iter().filter(move |(link, _)| leads(link) == where_to).filter_map(|(_, target)| usize::try_from((*target)?).ok())
    }

    /// All schemas, after those that they apply to the same value. What leads back is left out: the validator ends such a loop.
    fn innermost_first(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let (mut entered, mut left) = (vec![false; self.nodes.len()], vec![false; self.nodes.len()]);
        for start in 0..self.nodes.len() {
            let mut open = vec![start];
            while let Some(id) = open.last().copied() {
                match (entered.get_mut(id), left.get_mut(id)) {
                    (Some(entered), _) if !*entered => {
                        *entered = true;
                        open.extend(self.targets(id, Leads::ToTheSameValue));
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

    /// Counts how often a validator looks at one value: references that double in turn make that exponential in the schema's
    /// size, without any recursion. Ends in `limit`.
    pub(super) fn bound_evaluations(&self, most: u64) -> Result<(), Error> {
        let mut counts: Vec<u64> = vec![1; self.nodes.len()];
        for id in self.innermost_first() {
            let below = self.targets(id, Leads::ToTheSameValue).map(|target| counts.get(target).copied().unwrap_or(1));
            let count = below.fold(1u64, u64::saturating_add);
            if count > most {
                return Err(Error::new(ErrorCode::Limit, "checking one value takes more steps than the limit `expansions` allows"));
            }
            if let Some(place) = counts.get_mut(id) {
                *place = count;
            }
        }
        Ok(())
    }

    /// Counts how many schemas a validator is in at once, at most, in a document of that depth: schemas that apply further ones to
    /// the same value multiply with it, and the validator is recursive. Ends in `limit`.
    pub(super) fn bound_nesting(&self, depth: u32) -> Result<(), Error> {
        let order = self.innermost_first();
        // By schema: how many from it on, where the document goes on for so many levels.
        let mut above: Vec<u32> = vec![0; self.nodes.len()];
        for _ in 0..=depth {
            let mut here: Vec<u32> = vec![0; self.nodes.len()];
            for id in order.iter().copied() {
                let same = self.targets(id, Leads::ToTheSameValue).filter_map(|target| here.get(target)).max();
                let below = self.targets(id, Leads::Below).filter_map(|target| above.get(target)).max();
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
}
