//! The facts of a policy besides its markers that sealing and opening need.

use std::sync::Arc;

use crate::evidence::SchemaName;
use crate::limits::Limits;
use crate::schema::declared::Declared;
use crate::schema::options::{Nonconforming, OnCleartext, Verify};
use crate::schema::retention::Retention;

/// The policy's own facts.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The family that envelopes are bound to: `x-schema-family`, else `$id`, exactly as written.
    pub(crate) family: String,
    /// The name of the schema in verdicts, which share it.
    pub(crate) schema: Arc<SchemaName>,
    /// The rules of `x-retention`, which markers number.
    pub(crate) retentions: Vec<Retention>,
    /// The member names that the schema and its references write.
    pub(crate) declared: Declared,
    /// Bounds on documents.
    pub(crate) limits: Limits,
    /// The treatment of a document that does not fit, when sealing.
    pub(crate) nonconforming: Nonconforming,
    /// The judgement of the sealed document, when sealing.
    pub(crate) verify: Verify,
    /// The treatment of clear text where an envelope must stand, when opening.
    pub(crate) clear: OnCleartext,
}
