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

    pub(crate) fn memory(&mut self) -> &mut M {
        self.memory.get_or_insert_default()
    }

    /// Returns the memory if a workspace keeps it. `clean` takes back what was used, and leaves
    /// neither names nor keys in it. The memory of a call that fails may be dropped instead.
    pub(crate) fn give_back(&mut self, clean: impl FnOnce(&mut M)) {
        if let (Some(home), Some(mut memory)) = (self.home.take(), self.memory.take()) {
            clean(&mut memory);
            home.give_back(memory, self.length);
        }
    }
}
