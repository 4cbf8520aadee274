//! Reads what an author wrote: schemas of five drafts, the vocabulary's keywords, overlays and
//! compile options. Reports every fault as a finding.

pub(crate) mod base;
pub(crate) mod canonical;
pub(crate) mod declared;
pub(crate) mod draft;
pub(crate) mod finding;
pub(crate) mod format;
pub(crate) mod intake;
pub(crate) mod lint;
pub(crate) mod marker;
pub(crate) mod metaschema;
pub(crate) mod nearest;
pub(crate) mod openapi;
pub(crate) mod options;
pub(crate) mod overlay;
pub(crate) mod pattern_syntax;
pub(crate) mod registry;
pub(crate) mod retention;
pub(crate) mod shapes;
pub(crate) mod subject;
pub(crate) mod tree;
pub(crate) mod types;
pub(crate) mod uri;
pub(crate) mod vocabulary;

pub use draft::Draft;
pub use options::{
    Formats, Nonconforming, OnCleartext, Options, SchemaDialect, ValidationMode, Verify,
};
