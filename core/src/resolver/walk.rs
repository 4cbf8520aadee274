//! Finds the marked values of a document in one traversal that skips subtrees without markers.
//!
//! Each value has a state, which lists the markers that may apply (phase 1 of
//! docs/what-is-sealed.md). Until nothing further down depends on a condition, the traversal also
//! carries the rules that are not pruned (phase 2).

use std::sync::Arc;

use super::automaton::{Automaton, DEAD, Mark, State, StateId};
use super::decide::{Evaluator, OPAQUE};
use super::patterns::{self, PatternId, Patterns, ROOT};
use super::place::Place;
use super::program::Program;
use crate::error::{Error, ErrorCode};
use crate::json::{Elements, Members, Node, Shape, Tape};
use crate::limits::Limits;
use crate::memory::recycled;
use crate::schema::marker::Marker;
use crate::schema::subject::Same;

mod applied;
mod resolution;

use applied::{AppliedRules, RuleMemory};
use resolution::Found;
pub(crate) use resolution::{Dispute, Location, Locations, Resolution};

/// The values to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// Values of the decided set. Strings that are only in the may-mark set are listed as well.
    Decided,
    /// All values of the may-mark set, at the outermost locations.
    All,
    /// As [`Sought::Decided`], but also within an object or array that should be sealed and is
    /// clear. Finds the envelopes of a document that is being migrated.
    Present,
}

/// A container whose children are being visited.
struct Frame<'a, 's> {
    children: Children<'a>,
    state: &'s State,
    pattern: PatternId,
    /// The location to seal around the container, and its depth.
    outer: Option<(u32, u32)>,
    /// True if the container is at or below a place of the may-mark set, so that its content is not
    /// read.
    hole: bool,
    /// True if everything in the may-mark set below is also in the decided set.
    plain: bool,
    /// Its rules are those from here up to the ones of the next frame.
    rules: usize,
    /// The start of its `unevaluated…` keywords, likewise.
    remaining: usize,
}

enum Children<'a> {
    Members(Members<'a>, usize),
    Elements(Elements<'a>, usize),
}

/// The state of a traversal of one document.
struct Walk<'a, 's> {
    rules: AppliedRules<'s>,
    stack: Vec<Frame<'a, 's>>,
    /// True for [`Sought::Present`].
    passing: bool,
    found: Found,
}

/// The properties that a value inherits from its container.
#[derive(Clone, Copy)]
struct Around {
    outer: Option<(u32, u32)>,
    hole: bool,
    plain: bool,
}

/// The memory of traversals that have ended, for that of another document.
#[derive(Default)]
pub(crate) struct WalkMemory {
    pub(crate) locations: Locations,
    rules: RuleMemory,
    stack: Vec<Frame<'static, 'static>>,
    nodes: Vec<patterns::Node>,
    /// The patterns of the latest document, which the next one often shares.
    patterns: Option<Arc<Patterns>>,
}

/// Returns the locations in a value whose document is not there: its own, and the markers within.
/// All of the may-mark set counts, as in a document that does not conform.
///
/// # Errors
/// As [`resolve`].
pub(crate) fn resolve_value<'a>(
    program: &'a Program,
    automaton: &'a Automaton,
    tape: &'a Tape<'a>,
    place: &Place,
    limits: &Limits,
    memory: &mut WalkMemory,
) -> Result<Resolution, Error> {
    let mut own = std::mem::take(&mut memory.locations);
    own.clear();
    let is_container = matches!(tape.root().shape(), Shape::Object | Shape::Array);
    if let Some(state) = automaton.state(place.state).filter(|own| !(own.leads_on && is_container))
    {
        let (marker, disputed) = automaton.merged_of(&state.mark);
        let (node, pattern) = (tape.root().index(), place.pattern);
        let Locations { mut locations, disputes, absorbed } = own;
        locations.push(Location { node, marker, pattern, decided: true, disputed });
        let patterns = Arc::clone(&place.patterns);
        return Ok(Resolution { locations, patterns, disputes, absorbed });
    }
    let found = Found { own, patterns: Patterns::clone(&place.patterns) };
    let start = (place.state, place.pattern);
    walk_from(program, automaton, tape, Sought::All, limits, start, found, memory)
}

