//! Finding the marked values of a document: one walk, one state a value, subtrees without markers
//! skipped. Beside the state, which says what may be marked (phase 1 of resolver.md), the walk
//! carries the rules that were not left out (phase 2), until nothing further down depends on a
//! condition.

use super::automaton::{Automaton, DEAD, Mark, State, StateId};
use super::decide::{Evaluator, OPAQUE, Truth};
use super::patterns::{PatternId, Patterns, ROOT};
use super::program::{Program, RuleId};
use crate::error::{Error, ErrorCode};
use crate::json::{Elements, Members, Node, Shape, Tape};
use crate::limits::Limits;
use crate::schema::marker::Marker;
use crate::schema::subject::Same;

mod applied;

/// Which values are to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// Those that the decision marks; strings that only may be marked are listed beside them.
    Decided,
    /// Every one that may be marked, at the outermost place.
    All,
    /// As [`Sought::Decided`], but within an object or array that ought to be sealed and is not,
    /// too: the envelopes of a document that is being moved.
    Present,
}

/// A value to seal, or a string that may be marked and was not decided to be. None lies within a
/// value to seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Its index on the tape.
    pub(crate) node: u32,
    /// An index into the policy's markers.
    pub(crate) marker: u32,
    /// How verdicts name the place.
    pub(crate) pattern: PatternId,
    /// Whether it is to be sealed.
    pub(crate) decided: bool,
    /// Its markers disagree (`marker` is the first): sealing refuses it.
    pub(crate) disputed: bool,
}

/// A marker within a marked value, which is not by its text the same subject's. Sealing compares
/// what both lead to.
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
    /// Strings at places that may be marked within values to seal, by tape index: sealing looks
    /// whether one is an envelope already.
    pub(crate) absorbed: Vec<u32>,
}

impl Resolution {
    /// Drops those locations that are of no use.
    pub(crate) fn keep(&mut self, is_of_use: impl Fn(&Location) -> bool) {
        if self.locations.iter().all(&is_of_use) {
            return;
        }
        let mut kept = 0;
        let numbers: Vec<Option<u32>> = self
            .locations
            .iter()
            .map(|location| {
                is_of_use(location).then(|| {
                    kept += 1;
                    kept - 1
                })
            })
            .collect();
        self.locations.retain(is_of_use);
        self.disputes.retain_mut(|dispute| {
            match numbers.get(dispute.outer as usize).copied().flatten() {
                Some(outer) => {
                    dispute.outer = outer;
                    true
                }
                None => false,
            }
        });
    }
}

/// A container whose children are being walked.
struct Frame<'a, 's> {
    children: Children<'a>,
    state: &'s State,
    pattern: PatternId,
    /// The value to seal around, and how deep that is.
    outer: Option<(u32, u32)>,
    /// It is at or below a place that may be marked, so nothing of it is read.
    hole: bool,
    /// What may be marked below is decided to be.
    plain: bool,
    /// Its rules: from here to those of the next frame.
    rules: usize,
    /// Its `unevaluated…`, likewise.
    remaining: usize,
}

