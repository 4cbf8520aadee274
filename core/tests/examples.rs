//! The examples run, and what they assert holds.
#![allow(clippy::unwrap_used)]

#[path = "../examples/derived_keys.rs"]
mod derived_keys;

#[test]
fn v09_a_key_derived_from_a_deleted_context_value_is_gone() {
    derived_keys::main().unwrap();
}
