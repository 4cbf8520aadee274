//! Which branches of `anyOf` or `oneOf` a look at the members of an object leaves over: those at
//! which a glance may not fail. What is removed would fail whoever asks, at a glance as judged
//! whole, so only the others are tested.

use super::number::Decimal;
use super::{HOLE, Judge, NESTING, Subject, Tri};
use crate::json::{Node, Shape};
use crate::resolver::automaton::{Automaton, StateId};
use crate::resolver::program::{Branches, FOLLOWED, Index, Leaves, RuleId, Seen, Sight, Values};

/// The lite build, which must be small, decides the same without.
const INDEXED: bool = cfg!(feature = "validation");

/// A walk over the branches that are left.
pub(crate) struct Survivors<'p> {
    branches: &'p Branches,
    /// Of the index in use.
    number: usize,
    leaves: Leaves,
    /// The first leaf or, without indexes, the first branch that is not looked at yet.
    next: usize,
    /// The branch that the index in use begins with.
    first: usize,
    indexed: bool,
}

impl<'p> Judge<'p> {
    pub(crate) fn survivors(
        &mut self,
        branches: &'p Branches,
        subject: Subject<'_>,
    ) -> Survivors<'p> {
        // What is nested too deeply is unknown to a test: an index must not know more.
        let indexed = INDEXED
            && matches!(subject, Subject::Value(node, state) if state != HOLE && node.shape() == Shape::Object)
            && !branches.indexes().is_empty()
            && self.nesting + 2 * FOLLOWED * FOLLOWED < NESTING;
        let mut survivors = Survivors {
            branches,
            number: 0,
            leaves: Leaves::default(),
            next: 0,
            first: 0,
            indexed,
        };
        if let (Some(index), true) = (branches.indexes().first(), indexed) {
            survivors.leaves = self.look(index, subject);
        }
        survivors
    }

    /// The next branch, of the same subject.
    pub(crate) fn next_of(
        &mut self,
        survivors: &mut Survivors<'p>,
        subject: Subject<'_>,
    ) -> Option<RuleId> {
        if !(INDEXED && survivors.indexed) {
            survivors.next += 1;
            return survivors.branches.get(survivors.next - 1).copied();
        }
        loop {
            let index = survivors.branches.indexes().get(survivors.number)?;
            if let Some(leaf) = survivors.leaves.next(survivors.next) {
                let branch = index.branch_of(leaf);
                // The other leaves of this branch say nothing more.
                survivors.next = leaf + 1;
                while survivors
                    .leaves
                    .next(survivors.next)
                    .is_some_and(|next| index.branch_of(next) == branch)
                {
                    survivors.next += 1;
                }
                return survivors.branches.get(survivors.first + branch).copied();
            }
            survivors.first += index.branches;
            survivors.number += 1;
            survivors.next = 0;
            if let Some(index) = survivors.branches.indexes().get(survivors.number) {
                survivors.leaves = self.look(index, subject);
            }
        }
    }

    fn look(&mut self, index: &Index, subject: Subject<'_>) -> Leaves {
        let mut leaves = index.start();
        let Subject::Value(node, state) = subject else { return leaves };
        let mut seen = Seen::none();
        let own = self.automaton.state(state);
        self.spend(1 + 2 * node.len() as usize + index.needs());
        for (name, value) in node.members() {
            let key = name.key();
            let (named, allowing) = index.named(key, |id| self.program.names.is(id, key, name));
            leaves.keep(allowing);
            let Some(named) = named else { continue };
            if let Some(number) = named.needed {
                seen.insert(number.into());
            }
            if let Some(values) = &named.values {
                let below = own.map_or(state, |own| {
                    self.below(Automaton::named(self.program, own, named.name))
                });
                self.look_at(values, value, below, &mut leaves);
            }
        }
        // What the values leave over is little, so it is asked what each leaf lacks, not who lacks
        // each name.
        let mut next = 0;
        while let Some(leaf) = leaves.next(next) {
            if !index.has_all(leaf, &seen) {
                leaves.take(leaf);
            }
            next = leaf + 1;
        }
        leaves
    }

    /// A value that may be marked is not read.
    fn look_at(&mut self, values: &Values, node: Node<'_>, state: StateId, leaves: &mut Leaves) {
        if state == HOLE {
            return;
        }
        let mut left = Leaves::default();
        match (node.shape(), node.as_bool()) {
            (Shape::Null, _) => return leaves.keep(values.kind(Sight::Null)),
            (Shape::Bool, Some(true)) => return leaves.keep(values.kind(Sight::True)),
            (Shape::Bool, _) => return leaves.keep(values.kind(Sight::False)),
            (Shape::Array, _) => return leaves.keep(values.kind(Sight::Array)),
            (Shape::Object, _) => return leaves.keep(values.kind(Sight::Object)),
            (Shape::String, _) => {
                left.add(values.kind(Sight::String));
                self.spend(node.raw().len() / 16);
                if let Some(more) = node.as_str().and_then(|text| values.string(&text)) {
                    left.add(more);
                }
            }
            (Shape::Number, _) => {
                left.add(values.kind(Sight::Number));
                self.spend(values.numbers.len());
                for (number, more) in &values.numbers {
                    if Decimal::read(node.raw()).equals(number) != Tri::Fail {
                        left.add(more);
                    }
                }
            }
        }
        leaves.meet(&left);
    }
}
