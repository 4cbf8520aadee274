//! The verbs of a policy, each in its own file. No other module depends on this one.

pub(crate) mod batch;
mod call;
mod check;
mod check_deep;
mod index_values;
mod open;
pub(crate) mod plan;
mod required_keys;
mod seal;
pub(crate) mod values;
mod version;

pub use batch::{Batch, PendingOpenMany, PendingSealMany};

pub use call::context;
pub use call::{BatchItem, Context, IndexValue, OpenOptions, Opened, Pending, Sealed, moment};
pub use check_deep::{CheckPlan, PendingCheck};
pub use index_values::{IndexPlan, IndexQuery, PendingIndexValues};
pub use open::{OpenPlan, PendingOpen};
pub use seal::{PendingSeal, SealPlan};
pub use values::{
    OpenedValue, PendingOpenValue, PendingOpenValues, PendingSealValue, PendingSealValues,
    SealedValue, ValueItem, ValuePlan,
};
pub use version::{ENVELOPE_VERSION, VOCABULARY_VERSION, Version, version};
