//! Finds the schemas that markers touch, from the states of the values to which each schema
//! applies.

use crate::ordered::OrderedSet;

use serde_json::Value;

use super::child_rules::ChildRules;
use super::step::ChildStep;
use crate::error::Error;
use crate::resolver::automaton::{Automaton, DEAD, SealedShape, State, StateId};
use crate::resolver::pattern::Match;
use crate::resolver::program::{Program, RuleId, UNKNOWN};
use crate::schema::finding::Budget;
use crate::schema::registry::Registry;

/// The possible states of values, by rule.
///
/// One copy of a schema serves all places to which it applies and which markers can touch, since
/// copies by place would be exponentially many.
pub(super) struct Reach<'a> {
    program: &'a Program,
    automaton: &'a Automaton,
    states: Vec<OrderedSet<StateId>>,
    holes: Vec<SealedShape>,
    touched: Vec<bool>,
}

impl<'a> Reach<'a> {
    /// Returns a reach without any marked value.
    pub(super) fn nowhere(program: &'a Program, automaton: &'a Automaton) -> Self {
        Reach { program, automaton, states: Vec::new(), holes: Vec::new(), touched: Vec::new() }
    }

    pub(super) fn find(
        &mut self,
        registry: &Registry<'_>,
        parts: &[ChildRules<'_>],
        root: RuleId,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        self.states = vec![OrderedSet::new(); parts.len()];
        self.holes = vec![SealedShape::default(); parts.len()];
        let mut open = Vec::new();
        self.meet(root, self.automaton.root, &mut open);
        while let Some((rule, id)) = open.pop() {
            budget.spend(1)?;
            let (Some(parts), Some(state)) = (parts.get(rule as usize), self.automaton.state(id))
            else {
                continue;
            };
            parts.here().for_each(|target| self.meet(target, id, &mut open));
            if !state.leads_on {
                continue;
            }
            for (target, step) in parts.below() {
                budget.spend(1)?;
                for below in self.after(state, &step) {
                    budget.spend(1)?;
                    self.meet(target, below, &mut open);
                }
            }
        }
        self.find_touched(registry, parts);
        Ok(())
    }

    fn meet(&mut self, rule: RuleId, state: StateId, open: &mut Vec<(RuleId, StateId)>) {
        if state == DEAD {
            return;
        }
        if let (Some(states), Some(hole)) =
            (self.states.get_mut(rule as usize), self.holes.get_mut(rule as usize))
            && states.insert(state)
        {
            *hole |= self.automaton.may_stand(state);
            open.push((rule, state));
        }
    }

    fn after(&self, state: &State, step: &ChildStep<'_>) -> Vec<StateId> {
        match step {
            ChildStep::Member(name) => self
                .program
                .names
                .id(name)
                .map(|name| Automaton::named(self.program, state, name))
                .into_iter()
                .collect(),
            ChildStep::Matching(pattern) => {
                state.members(self.program, |_, matches| matches(*pattern) != Match::No)
            }
            ChildStep::Others(names, patterns) => state.members(self.program, |name, matches| {
                name.is_none_or(|name| names.binary_search(&name).is_err())
                    && patterns.iter().all(|pattern| matches(*pattern) != Match::Yes)
            }),
            ChildStep::Element(index) => vec![Automaton::element(state, *index)],
            ChildStep::ElementsFrom(index) => state.elements(*index).collect(),
        }
    }

    /// Finds the rules that depend on sealed values: the value itself, or one below it that is
    /// compared or evaluated, may be sealed.
    fn find_touched(&mut self, registry: &Registry<'_>, parts: &[ChildRules<'_>]) {
        let mut sources: Vec<Vec<RuleId>> = vec![Vec::new(); parts.len()];
        for (id, parts) in (0..).zip(parts) {
            let below = parts
                .below()
                .into_iter()
                .filter(|(_, step)| self.leads(id, step))
                .map(|(target, _)| target);
            for target in parts.here().chain(below) {
                if let Some(sources) = sources.get_mut(target as usize) {
                    sources.push(id);
                }
            }
        }
        self.touched = vec![false; parts.len()];
        let mut open: Vec<RuleId> =
            (0..).take(parts.len()).filter(|id| self.is_seed(registry, *id)).collect();
        while let Some(id) = open.pop() {
            if let Some(touched) = self.touched.get_mut(id as usize)
                && !*touched
            {
                *touched = true;
                let met = |source: &&RuleId| {
                    self.states.get(**source as usize).is_some_and(|states| !states.is_empty())
                };
                open.extend(sources.get(id as usize).into_iter().flatten().filter(met));
            }
        }
    }

    fn is_seed(&self, registry: &Registry<'_>, rule: RuleId) -> bool {
        if self.states.get(rule as usize).is_none_or(OrderedSet::is_empty) {
            return false;
        }
        let Some(schema) = self
            .program
            .rule(rule)
            .and_then(|rule| registry.node(rule.node?))
            .map(|node| node.value)
        else {
            return rule == UNKNOWN;
        };
        let has_unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        self.is_hole(rule)
            || compares_below(schema)
            || (has_unique && self.leads(rule, &ChildStep::ElementsFrom(0)))
    }

    /// Returns true if a value to which the rule applies may be sealed.
    pub(super) fn is_hole(&self, rule: RuleId) -> bool {
        self.standing(rule) != SealedShape::default()
    }

    /// Returns the forms that may stand in place of a value to which the rule applies.
    pub(super) fn standing(&self, rule: RuleId) -> SealedShape {
        self.holes.get(rule as usize).copied().unwrap_or_default()
    }

    /// Returns true if a value anywhere may be replaced by a token.
    pub(super) fn has_tokens(&self) -> bool {
        self.holes.iter().any(|hole| hole.token)
    }

    /// Returns true if the sealed form of the schema differs from the clear one.
    pub(super) fn is_touched(&self, rule: RuleId) -> bool {
        self.touched.get(rule as usize).is_some_and(|touched| *touched)
    }

    /// Returns true if a value below may be sealed.
    pub(super) fn leads_on(&self, rule: RuleId) -> bool {
        self.states_of(rule).any(|state| state.leads_on)
    }

    /// Returns true if a value at or below this step may be sealed.
    pub(super) fn leads(&self, rule: RuleId, step: &ChildStep<'_>) -> bool {
        self.states_of(rule).any(|state| {
            state.leads_on && self.after(state, step).iter().any(|below| *below != DEAD)
        })
    }

    fn states_of(&self, rule: RuleId) -> impl Iterator<Item = &State> {
        self.states
            .get(rule as usize)
            .into_iter()
            .flat_map(OrderedSet::iter)
            .filter_map(|state| self.automaton.state(*state))
    }
}

/// Returns true if `const` or `enum` contains an object or array.
fn compares_below(schema: &Value) -> bool {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    listed.chain(schema.get("const")).any(|value| value.is_object() || value.is_array())
}
