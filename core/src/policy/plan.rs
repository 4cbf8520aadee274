//! What sealing and opening need to know of a policy besides its markers.

use crate::keys::Caching;
use crate::limits::Limits;
use crate::schema::declared::Declared;
use crate::schema::options::{Nonconforming, OnCleartext};
use crate::schema::retention::Retention;

/// The policy's own facts.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What envelopes are bound to: `x-schema-family`, else `$id`, exactly as written.
    pub(crate) family: String,
    /// SHA-256 (hex) of the merged main schema's RFC 8785 text.
    pub(crate) digest: String,
    /// What verdicts say of the schema.
    pub(crate) schema_json: String,
    /// The rules of `x-retention`, which markers number.
    pub(crate) retentions: Vec<Retention>,
    /// The member names that the schema and its references write.
    pub(crate) declared: Declared,
    /// How long keys are kept.
    pub(crate) caching: Caching,
    /// Bounds on documents.
    pub(crate) limits: Limits,
    /// What sealing does with a document that does not fit.
    pub(crate) nonconforming: Nonconforming,
    /// What opening does with clear text where an envelope must stand.
    pub(crate) clear: OnCleartext,
}
