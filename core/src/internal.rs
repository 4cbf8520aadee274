//! Access for the benchmarks, fuzz targets and tests beside the code. It is not an interface, and
//! nothing in it is stable.

use crate::error::Error;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::policy::Policy;
use crate::resolver::walk::Sought;

pub use crate::operations::plan::Opener;

/// Returns the number of marked values.
///
/// # Errors
/// `limit`.
pub fn resolve(policy: &Policy, tape: &Tape<'_>) -> Result<usize, Error> {
    let resolution = policy.resolve(tape, Sought::Decided, None)?;
    Ok(resolution.locations.iter().filter(|location| location.decided).count())
}

/// Returns true if the document conforms to its schema, as far as this build can tell.
pub fn validate(policy: &Policy, tape: &Tape<'_>) -> bool {
    policy.is_valid(tape, None) == Validity::Valid
}
