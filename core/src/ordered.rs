//! Ordered maps and sets that are small in compiled code.
//!
//! `std`'s trees are compiled anew for every type of key and value, 3 KB each. Here the search and
//! the order are compiled once for all of them.

use std::borrow::Borrow;
use std::cmp::Ordering;

use fieldseal_json::sort::swaps;

/// The order of entries, as their numbers, in lists of at most [`MOST`]. Most maps stay small, so the
/// first list stands apart.
#[derive(Clone, Debug, Default)]
struct Order {
    first: Vec<u32>,
    /// None of them is empty.
    others: Vec<Vec<u32>>,
}

/// Moving this many numbers takes less time than a search.
const MOST: usize = 256;

/// A list and a position in it.
type Place = (usize, usize);

impl Order {
    const fn new() -> Self {
        Order { first: Vec::new(), others: Vec::new() }
    }

    fn list(&self, at: usize) -> &[u32] {
        match at.checked_sub(1) {
            None => &self.first,
            Some(other) => self.others.get(other).map(Vec::as_slice).unwrap_or_default(),
        }
    }

    fn list_mut(&mut self, at: usize) -> Option<&mut Vec<u32>> {
        match at.checked_sub(1) {
            None => Some(&mut self.first),
            Some(other) => self.others.get_mut(other),
        }
    }

    /// Returns the place of the entry that is equal, or the place of a new one. `compare` compares
    /// an entry with the key that is searched.
    #[inline(never)]
    fn find(&self, compare: &mut dyn FnMut(u32) -> Ordering) -> Result<Place, Place> {
        let at = self.others.partition_point(|list| {
            list.first().is_some_and(|number| compare(*number) != Ordering::Greater)
        });
        match self.list(at).binary_search_by(|number| compare(*number)) {
            Ok(place) => Ok((at, place)),
            Err(place) => Err((at, place)),
        }
    }

    #[inline(never)]
    fn insert(&mut self, (at, place): Place, number: u32) {
        let Some(list) = self.list_mut(at) else { return };
        list.insert(place, number);
        if list.len() > MOST {
            let upper = list.split_off(MOST / 2);
            self.others.insert(at, upper);
        }
    }

    /// Returns the place after all entries.
    fn end(&self) -> Place {
        let last = self.others.len();
        (last, self.list(last).len())
    }

    fn get(&self, (at, place): Place) -> Option<u32> {
        self.list(at).get(place).copied()
    }

    fn set(&mut self, (at, place): Place, number: u32) {
        if let Some(own) = self.list_mut(at).and_then(|list| list.get_mut(place)) {
            *own = number;
        }
    }

    #[inline(never)]
    fn remove(&mut self, (at, place): Place) {
        let Some(list) = self.list_mut(at) else { return };
        list.remove(place);
        if !list.is_empty() || self.others.is_empty() {
            return;
        }
        match at.checked_sub(1) {
            None => self.first = self.others.remove(0),
            Some(other) => drop(self.others.remove(other)),
        }
    }

    fn clear(&mut self) {
        self.first.clear();
        self.others.clear();
    }

    fn iter(&self) -> impl Iterator<Item = u32> {
        self.first.iter().chain(self.others.iter().flatten()).copied()
    }

    fn into_numbers(mut self) -> Vec<u32> {
        self.first.append(&mut self.others.concat());
        self.first
    }
}

/// A map in the order of its keys.
#[derive(Clone, Debug)]
pub(crate) struct OrderedMap<K, V> {
    /// In the order in which they came.
    entries: Vec<(K, V)>,
    order: Order,
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        OrderedMap::new()
    }
}

impl<K, V> OrderedMap<K, V> {
    pub(crate) const fn new() -> Self {
        OrderedMap { entries: Vec::new(), order: Order::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.order.clear();
    }

    pub(crate) fn first(&self) -> Option<&(K, V)> {
        self.entries.get(self.order.get((0, 0))? as usize)
    }

    /// Returns the entries in the order of their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let entry = |number| self.entries.get(number as usize).map(|(key, value)| (key, value));
        self.order.iter().filter_map(entry)
    }
}

impl<K, V> IntoIterator for OrderedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    /// Returns the entries in the order of their keys.
    fn into_iter(mut self) -> Self::IntoIter {
        for (one, other) in swaps(self.order.into_numbers()) {
            self.entries.swap(one as usize, other as usize);
        }
        self.entries.into_iter()
    }
}

