//! What tests share.
#![allow(dead_code, clippy::expect_used, clippy::indexing_slicing)]

pub(crate) mod wire;
