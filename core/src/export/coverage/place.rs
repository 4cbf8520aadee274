//! Places of a listing.

/// The most places in each list of a [`Coverage`].
pub const MOST_PLACES: usize = 20_000;

/// A pattern of places, and its subject. Ordered by pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place<T> {
    pub(super) pattern: String,
    pub(super) of: T,
}
