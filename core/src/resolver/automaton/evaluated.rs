//! Finds the schemas that apply to members and elements beyond `properties` and `prefixItems`, and
//! the children that are evaluated in every document.
//!
//! This is phase 1 (docs/what-is-sealed.md): no branch is certain, and no dependent schema is known
//! to apply.

use crate::ordered::OrderedSet;

use super::build::{Builder, Item, Items, Members, Transition};
use crate::error::Error;
#[cfg(test)]
use crate::resolver::decide::trap;
use crate::resolver::pattern::Match;
use crate::resolver::program::{Applicator, NameId, Program, Rule, RuleId};

/// A place in an object or array, as precisely as schemas distinguish places.
#[derive(Clone, Copy)]
enum ChildPlace<'m> {
    /// A member: its name, if a schema mentions it, and the patterns that match it.
    Member(Option<NameId>, &'m dyn Fn(u32) -> Match),
    /// An element: its index, unless it lies beyond every prefix.
    Element(Option<usize>),
}

impl<'g> Builder<'g, '_> {
    /// Collects the names and patterns by which the schemas of a set distinguish members, beyond
    /// their own `properties`.
    pub(super) fn members(&mut self, set: &[Item]) -> Result<Members, Error> {
        let program = self.program;
        let mut members =
            Members { choosy: Vec::new(), names: OrderedSet::new(), patterns: OrderedSet::new() };
        for item in set {
            let Some((rule, _)) = self.rule(*item) else { continue };
            let leads = |target: Option<RuleId>| target.is_some_and(|target| program.leads(target));
            let remaining = leads(rule.unevaluated_properties);
            if remaining {
                for inner in applicators_of(program, item.rule) {
                    self.budget.spend(1 + inner.properties.len() + inner.patterns.len())?;
                    members.names.extend(inner.properties.iter().map(|property| property.name));
                    members.patterns.extend(inner.patterns.iter().map(|(pattern, _)| *pattern));
                }
            }
            if leads(rule.additional) {
                members.names.extend(rule.properties.iter().map(|property| property.name));
                members.patterns.extend(rule.patterns.iter().map(|(pattern, _)| *pattern));
            }
            let patterned: Vec<u32> = rule
                .patterns
                .iter()
                .filter(|(_, target)| program.leads(*target))
                .map(|(pattern, _)| *pattern)
                .collect();
            if remaining || leads(rule.additional) || !patterned.is_empty() {
                members.choosy.push(*item);
                members.patterns.extend(patterned);
            }
        }
        Ok(members)
    }

    /// Adds the targets of `patternProperties`, `additionalProperties` and `unevaluatedProperties`
    /// for a member. Returns true if one of them depends on a condition.
    ///
    /// A pattern that might match counts, and so does `additionalProperties` beside it.
    pub(super) fn unnamed(
        &mut self,
        members: &Members,
        name: Option<NameId>,
        matches: &dyn Fn(u32) -> Match,
        targets: &mut Vec<Item>,
    ) -> Result<bool, Error> {
        let mut conditional = false;
        for item in &members.choosy {
            let Some((rule, uncertain)) = self.rule(*item) else { continue };
            self.budget.spend(1 + rule.patterns.len())?;
            let leads = |target: &RuleId| self.program.leads(*target);
            let mut kept_away = if is_named(rule, name) { Match::Yes } else { Match::No };
            for (pattern, target) in &rule.patterns {
                let found = matches(*pattern);
                if found != Match::No && leads(target) {
                    conditional |= found == Match::Maybe;
                    targets.push(Item {
                        rule: *target,
                        uncertain: uncertain || found == Match::Maybe,
                    });
                }
                kept_away = kept_away.or(found);
            }
            if kept_away != Match::Yes
                && let Some(target) = rule.additional.filter(leads)
            {
                conditional |= kept_away == Match::Maybe;
                targets
                    .push(Item { rule: target, uncertain: uncertain || kept_away == Match::Maybe });
            }
            if let Some(target) = rule.unevaluated_properties.filter(leads) {
                // Evaluation depends on the document, except where nothing could evaluate the
                // member.
                conditional = true;
                if !self.is_evaluated(rule, ChildPlace::Member(name, matches))? {
                    targets.push(Item { rule: target, uncertain: true });
                }
            }
        }
        Ok(conditional)
    }

    /// Collects the schemas of a set that apply to elements.
    pub(super) fn items(&mut self, set: &[Item]) -> Result<Items, Error> {
        let leads =
            |target: Option<RuleId>| target.is_some_and(|target| self.program.leads(target));
        let mut items = Items { set: Vec::new(), longest: 0 };
        for item in set {
            let Some((rule, _)) = self.program.rule(item.rule).map(|rule| (rule, item.uncertain))
            else {
                continue;
            };
            let remaining = leads(rule.unevaluated_items);
            let prefix = rule.prefix.iter().any(|target| self.program.leads(*target));
            if remaining {
                for inner in applicators_of(self.program, item.rule) {
                    self.budget.spend(1)?;
                    items.longest = items.longest.max(inner.prefix.len());
                }
            }
            if prefix || leads(rule.rest) {
                items.longest = items.longest.max(rule.prefix.len());
            }
            if remaining
                || prefix
                || leads(rule.rest)
                || leads(rule.contains.map(|contains| contains.rule))
            {
                items.set.push(*item);
            }
        }
        self.budget.spend(items.longest.saturating_mul(items.set.len()))?;
        Ok(items)
    }

    /// Returns the schemas that apply to the element at `index`, or to the elements beyond every
    /// prefix if `index` is `None`.
    pub(super) fn elements(
        &mut self,
        items: &Items,
        index: Option<usize>,
        step: &mut Transition,
    ) -> Result<Vec<Item>, Error> {
        let mut targets = Vec::new();
        for item in &items.set {
            let Some((rule, uncertain)) = self.rule(*item) else { continue };
            let leads = |target: &RuleId| self.program.leads(*target);
            let own =
                index.and_then(|index| rule.prefix.get(index).copied()).or(rule.rest).filter(leads);
            targets.extend(own.map(|rule| Item { rule, uncertain }));
            if let Some(target) = rule.contains.map(|contains| contains.rule).filter(leads) {
                step.conditional = true;
                targets.push(Item { rule: target, uncertain: true });
            }
            if let Some(target) = rule.unevaluated_items.filter(leads) {
                step.conditional = true;
                if !self.is_evaluated(rule, ChildPlace::Element(index))? {
                    targets.push(Item { rule: target, uncertain: true });
                }
            }
        }
        Ok(targets)
    }

    /// Returns true if the schema that holds `unevaluated…` certainly evaluates the place by its
    /// other keywords.
    fn is_evaluated(&mut self, holder: &Rule, place: ChildPlace<'_>) -> Result<bool, Error> {
        Ok(self.adjacent(holder, place) || self.applied(holder, place, &mut Vec::new())?)
    }

    /// Returns true if the schema's own keywords for members or elements evaluate the place.
    fn adjacent(&self, rule: &Rule, place: ChildPlace<'_>) -> bool {
        match place {
            ChildPlace::Member(name, matches) => {
                rule.additional.is_some()
                    || is_named(rule, name)
                    || rule.patterns.iter().any(|(pattern, _)| matches(*pattern) == Match::Yes)
            }
            ChildPlace::Element(index) => {
                rule.rest.is_some() || index.is_some_and(|index| index < rule.prefix.len())
            }
        }
    }

    /// Returns true if schemas that the rule applies to the same value evaluate the place.
    ///
    /// A branch counts only if all other branches evaluate the place as well.
    fn applied(
        &mut self,
        rule: &Rule,
        place: ChildPlace<'_>,
        around: &mut Vec<RuleId>,
    ) -> Result<bool, Error> {
        for here in &rule.here {
            let by = match here {
                Applicator::Always(target) => self.by(*target, place, around)?,
                Applicator::Any(branches) | Applicator::One(branches) => {
                    let mut all = true;
                    for branch in branches.iter() {
                        all = all && self.by(*branch, place, around)?;
                    }
                    all
                }
                Applicator::If { test, then, otherwise } => {
                    (self.by(*test, place, around)? || self.by(*then, place, around)?)
                        && self.by(*otherwise, place, around)?
                }
                #[cfg(test)]
                Applicator::Dependent(_, target)
                    if trap::is_set(trap::Trap::ReadsPresenceInPhaseOne) =>
                {
                    self.by(*target, place, around)?
                }
                Applicator::Not(_) | Applicator::Idle(_) | Applicator::Dependent(..) => false,
            };
            if by {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn by(
        &mut self,
        id: RuleId,
        place: ChildPlace<'_>,
        around: &mut Vec<RuleId>,
    ) -> Result<bool, Error> {
        self.budget.spend(1)?;
        let Some(rule) = self.program.rule(id).filter(|_| !around.contains(&id)) else {
            return Ok(false);
        };
        let remaining = match place {
            ChildPlace::Member(..) => rule.unevaluated_properties.is_some(),
            ChildPlace::Element(_) => rule.unevaluated_items.is_some(),
        };
        if remaining || self.adjacent(rule, place) {
            return Ok(true);
        }
        around.push(id);
        let found = self.applied(rule, place, around);
        around.pop();
        found
    }
}

fn is_named(rule: &Rule, name: Option<NameId>) -> bool {
    name.is_some_and(|name| rule.properties.iter().any(|property| property.name == name))
}

/// Lists a rule and all rules that it may apply to the same value, each once.
fn applicators_of(program: &Program, start: RuleId) -> Vec<&Rule> {
    let mut seen = OrderedSet::new();
    let mut open = vec![start];
    let mut all = Vec::new();
    while let Some(id) = open.pop() {
        let Some(rule) = program.rule(id).filter(|_| seen.insert(id)) else { continue };
        all.push(rule);
        open.extend(rule.here.iter().flat_map(Applicator::marking).map(|(target, _)| target));
    }
    all
}
