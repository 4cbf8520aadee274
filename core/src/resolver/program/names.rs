//! The member names that schemas mention.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use crate::json::Name;

/// An index into [`Names`].
pub(crate) type NameId = u32;

/// All names, each once and sorted. Shared with the locations found in documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Arc<Spellings>);

/// The names in one text, so that they occupy few cache lines.
#[derive(Debug, Default)]
struct Spellings {
    text: String,
    /// The start of each name, and the end of the last.
    starts: Vec<u32>,
    /// Those that stand in a JSON Pointer and in a JSON string as they are.
    plain: Vec<bool>,
}

impl Spellings {
    #[inline]
    fn place(&self, id: NameId) -> Option<Range<usize>> {
        let [start, end] = self.starts.get(id as usize..)?.first_chunk()?;
        Some(*start as usize..*end as usize)
    }
}

impl Names {
    /// Returns true if both are the names of one policy.
    pub(crate) fn is_same(&self, other: &Names) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Creates the names from a sorted iterator without duplicates.
    pub(super) fn new<'s>(sorted: impl IntoIterator<Item = &'s str>) -> Names {
        let mut spellings = Spellings { text: String::new(), starts: vec![0], plain: Vec::new() };
        for name in sorted {
            spellings.text.push_str(name);
            spellings.starts.push(u32::try_from(spellings.text.len()).unwrap_or(u32::MAX));
            let is_escaped = |byte| byte < 0x20 || matches!(byte, b'"' | b'\\' | b'~' | b'/');
            spellings.plain.push(!name.bytes().any(is_escaped));
        }
        Names(Arc::new(spellings))
    }

    /// Returns true for a name that stands in a JSON Pointer and in a JSON string as it is.
    pub(crate) fn is_plain(&self, id: NameId) -> bool {
        self.0.plain.get(id as usize).copied().unwrap_or_default()
    }

    #[inline]
    pub(crate) fn text(&self, id: NameId) -> &str {
        self.0.place(id).and_then(|place| self.0.text.get(place)).unwrap_or_default()
    }

    /// Returns true if the id denotes this name, whose key must be equal. Up to seven bytes the key
    /// alone decides.
    #[cfg_attr(feature = "validation", inline(always))]
    pub(crate) fn is(&self, id: NameId, key: u64, name: Name<'_>) -> bool {
        key >> 56 <= 7
            || self
                .0
                .place(id)
                .and_then(|place| self.0.text.as_bytes().get(place))
                .is_some_and(|own| name.is(own))
    }

    pub(crate) fn id(&self, name: &str) -> Option<NameId> {
        let (mut from, mut to) = (0, self.0.starts.len().saturating_sub(1));
        while from < to {
            let middle = from.midpoint(to);
            let id = NameId::try_from(middle).ok()?;
            match self.text(id).cmp(name) {
                Ordering::Equal => return Some(id),
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
            }
        }
        None
    }
}

/// Returns a key that distinguishes most names without hashing.
#[inline]
pub(crate) fn key(name: &str) -> u64 {
    fieldseal_json::key(name.as_bytes())
}

/// Positions of names in a list, by key: a lookup takes one step instead of seven.
///
/// Empty for short lists and for lists whose keys collide too often; these are searched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(Box<[u16]>);

impl Places {
    /// The least length of a list for which places are faster than a search.
    const LEAST: usize = 5;

    /// The greatest distance of a name from its first place.
    const FAR: usize = 16;

    pub(crate) fn of(keys: &[u64]) -> Places {
        let count = keys.len();
        if !(Self::LEAST..usize::from(u16::MAX)).contains(&count) {
            return Places::default();
        }
        let mut places = vec![0u16; (2 * count).next_power_of_two()];
        let mask = places.len() - 1;
        for (key, number) in keys.iter().zip(1u16..) {
            let first = Self::first(*key);
            let free = (first..first + Self::FAR).find(|at| places.get(at & mask) == Some(&0));
            match free.and_then(|at| places.get_mut(at & mask)) {
                Some(place) => *place = number,
                None => return Places::default(),
            }
        }
        Places(places.into())
    }

    #[inline]
    fn first(key: u64) -> usize {
        // The upper bits depend on the whole key. The greatest mask needs 17 of them.
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 47) as usize
    }

    /// Returns the position of a name in the list, which is sorted by key.
    #[cfg_attr(feature = "validation", inline(always))]
    pub(crate) fn find<T>(
        &self,
        list: &[T],
        key: u64,
        key_of: impl Fn(&T) -> u64,
        is_it: impl Fn(&T) -> bool,
    ) -> Option<usize> {
        if self.0.is_empty() {
            let mut at = if list.len() < Self::LEAST {
                0
            } else {
                list.partition_point(|own| key_of(own) < key)
            };
            while let Some(own) = list.get(at).filter(|own| key_of(own) <= key) {
                if key_of(own) == key && is_it(own) {
                    return Some(at);
                }
                at += 1;
            }
            return None;
        }
        let mask = self.0.len() - 1;
        let mut place = Self::first(key);
        loop {
            let at = usize::from(*self.0.get(place & mask)?).checked_sub(1)?;
            if list.get(at).is_some_and(|own| key_of(own) == key && is_it(own)) {
                return Some(at);
            }
            place += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tests lists of every length, which contain names of equal keys that differ only in their
    /// texts.
    #[test]
    fn places_find_what_is_listed_and_nothing_else() {
        for count in 0..200 {
            let alike = |number: usize| format!("same{}{number:04}same", "x".repeat(number / 20));
            let mut list: Vec<String> = (0..count)
                .map(
                    |number| {
                        if number % 7 == 0 { alike(number) } else { format!("{:x}", number * 77) }
                    },
                )
                .collect();
            list.sort_by_key(|name| key(name));
            let places = Places::of(&list.iter().map(|name| key(name)).collect::<Vec<_>>());
            let find =
                |name: &str| places.find(&list, key(name), |own| key(own), |own| own == name);
            for (at, name) in list.iter().enumerate() {
                assert_eq!(find(name), Some(at), "{name}");
            }
            for name in ["", "a", "absent", "same0000sama", "same9999same"] {
                assert_eq!(find(name), None, "{name}");
            }
        }
        assert!(Places::of(&[7; 40]).0.is_empty(), "what is all alike is searched");
    }

    #[test]
    fn a_key_tells_short_names_apart_wholly() {
        let names =
            ["", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abdcefg", "gfedcba"];
        for (at, name) in names.iter().enumerate() {
            assert_eq!(names.iter().position(|own| key(own) == key(name)), Some(at));
        }
        assert_eq!(key("abc1defg"), key("abc2defg"));
    }
}
