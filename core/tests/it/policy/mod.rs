//! From a schema to a policy, and the forms that a policy exports.

#[cfg(feature = "validation")]
mod decide;
#[cfg(feature = "validation")]
mod export;
mod finding;
mod limits;
#[cfg(feature = "validation")]
mod marker;
#[cfg(feature = "validation")]
mod metaschema;
mod overlay;
mod patterns;
mod references;
mod retention;
mod vocabulary;
