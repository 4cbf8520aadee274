//! The memory of sealing, from one document to the next.

use super::ahead::{AheadMemory, PreparedValue};
use crate::operations::plan::PlanMemory;

/// The memory of a document that is sealed, for another one.
#[derive(Default)]
pub(super) struct SealMemory {
    pub(super) plan: PlanMemory,
    pub(super) prepared: Vec<PreparedValue>,
    pub(super) random: Vec<u8>,
    pub(super) ahead: AheadMemory,
}