enum Children<'a> {
    Members(Members<'a>, usize),
    Elements(Elements<'a>, usize),
}

/// A rule that applies to a value.
#[derive(Clone, Copy)]
struct Applied {
    rule: RuleId,
    /// In a document that conforms it passes.
    passes: bool,
}

/// The walk over one document.
struct Walk<'a, 's> {
    evaluator: Evaluator<'s>,
    stack: Vec<Frame<'a, 's>>,
    applied: Vec<Applied>,
    remaining: Vec<applied::Remaining>,
    /// Room for the branches of one keyword.
    outcomes: Vec<(RuleId, Truth)>,
    /// See [`Sought::Present`].
    passing: bool,
    found: Resolution,
}

/// What a value takes from the container around it.
#[derive(Clone, Copy)]
struct Around {
    outer: Option<(u32, u32)>,
    hole: bool,
    plain: bool,
}

/// All locations. The depth of the stack is the tape's, at most 128; nothing is allocated for a
/// single value.
///
/// # Errors
/// `limit` when the conditions of the schema take more steps than a document of that size may cost.
pub(crate) fn resolve<'a>(
    program: &'a Program,
    automaton: &'a Automaton,
    tape: &'a Tape<'a>,
    sought: Sought,
    limits: &Limits,
) -> Result<Resolution, Error> {
    let found = Resolution {
        // As many as there can be, so that the number of sealed values costs no allocation.
        locations: Vec::with_capacity(tape.values() as usize),
        patterns: Patterns::new(program.names.clone()),
        disputes: Vec::new(),
        absorbed: Vec::new(),
    };
    let steps =
        u64::from(limits.expansions) + 64 * u64::from(tape.values()) + tape.text().len() as u64;
    let mut walk = Walk {
        evaluator: Evaluator::new(program, automaton, steps),
        stack: Vec::with_capacity(tape.depth() as usize + 1),
        applied: Vec::with_capacity(64),
        remaining: Vec::new(),
        outcomes: Vec::new(),
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
    if !plain && program.leads(program.root) {
        walk.applied.push(Applied { rule: program.root, passes: true });
    }
    walk.enter(
        tape.root(),
        automaton.root,
        |_| ROOT,
        Around { outer: None, hole: false, plain },
        0,
    );
    while walk.step() {}
    if !walk.evaluator.is_within() {
        return Err(Error::new(
            ErrorCode::Limit,
            "the conditions of the schema take more steps on this document than the limit `expansions` allows",
        ));
    }
    Ok(walk.found)
}

impl<'a> Walk<'a, '_> {
    /// One child of the innermost container; false after the last of the document.
    #[inline]
    fn step(&mut self) -> bool {
        let end = self.applied.len();
        let remaining_end = self.remaining.len();
        let program = self.evaluator.program;
        let Some(frame) = self.stack.last_mut() else { return false };
        let around = Around { outer: frame.outer, hole: frame.hole, plain: frame.plain };
        let (parent, state, rules, remaining) =
            (frame.pattern, frame.state, frame.rules, frame.remaining);
        match &mut frame.children {
            Children::Members(members, position) => {
                if let Some(member) = Automaton::next_member(program, state, members, position) {
                    if !around.plain {
                        self.member(rules..end, remaining..remaining_end, &member);
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
                            self.element(
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
        self.applied.truncate(rules);
        self.remaining.truncate(remaining);
        self.stack.pop();
        true
    }

    /// A value, whose rules stand from `from` on.
    #[inline]
    fn enter(
        &mut self,
        node: Node<'a>,
        id: StateId,
        pattern: impl FnOnce(&mut Patterns) -> PatternId,
        around: Around,
        from: usize,
    ) {
        let Some(state) = self.evaluator.automaton.state(id).filter(|_| id != DEAD) else { return };
        let children = match node.shape() {
            Shape::Object if state.leads_on => Some(Children::Members(node.members(), 0)),
            Shape::Array if state.leads_on => Some(Children::Elements(node.elements(), 0)),
            _ => None,
        };
        if children.is_none() && state.mark == Mark::None {
            self.applied.truncate(from);
            return;
        }
        let hole = around.hole || state.mark != Mark::None;
        let mut plain = around.plain;
        if !plain {
            self.close(from, node, if hole { OPAQUE } else { id });
            plain = state.unconditional_below && self.applied.len() - from == state.rules as usize;
        }
        let depth = u32::try_from(self.stack.len()).unwrap_or(u32::MAX);
        let pattern = pattern(&mut self.found.patterns);
        let mut outer = around.outer;
        if state.mark != Mark::None {
            let decided = if plain {
                Some(self.evaluator.automaton.merged_of(&state.mark))
            } else {
                self.decided(from)
            };
            match (outer, decided) {
                (Some((location, above)), decided) => {
                    if node.shape() == Shape::String {
                        self.found.absorbed.push(node.index());
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
                    self.found.locations.push(Location {
                        node: node.index(),
                        marker,
                        pattern,
                        decided: true,
                        disputed,
                    });
                }
                (None, Some((marker, disputed))) => {
                    outer = u32::try_from(self.found.locations.len())
                        .ok()
                        .map(|location| (location, depth));
                    self.found.locations.push(Location {
                        node: node.index(),
                        marker,
                        pattern,
                        decided: true,
                        disputed,
                    });
                }
                (None, None) if node.shape() == Shape::String => {
                    let (marker, disputed) = self.evaluator.automaton.merged_of(&state.mark);
                    self.found.locations.push(Location {
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
                let remaining = self.remaining.len();
                self.found.patterns.enter(pattern);
                if plain {
                    self.applied.truncate(from);
                } else {
                    self.find_remaining(from, node, if hole { OPAQUE } else { id });
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
            None => self.applied.truncate(from),
        }
    }

    /// The marker that the rules from `from` on come to, and whether they disagree.
    fn decided(&self, from: usize) -> Option<(u32, bool)> {
        let rules = self.applied.get(from..).unwrap_or_default();
        let mut all =
            rules.iter().filter_map(|applied| self.evaluator.program.rule(applied.rule)?.marker);
        let first = all.next()?;
        if all.all(|other| other == first) {
            return Some((first, false));
        }
        let numbers = self.markers(from);
        match numbers.as_slice() {
            [] => None,
            [one] => Some((*one, false)),
            many => Some(self.evaluator.automaton.merge(many)),
        }
    }

    /// The numbers of their markers, each once.
    fn markers(&self, from: usize) -> Vec<u32> {
        let rules = self.applied.get(from..).unwrap_or_default();
        let mut numbers: Vec<u32> = Vec::new();
        for number in
            rules.iter().filter_map(|applied| self.evaluator.program.rule(applied.rule)?.marker)
        {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }

    /// A marker within a value to seal is absorbed if its subject is the same, and neither or both
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
                decided = self.markers(from);
                &decided
            }
            Mark::None => return,
            Mark::One(marker) => std::slice::from_ref(marker),
            Mark::Many(markers) => markers,
        };
        let markers: &[Marker] = &self.evaluator.automaton.markers;
        let marker_of = |id: u32| markers.get(id as usize);
        let Some(around) = self
            .found
            .locations
            .get(outer as usize)
            .and_then(|location| marker_of(location.marker))
        else {
            return;
        };
        for marker in inner {
            let same = marker_of(*marker)
                .is_some_and(|inner| around.absorbs(inner, depth, None) == Same::Yes);
            if !same {
                self.found.disputes.push(Dispute { outer, node: node.index(), marker: *marker });
            }
        }
    }
}
