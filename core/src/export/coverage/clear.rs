//! The declared places that stay clear, and the objects whose undeclared members pass.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::declared::{Facts, Passing};
use super::graph::{Graph, NodeId, Step};
use super::place::{MOST_PLACES, Place};
use crate::resolver::automaton::{Automaton, DEAD, Mark, StateId};
use crate::resolver::program::{FALSE, NameId, Program, RuleId, TRUE, UNKNOWN};
use crate::schema::finding::Budget;

/// The steps of building the graph. A listing that needs more is not complete.
const STEPS: u32 = 1_000_000;

/// The declaration of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Declared {
    Schema(RuleId),
    /// `true`, or a metaschema that was not given, under that name in the `properties` of a schema.
    Boolean(RuleId, NameId),
}

/// Both lists, sorted.
#[derive(Debug, Default)]
pub(super) struct Clear {
    pub(super) places: BTreeSet<Place<Declared>>,
    /// The objects, by the rule that describes them.
    pub(super) open: BTreeSet<(Place<RuleId>, Passing)>,
    pub(super) all_places: bool,
    pub(super) all_open: bool,
}

/// A value that no marker can meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The rules that apply to it.
    rules: Rc<[RuleId]>,
    /// The state of the search for markers.
    state: StateId,
    /// The schema and the name that declare it, if the rules have no schema.
    declared: Option<(RuleId, NameId)>,
}

struct Builder<'p> {
    program: &'p Program,
    automaton: &'p Automaton,
    facts: Facts<'p>,
    budget: Budget,
    keys: Vec<Key>,
    by_key: BTreeMap<Key, NodeId>,
}

/// Returns every declared place that no marker can meet, as documents have them.
pub(super) fn clear(program: &Program, automaton: &Automaton) -> Clear {
    let mut clear = Clear::default();
    if automaton.state(automaton.root).is_some_and(|state| state.mark != Mark::None) {
        return Clear { all_places: true, all_open: true, ..clear };
    }
    let mut builder = Builder {
        program,
        automaton,
        facts: Facts::new(program),
        budget: Budget::new(STEPS),
        keys: Vec::new(),
        by_key: BTreeMap::new(),
    };
    let mut root = BTreeSet::new();
    root.insert(program.root);
    builder.node(root, automaton.root, None);
    let mut graph = Graph::default();
    let mut is_whole = true;
    while let Some(key) = builder.keys.get(graph.edges.len()).cloned() {
        let edges = if is_whole { builder.edges(&key) } else { Some(Vec::new()) };
        is_whole &= edges.is_some();
        graph.edges.push(edges.unwrap_or_default());
    }
    let mut patterns = BTreeSet::new();
    let (mut places_left, mut open_left) = (false, false);
    let is_walked = graph.walk(0, |node, pattern| {
        let Some(Key { rules, state, declared }) = builder.keys.get(node as usize) else {
            return true;
        };
        // Several ways may lead to one place.
        if !patterns.insert(pattern.to_owned()) {
            return true;
        }
        let pattern = || pattern.to_owned();
        if let Some(rule) = builder.facts.leaf(rules) {
            let of = declared
                .map_or(Declared::Schema(rule), |(rule, name)| Declared::Boolean(rule, name));
            places_left |= clear.places.len() >= MOST_PLACES;
            if !places_left {
                clear.places.insert(Place { of, pattern: pattern() });
            }
        }
        let sealed_others = automaton
            .state(*state)
            .and_then(|state| automaton.state(state.unnamed()))
            .is_some_and(|other| other.mark != Mark::None);
        if let Some((rule, by)) = builder.facts.passing(rules).filter(|_| !sealed_others) {
            open_left |= clear.open.len() >= MOST_PLACES;
            if !open_left {
                clear.open.insert((Place { of: rule, pattern: pattern() }, by));
            }
        }
        !(places_left && open_left)
    });
    let is_whole = is_whole && is_walked;
    Clear { all_places: is_whole && !places_left, all_open: is_whole && !open_left, ..clear }
}

impl<'p> Builder<'p> {
    /// Returns the node of a value, or `None` if the value may be sealed or cannot exist.
    fn node(
        &mut self,
        rules: BTreeSet<RuleId>,
        state: StateId,
        declared: Option<(RuleId, NameId)>,
    ) -> Option<NodeId> {
        let is_marked = self.automaton.state(state).is_some_and(|own| own.mark != Mark::None);
        if rules.is_empty() || is_marked {
            return None;
        }
        let key = Key { rules: rules.into_iter().collect(), state, declared };
        if let Some(known) = self.by_key.get(&key) {
            return Some(*known);
        }
        let id = NodeId::try_from(self.keys.len()).unwrap_or(NodeId::MAX);
        self.keys.push(key.clone());
        self.by_key.insert(key, id);
        Some(id)
    }

    /// Returns the nodes of the members and elements of a value, or `None` if that takes too many
    /// steps.
    fn edges(&mut self, key: &Key) -> Option<Vec<(Step<'p>, NodeId)>> {
        let (program, automaton) = (self.program, self.automaton);
        let state = automaton.state(key.state).or_else(|| automaton.state(DEAD))?;
        let mut named: BTreeMap<NameId, BTreeSet<RuleId>> = BTreeMap::new();
        let mut booleans: BTreeMap<NameId, RuleId> = BTreeMap::new();
        let mut others: BTreeMap<StateId, BTreeSet<RuleId>> = BTreeMap::new();
        for applied in self.facts.closure(&key.rules, &mut self.budget)? {
            let Some(rule) = program.rule(applied) else { continue };
            self.budget.spend(1 + rule.properties.len() + rule.prefix.len()).ok()?;
            for property in rule.properties.iter().filter(|own| own.rule != FALSE) {
                named.entry(property.name).or_default().insert(property.rule);
                if matches!(property.rule, TRUE | UNKNOWN) {
                    booleans.insert(property.name, applied);
                }
            }
            let mut other = |states: Vec<StateId>, target: RuleId| {
                for state in states.into_iter().filter(|_| !matches!(target, TRUE | FALSE)) {
                    others.entry(state).or_default().insert(target);
                }
            };
            for (pattern, target) in &rule.patterns {
                other(state.matching(*pattern), *target);
            }
            for target in rule.additional.into_iter().chain(rule.unevaluated_properties) {
                other(vec![state.unnamed()], target);
            }
            for (index, target) in rule.prefix.iter().enumerate() {
                other(vec![Automaton::element(state, index)], *target);
            }
            let contains = rule.contains.map(|own| own.rule);
            for target in rule.rest.into_iter().chain(rule.unevaluated_items).chain(contains) {
                other(state.all_elements().collect(), target);
            }
        }
        let mut edges = Vec::new();
        for (name, targets) in named {
            self.budget.spend(targets.len()).ok()?;
            let state = Automaton::named(program, state, name);
            // A schema declares more than `true` beside it.
            let is_boolean = targets.iter().all(|target| matches!(*target, TRUE | UNKNOWN));
            let declared = booleans.get(&name).filter(|_| is_boolean).map(|rule| (*rule, name));
            let node = self.node(targets, state, declared);
            edges.extend(node.map(|node| (Some(program.names.text(name)), node)));
        }
        for (state, targets) in others {
            self.budget.spend(targets.len()).ok()?;
            edges.extend(self.node(targets, state, None).map(|node| (None, node)));
        }
        Some(edges)
    }
}
