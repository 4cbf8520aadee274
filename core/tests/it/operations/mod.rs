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
mod migration;
mod pseudonym;
mod subject;
mod time;
mod unexpected;
mod values;
mod verify;
mod workspace;
