//! The core against suites, schemas and calendars of others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod calendar;
mod json_suite;
mod real_schemas;
mod second_implementation;
mod verdict;
