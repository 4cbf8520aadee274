//! The bounds of a cache.

/// The bounds of a cache: its size, and the age of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caching {
    /// The most entries. 0 turns the cache off. Default 10,000. A key whose reference is longer
    /// than 1,024 bytes is not kept.
    pub entries: u32,
    /// Milliseconds for which a key stays usable here after it was fetched, and therefore also a
    /// key that was destroyed elsewhere. Default 300,000, five minutes. 0 turns the cache off.
    pub max_age_ms: u64,
}

impl Default for Caching {
    fn default() -> Self {
        Caching { entries: 10_000, max_age_ms: 300_000 }
    }
}

impl Caching {
    /// Returns true if anything is kept.
    pub(super) const fn is_on(self) -> bool {
        self.entries > 0 && self.max_age_ms > 0
    }

    /// Returns the milliseconds for which a destroyed key may stay usable.
    pub(super) const fn latency(self) -> u64 {
        if self.is_on() { self.max_age_ms } else { 0 }
    }
}
