//! Counts of values for each location pattern.

/// A count at one pattern, for one kind.
#[derive(Clone)]
pub(crate) struct Entry<K> {
    /// The pattern's number in the document's trie of patterns.
    pub(crate) pattern: u32,
    /// The kind, which distinguishes entries of one pattern.
    pub(crate) kind: K,
    /// The number of counted values.
    pub(crate) count: u64,
    /// The next entry of the same pattern.
    next: Option<u32>,
}

/// Counts by pattern and kind, in order of first appearance. It grows with the number of places
/// that the schema distinguishes. Under a recursive schema, a document can have very many, which is
/// why records have a limit.
#[derive(Clone)]
pub(crate) struct Tally<K> {
    entries: Vec<Entry<K>>,
    /// The first entry of each pattern. Empty as long as the entries are few.
    first: Vec<Option<u32>>,
}

/// Up to this number of entries, a linear search is as fast.
const FEW: usize = 8;

impl<K: Copy + PartialEq> Tally<K> {
    pub(crate) const fn new() -> Self {
        Tally { entries: Vec::new(), first: Vec::new() }
    }

    /// Expects as many entries as there are values, if those are few.
    pub(crate) fn expecting(values: usize) -> Self {
        Tally { entries: Vec::with_capacity(values.min(FEW)), first: Vec::new() }
    }

    /// Counts one value and returns the entry's number.
    pub(crate) fn add(&mut self, pattern: u32, kind: K) -> u32 {
        let known = if self.first.is_empty() {
            self.entries.iter().position(|entry| entry.pattern == pattern && entry.kind == kind)
        } else {
            self.linked(pattern, kind)
        };
        let number = known.unwrap_or(self.entries.len());
        match self.entries.get_mut(number) {
            Some(entry) => entry.count += 1,
            None => {
                self.entries.push(Entry { pattern, kind, count: 1, next: None });
                let unlinked = if self.first.is_empty() { 0 } else { number };
                (unlinked..if self.entries.len() > FEW { self.entries.len() } else { 0 })
                    .for_each(|number| self.link(number));
            }
        }
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// Returns the number of an entry among those of its pattern.
    fn linked(&self, pattern: u32, kind: K) -> Option<usize> {
        let mut at = self.first.get(pattern as usize).copied().flatten();
        while let Some(number) = at {
            let entry = self.entries.get(number as usize)?;
            if entry.kind == kind {
                return Some(number as usize);
            }
            at = entry.next;
        }
        None
    }

    /// Puts an entry before the others of its pattern.
    fn link(&mut self, number: usize) {
        let Some(entry) = self.entries.get_mut(number) else { return };
        let slot = entry.pattern as usize;
        if self.first.len() <= slot {
            self.first.resize(slot + 1, None);
        }
        if let Some(first) = self.first.get_mut(slot) {
            entry.next = std::mem::replace(first, u32::try_from(number).ok());
        }
    }

    pub(crate) fn entries(&self) -> &[Entry<K>] {
        &self.entries
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{FEW, Tally};

    /// Few entries are searched in order, many are linked.
    #[test]
    fn counts_what_a_map_counts() {
        for patterns in [1, FEW as u32 - 1, FEW as u32, FEW as u32 + 1, 100] {
            let (mut tally, mut map, mut numbers) = (Tally::new(), BTreeMap::new(), Vec::new());
            for step in 0..10 * patterns {
                let (pattern, kind) = (step * step * 7 % patterns, step % 3);
                if !map.contains_key(&(pattern, kind)) {
                    numbers.push((pattern, kind));
                }
                *map.entry((pattern, kind)).or_insert(0) += 1;
                let number = tally.add(pattern, kind) as usize;
                assert_eq!(numbers.get(number), Some(&(pattern, kind)));
            }
            let counted: Vec<_> = tally
                .entries()
                .iter()
                .map(|entry| ((entry.pattern, entry.kind), entry.count))
                .collect();
            assert_eq!(counted.iter().map(|(key, _)| *key).collect::<Vec<_>>(), numbers);
            assert_eq!(counted.into_iter().collect::<BTreeMap<_, _>>(), map);
        }
    }
}
