//! Bounds the total text to which the values of one document are bound.

use crate::envelope;
use crate::error::{Error, ErrorCode};
use crate::keys::Request;
use crate::limits::Limits;

/// The budget as a multiple of the bytes that a document may have.
const PART: u64 = 8;

/// The bytes that remain. Each value hashes its own names, references and identifiers, and each key
/// request carries a reference. Without a bound, one long name would be hashed for very many
/// values.
pub(crate) struct ContextBudget {
    left: u64,
}

impl ContextBudget {
    /// Returns eight times the bytes that a document may have, and at least 1 MiB.
    pub(crate) fn new(limits: &Limits) -> Self {
        ContextBudget { left: (PART * u64::from(limits.document_bytes)).max(1 << 20) }
    }

    /// Spends the bytes of a value's whole context.
    ///
    /// # Errors
    /// `limit` if fewer bytes remain.
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

    /// Spends the bytes that a token hashes besides the value.
    ///
    /// # Errors
    /// `limit` if fewer bytes remain.
    pub(crate) fn spend_token(&mut self, tenant: &str, name: &str) -> Result<(), Error> {
        self.spend(tenant.len() as u64 + name.len() as u64)
    }

    /// Spends the bytes of a pointer that is returned beside the document. All such pointers
    /// together are no longer than a document may be, as JSON writes them.
    ///
    /// # Errors
    /// `limit` if fewer bytes remain.
    pub(crate) fn spend_output(&mut self, pointer: &str) -> Result<(), Error> {
        let written = |byte: u8| match byte {
            0..0x20 => 6,
            b'"' | b'\\' => 2,
            _ => 1,
        };
        self.spend(PART * pointer.bytes().map(written).sum::<u64>())
    }

    /// Spends the bytes of a key request: its reference, and those texts of the call that each
    /// request repeats. All of these together are no longer than a document may be.
    ///
    /// # Errors
    /// `limit` if fewer bytes remain.
    pub(crate) fn spend_request(&mut self, request: &Request) -> Result<(), Error> {
        let length = |text: &Option<String>| text.as_ref().map_or(0, |text| text.len() as u64);
        let Request { tenant, purpose, caller, origin, reference, .. } = request;
        let repeated = tenant.len() as u64 + length(purpose) + length(caller) + length(origin);
        self.spend(PART * repeated + length(reference))
    }

    /// Spends this number of bytes.
    ///
    /// # Errors
    /// `limit` if fewer bytes remain.
    pub(crate) fn spend(&mut self, bytes: u64) -> Result<(), Error> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            Error::new(ErrorCode::Limit, "names, references and identifiers that the values of this document are bound to are too long in all")
        })?;
        Ok(())
    }
}
