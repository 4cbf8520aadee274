//! The memory that one call uses, on loan from a workspace.

use super::open::OpenMemory;
use super::plan::PlanMemory;
use super::seal::SealMemory;
use crate::json::TapeMemory;
use crate::memory::{MOST, Workspace, trim};
use crate::resolver::walk::WalkMemory;

/// The memory of one call that opens or seals.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) tape: TapeMemory,
    pub(crate) walk: WalkMemory,
    pub(crate) plan: PlanMemory,
    pub(super) seal: SealMemory,
    pub(super) open: OpenMemory,
}

impl Memory {
    fn trim(&mut self) {
        if self.tape.bytes() > MOST {
            self.tape = TapeMemory::default();
        }
        self.walk.trim();
        // A call that failed has left its envelopes.
        trim(&mut self.open.envelopes);
    }

    fn bytes(&self) -> usize {
        let Memory { tape, walk, plan, seal, open } = self;
        size_of::<Memory>()
            + tape.bytes()
            + walk.bytes()
            + plan.bytes()
            + seal.bytes()
            + open.bytes()
    }
}

/// The memory of one call. It returns to its workspace when it is dropped.
#[derive(Default)]
pub(crate) struct Loan {
    memory: Option<Box<Memory>>,
    home: Option<Workspace>,
}

impl Loan {
    pub(crate) fn from(home: Option<&Workspace>) -> Self {
        Loan { memory: home.and_then(Workspace::take), home: home.cloned() }
    }

    /// Returns the memory to be used.
    pub(crate) fn memory(&mut self) -> &mut Memory {
        self.memory.get_or_insert_default()
    }

    /// Returns the memory to take back what was used, if a workspace keeps it.
    pub(crate) fn kept(&mut self) -> Option<&mut Memory> {
        self.memory.as_deref_mut().filter(|_| self.home.is_some())
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let (Some(home), Some(mut memory)) = (&self.home, self.memory.take()) {
            memory.trim();
            let bytes = memory.bytes();
            home.give_back(memory, bytes);
        }
    }
}
