//! Schemas and tables that a policy derives for readers: the plain JSON Schemas of both forms of a
//! document, the validator compiled from them, and the coverage.

pub(crate) mod clear;
pub(crate) mod conformance;
pub(crate) mod coverage;
pub(crate) mod forms;
pub(crate) mod lint;
pub(crate) mod plaintext;
#[cfg(feature = "validation")]
pub(crate) mod validator;
pub(crate) mod validity;
