//! Where values stand, written so that it names nobody: array indices and members that no schema
//! mentions are `*`.

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
    /// The children of those nodes whose members come in another order than before.
    children: BTreeMap<(PatternId, u32), PatternId>,
}

#[derive(Clone, Copy)]
struct Node {
    parent: PatternId,
    segment: u32,
    /// Its children, in the order in which they were first met.
    first: PatternId,
    last: PatternId,
    /// The child asked for last: the elements of an array ask for the same ones in turn.
    recent: PatternId,
    /// The next child of the same parent.
    next: PatternId,
    /// At least one value of it was walked, and another one is. The members of the first are all
    /// new.
    again: bool,
    entered: bool,
    /// Its children are listed by segment.
    listed: bool,
}

impl Node {
    const fn new(parent: PatternId, segment: u32) -> Node {
        Node {
            parent,
            segment,
            first: ROOT,
            last: ROOT,
            recent: ROOT,
            next: ROOT,
            again: false,
            entered: false,
            listed: false,
        }
    }
}

impl Patterns {
    pub(crate) fn new(names: Names) -> Self {
        let mut nodes = Vec::with_capacity(8);
        nodes.push(Node::new(ROOT, STAR));
        Patterns { names, nodes, children: BTreeMap::new() }
    }

    /// How many there are; every number below is one.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// A container of that pattern is walked, of which each member asks for a child once.
    #[inline]
    pub(crate) fn enter(&mut self, id: PatternId) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.again = node.entered;
            node.entered = true;
        }
    }

    /// The pattern of the member of that name, or of `*`.
    #[inline]
    pub(crate) fn child(&mut self, parent: PatternId, name: Option<NameId>) -> PatternId {
        let segment = name.unwrap_or(STAR);
        let Some(own) = self.nodes.get(parent as usize) else { return ROOT };
        if own.first == ROOT || !(own.again || segment == STAR) {
            return self.add(parent, segment);
        }
        let Some(recent) = self.nodes.get(own.recent as usize) else { return ROOT };
        if recent.segment == segment {
            return own.recent;
        }
        let (next, first) = (recent.next, own.first);
        let is_it = |near: &PatternId| {
            *near != ROOT
                && self.nodes.get(*near as usize).is_some_and(|node| node.segment == segment)
        };
        let near = [next, first].into_iter().find(is_it);
        match near.or_else(|| self.search(parent, segment)) {
            Some(known) => {
                if let Some(node) = self.nodes.get_mut(parent as usize) {
                    node.recent = known;
                }
                known
            }
            None => self.add(parent, segment),
        }
    }

    fn add(&mut self, parent: PatternId, segment: u32) -> PatternId {
        let id = PatternId::try_from(self.nodes.len()).unwrap_or(PatternId::MAX);
        self.nodes.push(Node::new(parent, segment));
        let Some(own) = self.nodes.get_mut(parent as usize) else { return id };
        let before = std::mem::replace(&mut own.last, id);
        own.recent = id;
        if own.first == ROOT {
            own.first = id;
        }
        if own.listed {
            self.children.insert((parent, segment), id);
        }
        if let Some(before) = self.nodes.get_mut(before as usize).filter(|_| before != ROOT) {
            before.next = id;
        }
        id
    }

    /// Among all children, which are listed for it.
    #[cold]
    fn search(&mut self, parent: PatternId, segment: u32) -> Option<PatternId> {
        let own = self.nodes.get_mut(parent as usize)?;
        if !std::mem::replace(&mut own.listed, true) {
            let mut next = own.first;
            while next != ROOT
                && let Some(child) = self.nodes.get(next as usize)
            {
                self.children.insert((parent, child.segment), next);
                next = child.next;
            }
        }
        self.children.get(&(parent, segment)).copied()
    }

    /// Appends the RFC 6901 pointer with its stars.
    pub(crate) fn write(&self, id: PatternId, out: &mut String) {
        // As deep as documents may be.
        if id != ROOT
            && let Some(node) = self.nodes.get(id as usize)
        {
            self.write(node.parent, out);
            push_token(out, if node.segment == STAR { "*" } else { self.names.text(node.segment) });
        }
    }
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patterns").field("len", &self.len()).finish_non_exhaustive()
    }
}
