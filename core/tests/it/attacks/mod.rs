//! Somebody who can write the store of documents: moves, swaps, replays and alters what is sealed
//! there, has no key, and waits for others to read it. `docs/threat-model.md` says the same in
//! words, and lists what works by design; both lists are held against each other here.

mod by_design;
mod fixture;
mod key_holder;
mod refused;
