//! The expected collisions of an index.

use crate::schema::marker::Index;

/// The number of rows for which the figures of an index are given. They grow with it.
pub(super) const ROWS: u32 = 1_000_000;

/// Returns the number of other rows that share the token of a value by chance.
pub(super) fn collisions(index: &Index) -> f64 {
    f64::from(ROWS) / 2_f64.powi(index.bits.count().into())
}
