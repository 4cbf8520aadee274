//! Strongly connected components of a graph (Tarjan 1972), without recursion.

use super::graph::{Graph, NodeId};

const UNSEEN: u32 = u32::MAX;

/// A node whose edges are being followed.
struct Frame {
    node: NodeId,
    /// The next edge.
    edge: usize,
}

struct Search {
    next: u32,
    index: Vec<u32>,
    low: Vec<u32>,
    component: Vec<u32>,
    stack: Vec<NodeId>,
    frames: Vec<Frame>,
}

/// Returns the component number of each node.
pub(super) fn components(graph: &Graph<'_>) -> Vec<u32> {
    let count = graph.edges.len();
    let mut search = Search {
        next: 0,
        index: vec![UNSEEN; count],
        low: vec![UNSEEN; count],
        component: vec![UNSEEN; count],
        stack: Vec::new(),
        frames: Vec::new(),
    };
    for node in (0..).take(count) {
        if search.index_of(node) == UNSEEN {
            search.run(graph, node);
        }
    }
    search.component
}

fn get(list: &[u32], node: NodeId) -> u32 {
    list.get(node as usize).copied().unwrap_or(UNSEEN)
}

fn set(list: &mut [u32], node: NodeId, value: u32) {
    if let Some(own) = list.get_mut(node as usize) {
        *own = value;
    }
}

impl Search {
    fn index_of(&self, node: NodeId) -> u32 {
        get(&self.index, node)
    }

    fn begin(&mut self, node: NodeId) {
        set(&mut self.index, node, self.next);
        set(&mut self.low, node, self.next);
        self.next += 1;
        self.stack.push(node);
        self.frames.push(Frame { node, edge: 0 });
    }

    fn lower(&mut self, node: NodeId, to: u32) {
        let low = get(&self.low, node).min(to);
        set(&mut self.low, node, low);
    }

    fn run(&mut self, graph: &Graph<'_>, root: NodeId) {
        self.begin(root);
        while let Some(Frame { node, edge }) = self.frames.last_mut() {
            let node = *node;
            if let Some((_, next)) = graph.edges(node).get(*edge) {
                *edge += 1;
                if self.index_of(*next) == UNSEEN {
                    self.begin(*next);
                } else if get(&self.component, *next) == UNSEEN {
                    self.lower(node, self.index_of(*next));
                }
                continue;
            }
            self.frames.pop();
            let low = get(&self.low, node);
            if let Some(around) = self.frames.last().map(|frame| frame.node) {
                self.lower(around, low);
            }
            if low == self.index_of(node) {
                while let Some(member) = self.stack.pop() {
                    set(&mut self.component, member, low);
                    if member == node {
                        break;
                    }
                }
            }
        }
    }
}
