//! What tests share.

pub(crate) mod wire;
