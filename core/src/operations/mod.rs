//! The verbs, one a file: the only room that knows all others.

mod batch;
mod call;
mod check;
mod check_deep;
mod open;
pub(crate) mod plan;
mod required_keys;
mod seal;
mod version;

pub use batch::{Batch, PendingOpenMany, PendingSealMany};

pub use call::context;
pub use call::{
    BatchItem, Context, IndexOptions, IndexValue, OpenOptions, Opened, Pending, Sealed, moment,
};
pub use check_deep::{CheckPlan, PendingCheck};
pub use open::{OpenPlan, PendingOpen};
pub use seal::{PendingSeal, SealPlan};
pub use version::{ENVELOPE_VERSION, VOCABULARY_VERSION, Version, version};
