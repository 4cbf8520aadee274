//! The branches of `anyOf` and `oneOf`, with indexes that prune many of them at once.

use std::ops::Deref;

use serde_json::{Number, Value};

use super::{NameId, Places, RuleId, key};

/// Number of bits in one word.
const WORD: usize = u64::BITS as usize;

/// The greatest number of leaves of an index, whose sets are stored on the stack.
pub(super) const LEAVES: usize = 512;

/// The greatest number of required names in an index. Further required names prune nothing.
pub(super) const NEEDED: usize = 512;

/// The branches of one keyword.
#[derive(Clone, Debug, Default)]
pub(crate) struct Branches {
    pub(super) rules: Box<[RuleId]>,
    /// Indexes of consecutive groups of branches; empty if the branches are few.
    pub(super) indexes: Box<[Index]>,
}

impl From<Vec<RuleId>> for Branches {
    fn from(rules: Vec<RuleId>) -> Self {
        Branches { rules: rules.into(), indexes: Box::default() }
    }
}

impl Deref for Branches {
    type Target = [RuleId];

    fn deref(&self) -> &[RuleId] {
        &self.rules
    }
}

impl Branches {
    pub(crate) fn indexes(&self) -> &[Index] {
        &self.indexes
    }
}

/// Sets of equal size in one block of memory, since pruning reads many of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    words: usize,
    all: Box<[u64]>,
}

impl Sets {
    /// Wraps sets of `words` words each.
    pub(super) fn of(words: usize, all: Vec<u64>) -> Sets {
        Sets { words, all: all.into() }
    }

    /// Returns the set with this number.
    #[inline]
    pub(super) fn set(&self, number: usize) -> &[u64] {
        let first = number * self.words;
        self.all.get(first..first + self.words).unwrap_or_default()
    }
}

/// A set of leaves, stored on the stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BranchSet([u64; LEAVES / WORD]);

impl BranchSet {
    /// Returns the set of the first `count` leaves.
    pub(crate) fn first(count: usize) -> BranchSet {
        let mut leaves = BranchSet([0; LEAVES / WORD]);
        (0..count).for_each(|leaf| leaves.insert(leaf));
        leaves
    }

    pub(super) fn insert(&mut self, leaf: usize) {
        if let Some(word) = self.0.get_mut(leaf / WORD) {
            *word |= 1 << (leaf % WORD);
        }
    }

    pub(crate) fn take(&mut self, leaf: usize) {
        if let Some(word) = self.0.get_mut(leaf / WORD) {
            *word &= !(1 << (leaf % WORD));
        }
    }

    /// Keeps only the leaves that are also in `kept`, which has as many words as the index needs.
    #[inline]
    pub(crate) fn keep(&mut self, kept: &[u64]) {
        self.0.iter_mut().zip(kept).for_each(|(word, kept)| *word &= kept);
    }

    #[inline]
    pub(crate) fn meet(&mut self, other: &BranchSet) {
        self.keep(&other.0);
    }

    #[inline]
    pub(crate) fn add(&mut self, added: &[u64]) {
        self.0.iter_mut().zip(added).for_each(|(word, added)| *word |= added);
    }

    /// Returns the first leaf at or after `from`.
    pub(crate) fn next(&self, from: usize) -> Option<usize> {
        let mut mask = u64::MAX << (from % WORD);
        for (at, word) in self.0.iter().enumerate().skip(from / WORD) {
            let word = word & mask;
            if word != 0 {
                return Some(at * WORD + word.trailing_zeros() as usize);
            }
            mask = u64::MAX;
        }
        None
    }

    pub(super) fn words(&self, count: usize) -> &[u64] {
        self.0.get(..count.div_ceil(WORD)).unwrap_or(&self.0)
    }
}

/// The kinds of values that are distinguished first, each a position in [`Values::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ConstKind {
    Null = 0,
    False = 1,
    True = 2,
    Number = 3,
    String = 4,
    Array = 5,
    Object = 6,
}

impl ConstKind {
    pub(super) const ALL: [ConstKind; 7] = [
        ConstKind::Null,
        ConstKind::False,
        ConstKind::True,
        ConstKind::Number,
        ConstKind::String,
        ConstKind::Array,
        ConstKind::Object,
    ];

