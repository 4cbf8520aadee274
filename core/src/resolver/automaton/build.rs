//! Builds the states by subset construction.
//!
//! Each state is a set of schemas, closed under the keywords that apply to the same value.

use crate::ordered::{OrderedMap, OrderedSet};
use std::rc::Rc;

use super::{Automaton, COMBINED, DEAD, Mark, NameEntry, Patterned, State, StateId};
use crate::error::Error;
use crate::limits::Limits;
use crate::resolver::pattern::Match;
use crate::resolver::program::{Applicator, NameId, Places, Program, Rule, RuleId, key};
use crate::schema::finding::{Budget, Findings};
use crate::schema::marker::Marker;
use fieldseal_json::sort::sorted;

/// A schema in a set. Of two items with one rule, the certain one sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Item {
    pub(super) rule: RuleId,
    /// True if the schema applies only under some condition.
    pub(super) uncertain: bool,
}

/// The states and sets under construction.
pub(super) struct Builder<'g, 'b> {
    pub(super) program: &'g Program,
    pub(super) budget: &'b mut Budget,
    pub(super) states: Vec<State>,
    pub(super) sets: Vec<Rc<[Item]>>,
    pub(super) markers: Vec<Marker>,
    by_set: OrderedMap<Rc<[Item]>, StateId>,
    by_targets: OrderedMap<Box<[Item]>, StateId>,
    closures: OrderedMap<Item, Rc<Closure>>,
    merged: OrderedMap<Box<[u32]>, u32>,
    /// By state: true if a transition to another state depends on a condition.
    conditional: Vec<bool>,
    /// By state: the states that it leads to.
    next: Vec<Vec<StateId>>,
}

/// The schemas that apply to a value because one schema does.
struct Closure {
    items: Box<[Item]>,
    /// True if not all of them certainly apply.
    conditional: bool,
}

impl Automaton {
    /// Builds the automaton of a program. Markers that always disagree are findings.
    ///
    /// # Errors
    /// `limit` if the sets of schemas exceed the budget.
    pub(crate) fn build(
        program: &Program,
        budget: &mut Budget,
        limits: &Limits,
        findings: &mut Findings,
        warnings: &mut Findings,
    ) -> Result<Automaton, Error> {
        let mut builder = Builder {
            program,
            budget,
            states: Vec::new(),
            sets: Vec::new(),
            markers: program.markers.clone(),
            by_set: OrderedMap::new(),
            by_targets: OrderedMap::new(),
            closures: OrderedMap::new(),
            merged: OrderedMap::new(),
            conditional: Vec::new(),
            next: Vec::new(),
        };
        builder
            .merged
            .extend((0..).take(program.markers.len()).map(|marker| (Box::from([marker]), marker)));
        builder.intern(Rc::from([]));
        let root = builder
            .state(
                Some(Item { rule: program.root, uncertain: false })
                    .filter(|item| program.leads(item.rule))
                    .into_iter()
                    .collect(),
            )?
            .0;
        let mut next = 0;
        while let Some(set) = builder.sets.get(next).cloned() {
            builder.expand(next, &set, findings)?;
            next += 1;
        }
        builder.find_unconditional();
        builder.check_nested(limits.expansions, findings, warnings)?;
        let nulls = builder.nulls();
        let Builder { states, markers, merged, .. } = builder;
        Ok(Automaton { root, states, markers, merged, nulls })
    }
}

fn normalise(items: Vec<Item>) -> Vec<Item> {
    let mut items = sorted(items, Item::cmp);
    items.dedup_by_key(|item| item.rule);
    items
}

