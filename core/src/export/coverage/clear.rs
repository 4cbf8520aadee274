//! Lists the declared places that stay clear, and the objects whose undeclared members pass.

use crate::ordered::OrderedMap;

use fieldseal_json::sort::sorted;

use super::declared::{Facts, Passing};
use super::graph::{Graph, NodeId, Step};
use super::place::Listing;
use crate::resolver::automaton::{Automaton, DEAD, Mark, StateId};
use crate::resolver::program::{FALSE, NameId, Program, RuleId, TRUE, UNKNOWN};
use crate::schema::finding::Budget;

/// The steps of building the graph. A listing that needs more is incomplete.
const STEPS: u32 = 1_000_000;

/// The declaration of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    pub(super) rule: RuleId,
    /// The name in the `properties` of the rule, for a value whose schema is a boolean or a
    /// metaschema that no reference supplies.
    pub(super) name: Option<NameId>,
}

/// The declared places that stay clear, and the open objects.
pub(super) struct Clear {
    /// The places that stay clear.
    pub(super) places: Vec<(String, Declared)>,
    pub(super) all_places: bool,
    /// The open objects, by the rule that describes them.
    pub(super) open: Vec<(String, RuleId, Passing)>,
    pub(super) all_open: bool,
}

/// A value that no marker can meet.
#[derive(Clone, Debug)]
struct Place {
    /// The rules that apply to it.
    rules: Vec<RuleId>,
    /// The state of the search for markers.
    state: StateId,
    /// The schema and the name that declare it, if its rules have no schema.
    declared: Option<(RuleId, NameId)>,
}

struct Builder<'p> {
    program: &'p Program,
    automaton: &'p Automaton,
    facts: Facts<'p>,
    budget: Budget,
    places: Vec<Place>,
    by_key: OrderedMap<Box<[u32]>, NodeId>,
}

/// Returns every declared place that no marker can meet, as documents have them.
pub(super) fn clear(program: &Program, automaton: &Automaton) -> Clear {
    let mut builder = Builder {
        program,
        automaton,
        facts: Facts::new(program),
        budget: Budget::new(STEPS),
        places: Vec::new(),
        by_key: OrderedMap::new(),
    };
    builder.node(vec![program.root], automaton.root, None);
    let mut graph = Graph::default();
    let mut is_whole = true;
    while let Some(place) = builder.places.get(graph.edges.len()).cloned() {
        let edges = if is_whole { builder.edges(&place) } else { Some(Vec::new()) };
        is_whole &= edges.is_some();
        graph.edges.push(edges.unwrap_or_default());
    }
    let (mut places, mut open) = (Listing::default(), Listing::default());
    is_whole &= graph.walk(0, &mut |node, pattern| {
        if let Some(place) = builder.places.get(node as usize) {
            if builder.facts.leaf(&place.rules).is_some() {
                places.add(pattern, node);
            }
            if builder.passing(node).is_some() {
                open.add(pattern, node);
            }
        }
        !(places.is_full() && open.is_full())
    });
    let (all_places, all_open) = (is_whole && !places.is_full(), is_whole && !open.is_full());
    let places = places.into_places().filter_map(|(pattern, node)| {
        let place = builder.places.get(node as usize)?;
        let declared = match place.declared {
            Some((rule, name)) => Declared { rule, name: Some(name) },
            None => Declared { rule: builder.facts.leaf(&place.rules)?, name: None },
        };
        Some((pattern, declared))
    });
    let places = places.collect();
    let open = open.into_places().filter_map(|(pattern, node)| {
        let (rule, by) = builder.passing(node)?;
        Some((pattern, rule, by))
    });
    Clear { places, all_places, open: open.collect(), all_open }
}

impl<'p> Builder<'p> {
    /// Returns the node of a value, or `None` if the value may be sealed or cannot exist.
    fn node(
        &mut self,
        rules: Vec<RuleId>,
        state: StateId,
        declared: Option<(RuleId, NameId)>,
    ) -> Option<NodeId> {
        let is_marked = self.automaton.state(state).is_some_and(|own| own.mark != Mark::None);
        if rules.is_empty() || is_marked {
            return None;
        }
        let mut key = rules.clone();
        let (rule, name) = declared.unwrap_or((u32::MAX, u32::MAX));
        key.extend([state, rule, name]);
        let next = NodeId::try_from(self.places.len()).unwrap_or(NodeId::MAX);
        let id = self.by_key.or_insert(key.into_boxed_slice(), next);
        if id == next {
            self.places.push(Place { rules, state, declared });
        }
        Some(id)
    }

