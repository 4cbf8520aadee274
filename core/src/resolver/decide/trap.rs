//! Deliberate mistakes, each of which the proof must catch (docs/what-is-sealed.md, *How this is
//! known*).

use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trap {
    /// Decides branches by values that may be sealed.
    ReadsClearValues,
    /// Takes a value of the may-mark set for a string, as it is in the sealed document.
    TakesHolesForStrings,
    /// Takes a value that a branch may evaluate for evaluated.
    TakesPossibleForEvaluated,
    /// Lets a dependent schema mark in phase 1 only if its property is present.
    ReadsPresenceInPhaseOne,
    /// Prunes branches in documents that do not conform.
    DecidesNonconforming,
}

thread_local! {
    static SET: Cell<Option<Trap>> = const { Cell::new(None) };
}

pub(crate) fn is_set(trap: Trap) -> bool {
    SET.get() == Some(trap)
}

/// Sets a trap while `run` runs.
#[cfg(feature = "validation")]
pub(crate) fn with<T>(trap: Trap, run: impl FnOnce() -> T) -> T {
    SET.set(Some(trap));
    let result = run();
    SET.set(None);
    result
}
