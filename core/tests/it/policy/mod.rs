//! From a schema to a policy, and the forms that a policy exports.

mod coverage;
#[cfg(feature = "validation")]
mod decide;
mod export;
mod finding;
mod limits;
#[cfg(feature = "validation")]
mod marker;
mod openapi;
mod overlay;
mod retention;
mod vocabulary;
mod warnings;
