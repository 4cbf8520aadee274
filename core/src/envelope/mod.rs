//! One protected value: wire format 1, its context, and the rules of opening.

mod header;

pub use header::{Bind, Demand, KeyIds, Suite};
