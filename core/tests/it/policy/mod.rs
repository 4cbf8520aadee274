//! From a schema to a policy, and the forms that a policy exports.

mod coverage;
#[cfg(feature = "validation")]
mod decide;
#[cfg(feature = "validation")]
mod export;
mod finding;
mod limits;
#[cfg(feature = "validation")]
mod marker;
mod messages;
#[cfg(feature = "validation")]
mod metaschema;
mod openapi;
mod order;
mod overlay;
mod patterns;
mod references;
mod retention;
mod vocabulary;
mod warnings;
