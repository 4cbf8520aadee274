//! Counts per location pattern.

/// What was counted at one pattern.
pub(crate) struct Entry<K> {
    /// The pattern's number in the document's trie of patterns.
    pub(crate) pattern: u32,
    /// What sets entries of one pattern apart.
    pub(crate) kind: K,
    /// How often.
    pub(crate) count: u64,
    /// The next entry of the same pattern.
    next: Option<u32>,
}

/// Counts by pattern and kind, in the order of first sight. Grows with the places that the schema tells apart: under one that contains
/// itself a document can have very many, which is why records have a limit.
pub(crate) struct Tally<K> {
    entries: Vec<Entry<K>>,
    /// By pattern: its first entry.
    first: Vec<Option<u32>>,
}

impl<K: Copy + PartialEq> Tally<K> {
    pub(crate) fn new() -> Self {
        Tally { entries: Vec::new(), first: Vec::new() }
    }

    /// Counts one and tells the entry's number.
    pub(crate) fn add(&mut self, pattern: u32, kind: K) -> u32 {
        let slot = pattern as usize;
        if self.first.len() <= slot {
            self.first.resize(slot + 1, None);
        }
        let head = self.first.get(slot).copied().flatten();
        let mut at = head;
        while let Some(number) = at {
            let Some(entry) = self.entries.get_mut(number as usize) else { break };
            if entry.kind == kind {
                entry.count += 1;
                return number;
            }
            at = entry.next;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { pattern, kind, count: 1, next: head });
        if let Some(first) = self.first.get_mut(slot) {
            *first = Some(number);
        }
        number
    }

    pub(crate) fn entries(&self) -> &[Entry<K>] {
        &self.entries
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
