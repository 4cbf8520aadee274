//! From a schema to a policy, and the forms that a policy exports.

#[cfg(feature = "validation")]
mod decide;
mod export;
mod finding;
mod limits;
#[cfg(feature = "validation")]
mod marker;
#[cfg(feature = "validation")]
mod metaschema;
mod overlay;
mod retention;
mod vocabulary;
