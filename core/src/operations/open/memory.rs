//! The memory of opening, from one document to the next.

use crate::envelope::Scratch;
use crate::evidence::WithheldReason;
use crate::json::TapeMemory;
use crate::keys::KeyKind;
use crate::operations::plan::{PathMemory, PlanMemory};

/// The memory of a document that is opened, for another one.
#[derive(Default)]
pub(super) struct OpenMemory {
    pub(super) plan: PlanMemory,
    /// The bytes of all envelopes, decoded once.
    pub(super) envelopes: Vec<u8>,
    pub(super) prepared: Vec<Prepared>,
    pub(super) paths: PathMemory,
    pub(super) scratch: Scratch,
    /// The values that were opened, each with the bytes by which everything after it moved.
    pub(super) changes: Vec<(u32, i64)>,
    /// The memory of the opened document's tape.
    pub(super) tape: TapeMemory,
}

impl OpenMemory {
    /// Empties all lists.
    pub(super) fn clear(&mut self) {
        self.envelopes.clear();
        self.prepared.clear();
        self.changes.clear();
        self.scratch.wipe();
    }
}

/// The result of the key check of one value.
#[derive(Clone, Copy)]
pub(super) enum Prepared {
    Opens {
        /// True if each key can be destroyed.
        erasable: bool,
    },
    /// The reason, and the kind of the key that was refused.
    Withheld(WithheldReason, KeyKind),
}
