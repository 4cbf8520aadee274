//! From a schema to a policy, and the forms that a policy exports.

mod coverage;
mod decide;
mod export;
mod finding;
mod limits;
mod marker;
mod messages;
mod metaschema;
mod metaschema_references;
mod openapi;
mod order;
mod overlay;
mod patterns;
mod references;
mod retention;
mod vocabulary;
mod warnings;
