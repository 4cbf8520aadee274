//! Finding the marked values of a document: one walk, one state a value, subtrees without markers skipped.

use super::automaton::{Automaton, DEAD, Mark, State, StateId};
use super::patterns::{PatternId, Patterns, ROOT};
use super::subject::Same;
use crate::json::{Elements, Members, Node, Shape, Tape};

/// A value to seal: outermost, so none lies within another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Its index on the tape.
    pub(crate) node: u32,
    /// An index into the plan's markers.
    pub(crate) marker: u32,
    /// How verdicts name the place.
    pub(crate) pattern: PatternId,
}

/// A marker within a marked value, which is not by its text the same subject's. Sealing compares what both lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dispute {
    /// An index into the locations.
    pub(crate) outer: u32,
    /// The inner value's index on the tape.
    pub(crate) node: u32,
    /// The inner marker.
    pub(crate) marker: u32,
}

/// What a policy says of one document.
#[derive(Debug)]
pub(crate) struct Resolution {
    /// In document order.
    pub(crate) locations: Vec<Location>,
    /// The names of the places.
    pub(crate) patterns: Patterns,
    /// In document order.
    pub(crate) disputes: Vec<Dispute>,
    /// Indices of locations whose markers disagree (the location carries the first): sealing refuses them.
    pub(crate) conflicts: Vec<u32>,
    /// Strings at marked places within marked values, by tape index: sealing looks whether one is an envelope already.
    pub(crate) absorbed: Vec<u32>,
}

/// A container whose children are being walked.
struct Frame<'a, 's> {
    children: Children<'a>,
    state: &'s State,
    pattern: PatternId,
    /// The marked value around, and how deep that is.
    outer: Option<(u32, u32)>,
}

enum Children<'a> {
    Members(Members<'a>),
    Elements(Elements<'a>, usize),
}

/// The walk over one document.
struct Walk<'a, 's> {
    automaton: &'s Automaton,
    stack: Vec<Frame<'a, 's>>,
    found: Resolution,
}

/// All locations that may be marked. The depth of the stack is the tape's, at most 128; nothing is allocated for a single value.
pub(crate) fn resolve<'a>(automaton: &Automaton, tape: &'a Tape<'a>) -> Resolution {
    let found = Resolution {
        // As many as there can be, so that the number of sealed values costs no allocation.
        locations: Vec::with_capacity(tape.values() as usize),
        patterns: Patterns::new(automaton.names.clone()),
        disputes: Vec::new(),
        conflicts: Vec::new(),
        absorbed: Vec::new(),
    };
    let mut walk = Walk { automaton, stack: Vec::with_capacity(tape.depth() as usize + 1), found };
    walk.enter(tape.root(), automaton.root, |_| ROOT, None);
    while let Some(frame) = walk.stack.last_mut() {
        let (parent, outer) = (frame.pattern, frame.outer);
        match &mut frame.children {
            Children::Members(members) => match members.next() {
                Some((name, node)) => {
                    let (state, known) = automaton.member(frame.state, &name.unescaped());
                    walk.enter(node, state, |patterns| patterns.child(parent, known), outer);
                }
                None => drop(walk.stack.pop()),
            },
            Children::Elements(elements, index) => match elements.next() {
                Some(node) => {
                    let state = Automaton::element(frame.state, *index);
                    *index += 1;
                    walk.enter(node, state, |patterns| patterns.child(parent, None), outer);
                }
                None => drop(walk.stack.pop()),
            },
        }
    }
    walk.found
}

impl<'a> Walk<'a, '_> {
    #[inline]
    fn enter(&mut self, node: Node<'a>, id: StateId, pattern: impl FnOnce(&mut Patterns) -> PatternId, outer: Option<(u32, u32)>) {
        if id == DEAD {
            return;
        }
        let Some(state) = self.automaton.state(id) else { return };
        let children = match node.shape() {
            Shape::Object if state.leads_on => Some(Children::Members(node.members())),
            Shape::Array if state.leads_on => Some(Children::Elements(node.elements(), 0)),
            _ => None,
        };
        if children.is_none() && state.mark == Mark::None {
            return;
        }
        let depth = u32::try_from(self.stack.len()).unwrap_or(u32::MAX);
        let pattern = pattern(&mut self.found.patterns);
        let outer = match outer {
            Some((location, above)) => {
                self.absorb(node, &state.mark, location, depth.saturating_sub(above));
                outer
            }
            None => self.mark(node, &state.mark, pattern).map(|location| (location, depth)),
        };
        if let Some(children) = children {
            self.stack.push(Frame { children, state, pattern, outer });
        }
    }

    fn mark(&mut self, node: Node<'_>, mark: &Mark, pattern: PatternId) -> Option<u32> {
        let (marker, disagree) = match mark {
            Mark::None => return None,
            Mark::One(marker) => (*marker, false),
            Mark::Many(markers) => (*markers.first()?, true),
        };
        let location = u32::try_from(self.found.locations.len()).ok()?;
        self.found.locations.push(Location { node: node.index(), marker, pattern });
        if disagree {
            self.found.conflicts.push(location);
        }
        Some(location)
    }

    /// A marker within a marked value is absorbed if its subject is the same.
    fn absorb(&mut self, node: Node<'_>, mark: &Mark, outer: u32, depth: u32) {
        let inner = match mark {
            Mark::None => return,
            Mark::One(marker) => std::slice::from_ref(marker),
            Mark::Many(markers) => markers,
        };
        if node.shape() == Shape::String {
            self.found.absorbed.push(node.index());
        }
        let markers = &self.automaton.markers;
        let marker_of = |id: u32| markers.get(id as usize);
        let Some(around) = self.found.locations.get(outer as usize).and_then(|location| marker_of(location.marker)) else { return };
        for marker in inner {
            let same = marker_of(*marker).is_some_and(|inner| around.subject.same_below(&inner.subject, depth, None) == Same::Yes);
            if !same {
                self.found.disputes.push(Dispute { outer, node: node.index(), marker: *marker });
            }
        }
    }
}
