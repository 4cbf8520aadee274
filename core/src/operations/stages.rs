//! The steps of sealing one by one, for the benchmarks beside the code. Not an interface: nothing
//! here is kept stable.

use crate::error::Error;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::policy::Policy;
use crate::resolver::walk::Sought;

/// The number of marked values.
pub fn resolve(policy: &Policy, tape: &Tape<'_>) -> Result<usize, Error> {
    Ok(policy
        .resolve(tape, Sought::Decided)?
        .locations
        .iter()
        .filter(|location| location.decided)
        .count())
}

/// Whether the document fits its schema, as far as this build can tell.
pub fn validate(policy: &Policy, tape: &Tape<'_>) -> bool {
    policy.is_valid(tape) == Validity::Valid
}
