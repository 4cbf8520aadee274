//! Caches where subject pointers lead, so that sibling values share one traversal: without it a
//! document could make every value walk the same long way again.

use crate::json::Node;

/// The places around the value looked at last, outermost first, each with the outcome of the
/// pointers that set out from it. All lie in one another, so that the cache is never longer than
/// the document is deep. Values are asked for in document order.
pub(super) struct PointerCache<O> {
    places: Vec<Place<O>>,
}

impl<O> Default for PointerCache<O> {
    fn default() -> Self {
        PointerCache { places: Vec::new() }
    }
}

struct Place<O> {
    /// The value that pointers set out from, or the array that they go along: one that ends in `#`
    /// may do both.
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

/// The elements of an array that a pointer along it came from and went to last.
#[derive(Clone, Copy)]
struct Cursor {
    from: (u32, u32),
    to: (u32, u32),
}

/// The end of a way along an array.
pub(super) struct ArrayStep<'a> {
    /// The element there, if the array is long enough.
    pub(super) target: Option<Node<'a>>,
    pub(super) position: u32,
}

impl<O: Copy> PointerCache<O> {
    /// Returns the outcome of `find` for the values that set out from `base`, which is `value` or
    /// around it; asked once for all of them.
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

    /// Returns the outcome of `find` for the element `shift` further along the array than
    /// `element`, which is `value` or around it; asked once for all values in that element. The
    /// array is walked once for all of them.
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

    /// Returns the index of a place, or where it belongs. Places that the walk has left are
    /// forgotten.
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

/// Goes along the elements of an array, from one whose position is known, while `on` says so; ends
/// at the array's end.
fn walk(array: Node<'_>, from: (u32, u32), on: impl Fn((u32, u32)) -> bool) -> (u32, u32) {
    let mut at = from;
    while at.0 < array.subtree_end() && on(at) {
        let Some(element) = array.sibling(at.0) else { break };
        at = (element.subtree_end(), at.1 + 1);
    }
    at
}
