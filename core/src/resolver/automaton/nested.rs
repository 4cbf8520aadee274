//! Checks markers below marked values: they may conflict with the marker around them, or lose
//! demands that it does not keep.

use crate::ordered::OrderedSet;
use std::collections::VecDeque;

use super::build::Builder;
use super::{DEAD, StateId};
use crate::error::Error;
use crate::schema::finding::{Budget, Findings};
use crate::schema::marker::Marker;
use crate::schema::subject::Same;

/// The marker of a value below a marked one, compared with the outer marker.
struct Nested<'g> {
    number: u32,
    inner: &'g Marker,
    /// Both apply in every document.
    certain: bool,
    /// The relation of the data subjects.
    same: Same,
}

impl<'g> Builder<'g, '_> {
    /// Checks all values below marked ones. Markers that apply conditionally have a budget of their
    /// own, so that a warning never keeps a schema from compiling.
    ///
    /// # Errors
    /// `limit` if the search below unconditional markers exceeds the budget.
    pub(super) fn check_nested(
        &mut self,
        steps: u32,
        findings: &mut Findings,
        warnings: &mut Findings,
    ) -> Result<(), Error> {
        let mut lint = Budget::new(steps);
        let mut is_whole = true;
        // Each inner marker gets one warning, however many surround it.
        let mut warned = OrderedSet::new();
        for id in (0..).take(self.states.len()) {
            let Some(set) = self.sets.get(id as usize).cloned() else { continue };
            let marked = self.marked(&set);
            let outer = marked.iter().find(|(_, _, uncertain)| !uncertain).or(marked.first());
            let Some((_, outer, uncertain)) = outer.copied() else { continue };
            let nested = if uncertain {
                match self.below_marked(id, outer, false, &mut lint) {
                    Ok(nested) => nested,
                    Err(_) => {
                        is_whole = false;
                        continue;
                    }
                }
            } else {
                let mut budget = std::mem::replace(self.budget, Budget::new(0));
                let nested = self.below_marked(id, outer, true, &mut budget);
                *self.budget = budget;
                nested?
            };
            for nested in nested {
                nested.report(outer, &mut warned, findings, warnings);
            }
        }
        if !is_whole {
            warnings.note(
                "nesting-unjudged",
                "",
                "not all markers within marked values were compared: that takes more steps than \
                 the limit `expansions` allows",
            );
        }
        Ok(())
    }

    /// Returns the markers of all values below a value of that state, nearest first.
    ///
    /// # Errors
    /// `limit` if the search exceeds the budget.
    fn below_marked(
        &self,
        id: StateId,
        outer: &Marker,
        is_certain: bool,
        budget: &mut Budget,
    ) -> Result<Vec<Nested<'g>>, Error> {
        let mut nested = Vec::new();
        let mut seen = OrderedSet::new();
        seen.insert(DEAD);
        let mut open: VecDeque<(StateId, Vec<Option<&'g str>>)> =
            self.steps(id).into_iter().map(|(step, next)| (next, vec![step])).collect();
        while let Some((id, way)) = open.pop_front() {
            if !seen.insert(id) {
                continue;
            }
            budget.spend(way.len())?;
            let Some(set) = self.sets.get(id as usize) else { continue };
            let names: Option<Vec<&str>> = way.iter().copied().collect();
            let depth = u32::try_from(way.len()).unwrap_or(u32::MAX);
            for (number, inner, uncertain) in self.marked(set) {
                nested.push(Nested {
                    number,
                    inner,
                    certain: is_certain && !uncertain,
                    same: outer.absorbs(inner, depth, names.as_deref()),
                });
            }
            for (step, next) in self.steps(id) {
                if !seen.contains(&next) {
                    budget.spend(way.len())?;
                    let mut longer = way.clone();
                    longer.push(step);
                    open.push_back((next, longer));
                }
            }
        }
        Ok(nested)
    }

    /// Lists the states that a state leads to; see [`State::steps`](super::State::steps).
    fn steps(&self, id: StateId) -> Vec<(Option<&'g str>, StateId)> {
        let steps = self.states.get(id as usize).map(|state| state.steps(self.program));
        steps.unwrap_or_default()
    }
}

impl Nested<'_> {
    /// Reports a conflict, with which no document could be sealed; keys that would never be made;
    /// or other demands that are lost.
    fn report(
        &self,
        outer: &Marker,
        warned: &mut OrderedSet<u32>,
        findings: &mut Findings,
        warnings: &mut Findings,
    ) {
        let (inner, around) = (self.inner, outer.schema_pointer.as_str());
        if self.same == Same::No {
            if self.certain {
                let message = format!(
                    "the marker at {around} always seals the value around this one, for another \
                     subject or in another mode"
                );
                findings.error("conflict", inner.schema_pointer.as_str(), message);
            }
            return;
        }
        let Some(lost) = outer.loses(inner) else { return };
        let at = inner.schema_pointer.as_str();
        let members = lost.members();
        let fix = format!("say the same in the marker at {around}, or remove this one");
        if lost.keys && self.certain && self.same == Same::Yes {
            let message = format!(
                "the marker at {around} always seals the value around this one as a whole, under \
                 fewer keys: it does not keep {members} of this marker"
            );
            findings.error_with_fix("key-absorbed", at, message, fix);
        } else if warned.insert(self.number) {
            let may = if self.certain { "seals" } else { "may seal" };
            let refused = if lost.keys {
                "; a document in which both apply is refused (`conflict`), since its value would \
                 be sealed under fewer keys"
            } else {
                ""
            };
            let message = format!(
                "the marker at {around} {may} the value around this one as a whole, and does not \
                 keep {members} of this marker{refused}"
            );
            warnings.warning_with_fix("marker-absorbed", at, message, fix);
        }
    }
}
