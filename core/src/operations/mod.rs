//! The verbs, one a file: the only room that knows all others.

mod asking;
mod batch;
mod bound;
mod bucket;
mod check;
mod check_deep;
mod context;
mod fetching;
mod moment;
mod open;
mod path;
mod required_keys;
mod results;
mod ring;
mod seal;
mod site;
#[doc(hidden)]
pub mod stages;
mod subject;
mod survey;
mod token;
mod track;
pub mod value;
mod version;
mod wanted;

pub use batch::{OpeningMany, SealingMany};
pub use check_deep::Checking;
pub use context::Context;
pub use moment::moment;
pub use open::Opening;
pub use results::{BatchItem, IndexValue, Opened, Sealed};
pub use seal::Sealing;
pub use version::{ENVELOPE_VERSION, VOCABULARY_VERSION, version};
