//! The next values of a document, bound to their context before their turn.

use fieldseal_primitives::{LANES, LANES_PAY};

use super::{PreparedValue, SealPlan};
use crate::envelope::{BoundValue, Sealer, Workspace};
use crate::error::Error;
use crate::keys::CallKeys;
use crate::operations::plan::{ContextBudget, Paths, ProtectedValue, demand};

/// The number of values that derive their keys together.
pub(crate) const TOGETHER: usize = if LANES_PAY { LANES } else { 1 };

/// Values in document order whose keys are derived together, some before their turn. Their keys are
/// wiped when the next ones are bound.
pub(super) struct Ahead<'p> {
    plan: &'p SealPlan<'p>,
    /// The entropy of the values that are not bound yet.
    entropy: &'p [u8],
    paths: Paths<'p>,
    budget: ContextBudget,
    workspace: Workspace,
    values: Vec<BoundValue<'p>>,
    /// The number of `values` that were written.
    written: usize,
}

impl<'p> Ahead<'p> {
    /// `entropy` is as long as all values of the plan take.
    pub(super) fn new(plan: &'p SealPlan<'p>, entropy: &'p [u8]) -> Self {
        Ahead {
            plan,
            entropy,
            paths: Paths::new(&plan.call),
            budget: ContextBudget::new(plan.call.limits()),
            workspace: Workspace::for_values(plan.values.len()),
            values: Vec::with_capacity(TOGETHER),
            written: 0,
        }
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
        if self.written < self.values.len() {
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
        self.values.clear();
        self.written = 0;
        let values = self.plan.values.iter().zip(prepared).skip(at);
        for (value, prepared) in values.filter(|(value, _)| !value.pseudonym).take(TOGETHER) {
            self.bind(value, prepared, keys)?;
        }
        Ok(())
    }

    /// Returns the values that are bound.
    pub(super) fn bound(&mut self) -> impl Iterator<Item = &mut BoundValue<'p>> {
        self.values.iter_mut()
    }

    fn bind(
        &mut self,
        value: &ProtectedValue,
        prepared: &PreparedValue,
        keys: &mut CallKeys,
    ) -> Result<(), Error> {
        let call = &self.plan.call;
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
        let bound = sealer.bind(node.raw().as_bytes(), own, &mut self.workspace);
        self.values.push(bound.map_err(|error| error.at(node.pointer()))?);
        Ok(())
    }

    /// Appends the envelope of the next value.
    ///
    /// # Errors
    /// `limit` if the value is too long for its mode; `internal` if none was reached.
    pub(super) fn write(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let value = self.values.get(self.written).ok_or_else(not_reached)?;
        self.written += 1;
        value.write(&mut self.workspace, out)
    }
}

fn not_reached() -> Error {
    Error::new(crate::error::ErrorCode::Internal, "a value is written before it is bound")
}
