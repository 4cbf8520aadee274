//! Opens one envelope into one JSON value.

use zeroize::Zeroize as _;

use crate::envelope::{Context, Demand, Envelope, Fault, Prk, Scratch};
use crate::json::Tape;
use crate::limits::Limits;

/// The key and the context with which a value is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opener<'a> {
    /// The demand of the policy on the envelope.
    pub demand: Demand,
    /// The key that was derived from the keys that the envelope names.
    pub prk: &'a Prk,
    /// The context to which the value is bound.
    pub context: Context<'a>,
    /// The number of objects and arrays around the envelope.
    pub depth: u32,
    /// The bounds on documents.
    pub limits: &'a Limits,
}

impl Opener<'_> {
    /// Opens an envelope by all rules of docs/envelope.md, *Opening*, except for finding its keys.
    /// Appends the value's JSON text to `out` and returns the number of values in it. `work` must
    /// not be the scratch memory that holds the envelope; consecutive values share it.
    ///
    /// # Errors
    /// The fault, with `out` unchanged. The plaintext must be exactly one JSON value without white
    /// space around it, and within the limits at its place, since it is spliced into a document.
    pub fn open(
        &self,
        envelope: &Envelope<'_>,
        work: &mut Scratch,
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

/// Returns the number of JSON values in a text, if the text is exactly one value.
fn values_of(text: &[u8], limits: &Limits) -> Option<u32> {
    if Tape::is_string(text, limits) {
        return Some(1);
    }
    let tape = Tape::parse(text, limits).ok()?;
    (tape.root().span() == (0..text.len())).then(|| tape.values())
}
