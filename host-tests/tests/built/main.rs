//! Tests of what `cargo xtask package` built. One binary, so that a component is compiled once for
//! all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod bounds;
mod cases;
mod contract;
mod debug;
mod faults;
mod handles;
mod key_host;
mod keyring;
mod keyring_model;
mod memory;
mod payloads;
mod policy;
mod precompiled;
mod requirements;
mod side_by_side;
mod size;
mod sources;
mod support;
mod vectors;
mod wiped;
