//! Where values stand, written so that it names nobody: array indices and members that no schema mentions are `*`.

use std::collections::BTreeMap;
use std::fmt;

use super::program::{NameId, Names};
use crate::json::push_token;

/// An index into [`Patterns`]. Two locations of one pattern have one number.
pub(crate) type PatternId = u32;

/// The pattern of the root.
pub(crate) const ROOT: PatternId = 0;

const STAR: u32 = u32::MAX;

/// The patterns of one document's locations, as a tree.
#[derive(Clone)]
pub(crate) struct Patterns {
    names: Names,
    nodes: Vec<Node>,
    children: BTreeMap<(PatternId, u32), PatternId>,
}

#[derive(Clone, Copy)]
struct Node {
    parent: PatternId,
    segment: u32,
    /// The child asked for last: the elements of an array ask for the same ones in turn.
    recent: PatternId,
    /// The next child of the same parent in the order in which they were first met.
    next: PatternId,
}

impl Patterns {
    pub(crate) fn new(names: Names) -> Self {
        let root = Node { parent: ROOT, segment: STAR, recent: ROOT, next: ROOT };
        Patterns { names, nodes: vec![root], children: BTreeMap::new() }
    }

    /// How many there are; every number below is one.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The pattern of the member of that name, or of `*`.
    pub(crate) fn child(&mut self, parent: PatternId, name: Option<NameId>) -> PatternId {
        let segment = name.unwrap_or(STAR);
        let recent = self.nodes.get(parent as usize).map_or(ROOT, |node| node.recent);
        let next = self.nodes.get(recent as usize).map_or(ROOT, |node| node.next);
        for near in [recent, next] {
            if near != ROOT && self.nodes.get(near as usize).is_some_and(|node| node.parent == parent && node.segment == segment) {
                self.remember(parent, near);
                return near;
            }
        }
        let fresh = PatternId::try_from(self.nodes.len()).unwrap_or(PatternId::MAX);
        let id = *self.children.entry((parent, segment)).or_insert(fresh);
        if id == fresh {
            self.nodes.push(Node { parent, segment, recent: ROOT, next: ROOT });
            if recent != ROOT
                && let Some(before) = self.nodes.get_mut(recent as usize)
                && before.next == ROOT
            {
                before.next = fresh;
            }
        }
        self.remember(parent, id);
        id
    }

    fn remember(&mut self, parent: PatternId, child: PatternId) {
        if let Some(node) = self.nodes.get_mut(parent as usize) {
            node.recent = child;
        }
    }

    /// Appends the RFC 6901 pointer with its stars.
    pub(crate) fn write(&self, id: PatternId, out: &mut String) {
        let mut way = Vec::new();
        let mut next = id;
        while next != ROOT
            && let Some(node) = self.nodes.get(next as usize)
        {
            way.push(node.segment);
            next = node.parent;
        }
        for segment in way.into_iter().rev() {
            push_token(out, if segment == STAR { "*" } else { self.names.text(segment) });
        }
    }
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patterns").field("len", &self.len()).finish_non_exhaustive()
    }
}
