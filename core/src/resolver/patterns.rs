//! Location patterns that identify nobody: array indices, and members that no schema mentions, are
//! written `*`.

use crate::ordered::OrderedMap;
use std::fmt;
use std::sync::Arc;

use super::program::{NameId, Names};
use crate::json::push_token;

/// An index into [`Patterns`]. Locations with the same pattern have the same index.
pub(crate) type PatternId = u32;

/// The pattern of the document's root.
pub(crate) const ROOT: PatternId = 0;

const STAR: u32 = u32::MAX;

/// The patterns of one document's locations, stored as a tree.
#[derive(Clone)]
pub(crate) struct Patterns {
    names: Names,
    nodes: Vec<Node>,
    /// The children of nodes whose members occurred in another order than before.
    children: OrderedMap<(PatternId, u32), PatternId>,
}

/// One pattern.
#[derive(Clone, Copy)]
pub(crate) struct Node {
    parent: PatternId,
    segment: u32,
    /// The first and last of its children, in the order of their first occurrence.
    first: PatternId,
    last: PatternId,
    /// The child requested last: the elements of an array request the same children in turn.
    recent: PatternId,
    /// The next child of the same parent.
    next: PatternId,
    /// True from the second container of this pattern on. All members of the first one are new.
    again: bool,
    entered: bool,
    /// True if its children are listed by segment in [`Patterns::children`].
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
    /// Begins with the root, in a list whose memory is used.
    pub(crate) fn new(names: Names, mut nodes: Vec<Node>) -> Self {
        nodes.clear();
        nodes.reserve(8);
        nodes.push(Node::new(ROOT, STAR));
        Patterns { names, nodes, children: OrderedMap::new() }
    }

    /// Shares the patterns of an earlier document if they are the same, and returns the memory of
    /// these patterns then.
    pub(crate) fn share(mut self, earlier: &mut Option<Arc<Patterns>>) -> (Arc<Self>, Vec<Node>) {
        match earlier {
            Some(earlier) if earlier.reads_like(&self) => {
                self.nodes.clear();
                (Arc::clone(earlier), self.nodes)
            }
            _ => (Arc::clone(earlier.insert(Arc::new(self))), Vec::new()),
        }
    }

    /// Returns true if each number is the same pointer in both.
    fn reads_like(&self, other: &Patterns) -> bool {
        let place = |node: &Node| (node.parent, node.segment);
        self.names.is_same(&other.names)
            && self.nodes.iter().map(place).eq(other.nodes.iter().map(place))
    }

    /// Returns the number of patterns. Every smaller number is a pattern.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Begins a container of this pattern, whose members each request a child once.
    #[inline]
    pub(crate) fn enter(&mut self, id: PatternId) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.again = node.entered;
            node.entered = true;
        }
    }

    /// Returns the pattern of a member by its name, or of `*`.
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

    /// Searches all children of a node, and lists them by segment first.
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

    /// Returns the length of the pointer before anything in it is escaped.
    pub(crate) fn most_bytes(&self, mut id: PatternId) -> usize {
        let mut bytes = 0;
        while id != ROOT
            && let Some(node) = self.nodes.get(id as usize)
        {
            bytes += 1 + if node.segment == STAR { 1 } else { self.names.text(node.segment).len() };
            id = node.parent;
        }
        bytes
    }

    /// Hands over the names of the pointer from the root on, before anything in them is escaped,
    /// each with whether it stands in a pointer and in JSON as it is.
    pub(crate) fn segments(&self, id: PatternId, each: &mut impl FnMut(&str, bool)) {
        // As deep as documents may be.
        if id != ROOT
            && let Some(node) = self.nodes.get(id as usize)
        {
            self.segments(node.parent, each);
            if node.segment == STAR {
                each("*", true);
            } else {
                each(self.names.text(node.segment), self.names.is_plain(node.segment));
            }
        }
    }

    /// Appends the RFC 6901 pointer with its stars.
    pub(crate) fn write(&self, id: PatternId, out: &mut String) {
        // Recurses as deep as documents may be.
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
