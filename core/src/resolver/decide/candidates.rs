//! Prunes `anyOf`/`oneOf` branches that cannot match, using only an object's member names and the
//! values of some members. A pruned branch would also fail shallow and full evaluation.

use super::number::WrittenNumber;
use super::{Evaluator, NESTING, OPAQUE, Subject, Truth};
use crate::json::{Node, Shape};
use crate::resolver::automaton::{Automaton, StateId};
use crate::resolver::program::{
    BranchSet, Branches, ConstKind, FOLLOWED, Index, RequiredSet, RuleId, Values,
};

/// True if indexes are used. The evaluator build has to be small and decides the same without them.
const INDEXED: bool = cfg!(feature = "validation");

/// An iterator over the branches that remain.
pub(crate) struct Candidates<'p> {
    branches: &'p Branches,
    /// The number of the index in use.
    number: usize,
    leaves: BranchSet,
    /// The next leaf to visit or, without indexes, the next branch.
    next: usize,
    /// The first branch of the index in use.
    first: usize,
    indexed: bool,
}

impl<'p> Evaluator<'p> {
    pub(crate) fn candidates(
        &mut self,
        branches: &'p Branches,
        subject: Subject<'_>,
    ) -> Candidates<'p> {
        // Evaluation too deep in the nesting is unknown, and an index must not decide more than
        // evaluation.
        let indexed = INDEXED
            && matches!(subject, Subject::Value(node, state) if state != OPAQUE && node.shape() == Shape::Object)
            && !branches.indexes().is_empty()
            && self.nesting + 2 * FOLLOWED * FOLLOWED < NESTING;
        let mut candidates = Candidates {
            branches,
            number: 0,
            leaves: BranchSet::default(),
            next: 0,
            first: 0,
            indexed,
        };
        if let (Some(index), true) = (branches.indexes().first(), indexed) {
            candidates.leaves = self.look(index, subject);
        }
        candidates
    }

    /// Returns the next remaining branch. `subject` must be the one given to `candidates`.
    pub(crate) fn next_of(
        &mut self,
        candidates: &mut Candidates<'p>,
        subject: Subject<'_>,
    ) -> Option<RuleId> {
        if !(INDEXED && candidates.indexed) {
            candidates.next += 1;
            return candidates.branches.get(candidates.next - 1).copied();
        }
        loop {
            let index = candidates.branches.indexes().get(candidates.number)?;
            if let Some(leaf) = candidates.leaves.next(candidates.next) {
                let branch = index.branch_of(leaf);
                // The other leaves of this branch add nothing.
                candidates.next = leaf + 1;
                while candidates
                    .leaves
                    .next(candidates.next)
                    .is_some_and(|next| index.branch_of(next) == branch)
                {
                    candidates.next += 1;
                }
                return candidates.branches.get(candidates.first + branch).copied();
            }
            candidates.first += index.branches;
            candidates.number += 1;
            candidates.next = 0;
            if let Some(index) = candidates.branches.indexes().get(candidates.number) {
                candidates.leaves = self.look(index, subject);
            }
        }
    }

    fn look(&mut self, index: &Index, subject: Subject<'_>) -> BranchSet {
        let mut leaves = index.start();
        let Subject::Value(node, state) = subject else { return leaves };
        let mut seen = RequiredSet::none();
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
        // Few leaves remain after the values, so this checks each leaf for missing names instead of
        // removing leaves by each absent name.
        let mut next = 0;
        while let Some(leaf) = leaves.next(next) {
            if !index.has_all(leaf, &seen) {
                leaves.take(leaf);
            }
            next = leaf + 1;
        }
        leaves
    }

    /// Prunes leaves by the value of a member. A value that may be marked is not read.
    fn look_at(&mut self, values: &Values, node: Node<'_>, state: StateId, leaves: &mut BranchSet) {
        if state == OPAQUE {
            return;
        }
        let mut left = BranchSet::default();
        match (node.shape(), node.as_bool()) {
            (Shape::Null, _) => return leaves.keep(values.kind(ConstKind::Null)),
            (Shape::Bool, Some(true)) => return leaves.keep(values.kind(ConstKind::True)),
            (Shape::Bool, _) => return leaves.keep(values.kind(ConstKind::False)),
            (Shape::Array, _) => return leaves.keep(values.kind(ConstKind::Array)),
            (Shape::Object, _) => return leaves.keep(values.kind(ConstKind::Object)),
            (Shape::String, _) => {
                left.add(values.kind(ConstKind::String));
                self.spend(node.raw().len() / 16);
                if let Some(more) = node.as_str().and_then(|text| values.string(&text)) {
                    left.add(more);
                }
            }
            (Shape::Number, _) => {
                left.add(values.kind(ConstKind::Number));
                self.spend(values.numbers.len());
                for (number, more) in &values.numbers {
                    if WrittenNumber::read(node.raw()).equals(number) != Truth::Fail {
                        left.add(more);
                    }
                }
            }
        }
        leaves.meet(&left);
    }
}
