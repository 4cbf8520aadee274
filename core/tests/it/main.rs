//! The tests of the core through its public interface, in one program: a folder for each room, a
//! file for each module. README.md in the folder above says which requirement is shown where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod attacks;
mod envelope;
mod evidence;
mod json;
mod keys;
mod operations;
mod pages;
mod policy;
