//! The next values of a document, bound to their context before their turn.

use fieldseal_primitives::{LANES, LANES_PAY};

use crate::envelope::{BoundValue, Scratch, Sealer};
use crate::error::{Error, ErrorCode};
use crate::keys::{CallKeys, EnvelopeKeys, KeyId};
use crate::memory::recycled;
use crate::operations::plan::{
    ContextBudget, DocumentCall, PathMemory, Paths, ProtectedValue, demand,
};

/// The number of values that derive their keys together.
pub(crate) const TOGETHER: usize = if LANES_PAY { LANES } else { 1 };

/// One value that is ready to be written.
pub(super) struct PreparedValue {
    pub(super) keys: EnvelopeKeys,
    /// The token that replaces it or is returned beside the document.
    pub(super) token: Option<String>,
    /// The key of a token that replaces the value.
    pub(super) token_id: Option<KeyId>,
}

/// Values in document order whose keys are derived together, some before their turn. Their keys are
/// wiped when the next ones are bound.
pub(super) struct Ahead<'p> {
    call: &'p DocumentCall<'p>,
    /// All values of the document.
    values: &'p [ProtectedValue],
    /// The entropy of the values that are not bound yet.
    entropy: &'p [u8],
    paths: Paths<'p>,
    budget: ContextBudget,
    scratch: Scratch,
    bound: Vec<BoundValue<'p>>,
    /// The number of `bound` values that were written.
    written: usize,
}

/// The memory of [`Ahead`] for another document.
#[derive(Default)]
pub(super) struct AheadMemory {
    paths: PathMemory,
    scratch: Scratch,
    bound: Vec<BoundValue<'static>>,
}

impl<'p> Ahead<'p> {
    /// `entropy` is as long as all values take.
    pub(super) fn new(
        call: &'p DocumentCall<'p>,
        values: &'p [ProtectedValue],
        entropy: &'p [u8],
        memory: AheadMemory,
    ) -> Self {
        let AheadMemory { paths, mut scratch, bound } = memory;
        scratch.begin(values.len());
        let mut bound = recycled(bound);
        bound.reserve(TOGETHER);
        let paths = Paths::new(call, paths);
        let budget = ContextBudget::new(call.limits());
        Ahead { call, values, entropy, paths, budget, scratch, bound, written: 0 }
    }

    /// Wipes the keys and returns the memory for another document.
    pub(super) fn into_memory(self) -> AheadMemory {
        let Ahead { paths, mut scratch, bound, .. } = self;
        scratch.wipe();
        AheadMemory { paths: paths.into_memory(), scratch, bound: recycled(bound) }
    }

    /// Makes the value at this place of the plan ready to be written, unless it was before.
    ///
    /// # Errors
    /// Those of [`Sealer::seal`]; `limit` if values are bound to too much text; `internal` for keys
    /// that are not there.
    pub(super) fn reach(
        &mut self,
        at: usize,
        prepared: &[PreparedValue],
        keys: &mut CallKeys,
    ) -> Result<(), Error> {
        if self.written < self.bound.len() {
            return Ok(());
        }
        self.bind_next(at, prepared, keys)?;
        BoundValue::derive_all(self.bound());
        Ok(())
    }

    /// Binds the values from this place of the plan on. Their keys are derived next.
    ///
    /// # Errors
    /// Those of [`Ahead::reach`].
    pub(super) fn bind_next(
        &mut self,
        at: usize,
        prepared: &[PreparedValue],
        keys: &mut CallKeys,
    ) -> Result<(), Error> {
        self.bound.clear();
        self.written = 0;
        let values = self.values.iter().zip(prepared).skip(at);
        for (value, prepared) in values.filter(|(value, _)| !value.pseudonym).take(TOGETHER) {
            self.bind(value, prepared, keys)?;
        }
        Ok(())
    }

    /// Returns the values that are bound.
    pub(super) fn bound(&mut self) -> impl Iterator<Item = &mut BoundValue<'p>> {
        self.bound.iter_mut()
    }

    fn bind(
        &mut self,
        value: &ProtectedValue,
        prepared: &PreparedValue,
        keys: &mut CallKeys,
    ) -> Result<(), Error> {
        let call = self.call;
        let (node, marker) = call.value(value)?;
        let demand = demand(marker, !value.unbound);
        let field = self.paths.field(node, marker.bind);
        let sealer = Sealer {
            prk: keys.derived.prk(&keys.answers, value.keys)?,
            demand,
            padded: marker.pad,
            ids: prepared.keys.ids,
            context: call.binding(value, &keys.answers, field, &mut self.budget)?,
        };
        let own = self.entropy.split_off(..demand.suite.entropy_bytes()).unwrap_or_default();
        let bound = sealer.bind(node.raw().as_bytes(), own, &mut self.scratch);
        self.bound.push(bound.map_err(|error| error.at(node.pointer()))?);
        Ok(())
    }

    /// Appends the envelope of the next value.
    ///
    /// # Errors
    /// `limit` if the value is too long for its mode; `internal` if none was reached.
    pub(super) fn write(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let value = self.bound.get(self.written).ok_or_else(not_reached)?;
        self.written += 1;
        value.write(&mut self.scratch, out)
    }
}

fn not_reached() -> Error {
    Error::new(ErrorCode::Internal, "a value is written before it is bound")
}
