//! How much text the values of one document may be bound to.

use crate::envelope;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;

/// What is left of it. Each value hashes its own names, references and identifiers, and each key request carries a reference:
/// one long name would otherwise make that long for very many.
pub(super) struct Bound {
    left: u64,
}

impl Bound {
    /// Eight times the bytes that a document may have, and never less than 1 MiB.
    pub(super) fn new(limits: &Limits) -> Self {
        Bound { left: (8 * u64::from(limits.document_bytes)).max(1 << 20) }
    }

    /// Takes what a value's whole context holds.
    ///
    /// # Errors
    /// `limit` when less than that is left.
    pub(super) fn spend_context(&mut self, context: &envelope::Context<'_>) -> Result<(), Error> {
        let parts = [context.tenant, context.family, context.record, context.revision, context.subject, context.field];
        self.spend(parts.iter().map(|part| part.len() as u64).sum())
    }

    /// Takes so many bytes.
    ///
    /// # Errors
    /// `limit` when less than that is left.
    pub(super) fn spend(&mut self, bytes: u64) -> Result<(), Error> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            Error::new(ErrorCode::Limit, "names, references and identifiers that the values of this document are bound to are too long in all")
        })?;
        Ok(())
    }
}
