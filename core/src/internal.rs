//! Access for the bindings, benchmarks, fuzz targets and tests beside the code. It is not an interface, and
//! nothing in it is stable.

use crate::error::{CompileError, Error};
use crate::export::clear::Engines;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::policy::{Options, Policy, compile};
use crate::resolver::walk::Sought;

pub use crate::operations::plan::Opener;

/// Compiles a schema without the validator crate, as a build does that lacks it. The crate draws
/// seeds from the host, which some hosts refuse while they start.
///
/// # Errors
/// As [`Policy::compile`], and `schema` with `validator-needed` if the evaluator cannot decide.
pub fn compile_without_crate(schema: &[u8], options: Options) -> Result<Policy, CompileError> {
    Ok(compile(schema, options, Engines::Evaluator)?)
}

/// Returns the number of marked values.
///
/// # Errors
/// `limit`.
pub fn resolve(policy: &Policy, tape: &Tape<'_>) -> Result<usize, Error> {
    let resolution = policy.resolve(tape, Sought::Decided)?;
    Ok(resolution.locations.iter().filter(|location| location.decided).count())
}

/// Returns true if the document conforms to its schema, as far as this build can tell.
pub fn validate(policy: &Policy, tape: &Tape<'_>) -> bool {
    policy.is_valid(tape) == Validity::Valid
}
