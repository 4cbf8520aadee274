//! Making the states (subset construction): each is a set of schemas, closed under the keywords that apply to the same value.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::{Automaton, COMBINED, DEAD, Entry, Mark, Patterned, State, StateId, key};
use crate::error::Error;
use crate::policy::finding::{Budget, Findings};
use crate::policy::graph::{Graph, NameId, Vertex};
use crate::policy::marker::Marker;
use crate::policy::pattern::Match;
use crate::policy::registry::NodeId;
use fieldseal_json::sort::sorted;

/// A schema in a set. Ordered so that the certain one of a pair comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Item {
    pub(super) node: NodeId,
    /// It applies only if some condition holds.
    pub(super) uncertain: bool,
}

/// The sets of states under construction.
pub(super) struct Builder<'g, 'b> {
    pub(super) graph: &'g Graph,
    pub(super) budget: &'b mut Budget,
    pub(super) states: Vec<State>,
    pub(super) sets: Vec<Rc<[Item]>>,
    pub(super) markers: Vec<Marker>,
    by_set: BTreeMap<Rc<[Item]>, StateId>,
    by_targets: BTreeMap<Box<[Item]>, StateId>,
    closures: BTreeMap<Item, Rc<[Item]>>,
    merged: BTreeMap<Box<[NodeId]>, u32>,
}

impl Automaton {
    /// Ends in `limit` when the sets are more than the budget allows.
    pub(crate) fn build(mut graph: Graph, budget: &mut Budget, findings: &mut Findings) -> Result<Automaton, Error> {
        let mut builder = Builder {
            graph: &graph,
            budget,
            states: Vec::new(),
            sets: Vec::new(),
            markers: Vec::new(),
            by_set: BTreeMap::new(),
            by_targets: BTreeMap::new(),
            closures: BTreeMap::new(),
            merged: BTreeMap::new(),
        };
        builder.intern(Rc::from([]));
        let root = builder.state(graph.root.map(|node| Item { node, uncertain: false }).into_iter().collect())?;
        let mut next = 0;
        while let Some(set) = builder.sets.get(next).cloned() {
            builder.expand(next, &set, findings)?;
            next += 1;
        }
        let coverage = builder.survey(root, findings)?;
        let (states, markers) = (builder.states, builder.markers);
        let patterns = std::mem::take(&mut graph.patterns);
        Ok(Automaton { root, states, patterns, names: Arc::new(graph.names), markers, coverage })
    }
}

fn normalise(items: Vec<Item>) -> Vec<Item> {
    let mut items = sorted(items, Item::cmp);
    items.dedup_by_key(|item| item.node);
    items
}

