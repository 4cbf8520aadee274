//! The maps and sets against those of the standard library.

use std::collections::BTreeMap;

use super::*;

#[test]
fn a_map_does_as_the_tree_of_the_standard_library_does() {
    let mut state = 1_u64;
    for (count, range) in [(0, 1), (1, 1), (40, 20), (5000, 900), (5000, 1 << 30)] {
        let (mut map, mut tree) = (OrderedMap::new(), BTreeMap::new());
        for value in 0..count {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let key = (state >> 33) % range;
            if value % 3 == 0 {
                let expected = *tree.entry(key).or_insert(value);
                assert_eq!(map.or_insert(key, value), expected);
            } else {
                assert_eq!(map.insert(key, value), tree.insert(key, value));
            }
            let other = state % range;
            let kept = map.or_make(other, || if value % 2 == 0 { Ok(value) } else { Err(()) });
            let known = tree.contains_key(&other);
            if known || value % 2 == 0 {
                assert_eq!(kept, Ok(Some(&*tree.entry(other).or_insert(value))));
            } else {
                assert_eq!(kept, Err(()));
            }
            assert_eq!(map.get(&other), tree.get(&other));
            assert_eq!(map.get_mut(&other), tree.get_mut(&other));
            assert_eq!(map.contains_key(&other), tree.contains_key(&other));
        }
        assert_eq!((map.len(), map.is_empty()), (tree.len(), tree.is_empty()));
        assert!(map.iter().eq(tree.iter()));
        assert!(map.clone().into_iter().eq(tree.clone()));
        while let Some((key, value)) = tree.pop_first() {
            assert_eq!(map.first(), Some(&(key, value)));
            assert_eq!(map.pop_first(), Some((key, value)));
            if let Some(other) = tree.keys().nth(value as usize % 7).copied() {
                assert_eq!(
                    map.entry(&other).copied(),
                    tree.get_key_value(&other).map(|(key, value)| (*key, *value))
                );
                assert_eq!(map.remove(&other), tree.remove_entry(&other));
                assert_eq!(map.remove(&other), None);
            }
            if key % 5 == 0 && tree.len() % 11 == 0 {
                map.retain(|key, _| key % 3 > 0);
                tree.retain(|key, _| *key % 3 > 0);
                assert!(map.iter().eq(tree.iter()));
            }
        }
        assert_eq!((map.pop_first(), map.len()), (None, 0));
        map.insert(0, 1);
        map.clear();
        assert_eq!((map.get(&0), map.iter().count()), (None, 0));
    }
}

#[test]
fn a_set_keeps_each_value_once_and_in_order() {
    let mut set = OrderedSet::default();
    set.extend((0..2000).chain(0..1000).map(|value| value * 5 % 1001));
    assert!(set.iter().copied().eq(0..1001));
    assert!(!set.insert(5) && set.insert(-1) && set.contains(&-1) && !set.contains(&-2));
    assert_eq!((set.iter().next(), set.is_empty()), (Some(&-1), false));
}