/// Returns all locations of a document.
///
/// The stack is as deep as the tape, at most 128, and single values allocate nothing.
///
/// # Errors
/// `limit` if the conditions of the schema take more steps than a document of this size may cost.
pub(crate) fn resolve<'a>(
    program: &'a Program,
    automaton: &'a Automaton,
    tape: &'a Tape<'a>,
    sought: Sought,
    limits: &Limits,
    memory: &mut WalkMemory,
) -> Result<Resolution, Error> {
    let mut own = std::mem::take(&mut memory.locations);
    own.clear();
    // As many as there can be, so that the number of sealed values costs no allocation.
    own.locations.reserve(tape.values() as usize);
    let patterns = Patterns::new(program.names.clone(), std::mem::take(&mut memory.nodes));
    let found = Found { own, patterns };
    walk_from(program, automaton, tape, sought, limits, (automaton.root, ROOT), found, memory)
}

#[expect(clippy::too_many_arguments, reason = "those of two functions, and what differs")]
fn walk_from<'a>(
    program: &'a Program,
    automaton: &'a Automaton,
    tape: &'a Tape<'a>,
    sought: Sought,
    limits: &Limits,
    (state, pattern): (StateId, PatternId),
    found: Found,
    memory: &mut WalkMemory,
) -> Result<Resolution, Error> {
    let mut stack = recycled(std::mem::take(&mut memory.stack));
    stack.reserve(tape.depth() as usize + 1);
    let steps =
        u64::from(limits.expansions) + 64 * u64::from(tape.values()) + tape.text().len() as u64;
    let mut walk = Walk {
        rules: AppliedRules::new(
            Evaluator::new(program, automaton, steps),
            std::mem::take(&mut memory.rules),
        ),
        stack,
        passing: sought == Sought::Present,
        found,
    };
    #[cfg(test)]
    let sought =
        if crate::resolver::decide::trap::is_set(super::decide::trap::Trap::DecidesNonconforming) {
            Sought::Decided
        } else {
            sought
        };
    let plain = sought == Sought::All;
    if !plain {
        walk.rules.start();
    }
    walk.enter(tape.root(), state, |_| pattern, Around { outer: None, hole: false, plain }, 0);
    while walk.step() {}
    if !walk.rules.evaluator.is_within() {
        return Err(Error::new(
            ErrorCode::Limit,
            "the conditions of the schema take more steps on this document than the limit `expansions` allows",
        ));
    }
    let Walk { rules, stack, found: Found { own, patterns }, .. } = walk;
    let (patterns, nodes) = patterns.share(&mut memory.patterns);
    memory.nodes = nodes;
    memory.stack = recycled(stack);
    memory.rules = rules.into_memory();
    let Locations { locations, disputes, absorbed } = own;
    Ok(Resolution { locations, patterns, disputes, absorbed })
}

