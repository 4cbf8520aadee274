//! The life of keys, without I/O: creation, rotation, restriction and destruction.

mod erased;
mod identity;
mod memory;
mod rotated;
mod row;
mod state;
mod verbs;

pub use erased::{Destroy, Erased, Reached};
pub use memory::Keyring;
pub use rotated::Rotated;
pub use state::{Erasure, KeyState};
