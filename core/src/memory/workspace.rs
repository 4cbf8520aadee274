//! The memory that the calls of one policy or of many leave to one another.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::MOST;

/// Memory that calls leave to one another. A policy that has a workspace
/// ([`Policy::with_workspace`](crate::Policy::with_workspace)) allocates little after its first
/// call.
///
/// Clones share the memory. Calls that run at the same time, or within one another, use different
/// memory. No clear value and no key stays in a workspace. A list of more than 1 MB goes back to
/// the allocator after the call, and so do the lists of calls that ran at the same time or in a batch
/// once all take 4 MB.
///
/// ```
/// use fieldseal::{Options, Policy, Workspace};
/// let schema = br#"{"x-schema-family": "urn:example:order"}"#;
/// let workspace = Workspace::default();
/// let policy = Policy::compile(schema, Options::default())?.with_workspace(&workspace);
/// assert!(policy.check(b"{}").is_ok());
/// assert_eq!(format!("{workspace:?}"), "Workspace(redacted)");
/// # Ok::<(), fieldseal::CompileError>(())
/// ```
#[derive(Clone, Default)]
pub struct Workspace(Arc<Mutex<Free>>);

/// The memory of calls that have ended.
#[derive(Default)]
struct Free {
    lists: Vec<(Box<dyn Any + Send>, usize)>,
    /// The number of bytes of all of it.
    bytes: usize,
}

/// The most bytes that calls leave which ran at the same time.
const MOST_IN_ALL: usize = 4 * MOST;

impl Workspace {
    /// Takes memory of this type that a call has left.
    pub(crate) fn take<M: 'static>(&self) -> Option<Box<M>> {
        let mut free = self.free();
        let latest = free.lists.iter().rposition(|(memory, _)| memory.is::<M>())?;
        let (memory, bytes) = free.lists.swap_remove(latest);
        free.bytes -= bytes;
        drop(free);
        memory.downcast().ok()
    }

    /// Takes back the memory of a call, which has that many bytes, unless there is much already.
    pub(crate) fn give_back<M: Send + 'static>(&self, memory: Box<M>, bytes: usize) {
        let mut free = self.free();
        let is_only = || !free.lists.iter().any(|(memory, _)| memory.is::<M>());
        if free.bytes.saturating_add(bytes) <= MOST_IN_ALL || is_only() {
            free.bytes = free.bytes.saturating_add(bytes);
            free.lists.push((memory, bytes));
        }
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workspace(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_IN_ALL, Workspace};

    /// A call within a call has other memory, and what all of them leave is bounded.
    #[test]
    fn memory_is_lent_once_and_much_of_it_is_not_kept() {
        let workspace = Workspace::default();
        assert!(workspace.take::<u32>().is_none());
        workspace.give_back(Box::new(1_u32), 2 * MOST_IN_ALL);
        workspace.give_back(Box::new(2_u32), 1);
        workspace.give_back(Box::new('x'), 1);
        assert_eq!(workspace.take::<u32>().as_deref(), Some(&1));
        assert!(workspace.take::<u32>().is_none());
        assert_eq!(workspace.take::<char>().as_deref(), Some(&'x'));
        for number in 0..4_u32 {
            workspace.clone().give_back(Box::new(number), MOST_IN_ALL / 2);
        }
        assert_eq!(workspace.take::<u32>().as_deref(), Some(&1));
        assert_eq!(workspace.take::<u32>().as_deref(), Some(&0));
        assert!(workspace.take::<u32>().is_none());
    }
}
