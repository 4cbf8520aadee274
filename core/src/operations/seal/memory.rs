//! The memory of sealing, from one document to the next.

use super::ahead::{AheadMemory, PreparedValue};
use crate::envelope::MOST_WIPED;
use crate::memory::{Reusable, bytes, trim};
use crate::operations::plan::PlanMemory;

/// The memory of a document that is sealed, for another one.
#[derive(Default)]
pub(super) struct SealMemory {
    pub(super) plan: PlanMemory,
    pub(super) prepared: Vec<PreparedValue>,
    pub(super) random: Vec<u8>,
    pub(super) ahead: AheadMemory,
}

impl Reusable for SealMemory {
    fn trim(&mut self) -> usize {
        let SealMemory { plan, prepared, random, ahead } = self;
        trim(prepared);
        if random.capacity() > MOST_WIPED {
            *random = Vec::new();
        }
        size_of::<Self>() + plan.bytes() + bytes(prepared) + random.capacity() + ahead.bytes()
    }
}
