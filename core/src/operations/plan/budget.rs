//! Bounds the text that the values of one document are bound to.

use crate::envelope;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;

/// Times the bytes that a document may have.
const PART: u64 = 8;

/// The bytes that are left. Each value hashes its own names, references and identifiers, and each
/// key request carries a reference: one long name would otherwise make that long for very many.
pub(crate) struct ContextBudget {
    left: u64,
}

impl ContextBudget {
    /// Returns eight times the bytes that a document may have, and never less than 1 MiB.
    pub(crate) fn new(limits: &Limits) -> Self {
        ContextBudget { left: (PART * u64::from(limits.document_bytes)).max(1 << 20) }
    }

    /// Takes the bytes of a value's whole context.
    ///
    /// # Errors
    /// `limit` when less than that is left.
    pub(crate) fn spend_context(&mut self, context: &envelope::Context<'_>) -> Result<(), Error> {
        let parts = [
            context.tenant,
            context.family,
            context.record,
            context.revision,
            context.subject,
            context.field,
        ];
        self.spend(parts.iter().map(|part| part.len() as u64).sum())
    }

    /// Takes the bytes that a token hashes besides the value.
    ///
    /// # Errors
    /// `limit` when less than that is left.
    pub(crate) fn spend_token(&mut self, tenant: &str, name: &str) -> Result<(), Error> {
        self.spend(tenant.len() as u64 + name.len() as u64)
    }

    /// Takes a pointer that is handed back beside the document: all of them hold no more bytes than
    /// a document may, as JSON writes them.
    ///
    /// # Errors
    /// `limit` when less than that is left.
    pub(crate) fn spend_output(&mut self, pointer: &str) -> Result<(), Error> {
        let written = |byte: u8| match byte {
            0..0x20 => 6,
            b'"' | b'\\' => 2,
            _ => 1,
        };
        self.spend(PART * pointer.bytes().map(written).sum::<u64>())
    }

    /// Takes so many bytes.
    ///
    /// # Errors
    /// `limit` when less than that is left.
    pub(crate) fn spend(&mut self, bytes: u64) -> Result<(), Error> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            Error::new(ErrorCode::Limit, "names, references and identifiers that the values of this document are bound to are too long in all")
        })?;
        Ok(())
    }
}
