//! Lists the places at which values are sealed.

use super::graph::{Graph, NodeId};
use super::place::Listing;
use crate::ordered::OrderedSet;
use crate::resolver::automaton::{Automaton, DEAD};
use crate::resolver::program::Program;
use fieldseal_json::sort::sorted;

/// Returns the places of every marker that a value can meet, with the number of the marker, and
/// true if the list is complete. An incomplete list has the nearest place of each marker, as far as
/// the budget allows.
pub(super) fn marked(program: &Program, automaton: &Automaton) -> (Vec<(String, u32)>, bool) {
    let graph = graph(program, automaton);
    let origins = automaton.origins();
    let numbers =
        |node: NodeId| automaton.state(node).map_or(&[][..], |state| state.mark.numbers(&origins));
    let mut listing = Listing::default();
    let mut met = vec![false; program.markers.len()];
    let mut meet = |number: u32| {
        met.get_mut(number as usize).is_some_and(|known| !std::mem::replace(known, true))
    };
    let is_whole = graph.walk(automaton.root, &mut |node, pattern| {
        numbers(node).iter().all(|number| {
            let has_room = listing.add(&key(pattern, *number), *number);
            if has_room {
                meet(*number);
            }
            has_room
        })
    });
    if !is_whole {
        graph.walk_once(automaton.root, &mut |node, pattern| {
            for number in numbers(node).iter().copied().filter(|number| meet(*number)) {
                listing.force(key(pattern, number), number);
            }
        });
    }
    let places = listing.into_places().map(|(mut key, number)| {
        key.truncate(key.rfind('\0').unwrap_or(key.len()));
        (key, number)
    });
    // The numbers follow the order in which the schema's members are visited, which is another one
    // where some crate of the program turns on serde_json's `preserve_order`.
    let pointer = |number: u32| {
        program.markers.get(number as usize).map(|marker| marker.schema_pointer.as_str())
    };
    let places = sorted(places.collect(), |(one, first): &(String, u32), (other, second)| {
        one.cmp(other).then_with(|| pointer(*first).cmp(&pointer(*second)))
    });
    (places, is_whole)
}

/// Returns a distinct key for each marker at a pattern. The keys of one pattern are adjacent.
fn key(pattern: &str, number: u32) -> String {
    format!("{pattern}\0{number}")
}

fn graph<'p>(program: &'p Program, automaton: &Automaton) -> Graph<'p> {
    let mut graph = Graph::default();
    for id in 0.. {
        let Some(state) = automaton.state(id) else { break };
        let mut steps = state.steps(program);
        // Many indices, patterns and names may lead to one state.
        let mut known = OrderedSet::new();
        steps.retain(|(step, next)| *next != DEAD && (step.is_some() || known.insert(*next)));
        graph.edges.push(steps);
    }
    graph
}
