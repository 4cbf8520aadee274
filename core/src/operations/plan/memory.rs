//! The memory of plans that are not used any more.

use super::key_requests::KeySelector;
use super::paths::PathMemory;
use super::subjects::SubjectMemory;
use super::value::ProtectedValue;

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
        self.values.clear();
    }
}