impl<'g> Builder<'g, '_> {
    pub(super) fn vertex(&self, item: Item) -> Option<(&'g Vertex, bool)> {
        self.graph.vertex(item.node).map(|vertex| (vertex, item.uncertain))
    }

    /// The state of a value to which these schemas, and what they apply to the same value, apply.
    fn state(&mut self, targets: Vec<Item>) -> Result<StateId, Error> {
        let targets = normalise(targets).into_boxed_slice();
        if targets.is_empty() {
            return Ok(DEAD);
        }
        if let Some(known) = self.by_targets.get(&targets) {
            return Ok(*known);
        }
        let mut all = Vec::new();
        for target in &targets {
            let closure = self.closure(*target)?;
            self.budget.spend(closure.len())?;
            all.extend_from_slice(&closure);
        }
        let id = self.intern(Rc::from(normalise(all)));
        self.by_targets.insert(targets, id);
        Ok(id)
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

    /// All schemas that apply where this one does.
    fn closure(&mut self, start: Item) -> Result<Rc<[Item]>, Error> {
        if let Some(known) = self.closures.get(&start) {
            return Ok(known.clone());
        }
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        let mut found = Vec::new();
        while let Some(item) = open.pop() {
            self.budget.spend(1)?;
            if !seen.insert(item) {
                continue;
            }
            let Some((vertex, uncertain)) = self.vertex(item) else { continue };
            if vertex.is_telling() {
                found.push(item);
            }
            open.extend(vertex.here.iter().map(|(node, certain)| Item { node: *node, uncertain: uncertain || !certain }));
        }
        let closure: Rc<[Item]> = Rc::from(normalise(found));
        self.closures.insert(start, closure.clone());
        Ok(closure)
    }

    /// Makes the state of a set, and the sets that it leads to.
    fn expand(&mut self, id: usize, set: &[Item], findings: &mut Findings) -> Result<(), Error> {
        let vertices: Vec<(&'g Vertex, bool)> = set.iter().filter_map(|item| self.vertex(*item)).collect();
        let choosy: Vec<(&'g Vertex, bool)> =
            vertices.iter().copied().filter(|(vertex, _)| vertex.additional.is_some() || !vertex.patterns.is_empty()).collect();

        let mut named: BTreeMap<NameId, Vec<Item>> = BTreeMap::new();
        for (vertex, uncertain) in &vertices {
            self.budget.spend(vertex.properties.len())?;
            for (name, target) in &vertex.properties {
                named.entry(*name).or_default().extend(target.map(|node| Item { node, uncertain: *uncertain }));
            }
        }
        let mut names = Vec::with_capacity(named.len());
        for (name, mut targets) in named {
            let text = self.graph.names.text(name);
            self.unnamed(
                &choosy,
                Some(name),
                |pattern| self.graph.patterns.get(pattern as usize).map_or(Match::Maybe, |p| p.matches(text)),
                &mut targets,
            );
            self.budget.spend(choosy.iter().map(|(vertex, _)| 1 + vertex.patterns.len()).sum())?;
            names.push(Entry { key: key(text), name, state: self.state(targets)? });
        }
        let names = sorted(names, |a, b| a.key.cmp(&b.key));

        let (patterns, other) = self.patterned(&choosy)?;

        let longest = vertices.iter().map(|(vertex, _)| vertex.prefix.len()).max().unwrap_or_default();
        self.budget.spend(longest.saturating_mul(vertices.len()))?;
        let mut prefix = Vec::with_capacity(longest);
        for index in 0..longest {
            prefix.push(self.state(elements(&vertices, Some(index)))?);
        }
        let rest = self.state(elements(&vertices, None))?;

        let mark = self.mark(set, findings);
        let leads_on = other != DEAD
            || rest != DEAD
            || patterns.is_some()
            || prefix.iter().any(|state| *state != DEAD)
            || names.iter().any(|entry| entry.state != DEAD);
        debug_assert_eq!(id, self.states.len());
        self.states.push(State { mark, leads_on, names: names.into(), patterns, other, prefix: prefix.into(), rest });
        Ok(())
    }

    /// Adds where `patternProperties` and `additionalProperties` lead. A pattern that might match counts, and
    /// `additionalProperties` beside it too.
    fn unnamed(&self, choosy: &[(&Vertex, bool)], name: Option<NameId>, matches: impl Fn(u32) -> Match, targets: &mut Vec<Item>) {
        for (vertex, uncertain) in choosy {
            let is_named = name.is_some_and(|name| vertex.properties.binary_search_by_key(&name, |(own, _)| *own).is_ok());
            let mut kept_away = if is_named { Match::Yes } else { Match::No };
            for (pattern, target) in &vertex.patterns {
                let found = matches(*pattern);
                if found != Match::No {
                    targets.extend(target.map(|node| Item { node, uncertain: *uncertain || found == Match::Maybe }));
                }
                kept_away = match (kept_away, found) {
                    (Match::Yes, _) | (_, Match::Yes) => Match::Yes,
                    (Match::No, Match::No) => Match::No,
                    _ => Match::Maybe,
                };
            }
            if kept_away != Match::Yes {
                targets.extend(vertex.additional.map(|node| Item { node, uncertain: *uncertain || kept_away == Match::Maybe }));
            }
        }
    }

    /// For names that no schema mentions: a state for each combination of matching patterns, as far as these are few.
    fn patterned(&mut self, choosy: &[(&'g Vertex, bool)]) -> Result<(Option<Box<Patterned>>, StateId), Error> {
        let is_decidable = |pattern: &u32| self.graph.patterns.get(*pattern as usize).is_some_and(|pattern| pattern.is_decidable());
        let mut patterns = BTreeSet::new();
        patterns.extend(choosy.iter().flat_map(|(vertex, _)| vertex.patterns.iter().map(|(pattern, _)| *pattern)));
        let mut patterns: Vec<u32> = patterns.into_iter().collect();
        let weight: usize = choosy.iter().map(|(vertex, _)| 1 + vertex.patterns.len()).sum();
        patterns.retain(is_decidable);
        let decidable = patterns;
        let mut state = |chosen: &dyn Fn(usize) -> bool| {
            self.budget.spend(weight)?;
            let mut targets = Vec::new();
            let matches = |pattern: u32| match decidable.binary_search(&pattern) {
                Ok(bit) if chosen(bit) => Match::Yes,
                Ok(_) => Match::No,
                Err(_) => Match::Maybe,
            };
            self.unnamed(choosy, None, matches, &mut targets);
            self.state(targets)
        };
        let other = state(&|_| false)?;
        if decidable.is_empty() {
            return Ok((None, other));
        }
        let mut states = vec![other];
        if decidable.len() <= COMBINED {
            for code in 1..1usize << decidable.len() {
                states.push(state(&|bit| code >> bit & 1 == 1)?);
            }
        } else {
            for only in 0..decidable.len() {
                states.push(state(&|bit| bit == only)?);
            }
        }
        let mut targets = Vec::new();
        self.budget.spend(weight)?;
        self.unnamed(choosy, None, |_| Match::Maybe, &mut targets);
        let any = self.state(targets)?;
        Ok((Some(Box::new(Patterned { patterns: decidable.into(), states: states.into(), any })), other))
    }

    /// The schemas of a set that are marked.
    pub(super) fn marked(&self, set: &[Item]) -> Vec<(NodeId, &'g Marker, bool)> {
        let marker = |item: &Item| self.vertex(*item).and_then(|(vertex, uncertain)| Some((item.node, vertex.marker.as_ref()?, uncertain)));
        set.iter().filter_map(marker).collect()
    }

    fn mark(&mut self, set: &[Item], findings: &mut Findings) -> Mark {
        let marked = self.marked(set);
        let certain: Vec<&Marker> = marked.iter().filter(|(_, _, uncertain)| !uncertain).map(|(_, marker, _)| *marker).collect();
        if let Err(other) = Marker::merge(&certain) {
            let first = certain.first().map(|marker| marker.schema_pointer.as_str()).unwrap_or_default();
            findings.error(
                "conflict",
                other.schema_pointer.as_str(),
                format!("this marker and the one at {first} always apply to the same value, and disagree"),
            );
        }
        if marked.is_empty() {
            return Mark::None;
        }
        let nodes: Box<[NodeId]> = marked.iter().map(|(node, _, _)| *node).collect();
        if let Some(known) = self.merged.get(&nodes) {
            return Mark::One(*known);
        }
        let all: Vec<&Marker> = marked.iter().map(|(_, marker, _)| *marker).collect();
        match Marker::merge(&all) {
            Ok(Some(marker)) => Mark::One(self.add_marker(nodes, marker)),
            Ok(None) => Mark::None,
            Err(_) => {
                let each = marked.iter().map(|(node, marker, _)| {
                    let alone: Box<[NodeId]> = Box::from([*node]);
                    match self.merged.get(&alone) {
                        Some(known) => *known,
                        None => self.add_marker(alone, (*marker).clone()),
                    }
                });
                Mark::Many(each.collect())
            }
        }
    }

    fn add_marker(&mut self, nodes: Box<[NodeId]>, marker: Marker) -> u32 {
        let id = u32::try_from(self.markers.len()).unwrap_or(u32::MAX);
        self.markers.push(marker);
        self.merged.insert(nodes, id);
        id
    }
}

/// Where the elements at an index, or those after every prefix, lead.
fn elements(vertices: &[(&Vertex, bool)], index: Option<usize>) -> Vec<Item> {
    let mut targets = Vec::new();
    for (vertex, uncertain) in vertices {
        let own = match index.and_then(|index| vertex.prefix.get(index)) {
            Some(target) => *target,
            None => vertex.rest,
        };
        targets.extend(own.map(|node| Item { node, uncertain: *uncertain }));
        targets.extend(vertex.contains.map(|node| Item { node, uncertain: true }));
    }
    targets
}
