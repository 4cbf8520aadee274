//! Calendar arithmetic, in one place: dates, instants, periods and retention buckets.

pub(crate) mod bucket;
pub(crate) mod clock;
pub(crate) mod date;
pub(crate) mod instant;
pub(crate) mod period;
