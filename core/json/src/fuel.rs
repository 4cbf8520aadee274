//! A bound on how often a validator looks into one document.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a validator may still spend on a document. A schema that applies itself twice at each level looks at a value at depth
/// `n` 2^n times, and nothing but counting ends that: once all is spent, no object or array is one any more, so that the
/// validator soon comes to an end, and whoever asked it throws its answer away.
pub struct Fuel(AtomicU64);

impl Default for Fuel {
    fn default() -> Self {
        Fuel(AtomicU64::new(u64::MAX))
    }
}

impl Fuel {
    /// Sets what may be spent from now on.
    pub fn fill(&self, steps: u64) {
        self.0.store(steps, Ordering::Relaxed);
    }

    /// Whether nothing is left, so that the validator's answer says nothing.
    pub fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Not one operation: two threads that validate one tape may count a step once.
    pub fn burn(&self, steps: u64) -> bool {
        let left = self.0.load(Ordering::Relaxed).saturating_sub(steps);
        self.0.store(left, Ordering::Relaxed);
        left > 0
    }
}
