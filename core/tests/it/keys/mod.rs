//! Keys: the keyring, the cache, sets of keys.

mod cache;
#[cfg(feature = "validation")]
mod key_sets;
mod keyring;
mod keyring_model;
mod retention_keys;
