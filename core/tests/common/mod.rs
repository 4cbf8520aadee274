//! What tests share.
#![allow(dead_code, clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

pub(crate) mod manner;
pub(crate) mod sealed;
pub(crate) mod wire;
