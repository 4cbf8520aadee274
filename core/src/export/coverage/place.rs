//! Places of a listing.

use crate::ordered::OrderedMap;

/// The most places in each list of a [`Coverage`](super::Coverage).
pub const MOST_PLACES: usize = 20_000;

/// The patterns of places, each with a number, sorted by pattern. One type of map serves all lists,
/// since each further type would enlarge the evaluator module.
#[derive(Debug, Default)]
pub(super) struct Listing {
    places: OrderedMap<String, u32>,
    is_full: bool,
}

impl Listing {
    /// Adds a place unless its pattern is listed. Returns false if the list is full.
    pub(super) fn add(&mut self, pattern: &str, number: u32) -> bool {
        if !self.places.contains_key(pattern) {
            self.is_full |= self.places.len() >= MOST_PLACES;
            if self.is_full {
                return false;
            }
            self.places.insert(pattern.to_owned(), number);
        }
        true
    }

    /// Returns true if a place was omitted.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Adds a place even if the list is full.
    pub(super) fn force(&mut self, pattern: String, number: u32) {
        self.places.insert(pattern, number);
    }

    /// Returns the places, sorted by pattern.
    pub(super) fn into_places(self) -> impl Iterator<Item = (String, u32)> {
        self.places.into_iter()
    }
}
