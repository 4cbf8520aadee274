//! The memory that the calls of one policy or of many leave to one another.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Memory that calls leave to one another. A policy that has a workspace
/// ([`Policy::with_workspace`](crate::Policy::with_workspace)) allocates little after its first
/// call.
///
/// Clones share the memory. Calls that run at the same time, or within one another, use different
/// memory. No clear value and no key stays in a workspace. Of documents of more than 16 KiB, and of
/// more than 128 KiB or eight calls in one batch, memory goes back to the allocator after the call.
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
    /// Each with the length of its document.
    calls: Vec<(Box<dyn Any + Send>, usize)>,
    /// The length of all of these documents.
    length: usize,
}

/// The most bytes of the documents of calls that ran at the same time.
const MOST_IN_ALL: usize = 1 << 17;

/// The most calls whose memory is kept of each type. The calls of a longer batch allocate.
const MOST_ALIKE: usize = 8;

impl Workspace {
    /// Takes memory of this type that a call has left.
    pub(crate) fn take<M: 'static>(&self) -> Option<Box<M>> {
        self.take_any(TypeId::of::<M>())?.downcast().ok()
    }

    fn take_any(&self, wanted: TypeId) -> Option<Box<dyn Any + Send>> {
        let mut free = self.free();
        let latest = free.calls.iter().rposition(|(memory, _)| (**memory).type_id() == wanted)?;
        let (memory, length) = free.calls.swap_remove(latest);
        free.length -= length;
        Some(memory)
    }

    /// Takes back the memory of a call with a document of that length, unless there is much
    /// already.
    pub(crate) fn give_back(&self, memory: Box<dyn Any + Send>, length: usize) {
        let mut free = self.free();
        let own = (*memory).type_id();
        let alike = free.calls.iter().filter(|(other, _)| (**other).type_id() == own).count();
        if alike < MOST_ALIKE && free.length + length <= MOST_IN_ALL {
            free.length += length;
            free.calls.push((memory, length));
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
    use super::{MOST_ALIKE, MOST_IN_ALL, Workspace};

    /// A call within a call has other memory, and what all of them leave is bounded.
    #[test]
    fn memory_is_lent_once_and_much_of_it_is_not_kept() {
        let workspace = Workspace::default();
        assert!(workspace.take::<u32>().is_none());
        workspace.give_back(Box::new(1_u32), MOST_IN_ALL);
        workspace.give_back(Box::new(2_u32), 1);
        assert!(workspace.take::<char>().is_none());
        assert_eq!(workspace.take::<u32>().as_deref(), Some(&1));
        assert!(workspace.take::<u32>().is_none());
        for number in 0..4_u32 {
            workspace.clone().give_back(Box::new(number), MOST_IN_ALL / 2);
        }
        assert_eq!(workspace.take::<u32>().as_deref(), Some(&1));
        workspace.give_back(Box::new('x'), 1);
        assert_eq!(workspace.take::<u32>().as_deref(), Some(&0));
        assert_eq!(workspace.take::<char>().as_deref(), Some(&'x'));
        assert!(workspace.take::<u32>().is_none());
    }

    /// Calls of a batch with short documents are many, and looking for memory must not take longer
    /// the more of them there are.
    #[test]
    fn memory_of_a_few_calls_of_each_type_is_kept() {
        let workspace = Workspace::default();
        for number in 0..1_000_u32 {
            workspace.give_back(Box::new(number), 1);
            workspace.give_back(Box::new('x'), 1);
        }
        assert_eq!(workspace.free().calls.len(), 2 * MOST_ALIKE);
        assert_eq!(workspace.free().length, 2 * MOST_ALIKE);
        for _ in 0..MOST_ALIKE {
            assert!(workspace.take::<u32>().is_some() && workspace.take::<char>().is_some());
        }
        assert!(workspace.take::<u32>().is_none() && workspace.take::<char>().is_none());
    }
}
