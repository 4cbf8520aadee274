//! The places at which values are sealed.

use std::collections::BTreeSet;

use super::graph::{Graph, NodeId};
use super::place::{MOST_PLACES, Place};
use crate::resolver::automaton::{Automaton, DEAD};
use crate::resolver::program::Program;

/// The number of a marker, and a pattern of places at which it applies.
pub(super) type Marked = (u32, String);

/// Returns every place of every marker that a value can meet, and true if the list is complete. An
/// incomplete list has the nearest place of each marker, as far as the budget goes.
pub(super) fn marked(program: &Program, automaton: &Automaton) -> (Vec<Marked>, bool) {
    let graph = graph(program, automaton);
    let origins = automaton.origins();
    let numbers =
        |node: NodeId| automaton.state(node).map_or(&[][..], |state| state.mark.numbers(&origins));
    let mut places: BTreeSet<Place<u32>> = BTreeSet::new();
    let mut met = BTreeSet::new();
    let is_whole = graph.walk(automaton.root, |node, pattern| {
        for number in numbers(node) {
            if places.len() >= MOST_PLACES {
                return false;
            }
            met.insert(*number);
            places.insert(Place { of: *number, pattern: pattern.to_owned() });
        }
        true
    });
    if !is_whole {
        graph.walk_once(automaton.root, |node, pattern| {
            for number in numbers(node) {
                if met.insert(*number) {
                    places.insert(Place { of: *number, pattern: pattern.to_owned() });
                }
            }
        });
    }
    (places.into_iter().map(|place| (place.of, place.pattern)).collect(), is_whole)
}

fn graph<'p>(program: &'p Program, automaton: &Automaton) -> Graph<'p> {
    let mut graph = Graph::default();
    for id in 0.. {
        let Some(state) = automaton.state(id) else { break };
        let mut steps = state.steps(program);
        // Many indices, patterns and names may lead to one state.
        let mut known = BTreeSet::new();
        steps.retain(|(step, next)| *next != DEAD && (step.is_some() || known.insert(*next)));
        graph.edges.push(steps);
    }
    graph
}
