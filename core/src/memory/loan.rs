//! The memory that one call uses, on loan from a workspace.

use super::Workspace;

/// Memory that one call after another uses.
pub(crate) trait Reusable: Default + Send + 'static {
    /// Gives back long lists and returns the number of bytes of the others.
    fn trim(&mut self) -> usize;
}

/// The memory of one call. It returns to its workspace when it is dropped.
#[derive(Default)]
pub(crate) struct Loan<M: Reusable> {
    memory: Option<Box<M>>,
    home: Option<Workspace>,
}

impl<M: Reusable> Loan<M> {
    pub(crate) fn from(home: Option<&Workspace>) -> Self {
        Loan { memory: home.and_then(Workspace::take), home: home.cloned() }
    }

    /// Returns the memory to be used.
    pub(crate) fn memory(&mut self) -> &mut M {
        self.memory.get_or_insert_default()
    }

    /// Returns the memory to take back what was used, if a workspace keeps it.
    pub(crate) fn kept(&mut self) -> Option<&mut M> {
        self.memory.as_deref_mut().filter(|_| self.home.is_some())
    }
}

impl<M: Reusable> Drop for Loan<M> {
    fn drop(&mut self) {
        if let (Some(home), Some(mut memory)) = (&self.home, self.memory.take()) {
            let bytes = memory.trim();
            home.give_back(memory, bytes);
        }
    }
}
