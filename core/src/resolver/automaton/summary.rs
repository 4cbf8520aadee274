//! What the finished states say as a whole: markers nested in markers that disagree, and the
//! coverage.

use std::collections::{BTreeSet, VecDeque};

use super::build::{Builder, Item};
use super::{Covered, DEAD, StateId};
use crate::error::Error;
use crate::json::push_token;
use crate::schema::finding::Findings;
use crate::schema::marker::Marker;
use crate::schema::subject::Same;
use fieldseal_json::sort::sorted;

impl<'g> Builder<'g, '_> {
    /// Walks all states once, nearest first, so that each schema is met by its shortest way.
    pub(super) fn summary(
        &mut self,
        root: StateId,
        findings: &mut Findings,
    ) -> Result<Vec<Covered>, Error> {
        let mut covered = Vec::new();
        let mut schemas = BTreeSet::new();
        let mut seen = BTreeSet::new();
        seen.insert(DEAD);
        let mut open = VecDeque::from([(root, String::new())]);
        while let Some((id, pattern)) = open.pop_front() {
            if !seen.insert(id) {
                continue;
            }
            let Some(set) = self.sets.get(id as usize).cloned() else { continue };
            for (node, marker, _) in self.marked(&set) {
                if schemas.insert(node) {
                    let schema_pointer = marker.schema_pointer.clone();
                    covered.push(Covered {
                        schema_pointer,
                        pattern: pattern.clone(),
                        marker: marker.clone(),
                    });
                }
            }
            self.refuse_nested(id, &set, findings)?;
            for (step, next) in self.steps(id) {
                if !seen.contains(&next) {
                    self.budget.spend(1)?;
                    self.budget.spend_text(&pattern)?;
                    let mut longer = pattern.clone();
                    push_token(&mut longer, step.unwrap_or("*"));
                    open.push_back((next, longer));
                }
            }
        }
        Ok(sorted(covered, |a, b| a.schema_pointer.cmp(&b.schema_pointer)))
    }

    /// A marked value holds one that always is marked for another subject, or to become a token: no
    /// document could be sealed.
    fn refuse_nested(
        &mut self,
        id: StateId,
        set: &[Item],
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let Some(outer) = self.certain(set) else { return Ok(()) };
        let mut seen = BTreeSet::new();
        seen.insert(DEAD);
        let mut open: VecDeque<(StateId, Vec<Option<&'g str>>)> =
            self.steps(id).into_iter().map(|(step, next)| (next, vec![step])).collect();
        while let Some((id, way)) = open.pop_front() {
            if !seen.insert(id) {
                continue;
            }
            self.budget.spend(way.len())?;
            let Some(set) = self.sets.get(id as usize).cloned() else { continue };
            let names: Option<Vec<&str>> = way.iter().copied().collect();
            let depth = u32::try_from(way.len()).unwrap_or(u32::MAX);
            for (_, inner, uncertain) in self.marked(&set) {
                if !uncertain && outer.absorbs(inner, depth, names.as_deref()) == Same::No {
                    let message = format!(
                        "the marker at {} always seals the value around this one, for another subject or in another mode",
                        outer.schema_pointer
                    );
                    findings.error("conflict", inner.schema_pointer.as_str(), message);
                }
            }
            for (step, next) in self.steps(id) {
                if !seen.contains(&next) {
                    self.budget.spend(way.len())?;
                    let mut longer = way.clone();
                    longer.push(step);
                    open.push_back((next, longer));
                }
            }
        }
        Ok(())
    }

    fn certain(&self, set: &[Item]) -> Option<&'g Marker> {
        self.marked(set)
            .into_iter()
            .find(|(_, _, uncertain)| !uncertain)
            .map(|(_, marker, _)| marker)
    }

    /// Where a state leads, by which name; `None` for elements and for members that a pattern or
    /// `additionalProperties` finds.
    fn steps(&self, id: StateId) -> Vec<(Option<&'g str>, StateId)> {
        let Some(state) = self.states.get(id as usize) else { return Vec::new() };
        let mut steps: Vec<(Option<&'g str>, StateId)> = state
            .names
            .iter()
            .map(|entry| (Some(self.program.names.text(entry.name)), entry.state))
            .collect();
        if let Some(patterned) = &state.patterns {
            steps.extend(
                patterned.states.iter().chain([&patterned.any]).map(|state| (None, *state)),
            );
        }
        steps.extend(
            state.prefix.iter().chain([&state.other, &state.rest]).map(|state| (None, *state)),
        );
        steps.retain(|(_, state)| *state != DEAD);
        steps
    }
}
