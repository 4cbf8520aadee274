//! The verbs.

mod context;
mod results;
mod version;

pub use context::Context;
pub use results::{Call, IndexValue, Opened, Sealed};
pub use version::{ENVELOPE_VERSION, VOCABULARY_VERSION, version};
