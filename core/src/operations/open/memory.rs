//! The memory of opening, from one document to the next.

use crate::envelope::Scratch;
use crate::evidence::WithheldReason;
use crate::json::TapeMemory;
use crate::keys::KeyKind;
use crate::memory::{MOST, Reusable, bytes, trim};
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

impl Reusable for OpenMemory {
    fn trim(&mut self) -> usize {
        let OpenMemory { plan, envelopes, prepared, paths, scratch, changes, tape } = self;
        trim(envelopes);
        trim(prepared);
        trim(changes);
        scratch.wipe();
        if tape.bytes() > MOST {
            *tape = TapeMemory::default();
        }
        let lists = plan.bytes() + bytes(envelopes) + bytes(prepared) + bytes(changes);
        size_of::<Self>() + lists + paths.bytes() + scratch.heap_bytes() + tape.bytes()
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
