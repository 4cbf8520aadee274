//! Rules that ask the resolver, one a file. They warn of schemas that compile and are probably not
//! meant, and refuse some.

mod dangling;
mod linted;
mod nothing_marked;
mod placeholder;
mod unreached;

use crate::schema::finding::Findings;

pub(crate) use linted::Linted;

/// Adds the errors of all rules to `findings`, and the rest to `warnings`, which counts only for a
/// schema that compiles.
pub(crate) fn check(linted: &Linted<'_, '_>, findings: &mut Findings, warnings: &mut Findings) {
    let reached = linted.automaton.reached();
    dangling::check(linted, findings, warnings);
    nothing_marked::check(&reached, warnings);
    unreached::check(linted, &reached, warnings);
    placeholder::check(linted, findings, warnings);
}
