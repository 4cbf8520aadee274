//! One envelope in, one JSON value out.

use zeroize::Zeroize as _;

use crate::envelope::{Context, Demand, Envelope, Fault, Prk, Workspace};
use crate::json::Tape;
use crate::limits::Limits;

/// Opens the content of a JSON string by all rules of envelope.md, *Opening*, but the finding of
/// keys: appends the value's JSON text to `out` and tells how many values it holds. `depth` counts
/// the containers around the envelope.
///
/// # Errors
/// The fault, and `out` as it was. What is decrypted must be exactly one JSON value without white
/// space around it, within the limits at its place: it is spliced into a document.
#[expect(clippy::too_many_arguments, reason = "what a value is opened with has no smaller name")]
pub fn open_value(
    text: &str,
    demand: &Demand,
    prk: &Prk,
    context: &Context<'_>,
    depth: u32,
    limits: &Limits,
    work: &mut Workspace,
    out: &mut Vec<u8>,
) -> Result<u32, Fault> {
    open_envelope(&Envelope::decode(text, work)?, demand, prk, context, depth, limits, out)
}

/// The same of an envelope that is decoded already.
pub(super) fn open_envelope(
    envelope: &Envelope<'_>,
    demand: &Demand,
    prk: &Prk,
    context: &Context<'_>,
    depth: u32,
    limits: &Limits,
    out: &mut Vec<u8>,
) -> Result<u32, Fault> {
    if !envelope.meets(demand) {
        return Err(Fault::Integrity);
    }
    let start = out.len();
    envelope.open(prk, context, out)?;
    let inside = Limits { depth: limits.depth.saturating_sub(depth), ..limits.clone() };
    match values_of(out.get(start..).unwrap_or_default(), &inside) {
        Some(values) => Ok(values),
        None => {
            if let Some(clear) = out.get_mut(start..) {
                clear.zeroize();
            }
            out.truncate(start);
            Err(Fault::Integrity)
        }
    }
}

/// The number of JSON values in a text that is one value and nothing else.
fn values_of(text: &[u8], limits: &Limits) -> Option<u32> {
    if Tape::is_string(text, limits) {
        return Some(1);
    }
    let tape = Tape::parse(text, limits).ok()?;
    (tape.root().span() == (0..text.len())).then(|| tape.values())
}