impl<'g> Builder<'g, '_> {
    pub(super) fn rule(&self, item: Item) -> Option<(&'g Rule, bool)> {
        self.program.rule(item.rule).map(|rule| (rule, item.uncertain))
    }

    /// Returns the state of a value to which `targets` and all that they apply to the same value
    /// apply, and true if a condition occurs among them.
    fn state(&mut self, targets: Vec<Item>) -> Result<(StateId, bool), Error> {
        let targets = normalise(targets).into_boxed_slice();
        if targets.is_empty() {
            return Ok((DEAD, false));
        }
        let mut conditional = false;
        for target in &targets {
            conditional |= self.closure(*target)?.conditional;
        }
        if let Some(known) = self.by_targets.get(&targets) {
            return Ok((*known, conditional));
        }
        let mut all = Vec::new();
        for target in &targets {
            let closure = self.closure(*target)?;
            self.budget.spend(closure.items.len())?;
            all.extend_from_slice(&closure.items);
        }
        let id = self.intern(Rc::from(normalise(all)));
        self.by_targets.insert(targets, id);
        Ok((id, conditional))
    }

    fn intern(&mut self, set: Rc<[Item]>) -> StateId {
        if let Some(known) = self.by_set.get(&set) {
            return *known;
        }
        let id = StateId::try_from(self.sets.len()).unwrap_or(StateId::MAX);
        self.by_set.insert(set.clone(), id);
        self.sets.push(set);
        id
    }

    /// Returns the schemas that apply where this one does and from which a marker can be reached.
    fn closure(&mut self, start: Item) -> Result<Rc<Closure>, Error> {
        if let Some(known) = self.closures.get(&start) {
            return Ok(known.clone());
        }
        let mut seen = OrderedSet::new();
        let mut open = vec![start];
        let mut found = Vec::new();
        let mut conditional = false;
        while let Some(item) = open.pop() {
            self.budget.spend(1)?;
            if !seen.insert(item) {
                continue;
            }
            let Some((rule, uncertain)) = self.rule(item) else { continue };
            found.push(item);
            let here = rule
                .here
                .iter()
                .flat_map(Applicator::marking)
                .filter(|(target, _)| self.program.leads(*target));
            for (rule, certain) in here {
                conditional |= !certain;
                open.push(Item { rule, uncertain: uncertain || !certain });
            }
        }
        let items = normalise(found).into_boxed_slice();
        let closure = Rc::new(Closure { items, conditional });
        self.closures.insert(start, closure.clone());
        Ok(closure)
    }

    /// Builds the state of a set and interns the sets that it leads to.
    fn expand(&mut self, id: usize, set: &[Item], findings: &mut Findings) -> Result<(), Error> {
        let rules: Vec<(&'g Rule, bool)> = set.iter().filter_map(|item| self.rule(*item)).collect();
        let mut step = Transition { conditional: false, next: OrderedSet::new() };

        let members = self.members(set)?;
        let mut named: OrderedMap<NameId, Vec<Item>> = OrderedMap::new();
        named.extend(members.names.iter().map(|name| (*name, Vec::new())));
        for (rule, uncertain) in &rules {
            self.budget.spend(rule.properties.len())?;
            for property in
                rule.properties.iter().filter(|property| self.program.leads(property.rule))
            {
                let item = Item { rule: property.rule, uncertain: *uncertain };
                match named.get_mut(&property.name) {
                    Some(items) => items.push(item),
                    None => drop(named.insert(property.name, vec![item])),
                }
            }
        }
        let mut names = Vec::with_capacity(named.len());
        for (name, mut targets) in named {
            let text = self.program.names.text(name);
            let matches = |pattern: u32| {
                self.program
                    .patterns
                    .get(pattern as usize)
                    .map_or(Match::Maybe, |own| own.matches(text))
            };
            step.conditional |= self.unnamed(&members, Some(name), &matches, &mut targets)?;
            names.push(NameEntry { key: key(text), name, state: self.step(targets, &mut step)? });
        }
        let names = sorted(names, |a, b| a.key.cmp(&b.key));
        let places = Places::of(&names.iter().map(|entry| entry.key).collect::<Vec<_>>());

        let (patterns, other) = self.patterned(&members, &mut step)?;

        let items = self.items(set)?;
        let mut prefix = Vec::with_capacity(items.longest);
        for index in 0..items.longest {
            let targets = self.elements(&items, Some(index), &mut step)?;
            prefix.push(self.step(targets, &mut step)?);
        }
        let targets = self.elements(&items, None, &mut step)?;
        let rest = self.step(targets, &mut step)?;

        let mark = self.mark(set, findings);
        let leads_on = other != DEAD
            || rest != DEAD
            || patterns.is_some()
            || prefix.iter().any(|state| *state != DEAD)
            || names.iter().any(|entry| entry.state != DEAD);
        debug_assert_eq!(id, self.states.len());
        let rules = u32::try_from(set.len()).unwrap_or(u32::MAX);
        self.states.push(State {
            mark,
            leads_on,
            rules,
            unconditional_below: false,
            places,
            names: names.into(),
            patterns,
            other,
            prefix: prefix.into(),
            rest,
        });
        self.conditional.push(step.conditional);
        self.next.push(step.next.into_iter().collect());
        Ok(())
    }

    fn step(&mut self, targets: Vec<Item>, step: &mut Transition) -> Result<StateId, Error> {
        let (state, conditional) = self.state(targets)?;
        step.conditional |= conditional;
        step.next.insert(state);
        Ok(state)
    }

    /// Finds the states below which no condition occurs.
    fn find_unconditional(&mut self) {
        let mut sources: Vec<Vec<usize>> = vec![Vec::new(); self.states.len()];
        for (id, next) in self.next.iter().enumerate() {
            for state in next {
                if let Some(sources) = sources.get_mut(*state as usize) {
                    sources.push(id);
                }
            }
        }
        let mut open: Vec<usize> = (0..)
            .zip(&self.conditional)
            .filter(|(_, conditional)| **conditional)
            .map(|(id, _)| id)
            .collect();
        let mut conditional = vec![false; self.states.len()];
        while let Some(id) = open.pop() {
            if let Some(seen) = conditional.get_mut(id)
                && !*seen
            {
                *seen = true;
                open.extend_from_slice(sources.get(id).map(Vec::as_slice).unwrap_or_default());
            }
        }
        for (state, conditional) in self.states.iter_mut().zip(conditional) {
            state.unconditional_below = !conditional;
        }
    }

    /// Builds the states of names that no schema mentions: one for each combination of matching
    /// patterns if the patterns are few.
    fn patterned(
        &mut self,
        members: &Members,
        step: &mut Transition,
    ) -> Result<(Option<Box<Patterned>>, StateId), Error> {
        let is_decidable = |pattern: &u32| {
            self.program
                .patterns
                .get(*pattern as usize)
                .is_some_and(|pattern| pattern.is_decidable())
        };
        let decidable: Vec<u32> = members.patterns.iter().copied().filter(is_decidable).collect();
        let apart = self.disjoint(&decidable)?;
        let mut state = |chosen: &dyn Fn(usize) -> bool, several: bool| {
            let matches = |pattern: u32| match decidable.binary_search(&pattern) {
                Ok(bit) if chosen(bit) => Match::Yes,
                Ok(_) => Match::No,
                Err(_) => Match::Maybe,
            };
            let mut targets = Vec::new();
            step.conditional |= self.unnamed(members, None, &matches, &mut targets)?;
            if several {
                // Schemas of several patterns meet only in a member whose name matches all of
                // them. A document that has such a member may be refused, but not the schema.
                targets.iter_mut().for_each(|target| target.uncertain = true);
            }
            self.step(targets, step)
        };
        let other = state(&|_| false, false)?;
        if decidable.is_empty() {
            return Ok((None, other));
        }
        let mut states = vec![other];
        if decidable.len() <= COMBINED {
            for code in 1..1usize << decidable.len() {
                // No name matches a combination of patterns that exclude each other.
                let is_empty = apart.iter().any(|pair| code & pair == *pair);
                states.push(if is_empty {
                    DEAD
                } else {
                    state(&|bit| code >> bit & 1 == 1, code.count_ones() > 1)?
                });
            }
        } else {
            for only in 0..decidable.len() {
                states.push(state(&|bit| bit == only, false)?);
            }
        }
        let mut targets = Vec::new();
        self.unnamed(members, None, &|_| Match::Maybe, &mut targets)?;
        // A name for which patterns cannot be decided is a condition as well.
        step.conditional = true;
        let any = self.step(targets, step)?;
        Ok((
            Some(Box::new(Patterned { patterns: decidable.into(), states: states.into(), any })),
            other,
        ))
    }

    /// Returns the pairs of patterns that no name matches together, each as two bits of a
    /// combination.
    fn disjoint(&mut self, patterns: &[u32]) -> Result<Vec<usize>, Error> {
        let mut pairs = Vec::new();
        if patterns.len() > COMBINED {
            return Ok(pairs);
        }
        for (bit, own) in patterns.iter().enumerate() {
            for (above, other) in patterns.iter().enumerate().skip(bit + 1) {
                self.budget.spend(1)?;
                let pattern = |number: &u32| self.program.patterns.get(*number as usize);
                let (Some(own), Some(other)) = (pattern(own), pattern(other)) else { continue };
                if !own.meets(other) {
                    pairs.push(1 << bit | 1 << above);
                }
            }
        }
        Ok(pairs)
    }

    /// Lists the marked schemas of a set: number of the marker, the marker, and true if it applies
    /// only under a condition.
    pub(super) fn marked(&self, set: &[Item]) -> Vec<(u32, &'g Marker, bool)> {
        let marker = |item: &Item| {
            let number = self.program.rule(item.rule)?.marker?;
            Some((number, self.program.markers.get(number as usize)?, item.uncertain))
        };
        set.iter().filter_map(marker).collect()
    }

    fn mark(&mut self, set: &[Item], findings: &mut Findings) -> Mark {
        let marked = self.marked(set);
        let certain: Vec<&Marker> = marked
            .iter()
            .filter(|(_, _, uncertain)| !uncertain)
            .map(|(_, marker, _)| *marker)
            .collect();
        if let Err(other) = Marker::merge(&certain) {
            let first =
                certain.first().map(|marker| marker.schema_pointer.as_str()).unwrap_or_default();
            findings.error(
                "conflict",
                other.schema_pointer.as_str(),
                format!("this marker and the one at {first} always apply to the same value, and disagree"),
            );
        }
        if marked.is_empty() {
            return Mark::None;
        }
        let mut numbers: Vec<u32> = marked.iter().map(|(number, _, _)| *number).collect();
        numbers.dedup();
        if let Some(known) = self.merged.get(numbers.as_slice()) {
            return Mark::One(*known);
        }
        let all: Vec<&Marker> = marked.iter().map(|(_, marker, _)| *marker).collect();
        match Marker::merge(&all) {
            Ok(Some(marker)) => Mark::One(self.add_marker(numbers.into(), marker)),
            Ok(None) => Mark::None,
            Err(_) => Mark::Many(numbers.into()),
        }
    }

    /// Adds twins with a `null` placeholder for markers that disagree with others.
    ///
    /// A document may meet only some of the markers of a value, and the placeholder of those may
    /// then differ from the placeholder of all.
    fn nulls(&mut self) -> OrderedMap<u32, u32> {
        let together = self.states.iter().filter_map(|state| {
            if let Mark::Many(numbers) = &state.mark { Some(numbers.iter().copied()) } else { None }
        });
        let mut numbers = OrderedSet::new();
        numbers.extend(together.flatten());
        let mut nulls = OrderedMap::new();
        for number in numbers {
            if let Some(twin) = self.markers.get(number as usize).and_then(Marker::with_null) {
                nulls.insert(number, u32::try_from(self.markers.len()).unwrap_or(u32::MAX));
                self.markers.push(twin);
            }
        }
        nulls
    }

    fn add_marker(&mut self, numbers: Box<[u32]>, marker: Marker) -> u32 {
        let id = u32::try_from(self.markers.len()).unwrap_or(u32::MAX);
        self.markers.push(marker);
        self.merged.insert(numbers, id);
        id
    }
}

/// The properties of the transitions from one state to others.
pub(super) struct Transition {
    pub(super) conditional: bool,
    next: OrderedSet<StateId>,
}

/// The data for transitions to members that `properties` alone does not decide.
pub(super) struct Members {
    /// The schemas of the set that apply to names that they do not list.
    pub(super) choosy: Vec<Item>,
    /// The names that these schemas distinguish.
    pub(super) names: OrderedSet<NameId>,
    pub(super) patterns: OrderedSet<u32>,
}

/// The data for transitions to elements.
pub(super) struct Items {
    pub(super) set: Vec<Item>,
    /// Number of leading elements that are distinguished by index.
    pub(super) longest: usize,
}
