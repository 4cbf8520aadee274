//! One envelope in, one JSON value out.

use zeroize::Zeroize as _;

use crate::envelope::{Context, Demand, Envelope, Fault, Prk, Workspace};
use crate::json::Tape;
use crate::limits::Limits;

/// The key and the circumstances that a value is opened with.
#[derive(Clone, Copy, Debug)]
pub struct Opener<'a> {
    /// The demand of the policy on the envelope.
    pub demand: Demand,
    /// Derived from the keys that the envelope names.
    pub prk: &'a Prk,
    /// The place that the value is bound to.
    pub context: Context<'a>,
    /// Objects and arrays around the envelope.
    pub depth: u32,
    /// Bounds on documents.
    pub limits: &'a Limits,
}

impl Opener<'_> {
    /// Opens an envelope by all rules of envelope.md, *Opening*, but the finding of keys: appends
    /// the value's JSON text to `out` and returns how many values it holds. `work` is not the
    /// workspace that the envelope lives in; values in a row share it.
    ///
    /// # Errors
    /// The fault, and `out` as it was. The plaintext must be exactly one JSON value without white
    /// space around it, within the limits at its place: it is spliced into a document.
    pub fn open(
        &self,
        envelope: &Envelope<'_>,
        work: &mut Workspace,
        out: &mut Vec<u8>,
    ) -> Result<u32, Fault> {
        if !envelope.meets(&self.demand) {
            return Err(Fault::Integrity);
        }
        let start = out.len();
        envelope.open_in_row(self.prk, &self.context, work, out)?;
        let depth = self.limits.depth.saturating_sub(self.depth);
        let inside = Limits { depth, ..self.limits.clone() };
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
}

/// Returns the number of JSON values in a text that is one value and nothing else.
fn values_of(text: &[u8], limits: &Limits) -> Option<u32> {
    if Tape::is_string(text, limits) {
        return Some(1);
    }
    let tape = Tape::parse(text, limits).ok()?;
    (tape.root().span() == (0..text.len())).then(|| tape.values())
}
