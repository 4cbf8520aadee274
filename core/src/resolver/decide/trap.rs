//! Mistakes to be made on purpose, so that the proof is shown to catch each of them (resolver.md,
//! *Proof obligations*).

use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trap {
    /// Judges branches by values that may be sealed.
    ReadsClearValues,
    /// Takes a place that may be marked for a string, as the sealed document has one there.
    TakesHolesForStrings,
    /// Takes what a branch may evaluate for evaluated.
    TakesPossibleForEvaluated,
    /// Lets a dependent schema mark only where its property is present, while looking for what may
    /// be marked.
    ReadsPresenceInPhaseOne,
    /// BranchSet branches out of documents that do not conform.
    DecidesNonconforming,
}

thread_local! {
    static SET: Cell<Option<Trap>> = const { Cell::new(None) };
}

pub(crate) fn is_set(trap: Trap) -> bool {
    SET.get() == Some(trap)
}

/// Falls into a trap as long as `run` runs.
pub(crate) fn with<T>(trap: Trap, run: impl FnOnce() -> T) -> T {
    SET.set(Some(trap));
    let result = run();
    SET.set(None);
    result
}