    pub(super) fn of(value: &Value) -> ConstKind {
        match value {
            Value::Null => ConstKind::Null,
            Value::Bool(false) => ConstKind::False,
            Value::Bool(true) => ConstKind::True,
            Value::Number(_) => ConstKind::Number,
            Value::String(_) => ConstKind::String,
            Value::Array(_) => ConstKind::Array,
            Value::Object(_) => ConstKind::Object,
        }
    }
}

/// A discriminator index: finds the leaves of a group of branches that an object may match.
///
/// A leaf is a branch, or one of the branches within it together with the schemas around them. A
/// leaf is removed only if its shallow evaluation would fail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// Number of branches in the group.
    pub(crate) branches: usize,
    /// By leaf: its branch, counted from the first of the group, ascending.
    pub(super) branch_of: Box<[u32]>,
    /// The names that distinguish leaves, sorted by key.
    pub(super) names: Box<[Named]>,
    /// An index of the names by key.
    pub(super) places: Places,
    /// The leaves that some object can match.
    pub(super) start: BranchSet,
    /// By name: the leaves that allow it. The last set holds the leaves that allow a name that is
    /// not listed.
    pub(super) allowed: Sets,
    /// Number of required names.
    pub(super) needs: usize,
    /// By leaf: the numbers of the names that it requires.
    pub(super) needed: Sets,
}

/// A name that distinguishes leaves.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(super) key: u64,
    pub(crate) name: NameId,
    /// Its number among the required names.
    pub(crate) needed: Option<u16>,
    pub(crate) values: Option<Box<Values>>,
}

/// The leaves that may match, by the value of a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// First a set for each [`ConstKind`]: the leaves that admit values of this kind, for strings
    /// and numbers those that admit every one. Then a set for each listed string.
    pub(super) sets: Sets,
    /// The listed strings, sorted by key first, so that most are distinguished without reading
    /// their texts.
    pub(super) strings: Box<[(u64, Box<str>)]>,
    /// The listed numbers, each with the leaves that list it.
    pub(crate) numbers: Box<[(Number, Box<[u64]>)]>,
}

impl Index {
    pub(crate) fn start(&self) -> BranchSet {
        self.start
    }

    pub(crate) fn branch_of(&self, leaf: usize) -> usize {
        self.branch_of.get(leaf).map_or(0, |branch| *branch as usize)
    }

    /// Returns the number of names that the leaves require.
    pub(crate) fn needs(&self) -> usize {
        self.needs
    }

    /// Returns true if all names that the leaf requires were seen.
    #[inline]
    pub(crate) fn has_all(&self, leaf: usize, seen: &RequiredSet) -> bool {
        self.needed.set(leaf).iter().zip(&seen.0).all(|(needed, seen)| needed & !seen == 0)
    }

    /// Returns the name, if it distinguishes leaves, and the leaves that allow it.
    #[inline]
    pub(crate) fn named(
        &self,
        key: u64,
        is_name: impl Fn(NameId) -> bool,
    ) -> (Option<&Named>, &[u64]) {
        let at = self.places.find(&self.names, key, |own| own.key, |own| is_name(own.name));
        (at.and_then(|at| self.names.get(at)), self.allowed.set(at.unwrap_or(self.names.len())))
    }
}

impl Values {
    #[inline]
    pub(crate) fn kind(&self, sight: ConstKind) -> &[u64] {
        self.sets.set(sight as usize)
    }

    /// Returns the leaves that admit this string because they list it.
    pub(crate) fn string(&self, text: &str) -> Option<&[u64]> {
        let key = key(text);
        let at = self
            .strings
            .binary_search_by(|own| own.0.cmp(&key).then_with(|| own.1.as_ref().cmp(text)))
            .ok()?;
        Some(self.sets.set(ConstKind::ALL.len() + at))
    }
}

/// The required names that an object has.
#[derive(Clone, Copy)]
pub(crate) struct RequiredSet([u64; NEEDED / WORD]);

impl RequiredSet {
    pub(crate) fn none() -> RequiredSet {
        RequiredSet([0; NEEDED / WORD])
    }

    #[inline]
    pub(crate) fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / WORD) {
            *word |= 1 << (number % WORD);
        }
    }
}
