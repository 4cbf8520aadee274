//! The marked values of a document, as the traversal finds them.

use std::sync::Arc;

use crate::resolver::patterns::{PatternId, Patterns};

/// A value to seal, or a string in the may-mark set that is not in the decided set.
///
/// No location lies within a value to seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// The index of the value on the tape.
    pub(crate) node: u32,
    /// An index into the policy's markers.
    pub(crate) marker: u32,
    /// The pattern by which verdicts name the location.
    pub(crate) pattern: PatternId,
    /// True if the value is in the decided set.
    pub(crate) decided: bool,
    /// True if the markers of the value disagree; `marker` is then the first. Sealing refuses it.
    pub(crate) disputed: bool,
}

/// A marker within a marked value whose subject is not evidently the same, or that asks for more
/// keys.
///
/// Sealing compares the persons that both subjects lead to, and the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dispute {
    /// The location around it, as an index into the locations.
    pub(crate) outer: u32,
    /// The index of the inner value on the tape.
    pub(crate) node: u32,
    /// The inner marker, as an index into the policy's markers.
    pub(crate) marker: u32,
}

/// The locations that a policy marks in one document.
#[derive(Debug)]
pub(crate) struct Resolution {
    /// Locations in document order.
    pub(crate) locations: Vec<Location>,
    /// The names of the places, which the records of a call share.
    pub(crate) patterns: Arc<Patterns>,
    /// In document order.
    pub(crate) disputes: Vec<Dispute>,
    /// Strings of the may-mark set within values to seal, by tape index. Sealing checks that none
    /// of them is an envelope.
    pub(crate) absorbed: Vec<u32>,
}

/// The memory of a [`Resolution`] that is not used any more, for that of another document.
#[derive(Default)]
pub(crate) struct Locations {
    pub(super) locations: Vec<Location>,
    pub(super) disputes: Vec<Dispute>,
    pub(super) absorbed: Vec<u32>,
}

impl Locations {
    pub(super) fn clear(&mut self) {
        self.locations.clear();
        self.disputes.clear();
        self.absorbed.clear();
    }
}

/// A [`Resolution`] while the document is walked.
pub(super) struct Found {
    pub(super) own: Locations,
    pub(super) patterns: Patterns,
}

impl Resolution {
    /// Takes the memory out of a resolution that is not used any more.
    pub(crate) fn take_memory(&mut self) -> Locations {
        let Resolution { locations, disputes, absorbed, .. } = self;
        Locations {
            locations: std::mem::take(locations),
            disputes: std::mem::take(disputes),
            absorbed: std::mem::take(absorbed),
        }
    }

    /// Keeps the locations that `is_of_use` accepts, and the disputes within them.
    pub(crate) fn keep(&mut self, is_of_use: impl Fn(&Location) -> bool) {
        if self.locations.iter().all(&is_of_use) {
            return;
        }
        let mut kept = 0;
        let numbers: Vec<Option<u32>> = self
            .locations
            .iter()
            .map(|location| {
                is_of_use(location).then(|| {
                    kept += 1;
                    kept - 1
                })
            })
            .collect();
        self.locations.retain(is_of_use);
        self.disputes.retain_mut(|dispute| {
            match numbers.get(dispute.outer as usize).copied().flatten() {
                Some(outer) => {
                    dispute.outer = outer;
                    true
                }
                None => false,
            }
        });
    }
}
