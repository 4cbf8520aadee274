//! Calendar dates, instants and the ends of retention buckets.

pub(crate) mod bucket;
pub(crate) mod date;
pub(crate) mod instant;
