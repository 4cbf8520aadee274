//! The branches of `anyOf` and `oneOf`, with what tells many of them apart at once.

use std::ops::Deref;

use serde_json::{Number, Value};

use super::{NameId, Places, RuleId, key};

/// Bits of one word.
const WORD: usize = u64::BITS as usize;

/// So many leaves has an index at most: its sets stand on the stack.
pub(super) const LEAVES: usize = 512;

/// So many names are looked for because a leaf requires them; what is required beyond them tells
/// nothing.
pub(super) const NEEDED: usize = 512;

/// The branches of one keyword.
#[derive(Clone, Debug, Default)]
pub(crate) struct Branches {
    pub(super) rules: Box<[RuleId]>,
    /// Each for the branches after those of the one before it; none where the branches are few.
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

/// Sets of one size, one after the other in one piece of memory: a look at an object reads many of
/// them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    words: usize,
    all: Box<[u64]>,
}

impl Sets {
    /// Sets of so many words.
    pub(super) fn of(words: usize, all: Vec<u64>) -> Sets {
        Sets { words, all: all.into() }
    }

    /// By its number.
    #[inline]
    pub(super) fn set(&self, number: usize) -> &[u64] {
        let first = number * self.words;
        self.all.get(first..first + self.words).unwrap_or_default()
    }
}

/// A set of leaves on the stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BranchSet([u64; LEAVES / WORD]);

impl BranchSet {
    /// The first `count`.
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

    /// Only what is in `kept` too, which holds as many words as the index needs.
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

    /// The first leaf from `from` on.
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

/// What a value can be told by first, a position each in [`Values::kinds`].
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

/// Which leaves of some branches a look at an object's members leaves over. A leaf is a branch, or
/// one of the branches within it together with what is around that; it is removed only if a shallow
/// at it would fail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// How many branches it is about.
    pub(crate) branches: usize,
    /// By leaf: the branch, counted from the index's first. Ascending.
    pub(super) branch_of: Box<[u32]>,
    /// Sorted by key.
    pub(super) names: Box<[Named]>,
    /// Of the names.
    pub(super) places: Places,
    /// BranchSet that some object can pass.
    pub(super) start: BranchSet,
    /// By name: the leaves that allow it; last those that allow a name which is not listed here.
    pub(super) allowed: Sets,
    /// How many names are required.
    pub(super) needs: usize,
    /// By leaf: the numbers of the names that it requires.
    pub(super) needed: Sets,
}

/// A name that tells leaves apart.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(super) key: u64,
    pub(crate) name: NameId,
    /// Its number among the required.
    pub(crate) needed: Option<u16>,
    pub(crate) values: Option<Box<Values>>,
}

/// The leaves that a member's value leaves over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// By [`ConstKind`], of strings and numbers, whatever they are; then those that only some strings
    /// leave over besides.
    pub(super) sets: Sets,
    /// Sorted, by key first: most are told apart without a look at their texts.
    pub(super) strings: Box<[(u64, Box<str>)]>,
    /// The same for numbers.
    pub(crate) numbers: Box<[(Number, Box<[u64]>)]>,
}

impl Index {
    pub(crate) fn start(&self) -> BranchSet {
        self.start
    }

    pub(crate) fn branch_of(&self, leaf: usize) -> usize {
        self.branch_of.get(leaf).map_or(0, |branch| *branch as usize)
    }

    /// How many names its leaves require.
    pub(crate) fn needs(&self) -> usize {
        self.needs
    }

    /// By leaf: whether all that it requires was seen.
    #[inline]
    pub(crate) fn has_all(&self, leaf: usize, seen: &RequiredSet) -> bool {
        self.needed.set(leaf).iter().zip(&seen.0).all(|(needed, seen)| needed & !seen == 0)
    }

    /// The name, if it tells anything, and the leaves that allow it.
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

    /// The leaves that admit this string and not every one.
    pub(crate) fn string(&self, text: &str) -> Option<&[u64]> {
        let key = key(text);
        let at = self
            .strings
            .binary_search_by(|own| own.0.cmp(&key).then_with(|| own.1.as_ref().cmp(text)))
            .ok()?;
        Some(self.sets.set(ConstKind::ALL.len() + at))
    }
}

/// Which required names an object has.
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
