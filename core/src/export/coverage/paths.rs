//! Lists every path through a graph of places, as a pattern of documents.
//!
//! A recursive schema has infinitely many places. Each place is listed without the recursion, after
//! one round of it, and after `**`, which stands for one or more levels. In a recursion of many
//! schemas, `**` alone stands for the paths between them, since a list of all would be unreadable.

use crate::ordered::OrderedSet;
use std::collections::VecDeque;
use std::rc::Rc;

use super::components::components;
use super::graph::{Graph, NodeId, Step};
use crate::json::push_token;
use crate::schema::finding::Budget;

/// The steps of listing paths, which bound its time to seconds.
const STEPS: u32 = 400_000;

/// The rounds of a recursion that are listed.
const ROUNDS: usize = 4;

/// The greatest recursion, in nodes, whose paths are listed.
const SMALL: usize = 16;

/// A node that is still to be entered.
struct Entry {
    node: NodeId,
    pattern: Rc<str>,
}

/// A walk over all paths.
struct Paths<'g, 'p, 'v> {
    graph: &'g Graph<'p>,
    /// The strongly connected component of each node.
    component: Vec<u32>,
    /// The nodes of each component.
    members: Vec<Vec<NodeId>>,
    /// The components that lead back to themselves.
    looping: Vec<bool>,
    open: VecDeque<Entry>,
    budget: Budget,
    visit: &'v mut dyn FnMut(NodeId, &str) -> bool,
}

impl<'p> Graph<'p> {
    /// Visits every node once, by its shortest path, until the budget is spent.
    pub(super) fn walk_once(&self, root: NodeId, visit: &mut dyn FnMut(NodeId, &str)) {
        let mut budget = Budget::new(STEPS);
        let mut seen = OrderedSet::new();
        seen.insert(root);
        let mut open = VecDeque::from([(root, String::new())]);
        while let Some((node, pattern)) = open.pop_front() {
            visit(node, &pattern);
            for (step, next) in self.edges(node) {
                if seen.insert(*next) {
                    if budget.spend(1).and_then(|()| budget.spend_text(&pattern)).is_err() {
                        return;
                    }
                    let mut longer = pattern.clone();
                    push_token(&mut longer, step.unwrap_or("*"));
                    open.push_back((*next, longer));
                }
            }
        }
    }

    /// Visits every node by every path, the shortest first, as long as `visit` returns true.
    /// Returns false if the visits are incomplete.
    pub(super) fn walk(&self, root: NodeId, visit: &mut dyn FnMut(NodeId, &str) -> bool) -> bool {
        let component = components(self);
        let mut members: Vec<Vec<NodeId>> = vec![Vec::new(); component.len()];
        let mut looping = vec![false; component.len()];
        for (node, own) in (0..).zip(&component) {
            if let (Some(known), Some(loops)) =
                (members.get_mut(*own as usize), looping.get_mut(*own as usize))
            {
                known.push(node);
                *loops |= known.len() > 1 || self.edges(node).iter().any(|(_, next)| *next == node);
            }
        }
        let open = VecDeque::from([Entry { node: root, pattern: Rc::from("") }]);
        let budget = Budget::new(STEPS);
        let mut paths = Paths { graph: self, component, members, looping, open, budget, visit };
        paths.run().is_some()
    }
}

impl Paths<'_, '_, '_> {
    /// Returns `None` if the budget or the visitor ended the walk.
    fn run(&mut self) -> Option<()> {
        while let Some(Entry { node, pattern }) = self.open.pop_front() {
            let own = self.component_of(node);
            if self.looping.get(own as usize) == Some(&true) {
                self.enter_loop(node, own, &pattern)?;
            } else {
                self.pass(node, &pattern)?;
                self.leave(node, None, &pattern)?;
            }
        }
        Some(())
    }

    fn component_of(&self, node: NodeId) -> u32 {
        self.component.get(node as usize).copied().unwrap_or(u32::MAX)
    }

    fn pass(&mut self, node: NodeId, pattern: &str) -> Option<()> {
        (self.visit)(node, pattern).then_some(())
    }

    fn longer(&mut self, pattern: &str, step: Step<'_>) -> Option<Rc<str>> {
        self.budget.spend(1).ok()?;
        self.budget.spend_text(pattern).ok()?;
        let mut longer = pattern.to_owned();
        push_token(&mut longer, step.unwrap_or("*"));
        Some(longer.into())
    }

    /// Queues the successors of a node outside the component `inside`, or all if it is `None`.
    fn leave(&mut self, node: NodeId, inside: Option<u32>, pattern: &str) -> Option<()> {
        let graph = self.graph;
        for (step, next) in graph.edges(node) {
            if inside.is_none_or(|own| own != self.component_of(*next)) {
                let pattern = self.longer(pattern, *step)?;
                self.open.push_back(Entry { node: *next, pattern });
            }
        }
        Some(())
    }

    fn enter_loop(&mut self, start: NodeId, own: u32, pattern: &str) -> Option<()> {
        let graph = self.graph;
        let members = self.members.get(own as usize).cloned().unwrap_or_default();
        let is_small = members.len() <= SMALL;
        // Without recursion, each node of the component is visited by its shortest path.
        let mut seen = OrderedSet::new();
        seen.insert(start);
        let mut inside: VecDeque<(NodeId, Rc<str>)> = VecDeque::from([(start, pattern.into())]);
        let mut rounds: Vec<Rc<str>> = Vec::new();
        while let Some((node, pattern)) = inside.pop_front() {
            self.pass(node, &pattern)?;
            self.leave(node, Some(own), &pattern)?;
            for (step, next) in graph.edges(node) {
                if self.component_of(*next) != own || !is_small {
                    continue;
                }
                if *next == start && rounds.len() < ROUNDS {
                    rounds.push(self.longer(&pattern, *step)?);
                } else if seen.insert(*next) {
                    inside.push_back((*next, self.longer(&pattern, *step)?));
                }
            }
        }
        // Visits after one round.
        for round in rounds {
            self.pass(start, &round)?;
            self.leave(start, Some(own), &round)?;
        }
        // Visits after one or more levels.
        let deep = self.longer(pattern, Some("**"))?;
        for node in members {
            self.leave(node, Some(own), &deep)?;
            for (step, next) in graph.edges(node) {
                if self.component_of(*next) == own {
                    let pattern = self.longer(&deep, *step)?;
                    self.pass(*next, &pattern)?;
                }
            }
        }
        Some(())
    }
}