    /// Returns the rule of an object whose undeclared members pass in clear, and the keyword by
    /// which they pass.
    fn passing(&mut self, node: NodeId) -> Option<(RuleId, Passing)> {
        let place = self.places.get(node as usize)?;
        let others = self.automaton.state(place.state).map_or(DEAD, |state| state.unnamed());
        let is_sealed = self.automaton.state(others).is_some_and(|own| own.mark != Mark::None);
        self.facts.passing(&place.rules).filter(|_| !is_sealed)
    }

    /// Returns the nodes of the members and elements of a value, or `None` if that takes too many
    /// steps.
    fn edges(&mut self, place: &Place) -> Option<Vec<(Step<'p>, NodeId)>> {
        let (program, automaton) = (self.program, self.automaton);
        let state = automaton.state(place.state).or_else(|| automaton.state(DEAD))?;
        // The rules of the members by name, and of the others by state.
        let (mut named, mut others) = (Vec::new(), Vec::new());
        let mut booleans = Vec::new();
        for applied in self.facts.closure(&place.rules, &mut self.budget)? {
            let Some(rule) = program.rule(applied) else { continue };
            self.budget.spend(1 + rule.properties.len() + rule.prefix.len()).ok()?;
            for property in rule.properties.iter().filter(|own| own.rule != FALSE) {
                named.push((property.name, property.rule));
                if is_boolean(property.rule) {
                    booleans.push((property.name, applied));
                }
            }
            let mut other = |state: StateId, target: RuleId| {
                if !matches!(target, TRUE | FALSE) {
                    others.push((state, target));
                }
            };
            for (pattern, target) in &rule.patterns {
                state.matching(*pattern).into_iter().for_each(|state| other(state, *target));
            }
            for target in rule.additional.into_iter().chain(rule.unevaluated_properties) {
                other(state.unnamed(), target);
            }
            for (index, target) in rule.prefix.iter().enumerate() {
                other(Automaton::element(state, index), *target);
            }
            let contains = rule.contains.map(|own| own.rule);
            for target in rule.rest.into_iter().chain(rule.unevaluated_items).chain(contains) {
                state.all_elements().for_each(|state| other(state, target));
            }
        }
        let booleans = group(booleans);
        let mut edges = Vec::new();
        for (name, targets) in group(named) {
            self.budget.spend(targets.len()).ok()?;
            let state = Automaton::named(program, state, name);
            // If a real schema stands beside `true`, the schema declares the value.
            let declared = if targets.iter().all(|target| is_boolean(*target)) {
                let found = booleans.binary_search_by(|(own, _)| own.cmp(&name)).ok();
                let rules = found.and_then(|at| booleans.get(at));
                rules.and_then(|(_, rules)| Some((*rules.first()?, name)))
            } else {
                None
            };
            let node = self.node(targets, state, declared);
            edges.extend(node.map(|node| (Some(program.names.text(name)), node)));
        }
        for (state, targets) in group(others) {
            self.budget.spend(targets.len()).ok()?;
            edges.extend(self.node(targets, state, None).map(|node| (None, node)));
        }
        Some(edges)
    }
}

fn is_boolean(rule: RuleId) -> bool {
    matches!(rule, TRUE | UNKNOWN)
}

/// Groups the values by key, all sorted and without duplicates.
fn group(pairs: Vec<(u32, u32)>) -> Vec<(u32, Vec<u32>)> {
    let mut groups: Vec<(u32, Vec<u32>)> = Vec::new();
    for (key, value) in sorted(pairs, Ord::cmp) {
        match groups.last_mut() {
            Some((last, values)) if *last == key => {
                if values.last() != Some(&value) {
                    values.push(value);
                }
            }
            _ => groups.push((key, vec![value])),
        }
    }
    groups
}
