//! One sort for all rooms. The standard library's is compiled anew for each type and comparison,
//! and those copies were a sixth of the evaluator module; this one takes its comparison at run time.

use std::cmp::Ordering;

/// Returns the positions `0..length` in the order that `compare` gives them, equal ones as they
/// were: a merge sort, with at most `length · log2(length)` comparisons for every document.
pub fn permutation(length: usize, compare: &mut dyn FnMut(u32, u32) -> Ordering) -> Vec<u32> {
    let mut from: Vec<u32> = (0..u32::try_from(length).unwrap_or(u32::MAX)).collect();
    let mut to = Vec::with_capacity(from.len());
    let mut width = 1;
    while width < from.len() {
        for pair in from.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let (Some((first, rest_left)), Some((second, rest_right))) =
                (left.split_first(), right.split_first())
            {
                if compare(*first, *second).is_gt() {
                    to.push(*second);
                    right = rest_right;
                } else {
                    to.push(*first);
                    left = rest_left;
                }
            }
            to.extend_from_slice(left);
            to.extend_from_slice(right);
        }
        std::mem::swap(&mut from, &mut to);
        to.clear();
        width *= 2;
    }
    from
}

/// Returns the pairs of positions whose values change places one after the other, so that the value
/// at each position is the one that `order` names for it.
pub fn swaps(mut order: Vec<u32>) -> Vec<(u32, u32)> {
    let mut swaps = Vec::new();
    for start in 0..u32::try_from(order.len()).unwrap_or(u32::MAX) {
        let mut at = start;
        while let Some(own) = order.get_mut(at as usize) {
            let from = std::mem::replace(own, at);
            if from == start || from == at {
                break;
            }
            swaps.push((at, from));
            at = from;
        }
    }
    swaps
}

/// Returns the same values, sorted.
pub fn sorted<T>(mut values: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let order = permutation(values.len(), &mut |a, b| match (
        values.get(a as usize),
        values.get(b as usize),
    ) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    for (one, other) in swaps(order) {
        values.swap(one as usize, other as usize);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn sorts_as_the_standard_library_does_and_keeps_equals_in_order() {
        let mut state = 1_u64;
        for length in [0, 1, 2, 3, 7, 64, 65, 1000] {
            let values: Vec<(u64, usize)> = (0..length)
                .map(|at| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    ((state >> 33) % 50, at)
                })
                .collect();
            let mut expected = values.clone();
            expected.sort_by_key(|(value, _)| *value);
            assert_eq!(sorted(values, |a, b| a.0.cmp(&b.0)), expected);
        }
    }
}
