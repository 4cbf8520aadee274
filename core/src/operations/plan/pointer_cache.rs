//! Caches where subject pointers lead, so that sibling values share one traversal. Without the
//! cache, a document could make every value repeat the same long traversal.

use crate::json::Node;

/// The places around the latest value, outermost first, each with the result of the pointers that
/// start there. The places contain one another, so the cache is at most as long as the document is
/// deep. Values must be requested in document order.
pub(super) struct PointerCache<O> {
    places: Vec<Place<O>>,
}

impl<O> Default for PointerCache<O> {
    fn default() -> Self {
        PointerCache { places: Vec::new() }
    }
}

struct Place<O> {
    /// The value from which pointers start, or the array along which they step. A place can be both
    /// for pointers that end in `#`.
    node: (u32, Traversal),
    end: u32,
    cursor: Cursor,
    outcome: O,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Traversal {
    From,
    Along,
}

/// The elements of an array from which a pointer along it last started, and at which it ended.
#[derive(Clone, Copy)]
struct Cursor {
    from: (u32, u32),
    to: (u32, u32),
}

/// The result of a step along an array.
pub(super) struct ArrayStep<'a> {
    /// The element at the position, if the array is long enough.
    pub(super) target: Option<Node<'a>>,
    pub(super) position: u32,
}

impl<O> PointerCache<O> {
    /// Forgets all places.
    pub(super) fn clear(&mut self) {
        self.places.clear();
    }
}

impl<O: Copy> PointerCache<O> {
    /// Returns the result of `find` for pointers that start from `base`, which is `value` or
    /// contains it. `find` is called once for all of them.
    pub(super) fn once<'a>(
        &mut self,
        base: Node<'a>,
        value: Node<'a>,
        find: impl FnOnce(Node<'a>) -> O,
    ) -> O {
        match self.place(base, Traversal::From, value) {
            Ok(at) => self.places.get(at).map_or_else(|| find(base), |place| place.outcome),
            Err(at) => {
                let outcome = find(base);
                let nowhere = (0, 0);
                self.places.insert(
                    at,
                    Place {
                        node: (base.index(), Traversal::From),
                        end: base.subtree_end(),
                        cursor: Cursor { from: nowhere, to: nowhere },
                        outcome,
                    },
                );
                outcome
            }
        }
    }

    /// Returns the result of `find` for the element `shift` positions after `element`, which is
    /// `value` or contains it. `find` is called once for all values in that element, and the array
    /// is walked once for all elements.
    pub(super) fn along<'a>(
        &mut self,
        element: Node<'a>,
        shift: i64,
        value: Node<'a>,
        find: impl FnOnce(ArrayStep<'a>) -> O,
    ) -> O {
        let Some(array) = element.parent() else {
            return find(ArrayStep { target: None, position: 0 });
        };
        let known = self.place(array, Traversal::Along, value);
        let start = (array.index() + 1, 0);
        let before = match known.ok().and_then(|at| self.places.get(at)) {
            Some(place) if place.cursor.from.0 == element.index() => return place.outcome,
            Some(place) => place.cursor,
            None => Cursor { from: start, to: start },
        };
        let from = walk(array, before.from, |(node, _)| node < element.index());
        let wanted = i64::from(from.1).saturating_add(shift);
        let to = walk(array, before.to, |(_, position)| i64::from(position) < wanted);
        let there = i64::from(to.1) == wanted && to.0 < array.subtree_end();
        let position = to.1;
        let outcome =
            find(ArrayStep { target: if there { array.sibling(to.0) } else { None }, position });
        let place = Place {
            node: (array.index(), Traversal::Along),
            end: array.subtree_end(),
            cursor: Cursor { from, to },
            outcome,
        };
        match known {
            Ok(at) => {
                if let Some(slot) = self.places.get_mut(at) {
                    *slot = place;
                }
            }
            Err(at) => self.places.insert(at, place),
        }
        outcome
    }

    /// Returns the index of a place, or else the index at which to insert it. Forgets the places
    /// that the values have left.
    fn place(
        &mut self,
        base: Node<'_>,
        traversal: Traversal,
        value: Node<'_>,
    ) -> Result<usize, usize> {
        while self.places.last().is_some_and(|place| place.end <= value.index()) {
            self.places.pop();
        }
        self.places.binary_search_by_key(&(base.index(), traversal), |place| place.node)
    }
}

/// Steps along the elements of an array while `on` is true, from an element whose position is
/// known. Stops at the end of the array.
fn walk(array: Node<'_>, from: (u32, u32), on: impl Fn((u32, u32)) -> bool) -> (u32, u32) {
    let mut at = from;
    while at.0 < array.subtree_end() && on(at) {
        let Some(element) = array.sibling(at.0) else { break };
        at = (element.subtree_end(), at.1 + 1);
    }
    at
}
