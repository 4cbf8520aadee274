//! The verbs over documents.

mod binding;
mod cases;
mod copies_after_erasure;
mod deterministic;
mod error;
mod forgetting;
mod index;
mod index_values;
mod item;
mod limits;
#[cfg(feature = "validation")]
mod migration;
#[cfg(feature = "validation")]
mod pseudonym;
mod subject;
mod time;
mod unexpected;
mod verify;
