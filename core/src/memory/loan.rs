//! The memory that one call uses, on loan from a workspace.

use super::Workspace;

/// The longest document whose memory is kept, in bytes. None of its lists has more than 1 MB.
const LONGEST: usize = 1 << 14;

/// Memory of one call.
pub(crate) struct Loan<M> {
    memory: Option<Box<M>>,
    home: Option<Workspace>,
    /// The length of the document.
    length: usize,
}

impl<M: Default + Send + 'static> Loan<M> {
    /// Borrows memory for a document of that many bytes.
    pub(crate) fn new(home: Option<&Workspace>, length: usize) -> Self {
        let home = home.filter(|_| length <= LONGEST).cloned();
        let memory = home.as_ref().and_then(Workspace::take);
        Loan { memory, home, length }
    }

    /// Takes the memory out. That of a call that fails may be dropped.
    pub(crate) fn take(&mut self) -> Box<M> {
        self.memory.take().unwrap_or_default()
    }

    /// Returns the memory, in which no name and no key remains, to its workspace.
    pub(crate) fn end(&mut self, memory: Box<M>) {
        if let Some(home) = &self.home {
            home.give_back(memory, self.length);
        }
    }

    /// Drops the memory now if no workspace keeps it.
    pub(crate) fn trim(&mut self) {
        if self.home.is_none() {
            self.memory = None;
        }
    }

    pub(crate) fn memory(&mut self) -> &mut M {
        self.memory.get_or_insert_default()
    }
}
