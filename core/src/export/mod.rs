//! Schemas and tables derived from a policy for others to read: the plain JSON Schemas of both forms
//! of a document, the validator compiled from them, and the coverage.

pub(crate) mod coverage;
#[cfg(feature = "validation")]
pub(crate) mod forms;
#[cfg(feature = "validation")]
pub(crate) mod plaintext;
#[cfg(feature = "validation")]
pub(crate) mod validator;
pub(crate) mod validity;
