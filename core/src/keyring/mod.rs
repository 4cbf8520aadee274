//! The life of keys, without I/O: a key is created once, rotated, restricted and destroyed.

mod erased;
mod identity;
mod memory;
mod row;
mod state;
mod verbs;

pub use erased::{Destroy, Erased, Reached};
pub use memory::Keyring;
pub use state::{Erasure, KeyState};
