//! Access for the bindings, benchmarks, fuzz targets and tests beside the code. It is not an
//! interface, and nothing in it is stable.

use crate::error::{CompileError, Error, OpenError, SealError};
use crate::export::clear::Engines;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::operations::batch::together;
use crate::operations::values::Places;
use crate::operations::{OpenOptions, PendingOpen, PendingOpenMany, PendingSeal, PendingSealMany};
use crate::policy::{Options, Policy, compile};
use crate::resolver::walk::Sought;

pub use crate::operations::plan::Opener;
pub use crate::operations::values::PlacedCall;

/// Takes the first step of sealing a document or a value. The result of a value is the document
/// that holds its envelope alone.
///
/// # Errors
/// Those of [`Policy::begin_seal`] and [`Policy::begin_seal_value`].
pub fn begin_seal<'t>(policy: &Policy, call: PlacedCall<'t>) -> Result<PendingSeal<'t>, SealError> {
    Ok(policy.plan_seal_call(call, |input| input, &mut Places::new())?)
}

/// Takes the first step of opening a document or a value; see [`begin_seal`].
///
/// # Errors
/// Those of [`Policy::begin_open`] and [`Policy::begin_open_value`].
pub fn begin_open<'t>(
    policy: &Policy,
    call: PlacedCall<'t>,
    options: OpenOptions,
) -> Result<PendingOpen<'t>, OpenError> {
    Ok(policy.plan_open_call(call, |input| input, options, &mut Places::new())?)
}

/// Takes the first step of sealing documents and values; see [`begin_seal`].
pub fn begin_seal_many<'t>(policy: &Policy, calls: Vec<PlacedCall<'t>>) -> PendingSealMany<'t> {
    let mut places = Places::new();
    let calls = calls.into_iter();
    together(calls.map(|call| policy.plan_seal_call(call, |input| input, &mut places)))
}

/// Takes the first step of opening documents and values; see [`begin_seal`].
pub fn begin_open_many<'t>(
    policy: &Policy,
    calls: Vec<PlacedCall<'t>>,
    options: OpenOptions,
) -> PendingOpenMany<'t> {
    let mut places = Places::new();
    let calls = calls.into_iter();
    together(calls.map(|call| policy.plan_open_call(call, |input| input, options, &mut places)))
}

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
