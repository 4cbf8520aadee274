//! What sealing and opening need to know of a policy besides its markers.

use std::sync::Arc;

use crate::evidence::SchemaName;
use crate::limits::Limits;
use crate::schema::declared::Declared;
use crate::schema::options::{Nonconforming, OnCleartext};
use crate::schema::retention::Retention;

/// The policy's own facts.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What envelopes are bound to: `x-schema-family`, else `$id`, exactly as written.
    pub(crate) family: String,
    /// The name of the schema in verdicts, which share it.
    pub(crate) schema: Arc<SchemaName>,
    /// The rules of `x-retention`, which markers number.
    pub(crate) retentions: Vec<Retention>,
    /// The member names that the schema and its references write.
    pub(crate) declared: Declared,
    /// Bounds on documents.
    pub(crate) limits: Limits,
    /// What sealing does with a document that does not fit.
    pub(crate) nonconforming: Nonconforming,
    /// What opening does with clear text where an envelope must stand.
    pub(crate) clear: OnCleartext,
}
