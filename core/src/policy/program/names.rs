//! The member names that schemas mention.

use std::sync::Arc;

/// An index into [`Names`].
pub(crate) type NameId = u32;

/// Every name once, sorted. Shared with what is found in documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Arc<[Box<str>]>);

impl Names {
    /// `sorted` has no name twice.
    pub(super) fn new(sorted: impl IntoIterator<Item = Box<str>>) -> Names {
        Names(sorted.into_iter().collect())
    }

    pub(crate) fn text(&self, id: NameId) -> &str {
        self.0.get(id as usize).map_or("", |name| name)
    }

    pub(super) fn id(&self, name: &str) -> Option<NameId> {
        self.0.binary_search_by(|own| own.as_ref().cmp(name)).ok().and_then(|index| NameId::try_from(index).ok())
    }
}

/// What tells most names apart without hashing: length, the first three and the last four bytes.
#[inline]
pub(crate) fn key(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let length = bytes.len().min(255) as u64;
    let start = bytes.iter().take(3).fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    let end = bytes.iter().rev().take(4).fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    length << 56 | start << 32 | end
}
