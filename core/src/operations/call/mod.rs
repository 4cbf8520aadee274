//! The input and the results of all verbs, and the two steps of a call.

pub mod context;
mod moment;
mod pending;
mod results;

pub use context::Context;
pub use moment::moment;
pub use pending::Pending;
pub use results::{BatchItem, IndexValue, OpenOptions, Opened, Sealed};