impl<K: Ord, V> OrderedMap<K, V> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        self.order.find(&mut |number| match self.entries.get(number as usize) {
            Some((own, _)) => own.borrow().cmp(key),
            None => Ordering::Equal,
        })
    }

    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().and_then(|place| self.order.get(place)).map(|number| number as usize)
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns a key as the map holds it, with its value.
    pub(crate) fn entry<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&(K, V)>
    where
        K: Borrow<Q>,
    {
        self.entries.get(self.find(key)?)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Returns the value of a key, which is `value` if the map did not hold the key.
    pub(crate) fn or_insert(&mut self, key: K, value: V) -> V
    where
        V: Copy,
    {
        match self.place(&key) {
            Ok(known) => {
                let number = self.order.get(known).unwrap_or_default();
                self.entries.get(number as usize).map_or(value, |(_, own)| *own)
            }
            Err(place) => {
                self.add(place, key, value);
                value
            }
        }
    }

    /// Returns the value of a key, which `make` makes if the map did not hold the key.
    ///
    /// # Errors
    /// Those of `make`. The map stays as it is.
    pub(crate) fn or_make<E>(
        &mut self,
        key: K,
        make: impl FnOnce() -> Result<V, E>,
    ) -> Result<Option<&V>, E> {
        let at = match self.place(&key) {
            Ok(known) => self.order.get(known).unwrap_or_default() as usize,
            Err(place) => {
                let value = make()?;
                self.add(place, key, value);
                self.entries.len() - 1
            }
        };
        Ok(self.entries.get(at).map(|(_, value)| value))
    }

    /// Replaces the value of a key, and returns the value before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(known) => {
                let number = self.order.get(known)?;
                let (_, own) = self.entries.get_mut(number as usize)?;
                Some(std::mem::replace(own, value))
            }
            Err(place) => {
                self.add(place, key, value);
                None
            }
        }
    }

    fn add(&mut self, place: Place, key: K, value: V) {
        self.order.insert(place, u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        self.entries.push((key, value));
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        let number = self.order.get(place)?;
        // The last entry takes the place of the removed one.
        let last = self.entries.last().and_then(|(last, _)| self.place::<K>(last).ok())?;
        self.order.set(last, number);
        self.order.remove(place);
        Some(self.entries.swap_remove(number as usize))
    }

    pub(crate) fn pop_first(&mut self) -> Option<(K, V)> {
        let number = self.order.get((0, 0))?;
        let last = self.entries.last().and_then(|(last, _)| self.place::<K>(last).ok())?;
        self.order.set(last, number);
        self.order.remove((0, 0));
        Some(self.entries.swap_remove(number as usize))
    }

    /// Removes the entries that are not to be kept.
    pub(crate) fn retain(&mut self, keep: impl Fn(&K, &V) -> bool) {
        for (key, value) in std::mem::take(self).into_iter().filter(|(key, value)| keep(key, value))
        {
            self.add(self.order.end(), key, value);
        }
    }
}

impl<K: Ord, V> Extend<(K, V)> for OrderedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

/// A set in the order of its values.
#[derive(Clone, Debug)]
pub(crate) struct OrderedSet<T>(OrderedMap<T, ()>);

impl<T> Default for OrderedSet<T> {
    fn default() -> Self {
        OrderedSet::new()
    }
}

impl<T> OrderedSet<T> {
    pub(crate) const fn new() -> Self {
        OrderedSet(OrderedMap::new())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the values in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(value, ())| value)
    }
}

impl<T: Ord> OrderedSet<T> {
    pub(crate) fn contains<Q: Ord + ?Sized>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains_key(value)
    }

    /// Returns true if the set did not hold the value.
    pub(crate) fn insert(&mut self, value: T) -> bool {
        self.0.insert(value, ()).is_none()
    }
}

impl<T> IntoIterator for OrderedSet<T> {
    type Item = T;
    type IntoIter = std::iter::Map<std::vec::IntoIter<(T, ())>, fn((T, ())) -> T>;

    /// Returns the values in their order.
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().map(|(value, ())| value)
    }
}

impl<T: Ord> Extend<T> for OrderedSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        for value in values {
            self.insert(value);
        }
    }
}

#[cfg(test)]
mod tests;
