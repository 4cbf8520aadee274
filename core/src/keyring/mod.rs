//! The life of keys, without I/O: a key is created once, rotated, restricted and destroyed.

mod identity;
mod memory;
mod row;
mod state;

pub use memory::Keyring;
pub use state::{Erasure, KeyState};
