//! The facts of a policy, besides its markers, that sealing and opening need.

use std::sync::Arc;

use crate::evidence::SchemaName;
use crate::limits::Limits;
use crate::schema::declared::Declared;
use crate::schema::options::{Nonconforming, OnCleartext, Verify};
use crate::schema::retention::Retention;

/// The facts of a policy besides its markers.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The family to which envelopes are bound: `x-schema-family`, else `$id`, exactly as written.
    pub(crate) family: String,
    /// The name of the schema in verdicts. They share it.
    pub(crate) schema: Arc<SchemaName>,
    /// The rules of `x-retention`, to which markers refer by number.
    pub(crate) retentions: Vec<Retention>,
    /// The member names that the schema and its references declare.
    pub(crate) declared: Declared,
    /// The bounds on documents.
    pub(crate) limits: Limits,
    /// The treatment of a document that does not conform, by `seal`.
    pub(crate) nonconforming: Nonconforming,
    /// The check of the sealed document, by `seal`.
    pub(crate) verify: Verify,
    /// The treatment of clear text in place of an envelope, by `open`.
    pub(crate) clear: OnCleartext,
}
