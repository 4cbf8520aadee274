//! The memory of plans that are not used any more.

use super::key_requests::KeySelector;
use super::paths::PathMemory;
use super::subjects::SubjectMemory;
use super::value::ProtectedValue;
use crate::memory::{bytes, trim};

/// The memory of one document's plan, for that of another document.
#[derive(Default)]
pub(crate) struct PlanMemory {
    pub(crate) values: Vec<ProtectedValue>,
    pub(super) keys: Vec<(KeySelector, u32)>,
    pub(super) subjects: SubjectMemory,
    pub(crate) paths: PathMemory,
}

impl PlanMemory {
    /// Takes back the list of values.
    pub(crate) fn take_back(&mut self, values: &mut Vec<ProtectedValue>) {
        self.values = std::mem::take(values);
        trim(&mut self.values);
    }

    /// Returns the number of bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        bytes(&self.values) + bytes(&self.keys) + self.subjects.bytes() + self.paths.bytes()
    }
}
