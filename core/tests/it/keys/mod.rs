//! Keys: the keyring, the cache, sets of keys.

mod cache;
mod key_sets;
mod keyring;
mod keyring_model;
mod retention_keys;
