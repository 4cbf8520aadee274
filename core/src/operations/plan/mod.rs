//! The first step of each verb: the marked values of a document, and the keys that they need.

mod buckets;
mod budget;
mod document;
mod key_requests;
mod memory;
mod open_key_requests;
mod open_values;
mod opener;
mod paths;
mod planner;
mod pointer_cache;
mod subjects;
mod token_text;
mod unexpected;
mod value;

pub(crate) use budget::ContextBudget;
pub(crate) use document::{CallInput, DocumentCall};
pub(crate) use memory::PlanMemory;
pub(crate) use open_key_requests::OpenKeyRequests;
pub(crate) use open_values::{at_fault, mismatched_subject_keys, open_values};
pub use opener::Opener;
pub(crate) use paths::{PathMemory, Paths};
pub(crate) use planner::{clear, seal_values};
pub(crate) use subjects::{NOBODY, SubjectMemory, Subjects, lacking};
pub(crate) use token_text::{TokenText, index_owner};
pub(crate) use unexpected::UnexpectedEnvelopes;
pub(crate) use value::{
    ProtectedValue, demand, holds_sealed, match_demand, protection, pseudonymised,
};