impl<'a> Walk<'a, '_> {
    /// Visits the next child of the innermost container. Returns false after the last child of the
    /// document.
    #[inline]
    fn step(&mut self) -> bool {
        let end = self.rules.len();
        let remaining_end = self.rules.remaining_len();
        let program = self.rules.evaluator.program;
        let Some(frame) = self.stack.last_mut() else { return false };
        let around = Around { outer: frame.outer, hole: frame.hole, plain: frame.plain };
        let (parent, state, rules, remaining) =
            (frame.pattern, frame.state, frame.rules, frame.remaining);
        match &mut frame.children {
            Children::Members(members, position) => {
                if let Some(member) = Automaton::next_member(program, state, members, position) {
                    if !around.plain {
                        self.rules.member(rules..end, remaining..remaining_end, &member);
                    }
                    self.enter(
                        member.node,
                        member.state,
                        |patterns| patterns.child(parent, member.known),
                        around,
                        end,
                    );
                    return true;
                }
            }
            Children::Elements(elements, index) => {
                for node in elements {
                    let at = *index;
                    *index += 1;
                    let next = Automaton::element(state, at);
                    if next != DEAD {
                        if !around.plain {
                            self.rules.element(
                                rules..end,
                                remaining..remaining_end,
                                node,
                                next,
                                around.hole,
                                at,
                            );
                        }
                        self.enter(
                            node,
                            next,
                            |patterns| patterns.child(parent, None),
                            around,
                            end,
                        );
                        return true;
                    }
                }
            }
        }
        self.rules.leave(rules, remaining);
        self.stack.pop();
        true
    }

    /// Visits a value whose rules begin at index `from`.
    #[inline]
    fn enter(
        &mut self,
        node: Node<'a>,
        id: StateId,
        pattern: impl FnOnce(&mut Patterns) -> PatternId,
        around: Around,
        from: usize,
    ) {
        let Some(state) = self.rules.evaluator.automaton.state(id).filter(|_| id != DEAD) else {
            return;
        };
        let children = match node.shape() {
            Shape::Object if state.leads_on => Some(Children::Members(node.members(), 0)),
            Shape::Array if state.leads_on => Some(Children::Elements(node.elements(), 0)),
            _ => None,
        };
        if children.is_none() && state.mark == Mark::None {
            self.rules.truncate(from);
            return;
        }
        let hole = around.hole || state.mark != Mark::None;
        let mut plain = around.plain;
        if !plain {
            self.rules.close(from, node, if hole { OPAQUE } else { id });
            plain = state.unconditional_below && self.rules.len() - from == state.rules as usize;
        }
        let depth = u32::try_from(self.stack.len()).unwrap_or(u32::MAX);
        let pattern = pattern(&mut self.found.patterns);
        let mut outer = around.outer;
        if state.mark != Mark::None {
            let decided = if plain {
                Some(self.rules.evaluator.automaton.merged_of(&state.mark))
            } else {
                self.rules.decided(from)
            };
            match (outer, decided) {
                (Some((location, above)), decided) => {
                    if node.shape() == Shape::String {
                        self.found.own.absorbed.push(node.index());
                    }
                    if decided.is_some() {
                        self.absorb(
                            node,
                            from,
                            plain,
                            &state.mark,
                            location,
                            depth.saturating_sub(above),
                        );
                    }
                }
                (None, Some((marker, disputed))) if self.passing && children.is_some() => {
                    self.found.own.locations.push(Location {
                        node: node.index(),
                        marker,
                        pattern,
                        decided: true,
                        disputed,
                    });
                }
                (None, Some((marker, disputed))) => {
                    outer = u32::try_from(self.found.own.locations.len())
                        .ok()
                        .map(|location| (location, depth));
                    self.found.own.locations.push(Location {
                        node: node.index(),
                        marker,
                        pattern,
                        decided: true,
                        disputed,
                    });
                }
                (None, None) if node.shape() == Shape::String => {
                    let (marker, disputed) = self.rules.evaluator.automaton.merged_of(&state.mark);
                    self.found.own.locations.push(Location {
                        node: node.index(),
                        marker,
                        pattern,
                        decided: false,
                        disputed,
                    });
                }
                (None, None) => {}
            }
        }
        match children {
            Some(children) => {
                let remaining = self.rules.remaining_len();
                self.found.patterns.enter(pattern);
                if plain {
                    self.rules.truncate(from);
                } else {
                    self.rules.find_remaining(from, node, if hole { OPAQUE } else { id });
                }
                self.stack.push(Frame {
                    children,
                    state,
                    pattern,
                    outer,
                    hole,
                    plain,
                    rules: from,
                    remaining,
                });
            }
            None => self.rules.truncate(from),
        }
    }

    /// Records a dispute for each marker within a value to seal that the outer marker does not
    /// absorb. It absorbs markers of the same subject that ask for no more keys, if neither or both
    /// ask for a token.
    fn absorb(
        &mut self,
        node: Node<'_>,
        from: usize,
        plain: bool,
        mark: &Mark,
        outer: u32,
        depth: u32,
    ) {
        let decided;
        let inner: &[u32] = match mark {
            _ if !plain => {
                decided = self.rules.markers(from);
                &decided
            }
            Mark::None => return,
            Mark::One(marker) => std::slice::from_ref(marker),
            Mark::Many(markers) => markers,
        };
        let markers: &[Marker] = &self.rules.evaluator.automaton.markers;
        let marker_of = |id: u32| markers.get(id as usize);
        let Some(around) = self
            .found
            .own
            .locations
            .get(outer as usize)
            .and_then(|location| marker_of(location.marker))
        else {
            return;
        };
        for marker in inner {
            let is_absorbed = marker_of(*marker).is_some_and(|inner| {
                around.absorbs(inner, depth, None) == Same::Yes && !around.loses_keys(inner)
            });
            if !is_absorbed {
                self.found.own.disputes.push(Dispute {
                    outer,
                    node: node.index(),
                    marker: *marker,
                });
            }
        }
    }
}
