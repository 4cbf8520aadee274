//! Somebody who can write the store of documents: moves, swaps, replays and alters what is sealed
//! there, has no key, and waits for others to read it. `docs/threat-model.md` says the same in
//! words, and lists what works by design; both lists are held against each other here.
#![cfg(feature = "validation")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;
mod support;

#[path = "attacks/by_design.rs"]
mod by_design;
#[path = "attacks/key_holder.rs"]
mod key_holder;
#[path = "attacks/lab.rs"]
mod lab;
#[path = "attacks/refused.rs"]
mod refused;
